//! A browser with the probe in its tab: one of this process's own, or one that is handed from test
//! process to test process.

use crate::browser::bidi::{PreloadScriptId, RemovePreloadScript};
use crate::browser::shared::{Lease, Shared};
use crate::browser::{Browser, BrowserError, Driver, LogTail, Session, Stopped};
use crate::config::{BrowserKind, Settings};
use crate::probe::Probe;

use super::{RunnerError, Tab};

/// A browser that is ready for cases.
#[derive(Debug)]
pub struct Seat {
    // Before the browser, so that it ends first.
    tab: Tab,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Own(Box<Browser>),
    Leased(Box<Lease>),
}

impl Held {
    fn session(&self) -> &Session {
        match self {
            Self::Own(browser) => browser.session(),
            Self::Leased(lease) => lease.session(),
        }
    }

    async fn end(self) -> Result<Stopped, BrowserError> {
        match self {
            Self::Own(browser) => browser.discard().await,
            Self::Leased(lease) => lease.discard().await.map(|()| Stopped::default()),
        }
    }
}

impl Seat {
    /// Starts a browser, or leases one of `shared`, and puts the probe into it.
    ///
    /// # Errors
    /// When no browser can be had or it does not let itself be driven; nothing is left behind then.
    pub async fn take(
        kind: BrowserKind,
        settings: &Settings,
        probe: &Probe,
        shared: Option<&Shared>,
    ) -> Result<Self, RunnerError> {
        let mut held = match shared {
            None => Held::Own(Box::new(Browser::start(kind, settings).await?)),
            Some(shared) => Held::Leased(Box::new(shared.lease(kind, settings).await?)),
        };
        match Self::set_up(&mut held, settings, probe).await {
            Ok(tab) => Ok(Self { tab, held }),
            Err(error) => {
                if let Err(leak) = held.end().await {
                    tracing::warn!("failed to {leak}");
                }
                Err(error)
            }
        }
    }

    async fn set_up(held: &mut Held, settings: &Settings, probe: &Probe) -> Result<Tab, RunnerError> {
        // A process that died on the way may have left its probe; two would report everything twice.
        if let Held::Leased(lease) = held
            && let Some(preload) = lease.note().as_str()
        {
            let remove = RemovePreloadScript { script: PreloadScriptId::from(preload) };
            match lease.session().bidi().send(&remove).await {
                Err(error) if error.is_lost() => return Err(error.into()),
                // Already gone is as good.
                _ => {}
            }
        }
        let tab = Tab::open(held.session(), probe, &settings.deadlines).await?;
        if let Held::Leased(lease) = held {
            lease.remember(tab.preload().as_str().into())?;
        }
        Ok(tab)
    }

    /// The session.
    pub fn session(&self) -> &Session {
        self.held.session()
    }

    /// The end of what driver and browser printed; empty when somebody else started them.
    pub fn log_tail(&self) -> LogTail {
        match &self.held {
            Held::Own(browser) => browser.driver().map(Driver::log_tail).unwrap_or_default(),
            Held::Leased(lease) => lease.log_tail(),
        }
    }

    /// The tab with the probe.
    pub fn tab(&self) -> &Tab {
        &self.tab
    }

    /// The tab with the probe, to drive it.
    pub fn tab_mut(&mut self) -> &mut Tab {
        &mut self.tab
    }

    /// Is done with it: closes a browser of its own, and hands on one that is shared.
    ///
    /// # Errors
    /// When something is left behind, or the browser does not let go.
    pub async fn release(self) -> Result<Stopped, BrowserError> {
        match self.held {
            Held::Own(browser) => {
                drop(self.tab);
                browser.close().await
            }
            Held::Leased(lease) => match self.tab.leave().await {
                Ok(()) => lease.park().await.map(|()| Stopped::default()),
                Err(error) => {
                    tracing::warn!("failed to {error}");
                    lease.discard().await.map(|()| Stopped::default())
                }
            },
        }
    }

    /// Ends the browser, shared or not: it is not fit for another case.
    ///
    /// # Errors
    /// When something is left behind.
    pub async fn discard(self) -> Result<Stopped, BrowserError> {
        drop(self.tab);
        self.held.end().await
    }
}
