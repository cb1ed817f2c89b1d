//! What can go wrong while a page is driven, apart from the widget's own faults.

use std::time::Duration;

use thiserror::Error;

use crate::browser::{BidiError, BrowserError};
use crate::probe::{CommandError, Leftovers, Place};

/// Why a page could not be driven. Texts read after "failed to …".
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunnerError {
    /// The browser did not start, answer, or stop.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A BiDi command failed.
    #[error(transparent)]
    Bidi(#[from] BidiError),
    /// The probe did not do what it was asked.
    #[error("drive the page: {0}")]
    Probe(#[from] CommandError),
    /// The browser gets no page from this address, as when its server is down.
    #[error("open {url}: {reason}; see that its server is up and that the address is right")]
    Open {
        /// The page.
        url: String,
        /// In the browser's words.
        reason: String,
    },
    /// The page was opened but its probe never spoke.
    #[error(
        "hear from the probe in {url} within {waited:?}: its load hangs, or it leads to another origin; open it by hand, one of ours with `lcw serve`"
    )]
    NoProbe {
        /// The page.
        url: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The page found something in its storage that an earlier one left.
    #[error("start from clean storage: {url} found {leftovers}; the browser is replaced")]
    Leftovers {
        /// The page.
        url: String,
        /// What it found.
        leftovers: Leftovers,
    },
    /// The session has no window, or more than the one that a case starts with.
    #[error("start from exactly one window: there are {windows}; the browser is replaced")]
    Windows {
        /// How many there are.
        windows: usize,
    },
    /// The browser answers and the page does not: its script never ends, or it loads without end.
    #[error(
        "have the page answer within {0:?}: the browser does, so a script of the page's never ends, or something that it loads never comes; open it by hand"
    )]
    PageHangs(Duration),
    /// Selectors that no browser understands.
    #[error("use the selectors of {0}: they are no CSS; correct them in the target file")]
    Selectors(String),
    /// A part of the widget cannot be pressed: it is not shown, disabled, covered, or outside of the viewport.
    #[error("press {0}: it is not shown, disabled, covered, or outside of the viewport")]
    OutOfReach(Place),
    /// A survey has a required field that the harness cannot fill in.
    #[error(
        "fill in the survey: the harness knows no answer to a required field of type {0:?}; make it optional, or give it a value"
    )]
    SurveyField(String),
    /// A survey has a field that a visitor cannot get at.
    #[error(
        "fill in the survey: its field of type {0:?} cannot be pressed: it is covered, or outside of the viewport"
    )]
    SurveyFieldOutOfReach(String),
    /// The page has opened no window, or several.
    #[error("close the chat's window: {0} are open")]
    ChatWindows(usize),
    /// The conversation end is in no conversation with the page's widget.
    #[error("reach the widget's conversation: none is under way at the conversation end")]
    NoConversation,
}

impl RunnerError {
    /// Whether the browser is of no use any more.
    pub fn is_loss(&self) -> bool {
        match self {
            Self::Browser(_) => true,
            Self::Bidi(error) => error.is_lost(),
            _ => false,
        }
    }

    /// Whether the document that was asked was left before it could answer: Chromium refuses for it, and Firefox asks the
    /// one that comes next.
    pub(crate) fn is_of_a_document_that_was_left(&self) -> bool {
        matches!(self, Self::Bidi(BidiError::Refused { .. }) | Self::Probe(CommandError::Left))
    }

    /// How long an answer was waited for that did not come.
    pub(super) fn timed_out(&self) -> Option<Duration> {
        match self {
            Self::Bidi(BidiError::Timeout { waited, .. })
            | Self::Browser(BrowserError::CommandTimeout { waited, .. }) => Some(*waited),
            _ => None,
        }
    }

    /// Whether the widget is to blame rather than the browser or the harness.
    pub fn is_about_the_widget(&self) -> bool {
        matches!(
            self,
            Self::OutOfReach(_)
                | Self::SurveyField(_)
                | Self::SurveyFieldOutOfReach(_)
                | Self::ChatWindows(_)
                | Self::NoConversation
        )
    }
}
