//! Everything that a run came to so far, in an order that does not depend on how cases interleaved.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::Summary;
use super::terminal::format::shell_word;
use crate::config::BrowserKind;
use crate::contract::{Requirement, RequirementId};
use crate::event::{CaseResult, EndReason, Event, Outcome, PlannedCase, RandomWalks, RunStarted};
use crate::source::visible;

/// A case in one browser, which is what a result belongs to.
pub type CaseKey = PlannedCase;

/// An attempt that ended and was followed by another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in one line.
    pub reason: String,
}

/// A case that has begun and has no result yet.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningCase {
    /// The number of the worker that runs it.
    pub worker: usize,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// When it began, since the run's start.
    pub since: Duration,
}

/// A driver or browser that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacedWorker {
    /// The worker's number.
    pub worker: usize,
    /// Its browser.
    pub browser: BrowserKind,
    /// What was wrong with the old one.
    pub reason: String,
}

/// A run as far as its events tell; the documents are rendered from it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// The header; `None` until the run has started.
    pub header: Option<RunStarted>,
    /// The counts.
    pub summary: Summary,
    /// The results so far.
    pub results: BTreeMap<CaseKey, CaseResult>,
    /// The attempts that were followed by another one, in their order.
    pub attempts: BTreeMap<CaseKey, Vec<Attempt>>,
    /// The cases that have begun and have no result.
    pub running: BTreeMap<CaseKey, RunningCase>,
    /// The workers that were replaced, in order.
    pub replaced: Vec<ReplacedWorker>,
    /// The known divergences that no result had to do with.
    pub unused_expectations: Vec<String>,
    /// What else was told, in order.
    pub notes: Vec<String>,
    /// Why the run ended; `None` while it goes on, or when its stream was cut off.
    pub end_reason: Option<EndReason>,
    /// How long the run took; until its end, the time of the last event.
    pub duration: Duration,
}

impl Run {
    /// Takes in one event; `at` is the time since the run's start.
    pub fn event(&mut self, at: Duration, event: &Event) {
        self.summary.event(event);
        self.duration = self.duration.max(at);
        match event {
            Event::RunStarted(start) => self.header = Some(start.clone()),
            Event::CaseStarted { case, browser, worker, attempt } => {
                let running = RunningCase { worker: *worker, attempt: *attempt, since: at };
                self.running.insert(key(case, *browser), running);
            }
            Event::AttemptFailed { case, browser, attempt, outcome, reason } => {
                let failed = Attempt { attempt: *attempt, outcome: *outcome, reason: reason.clone() };
                let key = key(case, *browser);
                self.running.remove(&key);
                self.attempts.entry(key).or_default().push(failed);
            }
            Event::CaseFinished(result) => {
                let key = key(&result.id, result.browser);
                self.running.remove(&key);
                self.results.insert(key, result.clone());
            }
            Event::WorkerReplaced { worker, browser, reason } => self.replaced.push(ReplacedWorker {
                worker: *worker,
                browser: *browser,
                reason: reason.clone(),
            }),
            Event::UnusedExpectation { expectation } => self.unused_expectations.push(expectation.clone()),
            Event::Note { message } => self.notes.push(message.clone()),
            Event::RunFinished { reason, duration } => {
                self.end_reason = Some(*reason);
                self.duration = *duration;
            }
        }
    }

    /// The name of the widget under test; empty before the run has started.
    pub fn target(&self) -> &str {
        self.header.as_ref().map_or("", |header| &header.target)
    }

    /// The command that runs just this case, ready for a shell. A walk is one only of the walks that the run was of.
    pub fn command(&self, result: &CaseResult) -> String {
        // A stored stream may have any text there.
        let mut command =
            self.header.as_ref().map_or_else(RunStarted::plain_command, |header| visible(&header.command));
        if let Some(RandomWalks { number, seed }) = self.header.as_ref().and_then(|header| header.walks) {
            let _ = write!(command, " --walks {number} --seed {seed}");
        }
        // After `--` an id cannot be taken for an option.
        let separator = if result.id.starts_with('-') { " --" } else { "" };
        let _ = write!(command, " --browser {}{separator} {}", result.browser, shell_word(&result.id));
        command
    }

    /// The requirement with this id, if the header lists it.
    pub fn requirement(&self, id: &RequirementId) -> Option<&Requirement> {
        self.header.as_ref()?.requirements.iter().find(|requirement| requirement.id == *id)
    }

    /// The browsers that take part, in the header's order, then any other that gave a result.
    pub fn browsers(&self) -> Vec<BrowserKind> {
        let listed = self.header.iter().flat_map(|header| header.browsers.iter().map(|info| info.kind));
        let planned = self.header.iter().flat_map(|header| header.planned.iter().map(|case| case.browser));
        let seen = self.results.keys().map(|case| case.browser);
        let mut browsers = Vec::new();
        for browser in listed.chain(planned).chain(seen) {
            if !browsers.contains(&browser) {
                browsers.push(browser);
            }
        }
        browsers
    }

    /// The cases that were planned or begun and have no result, ordered by id.
    pub fn not_run(&self) -> Vec<&CaseKey> {
        let planned = self.header.iter().flat_map(|header| &header.planned);
        let mut missing: Vec<_> =
            planned.chain(self.running.keys()).filter(|case| !self.results.contains_key(*case)).collect();
        missing.sort();
        missing.dedup();
        missing
    }

    /// Why a case without a result has none, in one line.
    pub fn not_run_reason(&self, case: &CaseKey) -> String {
        let why = match self.end_reason {
            None => "the run was cut off",
            Some(EndReason::Interrupted) => "the run was interrupted",
            Some(EndReason::FailFast) => "the run stopped at the first unexpected result (--fail-fast)",
            Some(EndReason::NoBrowser) => "no browser was left to run it",
            Some(EndReason::Completed) => "the run ended without its result",
        };
        let begun = self.running.contains_key(case) || self.attempts.contains_key(case);
        if begun { format!("begun and not finished: {why}") } else { format!("not run: {why}") }
    }
}

fn key(case: &str, browser: BrowserKind) -> CaseKey {
    CaseKey { id: case.to_owned(), browser }
}
