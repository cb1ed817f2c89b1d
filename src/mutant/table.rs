//! What a person sees of trials: a line for each mutant and browser, and at the end what is not well.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Write as _};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{Tried, Verdict};
use crate::config::BrowserKind;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// All trials of a run so far; as JSON, the document of `lcw mutants --json`.
#[derive(Debug, Default, Serialize)]
pub struct Table {
    /// How many were killed.
    pub killed: usize,
    /// How many were tried and not killed.
    pub not_killed: usize,
    /// How many were not tried, because the trials ended early.
    pub not_tried: usize,
    /// Each mutant in each browser, in the order in which they ended.
    pub trials: Vec<Tried>,
    #[serde(skip)]
    width: usize,
}

impl Table {
    /// An empty one; `ids` are the mutants that will be tried, each in as many browsers.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a str>, browsers: usize) -> Self {
        let widths: Vec<usize> = ids.into_iter().map(|id| id.chars().count()).collect();
        let width = widths.iter().copied().max().unwrap_or_default();
        Self { width, not_tried: widths.len() * browsers, ..Self::default() }
    }

    /// Takes in how a mutant fared, and gives its line.
    pub fn add(&mut self, tried: Tried) -> String {
        *(if tried.verdict.is_killed() { &mut self.killed } else { &mut self.not_killed }) += 1;
        self.not_tried = self.not_tried.saturating_sub(1);
        let line = line(&tried, self.width);
        self.trials.push(tried);
        line
    }

    /// What is not well and how to see it again, and what came of it all; `command` is what runs one mutant.
    pub fn summary(&self, took: Duration, command: &str) -> String {
        let mut out = String::new();
        for tried in self.trials.iter().filter(|tried| !tried.verdict.is_killed()) {
            let Tried { mutant, title, browser, requirement, .. } = tried;
            let broken = requirement.as_ref().map(|id| format!(" breaks {id}")).unwrap_or_default();
            let _ = writeln!(out, "\n{BAD}{mutant}{BAD:#} in {browser}{broken}: {title}");
            let _ = writeln!(out, "  {}", in_full(tried));
            let _ = writeln!(out, "  {FAINT}again: {command} {mutant} --browser {browser}{FAINT:#}");
        }
        let browsers: BTreeSet<BrowserKind> = self.trials.iter().map(|tried| tried.browser).collect();
        let browsers: Vec<_> = browsers.into_iter().map(|kind| kind.to_string()).collect();
        let (total, took) = (self.trials.len(), seconds(took));
        let (style, words) = match (self.not_killed, self.not_tried) {
            (0, 0) => (GOOD, "All killed".to_owned()),
            (_, 0) => (BAD, "Not all killed".to_owned()),
            (_, left) => (BAD, format!("Not all tried, {left} left")),
        };
        let _ = writeln!(
            out,
            "\n{style}{words}{style:#}: {} of {total}{} in {took}",
            self.killed,
            if browsers.is_empty() { String::new() } else { format!(" in {}", browsers.join(" and ")) },
        );
        out
    }
}

fn line(tried: &Tried, width: usize) -> String {
    let Tried { mutant, browser, verdict, cases, duration, .. } = tried;
    let style = if verdict.is_killed() { GOOD } else { BAD };
    let word = match verdict {
        Verdict::Killed { .. } => "killed",
        Verdict::WronglyBlamed { .. } => "BLAMED",
        Verdict::Survived => "SURVIVED",
        Verdict::Unsound { .. } => "UNSOUND",
        Verdict::Broken { .. } => "BROKEN",
    };
    let after = match (cases, verdict) {
        (1, _) | (_, Verdict::Survived) => String::new(),
        _ => format!(", the {cases}{} case", ordinal(*cases)),
    };
    format!(
        "{style}{word:<8}{style:#} {mutant:<width$}  {browser:<8}  {verdict}{FAINT}{after}, {}{FAINT:#}",
        seconds(*duration)
    )
}

fn in_full(tried: &Tried) -> String {
    match &tried.verdict {
        Verdict::Survived => {
            "all cases passed: no claim of the oracle sees this defect; give a case the step that \
                              shows it, or the oracle the claim"
                .to_owned()
        }
        verdict => verdict.to_string(),
    }
}

impl Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed { case } => write!(out, "by {case}"),
            Self::WronglyBlamed { case, blamed, reason } if blamed.is_empty() => {
                write!(out, "{case}: {}", reason.as_deref().unwrap_or("no requirement was blamed"))
            }
            Self::WronglyBlamed { case, blamed, .. } => {
                let blamed: Vec<_> = blamed.iter().map(ToString::to_string).collect();
                write!(out, "{case} blamed {}", blamed.join(", "))
            }
            Self::Survived => out.write_str("every case passed"),
            Self::Unsound { case } => write!(out, "{case} fails without the defect, too"),
            Self::Broken { case, reason } => write!(out, "{case} could not be run: {reason}"),
        }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn ordinal(number: usize) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::RequirementId;

    fn tried(mutant: &str, verdict: Verdict, cases: usize) -> Tried {
        Tried {
            mutant: mutant.into(),
            title: "the title".into(),
            requirement: Some(RequirementId::new("window.new")),
            browser: BrowserKind::Firefox,
            verdict,
            cases,
            duration: Duration::from_millis(1_250),
        }
    }

    #[test]
    fn a_table_says_what_is_well_in_a_line_and_what_is_not_once_more_at_the_end() {
        let mut table = Table::of(["window/killed", "b", "c", "d", "e", "f", "g"], 1);
        let case = || "a case".to_owned();
        let lines = [
            tried("window/killed", Verdict::Killed { case: case() }, 1),
            tried("b", Verdict::Killed { case: case() }, 12),
            tried(
                "c",
                Verdict::WronglyBlamed {
                    case: case(),
                    blamed: [RequirementId::new("x"), RequirementId::new("y")].into(),
                    reason: None,
                },
                2,
            ),
            tried(
                "d",
                Verdict::WronglyBlamed {
                    case: case(),
                    blamed: BTreeSet::new(),
                    reason: Some("it hangs".into()),
                },
                3,
            ),
            tried("e", Verdict::Survived, 173),
            tried("f", Verdict::Unsound { case: case() }, 1),
            tried("g", Verdict::Broken { case: case(), reason: "failed to find a window".into() }, 1),
        ];
        let mut text: String = lines.into_iter().map(|tried| table.add(tried) + "\n").collect();
        text.push_str(&table.summary(Duration::from_secs(7), "lcw mutants"));
        insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
    }

    #[test]
    fn trials_that_ended_early_are_no_success() {
        let mut table = Table::of(["a", "b"], 2);
        table.add(tried("a", Verdict::Killed { case: "a case".into() }, 1));
        let text = table.summary(Duration::from_secs(7), "lcw mutants");
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "\nNot all tried, 3 left: 1 of 1 in firefox in 7.0 s\n");

        let text = Table::of(["a"], 2).summary(Duration::from_secs(1), "lcw mutants");
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "\nNot all tried, 2 left: 0 of 0 in 1.0 s\n");
    }

    #[test]
    fn numbers_of_cases_are_ordinals() {
        let words: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 112, 123]
            .map(|number| format!("{number}{}", ordinal(number)))
            .into();
        assert_eq!(words.join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 112th 123rd");
    }
}
