//! Why a test of a page did not pass.

use std::fmt::{self, Write as _};
use std::panic::Location;
use std::time::Duration;

use thiserror::Error;

use crate::browser::provision::ProvisionError;
use crate::check::{CheckError, StepFailure, TIMELINE_LINES};
use crate::config::ConfigError;
use crate::contract::Observation;
use crate::runner::RunnerError;
use crate::server::ServerError;
use crate::site::{ScenarioFault, Timeline};

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
    /// A page of the fixture could not be driven, or no browser could be had for it.
    #[error("failed to {0}")]
    Runner(#[source] Box<RunnerError>),
    /// The fixture server did not start.
    #[error("failed to {0}")]
    Server(#[source] Box<ServerError>),
    /// `LCW_PROVISION` asks for an installation that did not work.
    #[error("failed to {0}")]
    Provision(#[source] Box<ProvisionError>),
    /// `webdriver.toml` or the environment is wrong.
    #[error("{0}")]
    Config(#[source] Box<ConfigError>),
    /// A step on a page of a site did not go as the test expects.
    #[error("{0}")]
    Step(Box<FailedStep>),
    /// What a test gives a page of a site, such as a visitor, is not sound.
    #[error("{place}: {fault}")]
    Scenario {
        /// Where the test gives it.
        place: &'static Location<'static>,
        /// What is wrong.
        fault: ScenarioFault,
    },
    /// A page of a site could not be tested, or no browser could be had for it.
    #[error("failed to {0}")]
    Check(#[source] Box<CheckError>),
    /// A harness task panicked.
    #[error("BUG IN THE HARNESS: {0}; please report it")]
    Bug(String),
}

/// A step on a page of a site that did not go as the test expects. Its text says what `lcw check` says of it.
#[derive(Debug, Clone)]
pub struct FailedStep {
    /// Where the test takes it.
    pub place: &'static Location<'static>,
    /// What is not as expected, and why it probably came to this.
    pub failure: StepFailure,
    /// Everything that happened up to then.
    pub timeline: Timeline,
}

impl fmt::Display for FailedStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = format!("{}:{}", self.place.file(), self.place.line());
        let mut text = format!("{}what happened:", self.failure.text(&place));
        for line in self.timeline.text(TIMELINE_LINES).lines() {
            write!(text, "\n  {line}")?;
        }
        // What it goes to may be no terminal.
        write!(out, "{}", anstream::adapter::strip_str(&text))
    }
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
    Server(ServerError),
    Provision(ProvisionError),
    Config(ConfigError),
    Check(CheckError),
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
