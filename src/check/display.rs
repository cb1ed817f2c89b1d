//! What a check says to people: a line for each scenario, and all that helps with one that failed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{ScenarioOutcome, ScenarioResult, StepFailure};
use crate::config::BrowserKind;
use crate::event::BrowserInfo;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// How many lines of a timeline are shown of a scenario that failed.
const TIMELINE_LINES: usize = 30;

/// All results of a check so far; as JSON, the document of `lcw check --json`.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The file of the scenarios.
    pub file: String,
    /// The browsers.
    pub browsers: Vec<BrowserInfo>,
    /// How many were to be run, each scenario in each browser.
    pub planned: usize,
    /// How each fared, in the order in which they ended.
    pub results: Vec<ScenarioResult>,
}

impl Report {
    /// An empty one.
    pub fn new(file: impl Into<String>, planned: usize) -> Self {
        Self { file: file.into(), planned, ..Self::default() }
    }

    /// Whether every scenario was run, and passed.
    pub fn all_as_expected(&self) -> bool {
        self.results.len() == self.planned
            && self.results.iter().all(|result| result.outcome == ScenarioOutcome::Passed)
    }

    /// The line that says how a scenario fared, and below it what helps if it failed; `command` is what checks again.
    pub fn text_of(&self, result: &ScenarioResult, command: &str, whole: bool) -> String {
        let ScenarioResult { id, promise, browser, outcome, duration, .. } = result;
        let (style, word) = match outcome {
            ScenarioOutcome::Passed => (GOOD, "passed"),
            ScenarioOutcome::Failed => (BAD, "FAILED"),
            ScenarioOutcome::Infra => (BAD, "INFRA"),
        };
        let took = seconds(*duration);
        let mut out = format!("{style}{word:<7}{style:#} {browser:<8}  {id}  {FAINT}{took}{FAINT:#}\n");
        if *outcome == ScenarioOutcome::Passed {
            if whole {
                indent(&mut out, &result.timeline.text(usize::MAX));
            }
            return out;
        }
        let _ = writeln!(out, "  {FAINT}the promise:{FAINT:#} {promise}");
        if let Some(failure) = &result.failure {
            self.failure(&mut out, failure);
        }
        if let Some(reason) = &result.reason {
            let _ = writeln!(out, "  {reason}");
        }
        let _ = writeln!(out, "  {FAINT}what happened:{FAINT:#}");
        indent(&mut out, &result.timeline.text(if whole { usize::MAX } else { TIMELINE_LINES }));
        let _ = writeln!(out, "  {FAINT}again: {command} {id} --browser {browser}{FAINT:#}\n");
        out
    }

    fn failure(&self, out: &mut String, failure: &StepFailure) {
        let StepFailure { number, step, line, differences, reason, causes } = failure;
        let _ = writeln!(out, "  {}:{line}: step {number}, {step}", self.file);
        if let Some(reason) = reason {
            let _ = writeln!(out, "    {reason}");
        }
        for difference in differences {
            let _ = writeln!(out, "    {}", difference.what);
            let _ = writeln!(out, "      expected  {GOOD}{}{GOOD:#}", difference.expected);
            let _ = writeln!(out, "      actual    {BAD}{}{BAD:#}", difference.actual);
        }
        for cause in causes {
            let _ = writeln!(out, "  {BAD}probably:{BAD:#} {cause}");
        }
    }

    /// What came of it all.
    pub fn summary(&self, took: Duration) -> String {
        let mut by_browser: BTreeMap<BrowserKind, [usize; 3]> = BTreeMap::new();
        for result in &self.results {
            let place = match result.outcome {
                ScenarioOutcome::Passed => 0,
                ScenarioOutcome::Failed => 1,
                ScenarioOutcome::Infra => 2,
            };
            by_browser.entry(result.browser).or_default()[place] += 1;
        }
        let mut out = String::new();
        for (browser, [passed, failed, infra]) in by_browser {
            let others = [(failed, "failed"), (infra, "without a verdict")];
            let others = others.iter().filter(|(number, _)| *number > 0);
            let others: String = others.map(|(number, word)| format!(", {number} {word}")).collect();
            let _ = writeln!(out, "{browser:<8}  {passed} passed{others}");
        }
        let (style, words) = match (self.all_as_expected(), self.planned - self.results.len()) {
            (true, _) => (GOOD, "All promises are kept".to_owned()),
            (false, 0) => (BAD, "Not all promises are kept".to_owned()),
            (false, left) => (BAD, format!("Not all scenarios were run, {left} left")),
        };
        let results = self.results.len();
        let plural = if results == 1 { "" } else { "s" };
        let _ = writeln!(out, "{style}{words}{style:#}: {results} result{plural} in {}", seconds(took));
        out
    }
}

fn indent(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, "    {line}");
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
