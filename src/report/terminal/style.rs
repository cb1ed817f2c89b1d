//! The display's colours, each with one meaning.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};

/// All is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Something is not as expected.
pub(super) const BAD: Style = AnsiColor::Red.on_default();
/// Nothing is known to be wrong, and yet a person should look.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
/// What can be typed.
pub(super) const COMMAND: Style = AnsiColor::Cyan.on_default();
/// What a line is about.
pub(super) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Text in a style; the style ends where the text does.
pub(super) fn paint<T: Display>(style: Style, text: T) -> Painted<T> {
    Painted { style, text }
}

pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.style)?;
        self.text.fmt(out)?;
        write!(out, "{:#}", self.style)
    }
}
