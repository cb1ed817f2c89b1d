//! Why a configuration cannot be used.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::source::SourceError;

/// A configuration that cannot be used; the program ends with exit code 2.
#[derive(Debug, Error, Diagnostic)]
pub enum ConfigError {
    /// The file that was asked for, or found, cannot be read.
    #[error("cannot read the configuration {}", path.display())]
    #[diagnostic(help(
        "check the path; without `--config` the nearest `webdriver.toml` is used, if there is one"
    ))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file has an unknown key or an impossible value.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] SourceError),
    /// An environment variable or a flag has an impossible value.
    #[error("{origin} cannot be {found}: {expected}")]
    #[diagnostic(help("correct or unset it; docs/configuration.md lists every value"))]
    Value {
        /// The variable or the flag.
        origin: String,
        /// What it says.
        found: String,
        /// What it may say.
        expected: String,
    },
    /// `--webdriver-url` does not say which of several browsers its driver is for.
    #[error("--webdriver-url {url} does not say for which browser")]
    #[diagnostic(help("add `--browser firefox`, or write `--webdriver-url firefox={url}`"))]
    AmbiguousDriver {
        /// The address.
        url: String,
    },
}

impl ConfigError {
    /// All that a person has to know: what is wrong, the place in the file with a caret under it, and the next step.
    /// Several lines, without colour.
    pub fn rendered(&self) -> String {
        crate::source::rendered(self)
    }
}
