//! The JUnit report: one test suite a browser, one test case a result.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::terminal::difference::difference;
use super::{CaseKey, Reporter, Run, file};
use crate::config::BrowserKind;
use crate::event::{CaseResult, Event, Outcome};
use crate::source::visible;

/// Writes the JUnit report when the run is over.
#[derive(Debug)]
pub struct Junit {
    path: PathBuf,
    run: Run,
}

impl Junit {
    /// A report that goes to `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), run: Run::default() }
    }

    /// The XML document of a run, whether it has ended or was cut off.
    ///
    /// Text is made visible first: XML 1.0 cannot hold most control characters, not even escaped,
    /// and what a reader cannot see is lost to them. So nothing is dropped and any text is sound.
    ///
    /// # Errors
    /// When the XML writer fails.
    pub fn document(run: &Run) -> io::Result<String> {
        let mut report = quick_junit::Report::new(visible(&format!("lcw: {}", run.target())));
        report.timestamp = run.header.as_ref().and_then(|header| header.started.parse().ok());
        report.set_time(run.duration);
        for browser in run.browsers() {
            report.add_test_suite(suite(run, browser));
        }
        if !run.unused_expectations.is_empty() {
            report.add_test_suite(unused_expectations(run));
        }
        report.to_string().map_err(io::Error::other)
    }
}

impl Reporter for Junit {
    fn event(&mut self, at: Duration, event: &Event) -> io::Result<()> {
        self.run.event(at, event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        file::write_atomically(&self.path, Self::document(&self.run)?.as_bytes())
    }
}

/// The known divergences that no result had to do with, which belong to no browser.
fn unused_expectations(run: &Run) -> TestSuite {
    let mut suite = TestSuite::new("expectations");
    for unused in &run.unused_expectations {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type("unused-expectation");
        status.set_message("no failure of this run had to do with it; remove the entry");
        let mut case = TestCase::new(visible(unused), status);
        case.set_classname(visible(run.target()));
        suite.add_test_case(case);
    }
    suite
}

fn suite(run: &Run, browser: BrowserKind) -> TestSuite {
    let mut suite = TestSuite::new(browser.name());
    if let Some(header) = &run.header {
        suite.timestamp = header.started.parse().ok();
        if let Some(info) = header.browsers.iter().find(|info| info.kind == browser) {
            suite.add_property(("browser.version", visible(&info.version).as_str()));
            suite.add_property(("driver", visible(&info.driver).as_str()));
        }
    }
    let results = run.results.iter().filter(|(key, _)| key.browser == browser);
    let mut cases: Vec<_> = results.map(|(key, result)| (key, finished(run, key, result))).collect();
    let missing = run.not_run().into_iter().filter(|key| key.browser == browser);
    cases.extend(missing.map(|key| (key, not_run(run, key))));
    cases.sort_by_key(|(key, _)| *key);
    suite.set_time(run.results.values().filter(|result| result.browser == browser).map(|r| r.duration).sum());
    suite.add_test_cases(cases.into_iter().map(|(_, case)| case));
    suite
}

fn finished(run: &Run, key: &CaseKey, result: &CaseResult) -> TestCase {
    let mut status = status(run, result);
    status.add_reruns(run.attempts.get(key).into_iter().flatten().map(|attempt| {
        let mut rerun = TestRerun::new(kind(attempt.outcome));
        rerun.set_type(type_of(attempt.outcome)).set_message(visible(&attempt.reason));
        rerun
    }));
    let mut case = TestCase::new(visible(&result.id), status);
    case.set_classname(visible(run.target())).set_time(result.duration);
    for requirement in &result.requirements {
        case.add_property(("requirement", visible(requirement.as_str()).as_str()));
    }
    case
}

/// A known divergence is skipped with its reason, as other runners report an expected failure; what
/// passes or is skipped against expectation fails.
fn status(run: &Run, result: &CaseResult) -> TestCaseStatus {
    let reason = result.reason.as_deref().map(visible);
    match (result.outcome, result.unexpected) {
        (Outcome::Passed, false) => TestCaseStatus::success(),
        (Outcome::Passed, true) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("unexpected-pass").set_message(reason.unwrap_or_else(|| {
                "passed although a failure was expected; remove the expectation".to_owned()
            }));
            status
        }
        (Outcome::Skipped, unexpected) => {
            let mut status = if unexpected {
                TestCaseStatus::non_success(NonSuccessKind::Failure)
            } else {
                TestCaseStatus::skipped()
            };
            status.set_type("skipped").set_message(reason.unwrap_or_else(|| "skipped".to_owned()));
            status
        }
        (Outcome::Failed | Outcome::TimedOut, false) => {
            let mut status = TestCaseStatus::skipped();
            status.set_type("expected-failure").set_message(headline(run, result));
            status.set_description(description(run, result));
            status
        }
        (Outcome::Failed | Outcome::TimedOut | Outcome::Infra, _) => {
            let mut status = TestCaseStatus::non_success(kind(result.outcome));
            let first = result.mismatches.first().map(|mismatch| visible(mismatch.requirement.as_str()));
            status.set_type(first.unwrap_or_else(|| type_of(result.outcome).to_owned()));
            status.set_message(headline(run, result)).set_description(description(run, result));
            status
        }
    }
}

fn kind(outcome: Outcome) -> NonSuccessKind {
    match outcome {
        Outcome::Infra => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    }
}

fn type_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::TimedOut => "timed-out",
        Outcome::Infra => "infra",
        Outcome::Skipped => "skipped",
    }
}

/// The failure in one line: what a list of failures shows.
fn headline(run: &Run, result: &CaseResult) -> String {
    let Some(mismatch) = result.mismatches.first() else {
        return result.reason.as_deref().map_or_else(|| type_of(result.outcome).to_owned(), visible);
    };
    let id = visible(mismatch.requirement.as_str());
    match run.requirement(&mismatch.requirement) {
        Some(requirement) => format!("{id}: {}", visible(&requirement.text)),
        None => id,
    }
}

/// The failure in full.
fn description(run: &Run, result: &CaseResult) -> String {
    let mut lines = Vec::new();
    lines.extend((!result.title.is_empty()).then(|| visible(&result.title)));
    lines.extend(result.reason.as_deref().map(visible));
    for mismatch in &result.mismatches {
        lines.push(String::new());
        match run.requirement(&mismatch.requirement) {
            Some(requirement) => {
                lines.push(format!("{} ({})", visible(requirement.id.as_str()), requirement.level));
                lines.push(format!("  {}", visible(&requirement.text)));
                lines.push(format!("  source:     {}", visible(&requirement.source)));
            }
            None => lines.push(visible(mismatch.requirement.as_str())),
        }
        lines.push(format!("  seen after: {}", visible(&mismatch.step)));
        // Brackets mark what differs; the writer takes the colours away.
        let (expected, actual) = difference(&mismatch.expected, &mismatch.actual, false, true);
        lines.push(format!("  expected:   {expected}"));
        lines.push(format!("  actual:     {actual}"));
    }
    if !result.steps.is_empty() && result.outcome != Outcome::Infra {
        lines.push(String::new());
        lines.push("steps:".to_owned());
        lines.extend(
            result.steps.iter().enumerate().map(|(number, step)| format!("  {number}: {}", visible(step))),
        );
    }
    if !result.console.is_empty() {
        lines.extend([String::new(), "console:".to_owned()]);
        lines.extend(result.console.iter().map(|line| format!("  {}", visible(line))));
    }
    lines.extend([String::new(), "run just this case:".to_owned(), format!("  {}", run.command(result))]);
    if let Some(case) = &result.as_case {
        lines.extend([String::new(), "as a case:".to_owned()]);
        lines.extend(case.lines().map(|line| format!("  {}", visible(line))));
    }
    lines.join("\n")
}

fn not_run(run: &Run, key: &CaseKey) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_type("not-run").set_message(visible(&run.not_run_reason(key)));
    let mut case = TestCase::new(visible(&key.id), status);
    case.set_classname(visible(run.target()));
    case
}
