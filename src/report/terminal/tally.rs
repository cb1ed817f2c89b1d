//! Counts as a person reads them: what was expected apart from what was not.

use std::fmt;

use super::format::count;
use super::style::{BAD, GOOD, WARNING, paint};
use crate::event::{CaseResult, Outcome};

/// Results by what they mean to a reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// As expected, the flaky ones among them.
    pub(super) passed: usize,
    /// Of the passed, those that did not at first.
    pub(super) flaky: usize,
    /// A claim did not hold, the timed-out ones among them.
    pub(super) failed: usize,
    /// The deadline passed.
    pub(super) timed_out: usize,
    /// Failed, and was expected to.
    pub(super) known: usize,
    /// Of the known, those that failed otherwise at first.
    pub(super) known_flaky: usize,
    /// Passed although a failure was expected.
    pub(super) unexpected_passes: usize,
    /// Something else than the widget broke.
    pub(super) infra: usize,
    /// Not run, for a reason.
    pub(super) skipped: usize,
}

impl Tally {
    /// Counts a result.
    pub(super) fn add(&mut self, result: &CaseResult) {
        match (result.outcome, result.unexpected) {
            (Outcome::Passed, true) => self.unexpected_passes += 1,
            (Outcome::Passed, false) => {
                self.passed += 1;
                self.flaky += usize::from(result.flaky);
            }
            (Outcome::Failed | Outcome::TimedOut, false) => {
                self.known += 1;
                self.known_flaky += usize::from(result.flaky);
            }
            (Outcome::Failed, true) => self.failed += 1,
            (Outcome::TimedOut, true) => {
                self.failed += 1;
                self.timed_out += 1;
            }
            (Outcome::Infra, _) => self.infra += 1,
            (Outcome::Skipped, _) => self.skipped += 1,
        }
    }

    /// The counts of these results.
    pub(super) fn of<'a>(results: impl IntoIterator<Item = &'a CaseResult>) -> Self {
        let mut tally = Self::default();
        results.into_iter().for_each(|result| tally.add(result));
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let green = if self.passed > 0 { GOOD } else { anstyle::Style::new() };
        write!(out, "{}", paint(green, format_args!("{} passed", self.passed)))?;
        if self.flaky > 0 {
            write!(out, " ({})", paint(WARNING, format_args!("{} flaky", self.flaky)))?;
        }
        if self.failed > 0 {
            write!(out, ", {}", paint(BAD, format_args!("{} failed", self.failed)))?;
        }
        if self.timed_out > 0 {
            write!(out, " ({} timed out)", self.timed_out)?;
        }
        if self.unexpected_passes > 0 {
            write!(out, ", {}", paint(BAD, format_args!("{} passed unexpectedly", self.unexpected_passes)))?;
        }
        if self.infra > 0 {
            write!(out, ", {}", paint(BAD, count(self.infra, "infrastructure error")))?;
        }
        if self.known > 0 {
            write!(out, ", {}", paint(WARNING, count(self.known, "known failure")))?;
        }
        if self.known_flaky > 0 {
            write!(out, " ({})", paint(WARNING, format_args!("{} flaky", self.known_flaky)))?;
        }
        if self.skipped > 0 {
            write!(out, ", {}", paint(WARNING, format_args!("{} skipped", self.skipped)))?;
        }
        Ok(())
    }
}
