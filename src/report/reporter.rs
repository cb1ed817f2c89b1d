//! What a report has to do, and how a stored stream is given to one again.

use std::io;
use std::time::Duration;

use crate::event::Event;

/// A fold over the events of one run.
///
/// Reporters own no threads and read no clock: time is what they are told. They are called in the
/// order in which things happened.
pub trait Reporter: Send {
    /// Takes in one event.
    ///
    /// `at` is the time since the run's start.
    ///
    /// # Errors
    /// When what the event asks for cannot be written. A reporter that failed is not called again,
    /// not even for [`finish`](Self::finish).
    fn event(&mut self, at: Duration, event: &Event) -> io::Result<()>;

    /// Time passed and nothing happened; a display may show that it did.
    ///
    /// # Errors
    /// As for [`event`](Self::event).
    fn tick(&mut self, at: Duration) -> io::Result<()> {
        let _ = at;
        Ok(())
    }

    /// No more events will come; the stream may have been cut off before its footer.
    ///
    /// # Errors
    /// When the report cannot be written.
    fn finish(&mut self) -> io::Result<()>;
}

/// Gives stored events to reporters, then finishes these.
///
/// # Errors
/// The first error of any reporter; the others have then seen the events up to there.
pub fn replay(events: &[(Duration, Event)], reporters: &mut [&mut dyn Reporter]) -> io::Result<()> {
    for (at, event) in events {
        for reporter in reporters.iter_mut() {
            reporter.event(*at, event)?;
        }
    }
    for reporter in reporters.iter_mut() {
        reporter.finish()?;
    }
    Ok(())
}
