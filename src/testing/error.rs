//! Why a test of a page did not pass.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::panic::Location;
use std::time::Duration;

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
#[non_exhaustive]
pub enum TestError {
    /// What was expected was not seen in time.
    NotSeen {
        /// Where the test expects it.
        place: &'static Location<'static>,
        /// What was waited for.
        expected: String,
        /// For how long.
        waited: Duration,
        /// What was seen last.
        last: Box<Observation>,
    },
    /// A page of the fixture could not be driven.
    Page {
        /// Where the test wants it.
        place: &'static Location<'static>,
        /// Why it could not.
        error: Box<RunnerError>,
    },
    /// No browser could be had for a page of the fixture.
    Runner(Box<RunnerError>),
    /// The fixture server did not start.
    Server(Box<ServerError>),
    /// `LCW_PROVISION` asks for an installation that did not work.
    Provision(Box<ProvisionError>),
    /// `webdriver.toml` or the environment is wrong.
    Config(Box<ConfigError>),
    /// A step on a page of a site did not go as the test expects.
    Step(Box<FailedStep>),
    /// What a test gives a page of a site, such as a visitor, is not sound.
    Scenario {
        /// Where the test gives it.
        place: &'static Location<'static>,
        /// What is wrong.
        fault: ScenarioFault,
    },
    /// A page of a site could not be tested, or no browser could be had for it.
    Check(Box<CheckError>),
    /// A harness task panicked.
    Bug(String),
}

impl TestError {
    /// What keeps a page from doing what the test wants here.
    pub(super) fn at(place: &'static Location<'static>) -> impl FnOnce(RunnerError) -> Self {
        move |error| Self::Page { place, error: Box::new(error) }
    }
}

impl fmt::Display for TestError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSeen { place, expected, waited, last } => {
                let last = seen(last);
                write!(out, "{}: expected {expected}, waited {waited:?}\nlast seen: {last}", line(place))
            }
            Self::Page { place, error } => write!(out, "{}: failed to {error}", line(place)),
            Self::Runner(error) => write!(out, "failed to {error}"),
            Self::Server(error) => write!(out, "failed to {error}"),
            Self::Provision(error) => write!(out, "failed to {error}"),
            Self::Config(error) => write!(out, "the configuration cannot be used:\n{}", error.rendered()),
            Self::Step(failed) => write!(out, "{failed}"),
            Self::Scenario { place, fault } => write!(out, "{place}: {fault}"),
            Self::Check(error) => write!(out, "failed to {error}"),
            Self::Bug(what) => write!(out, "BUG IN THE HARNESS: {what}; please report it"),
        }
    }
}

impl Error for TestError {
    /// What lies behind the error that the text tells already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Page { error, .. } | Self::Runner(error) => error.source(),
            Self::Server(error) => error.source(),
            Self::Provision(error) => error.source(),
            Self::Check(error) => error.source(),
            // What is rendered has everything.
            Self::Config(_) => None,
            Self::NotSeen { .. } | Self::Step(_) | Self::Scenario { .. } | Self::Bug(_) => None,
        }
    }
}

/// A place in a test, such as `tests/shop.rs:14`.
fn line(place: &Location<'_>) -> String {
    format!("{}:{}", place.file(), place.line())
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
        let mut text = format!("{}what happened:", self.failure.text(&line(self.place)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::BrowserError;
    use crate::config::{Loaded, Overrides, Sources};

    #[test]
    fn an_error_is_told_once_and_with_its_line() {
        let (place, at) = (Location::caller(), line!());
        let source = std::io::Error::other("it is full");
        let lost = BrowserError::Io { action: "write the log".into(), source };
        let error = TestError::at(place)(lost.into());
        assert_eq!(error.to_string(), format!("{}:{at}: failed to write the log: it is full", file!()));
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("it is full"));
        let bare = TestError::from(RunnerError::Windows { windows: 0 });
        assert!(bare.source().is_none(), "{bare}");
    }

    #[test]
    fn a_mistake_in_the_configuration_is_told_with_its_caret() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("webdriver.toml"), "wokers = 2\n").unwrap();
        let sources = |folder: &std::path::Path, config| Sources {
            folder: folder.to_owned(),
            config,
            environment: Vec::new(),
            overrides: Overrides::default(),
        };
        let text = |sources| TestError::from(Loaded::load(&sources).unwrap_err()).to_string();
        let misspelt = text(sources(folder.path(), None));
        assert!(misspelt.starts_with("the configuration cannot be used:\n"), "{misspelt}");
        for words in ["1 │ wokers = 2", "╰── expected one of", "help: did you mean `workers`?"] {
            assert!(misspelt.contains(words), "{misspelt}");
        }
        let missing = text(sources(folder.path(), Some(folder.path().join("none.toml"))));
        assert!(missing.contains("No such file or directory"), "{missing}");
    }
}
