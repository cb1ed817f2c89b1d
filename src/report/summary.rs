//! The counts of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{CaseResult, Event, Outcome};

/// How many results of each kind a run gave.
///
/// `total` is `passed + failed + skipped + infra + not_run`; the other counts look at the same
/// results from another side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// How many results the run was to give: cases times browsers.
    pub total: usize,
    /// Results whose every claim held, the flaky ones among them.
    pub passed: usize,
    /// Results with a claim that did not hold, and those whose deadline passed (`timed_out`): both
    /// say that the widget did not do what is documented.
    pub failed: usize,
    /// Of the failed, those whose deadline passed before the steps were through.
    pub timed_out: usize,
    /// Of the passed and the known, those that needed more than one attempt.
    pub flaky: usize,
    /// Results that were skipped, with a reason.
    pub skipped: usize,
    /// Results that browser, driver or harness broke; nothing is said about the widget.
    pub infra: usize,
    /// Results that are not what was expected of their case.
    pub unexpected: usize,
    /// Of the failed, those that were expected to: known divergences.
    pub known: usize,
    /// Known divergences of the target that no result had to do with; they make the run fail, too.
    pub unused_expectations: usize,
    /// Results that were planned and never given, because the run ended early.
    pub not_run: usize,
}

impl Summary {
    /// Takes in one event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::RunStarted(start) => {
                self.total = start.total.max(start.planned.len());
                self.not_run = self.total;
            }
            Event::CaseFinished(result) => self.result(result),
            Event::UnusedExpectation { .. } => self.unused_expectations += 1,
            _ => {}
        }
    }

    /// Counts one result; one that was not planned makes the total grow.
    fn result(&mut self, result: &CaseResult) {
        match result.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::TimedOut => {
                self.failed += 1;
                self.timed_out += 1;
            }
            Outcome::Infra => self.infra += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        self.flaky += usize::from(result.flaky);
        self.unexpected += usize::from(result.unexpected);
        let is_failure = matches!(result.outcome, Outcome::Failed | Outcome::TimedOut);
        self.known += usize::from(is_failure && !result.unexpected);
        match self.not_run.checked_sub(1) {
            Some(rest) => self.not_run = rest,
            None => self.total += 1,
        }
    }

    /// How many results the run gave.
    pub fn finished(&self) -> usize {
        self.passed + self.failed + self.skipped + self.infra
    }

    /// Whether every planned result was given, none of them is unexpected or broken, and every known
    /// divergence was met.
    pub fn all_as_expected(&self) -> bool {
        self.unexpected == 0 && self.unused_expectations == 0 && self.infra == 0 && self.not_run == 0
    }
}
