//! The JSON report: one document, described by `schemas/report.schema.json`.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaseKey, Reporter, Run, Summary, file};
use crate::config::BrowserKind;
use crate::contract::RequirementId;
use crate::event::{CaseResult, EndReason, Event, Mismatch, Outcome};

/// The version of the document's shape. It grows when a reader of the old one would be misled; new
/// keys alone do not make it grow.
pub const REPORT_VERSION: u32 = 1;

/// The result of a run of `lcw` as one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of the document's shape.
    pub report_version: u32,
    /// The harness.
    pub tool: ReportTool,
    /// The name of the widget under test; `reference` for the project's own.
    pub target: String,
    /// When the run started, as an RFC 3339 instant; null when it never did.
    pub started: Option<String>,
    /// How long the run took, in milliseconds.
    pub duration_ms: f64,
    /// Why the run ended: `completed`, `fail-fast`, `interrupted` or `no-browser`; null when
    /// its events were cut off.
    pub end_reason: Option<ReportEndReason>,
    /// The browsers that took part.
    pub browsers: Vec<ReportBrowser>,
    /// The counts.
    pub summary: Summary,
    /// The requirements that the cases cover.
    pub requirements: Vec<ReportRequirement>,
    /// The results by browser and id, the planned cases that gave none included.
    pub cases: Vec<ReportCase>,
    /// The known divergences of the target that no result had to do with: where each is written, and what it
    /// speaks of.
    pub unused_expectations: Vec<String>,
    /// What was told beside the results: replaced workers, leftovers.
    pub notes: Vec<String>,
}

/// A program's name and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportTool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A browser that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportBrowser {
    /// Its name, such as `firefox`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its driver and the driver's version.
    pub driver: String,
}

/// One documented sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportRequirement {
    /// Its stable name.
    pub id: String,
    /// Its weight: `must`, `should`, `observed`, `robustness` or `unspecified`.
    pub level: String,
    /// Where it is documented or was observed.
    pub source: String,
    /// What it asks for.
    pub text: String,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportEndReason {
    /// Every case has its result.
    Completed,
    /// The first unexpected result ended it, as `--fail-fast` asks for.
    FailFast,
    /// The person interrupted it.
    Interrupted,
    /// No browser could be started, or none was left.
    NoBrowser,
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// Every claim held.
    Passed,
    /// A claim did not hold.
    Failed,
    /// The case's deadline passed before its steps were through.
    TimedOut,
    /// Browser, driver or harness broke; nothing is said about the widget.
    Infra,
    /// Not run, for the reason given.
    Skipped,
    /// Planned, and without a result because the run ended early.
    NotRun,
}

/// One case in one browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportCase {
    /// The case's id.
    pub id: String,
    /// What the case is about; empty when its suite does not say.
    pub title: String,
    /// The browser's name.
    pub browser: String,
    /// What became of the last attempt.
    pub outcome: CaseOutcome,
    /// Whether it passed, or failed as it was expected to, only after an attempt that was not as expected.
    pub flaky: bool,
    /// Whether this is not what was expected of the case.
    pub unexpected: bool,
    /// The ids of the requirements that the case covers.
    pub requirements: Vec<String>,
    /// The claims that did not hold in the last attempt.
    pub mismatches: Vec<ReportMismatch>,
    /// What differed from the prediction where nobody specified anything; it fails nothing.
    pub recorded: Vec<ReportMismatch>,
    /// What the page wrote with `console.error` in the last attempt.
    pub console: Vec<String>,
    /// How long all attempts took together, in milliseconds.
    pub duration_ms: f64,
    /// How many attempts were made; 0 for a case that was skipped or not run.
    pub attempts: u32,
    /// The attempts that were followed by another one.
    pub failed_attempts: Vec<ReportFailedAttempt>,
    /// Why the case was skipped, broke, timed out, was not run, or was expected to fail.
    pub reason: Option<String>,
    /// A failed walk, made as short as it can be and still fail, as TOML that can be put into a suite.
    pub as_case: Option<String>,
}

/// A claim that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportMismatch {
    /// The id of the requirement that is broken.
    pub requirement: String,
    /// The step after which it was seen, as number and words.
    pub step: String,
    /// What should have been seen.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// An attempt that was followed by another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportFailedAttempt {
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How it ended.
    pub outcome: CaseOutcome,
    /// Why.
    pub reason: String,
}

impl Report {
    /// The document of a run, whether it has ended or was cut off.
    pub fn of(run: &Run) -> Self {
        let header = run.header.as_ref();
        let tool = header.map(|header| &header.tool);
        let replaced = run.replaced.iter().map(|worker| {
            format!("worker {} ({}) was replaced: {}", worker.worker, worker.browser, worker.reason)
        });
        let mut results: Vec<_> = run.results.iter().map(|(key, result)| (key, Some(result))).collect();
        results.extend(run.not_run().into_iter().map(|key| (key, None)));
        results.sort_by_key(|(key, _)| (key.browser, &key.id));
        Self {
            report_version: REPORT_VERSION,
            tool: ReportTool {
                name: tool.map_or(env!("CARGO_PKG_NAME"), |tool| &tool.name).to_owned(),
                version: tool.map_or(env!("CARGO_PKG_VERSION"), |tool| &tool.version).to_owned(),
            },
            target: run.target().to_owned(),
            started: header.map(|header| header.started.clone()),
            duration_ms: millis(run.duration),
            end_reason: run.end_reason.map(Into::into),
            browsers: header.map_or_else(Vec::new, |header| {
                let browser = |info: &crate::event::BrowserInfo| ReportBrowser {
                    name: info.kind.name().to_owned(),
                    version: info.version.clone(),
                    driver: info.driver.clone(),
                };
                header.browsers.iter().map(browser).collect()
            }),
            summary: run.summary,
            requirements: header
                .map_or_else(Vec::new, |header| header.requirements.iter().map(Into::into).collect()),
            cases: results
                .into_iter()
                .map(|(key, result)| match result {
                    Some(result) => ReportCase::with_result(run, key, result),
                    None => ReportCase::without_result(run, key),
                })
                .collect(),
            unused_expectations: run.unused_expectations.clone(),
            notes: replaced.chain(run.notes.iter().cloned()).collect(),
        }
    }

    /// The results again, as far as a document tells them: without the steps, and of the browsers that this
    /// version knows.
    pub fn results(&self) -> Vec<CaseResult> {
        self.cases.iter().filter_map(ReportCase::result).collect()
    }

    /// The JSON Schema of the document, as `schemas/report.schema.json` has it.
    pub fn schema() -> schemars::Schema {
        // What is written, not what is accepted: every key is there, null or not.
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<Self>()
    }
}

impl ReportCase {
    fn result(&self) -> Option<CaseResult> {
        let mismatch = |mismatch: &ReportMismatch| Mismatch {
            requirement: mismatch.requirement.clone().into(),
            step: mismatch.step.clone(),
            expected: mismatch.expected.clone(),
            actual: mismatch.actual.clone(),
        };
        Some(CaseResult {
            id: self.id.clone(),
            title: self.title.clone(),
            browser: BrowserKind::ALL.into_iter().find(|kind| kind.name() == self.browser)?,
            outcome: match self.outcome {
                CaseOutcome::Passed => Outcome::Passed,
                CaseOutcome::Failed => Outcome::Failed,
                CaseOutcome::TimedOut => Outcome::TimedOut,
                CaseOutcome::Infra => Outcome::Infra,
                CaseOutcome::Skipped => Outcome::Skipped,
                CaseOutcome::NotRun => return None,
            },
            flaky: self.flaky,
            unexpected: self.unexpected,
            requirements: self.requirements.iter().cloned().map(RequirementId::from).collect(),
            mismatches: self.mismatches.iter().map(mismatch).collect(),
            recorded: self.recorded.iter().map(mismatch).collect(),
            console: self.console.clone(),
            steps: Vec::new(),
            duration: Duration::try_from_secs_f64(self.duration_ms / 1e3).unwrap_or_default(),
            attempts: self.attempts,
            reason: self.reason.clone(),
            as_case: self.as_case.clone(),
        })
    }

    fn with_result(run: &Run, key: &CaseKey, result: &CaseResult) -> Self {
        let mismatch = |mismatch: &crate::event::Mismatch| ReportMismatch {
            requirement: mismatch.requirement.to_string(),
            step: mismatch.step.clone(),
            expected: mismatch.expected.clone(),
            actual: mismatch.actual.clone(),
        };
        Self {
            id: result.id.clone(),
            title: result.title.clone(),
            browser: result.browser.to_string(),
            outcome: result.outcome.into(),
            flaky: result.flaky,
            unexpected: result.unexpected,
            requirements: result.requirements.iter().map(ToString::to_string).collect(),
            mismatches: result.mismatches.iter().map(mismatch).collect(),
            recorded: result.recorded.iter().map(mismatch).collect(),
            console: result.console.clone(),
            duration_ms: millis(result.duration),
            attempts: result.attempts,
            failed_attempts: failed_attempts(run, key),
            reason: result.reason.clone(),
            as_case: result.as_case.clone(),
        }
    }

    fn without_result(run: &Run, key: &CaseKey) -> Self {
        let failed_attempts = failed_attempts(run, key);
        let attempts = run.running.get(key).map_or(failed_attempts.len() as u32, |running| running.attempt);
        Self {
            id: key.id.clone(),
            title: String::new(),
            browser: key.browser.to_string(),
            outcome: CaseOutcome::NotRun,
            flaky: false,
            unexpected: false,
            requirements: Vec::new(),
            mismatches: Vec::new(),
            recorded: Vec::new(),
            console: Vec::new(),
            duration_ms: 0.0,
            attempts,
            failed_attempts,
            reason: Some(run.not_run_reason(key)),
            as_case: None,
        }
    }
}

fn failed_attempts(run: &Run, key: &CaseKey) -> Vec<ReportFailedAttempt> {
    let attempts = run.attempts.get(key).into_iter().flatten();
    attempts
        .map(|failed| ReportFailedAttempt {
            attempt: failed.attempt,
            outcome: failed.outcome.into(),
            reason: failed.reason.clone(),
        })
        .collect()
}

/// Milliseconds with a fraction of three digits.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

impl From<&crate::contract::Requirement> for ReportRequirement {
    fn from(requirement: &crate::contract::Requirement) -> Self {
        Self {
            id: requirement.id.to_string(),
            level: requirement.level.to_string(),
            source: requirement.source.clone(),
            text: requirement.text.clone(),
        }
    }
}

impl From<Outcome> for CaseOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Infra => Self::Infra,
            Outcome::Skipped => Self::Skipped,
        }
    }
}

impl From<EndReason> for ReportEndReason {
    fn from(reason: EndReason) -> Self {
        match reason {
            EndReason::Completed => Self::Completed,
            EndReason::FailFast => Self::FailFast,
            EndReason::Interrupted => Self::Interrupted,
            EndReason::NoBrowser => Self::NoBrowser,
        }
    }
}

/// Writes the JSON report when the run is over.
#[derive(Debug)]
pub struct Json {
    path: PathBuf,
    run: Run,
}

impl Json {
    /// A report that goes to `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), run: Run::default() }
    }
}

impl Reporter for Json {
    fn event(&mut self, at: Duration, event: &Event) -> io::Result<()> {
        self.run.event(at, event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let mut document = serde_json::to_vec_pretty(&Report::of(&self.run))?;
        document.push(b'\n');
        file::write_atomically(&self.path, &document)
    }
}
