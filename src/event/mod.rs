//! The event vocabulary: everything that a run has to say, in the order in which it happened.
//!
//! The runner emits [`Event`]s and nothing else; every report is a fold over them. An event carries
//! facts of the run and never a reporter's settings, so a stored stream can be rendered again with
//! no browser at hand.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::BrowserKind;
use crate::contract::{Requirement, RequirementId};

/// The version of the event stream's shape; a reader refuses a newer one.
pub const STREAM_VERSION: u32 = 1;

/// One thing that happened in a run. As JSON it is an object with an `event` key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first event of every stream: what is about to run. Its header.
    RunStarted(RunStarted),
    /// A worker began a case; the same case begins again when it is retried.
    CaseStarted {
        /// The case's id.
        case: String,
        /// The browser that runs it.
        browser: BrowserKind,
        /// The worker's number, from 0.
        worker: usize,
        /// 1 for the first attempt.
        attempt: u32,
    },
    /// An attempt ended and another one follows, because of `--retries` or a broken browser.
    AttemptFailed {
        /// The case's id.
        case: String,
        /// The browser that ran it.
        browser: BrowserKind,
        /// Which attempt it was, from 1.
        attempt: u32,
        /// How it ended: [`Outcome::Failed`], [`Outcome::TimedOut`] or [`Outcome::Infra`].
        outcome: Outcome,
        /// Why, in one line.
        reason: String,
    },
    /// A case has its final result.
    CaseFinished(CaseResult),
    /// A driver or browser died or hung and was replaced.
    WorkerReplaced {
        /// The worker's number.
        worker: usize,
        /// Its browser.
        browser: BrowserKind,
        /// What was wrong with the old one.
        reason: String,
    },
    /// A known divergence of the target that no result had to do with; the run is not as expected then.
    UnusedExpectation {
        /// Where it is written and what it speaks of, in one line.
        expectation: String,
    },
    /// Something worth telling that is no result: a leftover process, a slow start.
    Note {
        /// What, in one line.
        message: String,
    },
    /// The last event of every stream that was not cut off. Its footer.
    RunFinished {
        /// Why the run ended.
        reason: EndReason,
        /// How long it took, in milliseconds.
        #[serde(rename = "duration_ms", with = "crate::contract::duration::milliseconds")]
        duration: Duration,
    },
}

/// The header of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// [`STREAM_VERSION`] of the writer.
    pub stream_version: u32,
    /// The harness.
    pub tool: Tool,
    /// The name of the widget under test; `reference` for the project's own.
    pub target: String,
    /// What a command that runs one of the cases again begins with, ready for a shell: the program and the options
    /// without which it would be another case. The options of walks, the browser and the case follow.
    #[serde(default = "RunStarted::plain_command")]
    pub command: String,
    /// When, as an RFC 3339 instant.
    pub started: String,
    /// The browsers that take part.
    pub browsers: Vec<BrowserInfo>,
    /// How many results the run will give: cases times browsers.
    pub total: usize,
    /// Those results by case and browser, so that a run that ends early can name what it did not
    /// get to; empty when the writer does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<PlannedCase>,
    /// How many cases of the suite are not in the plan.
    pub left_out: usize,
    /// The random walks that are run in place of cases, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walks: Option<RandomWalks>,
    /// Every requirement that a case of the plan covers, with its words and source.
    pub requirements: Vec<Requirement>,
}

impl RunStarted {
    /// The command of whoever named no file, no fixtures and no target.
    pub(crate) fn plain_command() -> String {
        "lcw run".to_owned()
    }
}

/// Which random walks a run is made of; a walk's id is found among no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RandomWalks {
    /// How many there are.
    pub number: u32,
    /// What decides which ones they are.
    pub seed: u64,
}

/// A case and the browser that is to run it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlannedCase {
    /// The case's id.
    pub id: String,
    /// The browser that is to run it.
    pub browser: BrowserKind,
}

/// A program's name and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A browser that takes part in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserInfo {
    /// Which one.
    pub kind: BrowserKind,
    /// The browser's version as its session reports it.
    pub version: String,
    /// The driver and its version, such as `geckodriver 0.37.1`.
    pub driver: String,
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every claim held.
    Passed,
    /// A claim did not hold.
    Failed,
    /// The case's deadline passed before its steps were through.
    TimedOut,
    /// Browser, driver or harness broke twice; nothing is said about the widget.
    Infra,
    /// Not run, with a reason.
    Skipped,
}

/// The result of one case in one browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// What the case is about, in one line; empty when its suite does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The browser that ran it.
    pub browser: BrowserKind,
    /// What became of the last attempt.
    pub outcome: Outcome,
    /// Passed, or failed as it was expected to, but only after an attempt that was not as expected.
    pub flaky: bool,
    /// Not what was expected of this case; these make the run fail.
    pub unexpected: bool,
    /// The requirements that the case covers.
    pub requirements: Vec<RequirementId>,
    /// The claims that did not hold in the last attempt.
    pub mismatches: Vec<Mismatch>,
    /// What differed from the prediction where nobody specified anything: told, never failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recorded: Vec<Mismatch>,
    /// What the page wrote with `console.error` in the last attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<String>,
    /// The steps of the case as text, step 0 being the opening of the page.
    pub steps: Vec<String>,
    /// How long all attempts took together, in milliseconds.
    #[serde(rename = "duration_ms", with = "crate::contract::duration::milliseconds")]
    pub duration: Duration,
    /// How many attempts were made; 0 for a skipped case.
    pub attempts: u32,
    /// Why the case was skipped, broke, or timed out, in one line.
    pub reason: Option<String>,
    /// A failed walk, made as short as it can be and still fail, as a case that can be put into a suite; the
    /// mismatches and steps are that case's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_case: Option<String>,
}

/// A claim that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The requirement that is broken.
    pub requirement: RequirementId,
    /// The step after which it was seen, as number and words: `2: accept`.
    pub step: String,
    /// What should have been seen.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// Every case has its result.
    Completed,
    /// `--fail-fast` ended it after an unexpected result.
    FailFast,
    /// The person interrupted it.
    Interrupted,
    /// No browser could be started, or none was left.
    NoBrowser,
}
