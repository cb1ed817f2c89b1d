//! What a check says to people: a line for each scenario, and all that helps with one that failed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use serde::Serialize;

use super::failure::{BAD, GOOD};
use super::{ScenarioOutcome, ScenarioResult, StepFailure};
use crate::config::BrowserKind;
use crate::event::BrowserInfo;
use crate::source::visible_lines;

const FAINT: Style = Style::new().dimmed();

/// How many lines of a timeline are shown of a scenario that failed.
pub(crate) const TIMELINE_LINES: usize = 30;

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
        self.results.len() == self.planned && self.results.iter().all(|result| result.expected)
    }

    /// The line that says how a scenario fared, and below it what helps if it failed; `command` is what checks again.
    pub fn text_of(&self, result: &ScenarioResult, command: &str, whole: bool) -> String {
        let ScenarioResult { id, promise, browser, outcome, duration, .. } = result;
        let (style, word) = match (outcome, result.expected) {
            (ScenarioOutcome::Passed, true) => (GOOD, "passed"),
            (ScenarioOutcome::Passed, false) => (BAD, "PASSED"),
            (ScenarioOutcome::Failed, true) => (GOOD, "known"),
            (ScenarioOutcome::Failed, false) => (BAD, "FAILED"),
            (ScenarioOutcome::Infra, _) => (BAD, "INFRA"),
        };
        let took = seconds(*duration);
        let mut out = format!("{style}{word:<7}{style:#} {browser:<8}  {id}  {FAINT}{took}{FAINT:#}\n");
        if result.expected {
            if whole {
                if let Some(failure) = &result.failure {
                    self.failure(&mut out, failure);
                }
                indent(&mut out, &result.timeline.text(usize::MAX));
            }
            return out;
        }
        match (&result.known_failure, outcome) {
            (Some(_), ScenarioOutcome::Passed) => {
                let _ = writeln!(out, "  it passes although it is known to fail; remove its `known-failure`");
                return out;
            }
            (Some(words), _) => {
                let _ = writeln!(out, "  it is known to fail, but then to say {words:?}");
            }
            (None, _) => {}
        }
        let _ = writeln!(out, "  {FAINT}the promise:{FAINT:#} {promise}");
        if let Some(failure) = &result.failure {
            self.failure(&mut out, failure);
        }
        if let Some(reason) = &result.reason {
            let _ = writeln!(out, "  {}", visible_lines(reason));
        }
        let _ = writeln!(out, "  {FAINT}what happened:{FAINT:#}");
        indent(&mut out, &result.timeline.text(if whole { usize::MAX } else { TIMELINE_LINES }));
        let _ = writeln!(out, "  {FAINT}again: {command} {id} --browser {browser}{FAINT:#}\n");
        out
    }

    fn failure(&self, out: &mut String, failure: &StepFailure) {
        let line = failure.line.map(|line| format!(":{line}")).unwrap_or_default();
        for line in failure.text(&format!("{}{line}", self.file)).lines() {
            let _ = writeln!(out, "  {line}");
        }
    }

    /// What came of it all.
    pub fn summary(&self, took: Duration) -> String {
        let mut by_browser: BTreeMap<BrowserKind, [usize; 3]> = BTreeMap::new();
        for result in &self.results {
            let place = match (result.outcome, result.expected) {
                (ScenarioOutcome::Infra, _) => 2,
                (_, true) => 0,
                (_, false) => 1,
            };
            by_browser.entry(result.browser).or_default()[place] += 1;
        }
        let mut out = String::new();
        for (browser, [passed, failed, infra]) in by_browser {
            let others = [(failed, "not"), (infra, "without a verdict")];
            let others = others.iter().filter(|(number, _)| *number > 0);
            let others: String = others.map(|(number, word)| format!(", {number} {word}")).collect();
            let _ = writeln!(out, "{browser:<8}  {passed} as expected{others}");
        }
        let (style, words) = match (self.all_as_expected(), self.planned - self.results.len()) {
            (true, _) => (GOOD, "All as expected".to_owned()),
            (false, 0) => (BAD, "Not all as expected".to_owned()),
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
