//! Where the display's text goes: with or without colour, with or without a bar below it.

use std::io::{self, Write};

use super::progress::Progress;

/// An output for text that may hold colours.
pub(super) struct Screen {
    out: Box<dyn Write + Send>,
    colored: bool,
    progress: Option<Progress>,
    /// Whether an empty line, or nothing, is above the next line.
    spaced: bool,
}

impl Screen {
    pub(super) fn new(out: Box<dyn Write + Send>, colored: bool, progress: Option<Progress>) -> Self {
        Self { out, colored, progress, spaced: true }
    }

    /// Whether colours reach the reader; where they do not, something else must mark.
    pub(super) fn colored(&self) -> bool {
        self.colored
    }

    /// Whether a bar shows the progress.
    pub(super) fn is_live(&self) -> bool {
        self.progress.is_some()
    }

    /// Writes whole lines, above the bar if there is one. An empty line at the text's beginning is left
    /// out where there is one already.
    ///
    /// # Errors
    /// When the output does not take them.
    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        let text = if self.spaced { text.strip_prefix('\n').unwrap_or(text) } else { text };
        self.spaced = text.ends_with("\n\n");
        let text = painted(text, self.colored);
        let out = &mut self.out;
        let mut write = || {
            out.write_all(text.as_bytes())?;
            out.flush()
        };
        match &self.progress {
            Some(progress) => progress.suspend(write),
            None => write(),
        }
    }

    /// Does something with the bar, if there is one.
    pub(super) fn progress(&mut self, update: impl FnOnce(&mut Progress)) {
        if let Some(progress) = &mut self.progress {
            update(progress);
        }
    }

    /// Takes the bar away.
    pub(super) fn end_progress(&mut self) {
        self.progress = None;
    }
}

/// The text with its colours, or without them.
pub(super) fn painted(text: &str, colored: bool) -> String {
    if colored { text.to_owned() } else { anstream::adapter::strip_str(text).to_string() }
}
