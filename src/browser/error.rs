//! What can go wrong with a driver, a browser or a session, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::error::{CmdError, NewSessionError};
use serde_json::Value;
use url::Url;

use super::bidi::BidiError;
use super::discovery::Missing;
use super::process::Member;
use crate::config::BrowserKind;

/// Why a browser could not be started, used or stopped. Texts read after "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// A driver or browser is not installed, or not where the configuration says.
    #[error(transparent)]
    Missing(#[from] Missing),

    /// The driver's process could not be started, or ended before it was ready.
    #[error("start {driver}: {reason}; try it by hand with `{driver} --version`, or run `lcw doctor`{log}")]
    Start {
        /// The driver's name.
        driver: &'static str,
        /// What happened.
        reason: String,
        /// The end of what the driver printed.
        log: LogTail,
    },

    /// The driver was started but did not become ready in time.
    #[error(
        "see {driver} ready within {}: {waiting_for}; raise `deadlines.driver` if the machine is slow, or run \
         `lcw doctor`{log}",
        humantime::format_duration(*waited)
    )]
    NotReady {
        /// The driver's name.
        driver: &'static str,
        /// How long was waited.
        waited: Duration,
        /// What had not happened yet.
        waiting_for: &'static str,
        /// The end of what the driver printed.
        log: LogTail,
    },

    /// No usable WebDriver server answers at the configured address.
    #[error(
        "reach a WebDriver server at {url}: {reason}; start one there (`{} --port {}`), or remove `webdriver-url` to \
         let the harness start its own",
        browser.driver_name(), url.port().unwrap_or(4444)
    )]
    Unreachable {
        /// The address.
        url: Url,
        /// The browser that was wanted.
        browser: BrowserKind,
        /// What happened.
        reason: String,
    },

    /// A window was asked for, and there is no screen to show it on.
    #[error(
        "open a {browser} window: neither DISPLAY nor WAYLAND_DISPLAY is set; leave out --headed \
         (`LCW_HEADLESS=0`, `headless = false`), or run under `xvfb-run`"
    )]
    NoDisplay {
        /// The browser.
        browser: BrowserKind,
    },

    /// The driver refused to open a session.
    #[error("open a {browser} session: {reason}; {}{log}", way_to_a_session(reason))]
    SessionRefused {
        /// The browser.
        browser: BrowserKind,
        /// The driver's own words.
        reason: String,
        /// The end of what the driver printed.
        log: LogTail,
    },

    /// The driver did not answer the request for a session in time.
    #[error(
        "open a {browser} session within {}: the browser did not come up; raise `deadlines.session` if the machine \
         is slow, or run `lcw doctor`{log}",
        humantime::format_duration(*waited)
    )]
    SessionTimeout {
        /// The browser.
        browser: BrowserKind,
        /// How long was waited.
        waited: Duration,
        /// The end of what the driver printed.
        log: LogTail,
    },

    /// The session came without a WebDriver BiDi address.
    #[error(
        "speak WebDriver BiDi with {browser}: its session has no webSocketUrl; install a newer {} (`lcw provision`)",
        browser.driver_name()
    )]
    NoBidi {
        /// The browser.
        browser: BrowserKind,
    },

    /// A BiDi command or the BiDi connection failed.
    #[error(transparent)]
    Bidi(#[from] BidiError),

    /// A WebDriver command failed.
    #[error("run the WebDriver command {command}: {}", explain(source))]
    Command {
        /// The command, such as `delete session`.
        command: &'static str,
        /// The driver's answer.
        #[source]
        source: Box<CmdError>,
    },

    /// A WebDriver command was not answered in time.
    #[error(
        "have the WebDriver command {command} answered within {}; driver or browser hangs and has to be replaced",
        humantime::format_duration(*waited)
    )]
    CommandTimeout {
        /// The command, such as `delete session`.
        command: &'static str,
        /// How long was waited.
        waited: Duration,
    },

    /// Processes or files were left behind although everything was done to end them.
    #[error("leave nothing behind: {}", leftovers(survivors, folder.as_ref()))]
    Leak {
        /// Processes that are still there.
        survivors: Vec<Member>,
        /// The private folder, when it could not be removed.
        folder: Option<PathBuf>,
    },

    /// There can be no folder for what driver and browser write.
    #[error(
        "create a private folder for {driver}: {source}; free some space there, or set TMPDIR to a folder that can be \
         written"
    )]
    NoFolder {
        /// The driver's name.
        driver: &'static str,
        /// The system's answer.
        #[source]
        source: io::Error,
    },

    /// The file system or the system refused something.
    #[error("{action}: {source}")]
    Io {
        /// What was being done, such as `create a private folder in /tmp`.
        action: String,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
}

/// What to do about a driver that refuses a session in these words.
fn way_to_a_session(reason: &str) -> &'static str {
    // geckodriver's words.
    if reason.contains("already started") {
        "the driver serves one session at a time, and another test, page or program has it: wait for its end, or restart \
         the driver if nobody is there any more"
    } else {
        "`lcw doctor` checks that browser and driver fit together"
    }
}

impl BrowserError {
    /// Adds the end of the driver's log where an error about a session has a place for it.
    pub(super) fn with_log(mut self, tail: LogTail) -> Self {
        if let Self::SessionRefused { log, .. } | Self::SessionTimeout { log, .. } = &mut self {
            *log = tail;
        }
        self
    }

    /// Adds what was being done to an error of the system.
    pub(super) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}

/// The end of a driver's log, shown under an error; nothing when the log is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogTail(pub String);

impl LogTail {
    /// Its last lines that say anything, at most this many.
    #[must_use]
    pub fn last(&self, count: usize) -> Self {
        let lines: Vec<&str> = self.0.lines().filter(|line| !line.trim().is_empty()).collect();
        Self(lines[lines.len().saturating_sub(count)..].join("\n"))
    }
}

impl fmt::Display for LogTail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.trim().is_empty() {
            return Ok(());
        }
        write!(out, "\nthe end of its log:")?;
        self.0.lines().try_for_each(|line| write!(out, "\n    {line}"))
    }
}

/// The driver's own words in an error of fantoccini.
pub(super) fn explain(error: &CmdError) -> String {
    match error {
        CmdError::Standard(answer) => format!("{}: {}", answer.error, words(&answer.message)),
        CmdError::NotJson(body) => format!("the answer is no JSON: {}", excerpt(body)),
        CmdError::NotW3C(body) => not_w3c(body),
        CmdError::FailedC(error) => format!("no answer: {}", chain(error)),
        CmdError::Failed(error) => format!("no answer: {}", chain(error)),
        other => chain(other),
    }
}

/// The driver's own words when it refuses a session.
pub(super) fn explain_new_session(error: &NewSessionError) -> String {
    match error {
        NewSessionError::SessionNotCreated(answer) => {
            let words = words(&answer.message);
            format!("session not created: {}", words.strip_prefix("session not created: ").unwrap_or(&words))
        }
        NewSessionError::NotW3C(body) => not_w3c(body),
        NewSessionError::UnexpectedError(error) => explain(error),
        NewSessionError::FailedC(error) => format!("no answer: {}", chain(error)),
        NewSessionError::Failed(error) => format!("no answer: {}", chain(error)),
        other => chain(other),
    }
}

/// What fantoccini reports for unknown errors, for text, and for what is really not as prescribed.
fn not_w3c(body: &Value) -> String {
    match (body["message"].as_str(), body) {
        (Some(message), _) => words(message),
        (None, Value::String(text)) => format!("the answer is no JSON: {}", excerpt(text)),
        (None, other) => {
            format!("the answer is not what WebDriver prescribes: {}", excerpt(&other.to_string()))
        }
    }
}

/// An error and its causes in one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}

/// A driver's message without the stack that some append, in one line.
fn words(message: &str) -> String {
    let stack = |line: &&str| line.starts_with('#') || line.to_ascii_lowercase().starts_with("stacktrace");
    let lines: Vec<&str> = message.lines().map(str::trim).take_while(|line| !stack(line)).collect();
    excerpt(lines.join(" ").trim())
}

/// At most 400 characters, so that a page of HTML does not drown the message.
pub(super) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(400).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn leftovers(survivors: &[Member], folder: Option<&PathBuf>) -> String {
    let mut parts = Vec::new();
    if !survivors.is_empty() {
        let list: Vec<String> = survivors.iter().map(ToString::to_string).collect();
        let pids: Vec<String> = survivors.iter().map(|member| member.pid.to_string()).collect();
        parts.push(format!(
            "still running: {}; end them with `kill -KILL {}`",
            list.join(", "),
            pids.join(" ")
        ));
    }
    if let Some(folder) = folder {
        parts.push(format!("still there: {0}; remove it with `rm -rf {0}`", folder.display()));
    }
    parts.join("; ")
}
