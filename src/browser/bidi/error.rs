//! What can go wrong between asking and being answered.

use std::time::Duration;

use url::Url;

use super::values::ScriptException;

/// Why a BiDi command has no result. Texts read after "failed to …".
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BidiError {
    /// The socket could not be opened.
    #[error("connect to the browser at {url}: {reason}; the browser is gone or hangs and has to be replaced")]
    Connect {
        /// The session's socket.
        url: Url,
        /// What happened.
        reason: String,
    },

    /// The connection ended before the answer came, or had ended before the command was sent.
    #[error("have {method} answered: {reason}; the browser is gone and has to be replaced")]
    Closed {
        /// The command.
        method: &'static str,
        /// How the connection ended.
        reason: String,
    },

    /// No answer in time. The connection stays usable; a late answer is thrown away.
    #[error(
        "have {method} answered within {}; the page may be blocked by a prompt or a script, or the browser hangs",
        humantime::format_duration(*waited)
    )]
    Timeout {
        /// The command.
        method: &'static str,
        /// How long was waited.
        waited: Duration,
    },

    /// The browser refused the command.
    #[error("run {method}: {code}: {message}")]
    Refused {
        /// The command.
        method: &'static str,
        /// The error code of the protocol, such as `no such frame`.
        code: String,
        /// The browser's words.
        message: String,
    },

    /// The command could not be written, or its answer is not what the protocol prescribes.
    #[error("understand the answer to {method}: {reason}; it was: {answer}")]
    Shape {
        /// The command.
        method: &'static str,
        /// What does not fit.
        reason: String,
        /// The beginning of the answer.
        answer: String,
    },

    /// A script threw.
    #[error("run a script in the page: {0}")]
    Exception(#[from] ScriptException),
}

impl BidiError {
    /// Whether the connection is of no use any more.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Connect { .. } | Self::Closed { .. })
    }

    /// Whether the context, frame or node that the command named does not exist (any more).
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { code, .. }
            if matches!(code.as_str(), "no such frame" | "no such node" | "no such handle" | "no such history entry"))
    }

    /// Whether a browser stopped waiting for a page that it may well be loading: Firefox does when a frame of the page
    /// before was just about to load, and takes that frame's end for the page's; Chromium when the page leads to another
    /// while it loads.
    pub fn is_interrupted_load(&self) -> bool {
        let words = ["NS_BINDING_ABORTED", "navigation canceled by concurrent navigation"];
        matches!(self, Self::Refused { message, .. } if words.iter().any(|words| message.contains(words)))
    }
}
