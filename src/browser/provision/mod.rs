//! Installs what is missing, when somebody asks for it and only then.
//!
//! [`Plan::make`] looks and decides, and changes nothing; [`Plan::carry_out`] does it, and says each
//! command before it runs it. What is there already is left alone, so doing it twice is no harm.

mod apt;
mod plan;
mod steps;

pub use plan::{Machine, PackageManager, Packages, Plan, Step};
pub use steps::{Progress, ProvisionError};

use tokio_util::sync::CancellationToken;

use super::discovery::Missing;
use crate::config::{BrowserKind, Settings};

/// The version of geckodriver that is installed: the one that the project's own results were made with.
pub const GECKODRIVER: &str = "0.37.1";

/// The variable that allows tests to install what they miss.
pub const VARIABLE: &str = "LCW_PROVISION";

/// Installs what is missing for these browsers. What it does is told to `tell` before it is done.
///
/// Several processes that call this at once take turns; the later ones find everything done. `stop` ends it early, but
/// not before packages that are being installed are. Gives whether everything was done.
///
/// # Errors
/// [`ProvisionError`], with the command to type by hand.
pub async fn provision(
    kinds: &[BrowserKind],
    settings: &Settings,
    tell: &mut (dyn FnMut(Progress<'_>) + Send),
    stop: &CancellationToken,
) -> Result<bool, ProvisionError> {
    if Plan::make(kinds, settings, &Machine::look()).is_empty() {
        return Ok(true);
    }
    let Some(turn) = stop.run_until_cancelled(steps::turn()).await else { return Ok(false) };
    let _turn = turn?;
    // Somebody else may have done it while we waited.
    Plan::make(kinds, settings, &Machine::look()).carry_out(tell, stop).await
}

/// Whether the environment variable `LCW_PROVISION` asks for it: it is set, and neither empty nor `0`.
pub fn is_asked_for() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Installs what is missing if the environment variable `LCW_PROVISION` is set to 1, and does nothing
/// otherwise: a test that needs a browser then fails with the next command to type.
///
/// # Errors
/// As [`provision`].
pub async fn for_tests(kinds: &[BrowserKind], settings: &Settings) -> Result<(), ProvisionError> {
    if !is_asked_for() {
        return Ok(());
    }
    let stop = CancellationToken::new();
    provision(kinds, settings, &mut |progress| eprintln!("{progress}"), &stop).await.map(drop)
}

/// Whether anything is missing for these browsers; the first of it. For a browser whose driver somebody else has
/// started nothing is.
///
/// # Errors
/// [`Missing`], with the next command to type.
pub fn complete(kinds: &[BrowserKind], settings: &Settings) -> Result<(), Missing> {
    let starts_one = |kind: &&BrowserKind| settings.browser(**kind).webdriver_url.is_none();
    let find = |kind: &BrowserKind| super::discovery::find(*kind, settings.browser(*kind)).map(drop);
    kinds.iter().filter(starts_one).try_for_each(find)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_missing_for_a_driver_that_is_running() {
        let mut settings = Settings::default();
        settings.firefox.driver = Some("/nowhere/geckodriver".into());
        assert!(complete(&[BrowserKind::Firefox], &settings).is_err());
        settings.firefox.webdriver_url = "http://127.0.0.1:4444".parse().ok();
        assert_eq!(complete(&[BrowserKind::Firefox], &settings), Ok(()));
    }
}
