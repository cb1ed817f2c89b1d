//! Why a test of a page did not pass.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::browser::BrowserError;
use crate::browser::provision::ProvisionError;
use crate::config::ConfigError;
use crate::contract::Observation;
use crate::runner::RunnerError;
use crate::server::ServerError;

/// What a test function returns, so that it can use `?`.
pub type TestResult = Result<(), TestError>;

/// Why a test did not pass.
///
/// Its debug form is its text, because that is what a test function that returns an error prints.
#[derive(Error)]
#[non_exhaustive]
pub enum TestError {
    /// What was expected was not seen in time.
    #[error("expected {expected}, waited {waited:?}\nlast seen: {}", seen(.last))]
    NotSeen {
        /// What was waited for.
        expected: String,
        /// For how long.
        waited: Duration,
        /// What was seen last.
        last: Box<Observation>,
    },
    /// The page could not be driven.
    #[error("failed to {0}")]
    Runner(#[source] Box<RunnerError>),
    /// No browser could be had.
    #[error("failed to {0}")]
    Browser(#[source] Box<BrowserError>),
    /// The fixture server did not start.
    #[error("failed to {0}")]
    Server(#[source] Box<ServerError>),
    /// `LCW_PROVISION` asks for an installation that did not work.
    #[error("failed to {0}")]
    Provision(#[source] Box<ProvisionError>),
    /// `webdriver.toml` or the environment is wrong.
    #[error("{0}")]
    Config(#[source] Box<ConfigError>),
    /// A harness task panicked.
    #[error("BUG IN THE HARNESS: {0}; please report it")]
    Bug(String),
}

macro_rules! boxed {
    ($($variant:ident($error:ty)),* $(,)?) => {$(
        impl From<$error> for TestError {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        }
    )*};
}

boxed! {
    Runner(RunnerError),
    Browser(BrowserError),
    Server(ServerError),
    Provision(ProvisionError),
    Config(ConfigError),
}

impl fmt::Debug for TestError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The observation in a few words, the interesting ones first.
fn seen(last: &Observation) -> String {
    let notification = match &last.notification {
        Some(pane) => format!("notification {:?}", pane.message),
        None => "no notification".to_owned(),
    };
    let panes = |view: &crate::contract::ChatView| match (view.prechat, view.chat) {
        (false, false) => "neither survey nor chat",
        (true, false) => "the survey",
        (false, true) => "the chat",
        (true, true) => "survey and chat",
    };
    let windows: Vec<_> = last.windows.iter().map(|window| panes(&window.view)).collect();
    let events: Vec<_> = last.events.iter().map(|event| event.name.as_str()).collect();
    let mut text = format!(
        "{notification}; in the page {}; {} windows opened, open now: [{}]; events: [{}]",
        panes(&last.view),
        last.windows_opened,
        windows.join(", "),
        events.join(", "),
    );
    if !last.errors.is_empty() {
        text.push_str(&format!("; errors: [{}]", last.errors.join("; ")));
    }
    text
}
