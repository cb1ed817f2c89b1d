//! Folds over events: what people and machines read of a run.
//!
//! A [`Reporter`] is a fold. [`Reports`] feeds every event to all of them and, at the end, gives the
//! [`Summary`] and the [`ExitCode`]. [`Terminal`] is the display for people, [`Junit`] and [`Json`]
//! are documents for machines, [`EventLog`] stores the stream itself, from which [`read_events`] and
//! [`replay`] render any of the others again, with no browser at hand.

mod events;
mod exit;
mod file;
mod json;
mod junit;
mod reporter;
mod reports;
mod run;
mod spec;
mod summary;
pub(crate) mod terminal;

#[cfg(test)]
mod tests;

pub use events::{CutOff, EventLog, ReadError, RecordedRun, read_events, read_events_from};
pub use exit::{ExitCode, exit_code};
pub use json::{
    CaseOutcome, Json, REPORT_VERSION, Report, ReportBrowser, ReportCase, ReportEndReason,
    ReportFailedAttempt, ReportMismatch, ReportRequirement, ReportTool,
};
pub use junit::Junit;
pub use reporter::{Reporter, replay};
pub use reports::{Finished, ReportError, Reports};
pub use run::{Attempt, CaseKey, ReplacedWorker, Run, RunningCase};
pub use spec::{ReportKind, ReportSpec, ReportSpecError};
pub use summary::Summary;
pub(crate) use terminal::format::{count, shell_word};
pub use terminal::{ColorChoice, Stream, Terminal, TerminalOptions, Verbosity};
