//! All reports of one run: each event goes to every one, and a broken report never ends the run.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::file::{self, Destination};
use super::{EventLog, ExitCode, Json, Junit, ReportKind, ReportSpec, Reporter, Summary, exit_code};
use crate::event::{EndReason, Event};

/// The reports of one run.
///
/// Whatever way the run ends, the reports are written: by [`finish`](Self::finish), or when this
/// value is dropped without it, as in a panic.
#[derive(Default)]
pub struct Reports {
    slots: Vec<Slot>,
    summary: Summary,
    end_reason: Option<EndReason>,
    started: Option<Instant>,
}

/// One reporter and what became of it.
struct Slot {
    reporter: Box<dyn Reporter>,
    /// The file that it writes; `None` for a display.
    spec: Option<ReportSpec>,
    error: Option<io::Error>,
    /// Whether it was asked to write what it has; one that panics then keeps no other from writing.
    finished: bool,
}

impl Slot {
    /// Does something with the reporter unless it has failed before.
    fn with(&mut self, action: impl FnOnce(&mut dyn Reporter) -> io::Result<()>) {
        if self.error.is_none() {
            self.error = action(self.reporter.as_mut()).err();
        }
    }
}

impl std::fmt::Debug for Reports {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let files: Vec<_> = self.slots.iter().filter_map(|slot| slot.spec.as_ref()).collect();
        out.debug_struct("Reports")
            .field("files", &files)
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}

/// A report that could not be written. It is told at the end and changes no result.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file could not be made or written.
    #[error("failed to write the {kind} report to {path}: {source}; {}", way_to_write(source), path = path.display())]
    File {
        /// The kind of report.
        kind: ReportKind,
        /// Where it was to go.
        path: PathBuf,
        /// Why it did not.
        source: io::Error,
    },
    /// Two reports were to go to one file.
    #[error("two reports are to be written to {path}; give each a file of its own", path = path.display())]
    SamePath {
        /// The file.
        path: PathBuf,
    },
    /// A display could not be written to.
    #[error(
        "failed to write to the terminal: {source}; write the results to a file with `--report json=PATH`"
    )]
    Display {
        /// Why.
        source: io::Error,
    },
}

impl Reports {
    /// Opens the reports that go to files.
    ///
    /// # Errors
    /// When one of the files cannot be written, or two reports share one; nothing has been run then.
    pub fn open(specs: &[ReportSpec]) -> Result<Self, ReportError> {
        let mut taken = Vec::new();
        for spec in specs {
            let destination = file::prepare(&spec.path).map_err(|source| error(spec, source))?;
            if destination != Destination::Stream && taken.contains(&destination) {
                return Err(ReportError::SamePath { path: spec.path.clone() });
            }
            taken.push(destination);
        }
        let mut reports = Self::default();
        for spec in specs {
            let reporter: Box<dyn Reporter> = match spec.kind {
                ReportKind::Junit => Box::new(Junit::new(&spec.path)),
                ReportKind::Json => Box::new(Json::new(&spec.path)),
                ReportKind::Events => {
                    Box::new(EventLog::create(&spec.path).map_err(|source| error(spec, source))?)
                }
            };
            reports.slots.push(Slot { reporter, spec: Some(spec.clone()), error: None, finished: false });
        }
        Ok(reports)
    }

    /// Adds a reporter that writes to no file of its own, such as the terminal's display. Those added
    /// last finish last.
    pub fn add(&mut self, reporter: Box<dyn Reporter>) {
        self.slots.push(Slot { reporter, spec: None, error: None, finished: false });
    }

    /// Gives an event to every report, stamped with the time since the first one.
    pub fn event(&mut self, event: &Event) {
        let at = self.started.get_or_insert_with(Instant::now).elapsed();
        self.event_at(at, event);
    }

    /// Gives an event that happened at `at`, the time since the run's start, to every report; for
    /// the replay of a stored stream.
    pub fn event_at(&mut self, at: Duration, event: &Event) {
        self.summary.event(event);
        match event {
            Event::RunStarted(_) => self.remove_stale(),
            Event::RunFinished { reason, .. } => self.end_reason = Some(*reason),
            _ => {}
        }
        for slot in &mut self.slots {
            slot.with(|reporter| reporter.event(at, event));
        }
    }

    /// Lets the displays show that time passes; call it a few times a second while cases run.
    pub fn tick(&mut self) {
        if let Some(started) = self.started {
            let at = started.elapsed();
            for slot in &mut self.slots {
                slot.with(|reporter| reporter.tick(at));
            }
        }
    }

    /// The counts so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Writes every report and tells what the run came to.
    ///
    /// A stream that has no footer counts as interrupted.
    pub fn finish(mut self) -> Finished {
        self.write();
        let mut finished = Finished {
            summary: self.summary,
            end_reason: self.end_reason.unwrap_or(EndReason::Interrupted),
            written: Vec::new(),
            errors: Vec::new(),
        };
        for slot in self.slots.drain(..) {
            match (slot.error, slot.spec) {
                (None, None) => {}
                (None, Some(spec)) if spec.path.exists() => finished.written.push(spec),
                (None, Some(spec)) => {
                    let removed = io::Error::new(io::ErrorKind::NotFound, "it was removed during the run");
                    finished.errors.push(error(&spec, removed));
                }
                (Some(source), Some(spec)) => finished.errors.push(error(&spec, source)),
                // A reader of the display that has seen enough, such as `head`, has lost nothing that it wanted.
                (Some(source), None) if source.kind() == io::ErrorKind::BrokenPipe => {}
                (Some(source), None) => finished.errors.push(ReportError::Display { source }),
            }
        }
        finished
    }

    fn write(&mut self) {
        for slot in &mut self.slots {
            if !std::mem::replace(&mut slot.finished, true) {
                slot.with(|reporter| reporter.finish());
            }
        }
    }

    /// A document of an earlier run must not be taken for this one's, should this one be killed. The
    /// event log has begun its file anew already.
    fn remove_stale(&mut self) {
        for slot in &mut self.slots {
            if let Some(spec) = slot.spec.as_ref().filter(|spec| spec.kind != ReportKind::Events) {
                slot.error = slot.error.take().or_else(|| file::remove_stale(&spec.path).err());
            }
        }
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        self.write();
    }
}

/// What to do about a file that could not be written for this reason.
fn way_to_write(reason: &io::Error) -> &'static str {
    match reason.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space there, or choose a path on another disk"
        }
        _ => "choose a path in a folder that you may write to",
    }
}

fn error(spec: &ReportSpec, source: io::Error) -> ReportError {
    ReportError::File { kind: spec.kind, path: spec.path.clone(), source }
}

/// What a run came to.
#[derive(Debug)]
pub struct Finished {
    /// The counts.
    pub summary: Summary,
    /// Why the run ended.
    pub end_reason: EndReason,
    /// The reports that were written.
    pub written: Vec<ReportSpec>,
    /// The reports that could not be written.
    pub errors: Vec<ReportError>,
}

impl Finished {
    /// The run's exit code; a success of which a report was lost is no success.
    pub fn exit_code(&self) -> ExitCode {
        match exit_code(&self.summary, self.end_reason) {
            ExitCode::AllAsExpected if !self.errors.is_empty() => ExitCode::Usage,
            code => code,
        }
    }
}
