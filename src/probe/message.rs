//! What the probe reports by itself.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::EndingCookie;
use crate::contract::Observation;

/// One report of the probe, sent as JSON text over the channel.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Message {
    /// A top window is about to run its page's code.
    Hello {
        /// The window's address at that moment.
        url: String,
        /// What its clock says, in milliseconds since 1970.
        date: f64,
        /// What its document is known by.
        document: String,
        /// What earlier pages left behind.
        leftovers: Leftovers,
    },
    /// A document is about to be left, or is.
    Journal(Journal),
    /// A window's or frame's document is left.
    Goodbye,
    /// What is seen has changed.
    State {
        /// The origin of the page that reports, to tell late reports of an earlier page apart.
        origin: String,
        /// What is seen.
        #[serde(flatten)]
        seen: Box<Seen>,
    },
}

/// What is seen, with its place among the page's reports: answers and reports may overtake each other.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Seen {
    /// Grows with every report and answer of the same page.
    pub sequence: u64,
    /// All that is seen.
    pub observation: Observation,
}

/// What a page did since it was asked last.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Journal {
    /// Each with its page's time in milliseconds since the document began, as `at`.
    pub entries: Vec<Value>,
    /// The cookies with an end that scripts have set, of a clock with a [`ClockStart`](super::ClockStart).
    #[serde(default)]
    pub cookies: Vec<EndingCookie>,
}

/// What is seen of a page, and what it did up to now.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Look {
    /// What is seen.
    pub seen: Seen,
    /// What the page did since it was asked last.
    pub journal: Journal,
}

impl Message {
    /// Reads a report.
    ///
    /// # Errors
    /// When the text is not one of the probe's reports: probe and harness do not fit.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// What a page finds in its storage before its own code has run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Leftovers {
    /// Cookies.
    pub cookies: usize,
    /// Entries of local storage.
    pub local_storage: usize,
    /// Entries of session storage.
    pub session_storage: usize,
}

impl Leftovers {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Leftovers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} cookies, {} local and {} session storage entries",
            self.cookies, self.local_storage, self.session_storage
        )
    }
}
