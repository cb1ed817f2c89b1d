//! The way in: everything from finding a browser to a session that answers, and back.

use std::path::Path;

use tokio::time::timeout;
use url::Url;

use super::capabilities::capabilities;
use super::discovery::{self, Found};
use super::driver::{Driver, Stopped, base, status};
use super::error::BrowserError;
use super::session::Session;
use super::startup_cache::Profile;
use crate::config::{BrowserKind, Settings};

/// A browser with a session, and the driver that was started for it.
#[derive(Debug)]
pub struct Browser {
    // Before the driver, so that dropping says goodbye to the session first.
    session: Session,
    /// `None` when a driver is used that somebody else started.
    driver: Option<Driver>,
    /// What a Firefox of our own was started with.
    profile: Option<Profile>,
}

impl Browser {
    /// Finds and starts the driver (or uses the one that `webdriver-url` names) and opens a session.
    ///
    /// # Errors
    /// [`BrowserError`], each with the next step; nothing is left running then.
    pub async fn start(kind: BrowserKind, settings: &Settings) -> Result<Self, BrowserError> {
        if let Some(url) = &settings.browser(kind).webdriver_url {
            return Self::on_running_driver(kind, url, settings).await;
        }
        let found = prepare(kind, settings)?;
        let driver = Driver::start(kind, &found, &settings.deadlines).await?;
        Self::on_driver(driver, &found.browser.path, settings).await
    }

    /// Opens a session on a driver of ours; the driver is stopped when that fails.
    pub(super) async fn on_driver(
        driver: Driver,
        binary: &Path,
        settings: &Settings,
    ) -> Result<Self, BrowserError> {
        let kind = driver.kind();
        let browser = settings.browser(kind);
        let profile = match driver.folder() {
            Some(folder) if kind == BrowserKind::Firefox && !names_profile(&browser.args) => {
                Profile::create(folder, binary).await
            }
            _ => None,
        };
        let folder = profile.as_ref().map(Profile::folder);
        let wanted = capabilities(kind, Some(binary), folder, settings.headless, browser);
        match Session::open(kind, driver.url(), wanted, &settings.deadlines).await {
            Ok(session) => Ok(Self { session, driver: Some(driver), profile }),
            Err(error) => {
                if let Some(profile) = profile {
                    profile.forget();
                }
                let error = error.with_log(driver.log_tail());
                if let Err(leak) = driver.stop().await {
                    tracing::warn!("failed to {leak}");
                }
                Err(error)
            }
        }
    }

    /// Opens a session on a driver that somebody else started.
    async fn on_running_driver(
        kind: BrowserKind,
        url: &Url,
        settings: &Settings,
    ) -> Result<Self, BrowserError> {
        let unreachable = |reason| BrowserError::Unreachable { url: url.clone(), browser: kind, reason };
        match timeout(settings.deadlines.driver, status(url)).await {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => return Err(unreachable(reason)),
            Err(_) => {
                let waited = humantime::format_duration(settings.deadlines.driver);
                return Err(unreachable(format!("no answer to /status within {waited}")));
            }
        }
        let browser = settings.browser(kind);
        // The driver may be on another machine: only a binary that was named is passed on.
        let wanted = capabilities(kind, browser.binary.as_deref(), None, settings.headless, browser);
        let session = Session::open(kind, &base(url), wanted, &settings.deadlines).await?;
        Ok(Self { session, driver: None, profile: None })
    }

    /// Its session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Its driver; `None` when that was started by somebody else.
    pub fn driver(&self) -> Option<&Driver> {
        self.driver.as_ref()
    }

    /// Takes the session and the driver apart.
    pub fn into_parts(self) -> (Session, Option<Driver>) {
        (self.session, self.driver)
    }

    /// Closes the session, stops the driver, removes its folder. All of it is done even when a part of
    /// it fails. A Firefox of our own is ended together with its geckodriver, which ends it when it is told to
    /// end: closing the session before that takes half a second, and leaves no less behind. Only the first one
    /// of a build is closed, so that it writes down what the next ones start sooner with.
    ///
    /// # Errors
    /// [`BrowserError::Leak`] when something is left behind, before anything that went wrong with the
    /// session.
    ///
    /// # Error precedence
    /// A leak, then a session that could not be closed.
    pub async fn close(self) -> Result<Stopped, BrowserError> {
        let profile = self.profile.filter(Profile::is_cold);
        if self.driver.is_some() && self.session.kind() == BrowserKind::Firefox && profile.is_none() {
            return end(self.session, self.driver).await;
        }
        let closed = self.session.close().await;
        if let (Some(profile), Ok(())) = (profile, &closed) {
            profile.keep().await;
        }
        let stopped = match self.driver {
            Some(driver) => driver.stop().await?,
            None => Stopped::default(),
        };
        closed.map(|()| stopped)
    }

    /// Ends a browser that broke. A driver of our own is not asked to close the session first: one that
    /// hangs would never answer, and all that it has to clean up goes with its group and its folder. On
    /// somebody else's driver the session is closed as by [`Browser::close`].
    ///
    /// # Errors
    /// As [`Browser::close`].
    pub async fn discard(self) -> Result<Stopped, BrowserError> {
        end(self.session, self.driver).await
    }
}

async fn end(session: Session, driver: Option<Driver>) -> Result<Stopped, BrowserError> {
    match driver {
        Some(driver) => {
            drop(session);
            driver.stop().await
        }
        None => session.close().await.map(|()| Stopped::default()),
    }
}

/// Whether a person's arguments say with which profile Firefox is to be started.
fn names_profile(args: &[String]) -> bool {
    args.iter().any(|arg| matches!(arg.trim_start_matches('-'), "profile" | "P"))
}

/// Everything that can be known before a process is started.
pub(super) fn prepare(kind: BrowserKind, settings: &Settings) -> Result<Found, BrowserError> {
    if !settings.headless && display_is_missing() {
        return Err(BrowserError::NoDisplay { browser: kind });
    }
    Ok(discovery::find(kind, settings.browser(kind))?)
}

/// Whether a window could not be shown. Only Linux tells by its environment.
pub(super) fn display_is_missing() -> bool {
    let unset = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    cfg!(target_os = "linux") && unset("DISPLAY") && unset("WAYLAND_DISPLAY")
}
