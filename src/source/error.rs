//! A text with a name, and an error that points into it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::nearest;

/// A text file that was read, kept so that an error can show the line it speaks of.
#[derive(Debug, Clone)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
}

impl SourceFile {
    /// A text under the name by which a person knows it, such as its path.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name by which a person knows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line, from 1, in which this byte of the text lies.
    pub fn line(&self, offset: usize) -> usize {
        let upto = offset.min(self.text.len());
        1 + self.text.as_bytes()[..upto].iter().filter(|&&byte| byte == b'\n').count()
    }

    /// An error with a caret under `span` (bytes); `label` stands at the caret.
    pub fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> SourceError {
        SourceError(Box::new(Parts {
            message: message.into(),
            label: label.into(),
            help: None,
            line: self.line(span.start),
            span,
            source: NamedSource::new(self.name.as_ref(), Arc::clone(&self.text)),
        }))
    }

    /// The TOML reader's error in the words of this project: what is wrong, what was expected, and the
    /// known key that was probably meant.
    pub fn toml_error(&self, error: &toml::de::Error) -> SourceError {
        let span = error.span().unwrap_or(0..0);
        let text = error.message();
        if let Some((found, expected)) = split(text, "unknown field ") {
            return self.unknown(span, "key", found, expected);
        }
        if let Some((found, expected)) = split(text, "unknown variant ") {
            return self.unknown(span, "word", found, expected);
        }
        for kind in ["type", "value", "length"] {
            if let Some((found, expected)) = split(text, &format!("invalid {kind}: ")) {
                return self.error(span, format!("wrong {kind}: {found}"), in_words(expected));
            }
        }
        if let Some(field) = text.strip_prefix("missing field ") {
            return self.error(span, format!("the key {field} is missing"), format!("needs {field}"));
        }
        self.error(span, text, "here")
    }

    fn unknown(&self, span: Range<usize>, what: &str, found: &str, expected: &str) -> SourceError {
        let known = expected.split('`').skip(1).step_by(2);
        self.error(span, format!("unknown {what} {found}"), expected)
            .with_nearest(found.trim_matches('`'), known)
    }
}

/// What was expected, where the reader names a type of this program's language.
fn in_words(expected: &str) -> &str {
    match expected {
        "expected usize" | "expected u64" => "expected a whole number from 0 on",
        "expected u32" => "expected a whole number from 0 to 4294967295",
        "expected u16" => "expected a whole number from 0 to 65535",
        "expected f64" => "expected a number",
        expected => expected,
    }
}

/// Takes `"<prefix><found>, expected <rest>"` apart; the second part keeps the word "expected".
fn split<'a>(text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix(prefix)?;
    let at = rest.find(", expected ").or_else(|| rest.find(", there are no "))?;
    Some((&rest[..at], &rest[at + 2..]))
}

/// What is wrong at one place of a text; rendered by miette as the line with a caret under the place.
#[derive(Debug, Clone)]
pub struct SourceError(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    message: String,
    label: String,
    help: Option<String>,
    span: Range<usize>,
    line: usize,
    source: NamedSource<Arc<str>>,
}

impl SourceError {
    /// The same error with a next step to take.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// The same error with the question whether one of the known words was meant, if one is close enough.
    #[must_use]
    pub fn with_nearest<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(word, known) {
            Some(meant) => self.with_help(format!("did you mean `{meant}`?")),
            None => self,
        }
    }

    /// What stands at the caret, such as what was expected there.
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}, line {})", self.0.message, self.0.source.name(), self.0.line)
    }
}

impl std::error::Error for SourceError {}

impl Diagnostic for SourceError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.0.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = LabeledSpan::new_with_span(Some(self.0.label.clone()), self.0.span.clone());
        Some(Box::new(std::iter::once(span)))
    }
}

/// An error as a person sees it, without colour: for what may go to no terminal, and for snapshots.
pub(crate) fn rendered(error: &dyn Diagnostic) -> String {
    use miette::{GraphicalReportHandler, GraphicalTheme};

    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .with_links(false)
        .render_report(&mut text, error)
        .map(|()| text.trim_end().to_owned())
        .unwrap_or_else(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors of reading it are looked at")]
    struct Shape {
        title: String,
        workers: Option<u8>,
    }

    fn error_of(text: &str) -> String {
        match toml::from_str::<Shape>(text) {
            Ok(shape) => format!("no error: {shape:?}"),
            Err(error) => rendered(&SourceFile::new("shape.toml", text).toml_error(&error)),
        }
    }

    #[test]
    fn an_unknown_key_is_pointed_at_and_the_known_one_is_suggested() {
        insta::assert_snapshot!(error_of("title = \"a\"\nwokers = 1\n"), @r#"
         × unknown key `wokers` (shape.toml, line 2)
          ╭─[shape.toml:2:1]
        1 │ title = "a"
        2 │ wokers = 1
          · ───┬──
          ·    ╰── expected `title` or `workers`
          ╰────
         help: did you mean `workers`?
        "#);
    }

    #[test]
    fn a_wrong_type_says_what_was_expected() {
        insta::assert_snapshot!(error_of("title = 7\n"), @r"
         × wrong type: integer `7` (shape.toml, line 1)
          ╭─[shape.toml:1:9]
        1 │ title = 7
          ·         ┬
          ·         ╰── expected a string
          ╰────
        ");
    }

    #[test]
    fn a_missing_key_and_broken_syntax_are_pointed_at() {
        insta::assert_snapshot!(error_of("workers = 1\n"), @r"
         × the key `title` is missing (shape.toml, line 1)
          ╭─[shape.toml:1:1]
        1 │ workers = 1
          · ▲
          · ╰── needs `title`
          ╰────
        ");
        insta::assert_snapshot!(error_of("title = \n"), @r"
         × string values must be quoted, expected literal string (shape.toml, line 1)
          ╭─[shape.toml:1:9]
        1 │ title = 
          ·         ▲
          ·         ╰── here
          ╰────
        ");
    }

    #[test]
    fn lines_count_from_one() {
        let file = SourceFile::new("x", "a\nbc\n");
        assert_eq!([0, 1, 2, 4, 99].map(|offset| file.line(offset)), [1, 1, 2, 2, 3]);
    }
}
