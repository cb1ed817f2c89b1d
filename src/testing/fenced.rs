//! The browsers in which pages of sites are tested: behind a fence, and each with one visitor at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use super::TestError;
use super::pool::Pool;
use super::turns::Turn;
use crate::browser::Browser;
use crate::browser::shared::SharedTurn;
use crate::check::{self, Ground, Performance, Site};
use crate::config::BrowserKind;
use crate::site::SiteScenario;

/// What pages of sites have in common, made by the first test that opens one.
#[derive(Debug)]
pub(super) struct Fenced {
    ground: Ground,
    /// Browsers that wait for the next visitor.
    idle: Mutex<Vec<Held>>,
}

/// A browser, and what it is for.
#[derive(Debug)]
struct Held {
    kind: BrowserKind,
    /// Whom its pages may ask: its fence has holes for them.
    allowed: Vec<String>,
    browser: Browser,
}

/// A browser for one visitor; given back when they leave.
#[derive(Debug)]
pub(super) struct SitePlace {
    held: Held,
    // After the browser, so that it has ended when the next process has its turn.
    _among_processes: Option<SharedTurn>,
    _turn: Turn,
}

impl Fenced {
    fn idle(&self) -> MutexGuard<'_, Vec<Held>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle browser of this kind: one with the same fence if there is one, else one that has to go.
    fn take_idle(&self, kind: BrowserKind, allowed: &[String]) -> Option<Held> {
        let mut idle = self.idle();
        let fits = idle.iter().position(|held| held.kind == kind && held.allowed == allowed);
        let at = fits.or_else(|| idle.iter().position(|held| held.kind == kind))?;
        Some(idle.swap_remove(at))
    }
}

impl Pool {
    /// Lets a visitor into a browser, for the test of this thread; there may be others to wait for.
    pub(super) async fn let_in(
        &self,
        kind: BrowserKind,
        test: ThreadId,
        site: &Site,
        scenario: &SiteScenario,
    ) -> Result<(SitePlace, Performance), TestError> {
        let turn = self.turns.wait(kind, test).await?;
        let among_processes = self.turn_among_processes(kind, turn.is_extra()).await?;
        let fenced = self.fenced().await?;
        let allowed = site.allowed();
        if let Some(held) = fenced.take_idle(kind, &allowed) {
            let entered = if held.allowed == allowed {
                fenced.ground.enter(site, held.browser.session().bidi(), scenario).await.ok()
            } else {
                None
            };
            if let Some(performance) = entered {
                let place = SitePlace { held, _among_processes: among_processes, _turn: turn };
                return Ok((place, performance));
            }
            // It is for other pages, or has died while nobody looked.
            end(held.browser).await;
        }
        let mut settings = self.settings.clone();
        fenced.ground.around(site, &mut settings);
        let browser = check::browser(kind, &settings).await?;
        match fenced.ground.enter(site, browser.session().bidi(), scenario).await {
            Ok(performance) => {
                let held = Held { kind, allowed, browser };
                Ok((SitePlace { held, _among_processes: among_processes, _turn: turn }, performance))
            }
            Err(error) => {
                end(browser).await;
                Err(error.into())
            }
        }
    }

    /// The visitor leaves; the browser waits for the next one, or is ended if it is not `fit` for one or too many
    /// would wait.
    pub(super) async fn let_out(&self, place: SitePlace, performance: Performance, fit: bool) {
        let SitePlace { held, _among_processes: among_processes, _turn: turn } = place;
        let left = if fit { performance.end().await.1 } else { Ok(()) };
        if let Err(error) = &left {
            tracing::warn!("failed to {error}");
        }
        let over = match self.fenced().await {
            Ok(fenced) if fit && left.is_ok() => {
                let mut idle = fenced.idle();
                let waiting = idle.iter().filter(|other| other.kind == held.kind).count();
                if self.may_keep(held.kind, waiting) {
                    idle.push(held);
                    None
                } else {
                    Some(held)
                }
            }
            _ => Some(held),
        };
        if let Some(held) = over {
            end(held.browser).await;
        }
        drop((among_processes, turn));
    }

    pub(super) async fn fenced(&self) -> Result<&Fenced, TestError> {
        self.fenced
            .get_or_try_init(async || {
                let ground = Ground::with(self.server.clone(), self.settings.deadlines).await?;
                Ok(Fenced { ground, idle: Mutex::default() })
            })
            .await
    }
}

/// Ends a browser; what it keeps is nobody's any more.
async fn end(browser: Browser) {
    if let Err(leak) = browser.discard().await {
        tracing::warn!("failed to {leak}");
    }
}
