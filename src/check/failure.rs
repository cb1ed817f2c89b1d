//! What is not as expected at a step, and how people are told.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::site::Difference;
use crate::source::{visible, visible_lines};

pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

/// What is not as expected at one step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StepFailure {
    /// The step's number, from 1.
    pub number: usize,
    /// It in words.
    pub step: String,
    /// The line of the file on which it is, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What is different.
    pub differences: Vec<Difference>,
    /// Why the step could not be taken.
    pub reason: Option<String>,
    /// Why it probably came to this, the likeliest first.
    pub causes: Vec<String>,
}

impl StepFailure {
    /// Whether these words are a part of what is said of the failure, in whatever case.
    pub(super) fn says(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        let differences = self.differences.iter().flat_map(|each| [&each.what, &each.expected, &each.actual]);
        let all = differences.chain(&self.reason).chain(&self.causes);
        all.into_iter().any(|text| text.to_lowercase().contains(&words))
    }

    /// All of it in lines, in colour, and nothing that a page says steers the terminal; `place` is where the step is
    /// written, such as `scenarios.toml:9`.
    pub(crate) fn text(&self, place: &str) -> String {
        let Self { number, step, line: _, differences, reason, causes } = self;
        let mut out = format!("{place}: step {number}, {}\n", visible(step));
        // Writing to a text cannot fail.
        if let Some(reason) = reason {
            let _ = writeln!(out, "  {}", visible_lines(reason));
        }
        for difference in differences {
            let _ = writeln!(out, "  {}", visible(&difference.what));
            let _ = writeln!(out, "    expected  {GOOD}{}{GOOD:#}", visible(&difference.expected));
            let _ = writeln!(out, "    actual    {BAD}{}{BAD:#}", visible(&difference.actual));
        }
        for cause in causes {
            let _ = writeln!(out, "{BAD}probably:{BAD:#} {}", visible(cause));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Aspect;

    #[test]
    fn what_a_page_says_does_not_steer_the_terminal() {
        let hostile = "\u{1b}]0;title\u{7}\u{1b}[2J\u{202e}".to_owned();
        let difference = Difference {
            aspect: Aspect::Text,
            what: hostile.clone(),
            expected: hostile.clone(),
            actual: hostile.clone(),
        };
        let failure = StepFailure {
            step: hostile.clone(),
            differences: vec![difference],
            reason: Some(format!("failed:\n{hostile}")),
            causes: vec![hostile],
            ..StepFailure::default()
        };
        let text = anstream::adapter::strip_str(&failure.text("own.toml:3")).to_string();
        assert_eq!(text.matches("␛]0;title␇␛[2J<U+202E>").count(), 6, "{text}");
        let is_steering = |letter: char| letter.is_control() && letter != '\n';
        // What is left are the colours.
        let coloured = failure.text("own.toml:3").replace("\u{1b}[", "");
        assert!(!coloured.contains(is_steering), "{coloured:?}");
    }
}
