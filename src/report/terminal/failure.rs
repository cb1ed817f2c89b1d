//! One result as text: a line, or a failure in full.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::Style;

use super::difference::difference;
use super::format::{columns, seconds, wrapped};
use super::groups::is_failure;
use super::screen::painted;
use super::style::{BAD, COMMAND, FAINT, GOOD, STRONG, WARNING, paint};
use crate::config::BrowserKind;
use crate::contract::RequirementId;
use crate::event::{CaseResult, Mismatch, Outcome};
use crate::report::{Attempt, CaseKey, Run};
use crate::source::visible;

/// How results are written.
pub(super) struct Writer<'a> {
    pub(super) run: &'a Run,
    /// Whether colours reach the reader.
    pub(super) colored: bool,
    /// Whether long texts are written to their end.
    pub(super) whole: bool,
    /// How many columns the terminal has; `None` where lines may be as long as they like.
    pub(super) width: Option<usize>,
}

/// Where a field's value begins: after the label that [`field`] writes.
const VALUE: usize = 13;

impl Writer<'_> {
    /// What became of the case, in one line.
    pub(super) fn line(&self, result: &CaseResult) -> String {
        let (label, style) = label(result);
        let mut line = format!(
            "{} {} {}",
            paint(style, format_args!("{label:<9}")),
            name(&result.id, &[result.browser]),
            paint(FAINT, seconds(result.duration)),
        );
        let reason = result.reason.as_ref().filter(|_| !result.flaky);
        if let Some(reason) = reason {
            let _ = write!(line, "  {}", visible(reason));
        } else if let Some(attempt) = self.last_failed_attempt(result) {
            let _ = write!(line, "  attempt {}: {}", attempt.attempt, visible(&attempt.reason));
        }
        line
    }

    /// The attempt before the last one, which makes a result flaky.
    fn last_failed_attempt(&self, result: &CaseResult) -> Option<&Attempt> {
        let key = CaseKey { id: result.id.clone(), browser: result.browser };
        self.run.attempts.get(&key)?.last()
    }

    /// A failure as one line, for one whose requirements were all shown before.
    pub(super) fn again(&self, result: &CaseResult) -> String {
        let broken: BTreeSet<_> = result.mismatches.iter().map(|mismatch| &mismatch.requirement).collect();
        let broken: Vec<_> = broken.iter().map(|id| visible(id.as_str())).collect();
        let line = self.line(result);
        let broken = format!("{} {}", broken.join(", "), paint(FAINT, "(as above)"));
        let length = columns(&painted(&format!("{line}  {broken}"), false));
        let gap = if self.width.is_some_and(|width| length > width) { "\n          " } else { "  " };
        format!("{line}{gap}{broken}\n")
    }

    /// A failure in full. Mismatches of requirements in `shown` are only named.
    pub(super) fn full(&self, result: &CaseResult, shown: &BTreeSet<RequirementId>) -> String {
        let (label, style) = label(result);
        let mut out = format!(
            "\n{} {} {}\n",
            paint(style.bold(), format_args!("{label:<9}")),
            name(&result.id, &[result.browser]),
            paint(FAINT, seconds(result.duration)),
        );
        if !result.title.is_empty() {
            let _ = writeln!(out, "{:10}{}", "", wrapped(&visible(&result.title), 10, self.width));
        }
        if let Some(reason) = &result.reason {
            field(&mut out, "reason", visible(reason));
        }
        let (old, new): (Vec<_>, Vec<_>) =
            result.mismatches.iter().partition(|mismatch| shown.contains(&mismatch.requirement));
        for mismatch in new {
            self.requirement(&mut out, &mismatch.requirement);
            self.mismatch(&mut out, mismatch);
        }
        if !old.is_empty() {
            let ids: BTreeSet<_> =
                old.iter().map(|mismatch| visible(mismatch.requirement.as_str())).collect();
            let ids: Vec<_> = ids.into_iter().collect();
            field(&mut out, "also", format_args!("{} {}", ids.join(", "), paint(FAINT, "(as above)")));
        }
        if is_failure(result) {
            steps(&mut out, result);
            console(&mut out, result, self.whole);
        }
        field(&mut out, "run", paint(COMMAND, self.run.command(result)));
        if let Some(case) = &result.as_case {
            field(&mut out, "as case", "for a file of a suites folder:");
            for line in case.lines() {
                let _ = writeln!(out, "      {}", visible(line));
            }
        }
        out.push('\n');
        out
    }

    /// A requirement: its id and level, its words, its source.
    pub(super) fn requirement(&self, out: &mut String, id: &RequirementId) {
        let id_text = paint(STRONG, visible(id.as_str()));
        match self.run.requirement(id) {
            Some(requirement) => {
                let _ = writeln!(out, "  {id_text} ({})", requirement.level);
                field(out, "requires", wrapped(&visible(&requirement.text), VALUE, self.width));
                field(out, "source", paint(FAINT, visible(&requirement.source)));
            }
            None => {
                let _ = writeln!(out, "  {id_text}");
            }
        }
    }

    /// What was expected, what was seen, and when.
    pub(super) fn mismatch(&self, out: &mut String, mismatch: &Mismatch) {
        let (expected, actual) = difference(&mismatch.expected, &mismatch.actual, self.colored, self.whole);
        let step = if step_number(&mismatch.step).is_some() { "step " } else { "" };
        field(out, "after", format_args!("{step}{}", visible(&mismatch.step)));
        field(out, "expected", expected);
        field(out, "actual", actual);
    }
}

/// A case and its browsers.
pub(super) fn name(id: &str, browsers: &[BrowserKind]) -> String {
    let browsers: Vec<_> = browsers.iter().map(ToString::to_string).collect();
    format!("{} {}", paint(STRONG, visible(id)), paint(FAINT, format_args!("[{}]", browsers.join(", "))))
}

/// A named value on a line of its own.
pub(super) fn field(out: &mut String, label: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "    {} {value}", paint(FAINT, format_args!("{label:<8}")));
}

/// What the page wrote as errors, which often says why; five lines unless all is asked for.
fn console(out: &mut String, result: &CaseResult, whole: bool) {
    let most = if whole { usize::MAX } else { 5 };
    for (number, line) in result.console.iter().take(most).enumerate() {
        field(out, if number == 0 { "console" } else { "" }, visible(line));
    }
    if result.console.len() > most {
        field(out, "", paint(FAINT, format_args!("… and {} more", result.console.len() - most)));
    }
}

/// What differed from the prediction where nobody specified anything.
pub(super) fn recorded(result: &CaseResult) -> String {
    let mut out = String::new();
    for Mismatch { requirement, step, expected, actual } in &result.recorded {
        let text = format!("{requirement}, after step {step}: {actual} rather than {expected}");
        field(&mut out, "recorded", visible(&text));
    }
    out
}

/// The steps, those marked after which a claim did not hold.
fn steps(out: &mut String, result: &CaseResult) {
    let mut label = "steps";
    for (number, step) in result.steps.iter().enumerate() {
        let is_at = |mismatch: &&Mismatch| step_number(&mismatch.step) == Some(number);
        let broken: BTreeSet<_> = result
            .mismatches
            .iter()
            .filter(is_at)
            .map(|mismatch| visible(mismatch.requirement.as_str()))
            .collect();
        let text = visible(step);
        if broken.is_empty() {
            field(out, label, format_args!("  {number}  {text}"));
        } else {
            let broken: Vec<_> = broken.into_iter().collect();
            let marker = paint(BAD, "✗");
            let ids = paint(BAD, broken.join(", "));
            field(out, label, format_args!("{marker} {number}  {text}  {ids}"));
        }
        label = "";
    }
}

/// The number that a mismatch's step begins with.
fn step_number(step: &str) -> Option<usize> {
    step.split(':').next()?.trim().parse().ok()
}

/// The word that says what became of a case, in its colour.
fn label(result: &CaseResult) -> (&'static str, Style) {
    match (result.outcome, result.unexpected) {
        (Outcome::Passed | Outcome::Failed | Outcome::TimedOut, false) if result.flaky => ("flaky", WARNING),
        (Outcome::Passed, false) => ("passed", GOOD),
        (Outcome::Passed, true) => ("PASSED?", BAD),
        (Outcome::Failed | Outcome::TimedOut, false) => ("known", WARNING),
        (Outcome::Failed, true) => ("FAILED", BAD),
        (Outcome::TimedOut, true) => ("TIMED OUT", BAD),
        (Outcome::Infra, _) => ("INFRA", BAD),
        (Outcome::Skipped, true) => ("SKIPPED?", BAD),
        (Outcome::Skipped, false) => ("skipped", WARNING),
    }
}
