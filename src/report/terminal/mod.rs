//! The display for people: a progress bar on a terminal, plain lines in a pipe.

pub(super) mod difference;
mod display;
mod failure;
pub(crate) mod format;
mod groups;
mod options;
mod progress;
mod screen;
mod style;
mod summary;
mod tally;

pub use display::{Stream, Terminal};
pub use options::{ColorChoice, TerminalOptions, Verbosity};
