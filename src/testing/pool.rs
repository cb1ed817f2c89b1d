//! The browsers and the fixture server that the tests of a process share.
//!
//! Each test has an async runtime of its own, so what outlives a test lives on a runtime of the pool's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread::ThreadId;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use super::TestError;
use super::fenced::Fenced;
use super::turns::{Turn, Turns};
use crate::browser::provision;
use crate::browser::shared::{Shared, SharedTurn};
use crate::config::{BrowserKind, Loaded, Overrides, Settings};
use crate::probe::Probe;
use crate::runner::{RunnerError, Seat};
use crate::server::FixtureServer;

/// Everything that is shared, made by the first test that needs it.
pub(super) struct Pool {
    pub(super) settings: Settings,
    pub(super) server: FixtureServer,
    shared: Option<Shared>,
    /// Browsers that wait for the next test.
    idle: Mutex<BTreeMap<BrowserKind, Vec<Seat>>>,
    /// Browsers for pages of sites.
    pub(super) fenced: OnceCell<Fenced>,
    pub(super) turns: Arc<Turns>,
}

/// How long the page that a test leaves is waited for; an idle one is left in a moment.
const PATIENCE: Duration = Duration::from_secs(3);

/// A browser for one test; given back when it is done.
pub(super) struct Place {
    pub(super) seat: Seat,
    _turn: Turn,
}

/// The settings that tests run with: `webdriver.toml` and `LCW_*` as for `lcw run`.
///
/// # Errors
/// When one of them is wrong.
pub fn settings() -> Result<Settings, TestError> {
    Ok(loaded()?.settings)
}

fn loaded() -> Result<Loaded, TestError> {
    Ok(Loaded::from_process(None, Overrides::default())?)
}

/// The runtime of everything that outlives a test.
#[expect(
    clippy::expect_used,
    reason = "without threads no test can run, and there is nobody to hand the error to"
)]
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("lcw-testing")
            .enable_all()
            .build()
            .expect("failed to start a runtime for the tests' browsers")
    })
}

/// Runs work on the pool's runtime, from any other.
pub(super) async fn on_runtime<T: Send + 'static>(
    work: impl Future<Output = Result<T, TestError>> + Send + 'static,
) -> Result<T, TestError> {
    runtime().spawn(work).await.unwrap_or_else(|panic| Err(TestError::Bug(panic.to_string())))
}

/// Does on the pool's runtime what has to be done when a page is dropped, and waits for it for as long as one command
/// may take.
pub(super) fn at_the_end(pool: Arc<Pool>, work: impl Future<Output = ()> + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let patience = pool.settings.deadlines.command;
    runtime().spawn(async move {
        work.await;
        // Whoever waited may have lost patience.
        let _ = done.send(());
    });
    // Under nextest the process ends after its test, and the browser must be handed on before that.
    // The work is done by another runtime's thread, so waiting here blocks nothing that it needs.
    let _ = wait.recv_timeout(patience);
}

/// Ends a browser that is fit for no other test.
pub(super) async fn discard(place: Place) {
    let Place { seat, _turn: turn } = place;
    if let Err(error) = seat.discard().await {
        tracing::warn!("failed to {error}");
    }
    drop(turn);
}

impl Pool {
    /// The process's pool. Call it on the pool's runtime.
    pub(super) async fn get() -> Result<Arc<Self>, TestError> {
        static POOL: OnceCell<Arc<Pool>> = OnceCell::const_new();
        POOL.get_or_try_init(async || {
            let Loaded { settings, warnings, .. } = loaded()?;
            // Once: the process has one pool.
            for warning in warnings {
                eprintln!("warning: {warning}");
            }
            provision::for_tests(&settings.browsers, &settings).await?;
            Ok(Arc::new(Self::of(settings, Shared::from_environment()).await?))
        })
        .await
        .cloned()
    }

    /// One with nothing but its server.
    async fn of(mut settings: Settings, shared: Option<Shared>) -> Result<Self, TestError> {
        if shared.is_some() {
            // Several processes are there at once, and only one of them could have a port that somebody chose.
            settings.server.port = 0;
        }
        let server = FixtureServer::start(&settings.server).await?;
        let turns = Turns::new(|kind| settings.workers_at_once(kind));
        let (idle, fenced) = (Mutex::default(), OnceCell::const_new());
        Ok(Self { settings, server, shared, idle, fenced, turns })
    }

    /// Waits for a browser for the test of this thread; the wait is as long as the other tests take.
    pub(super) async fn take(&self, kind: BrowserKind, test: ThreadId) -> Result<Place, TestError> {
        let turn = self.turns.wait(kind, test).await?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&kind).and_then(Vec::pop);
        let seat = match idle {
            Some(seat) => seat,
            None => {
                // Of those that processes share, this one has its own already and would wait for itself.
                let shared = self.shared.as_ref().filter(|_| !turn.is_extra());
                Seat::take(kind, &self.settings, &Probe::default(), shared).await?
            }
        };
        Ok(Place { seat, _turn: turn })
    }

    /// Waits until no other process of the run has a session on the driver that somebody else started; gives nothing
    /// where each has a browser of its own. A test that has a page already `is_extra`: it would wait for itself.
    pub(super) async fn turn_among_processes(
        &self,
        kind: BrowserKind,
        is_extra: bool,
    ) -> Result<Option<SharedTurn>, TestError> {
        let is_ours = self.settings.browser(kind).webdriver_url.is_none();
        match &self.shared {
            Some(shared) if !is_ours && !is_extra => {
                Ok(Some(shared.turn(kind, &self.settings).await.map_err(RunnerError::from)?))
            }
            _ => Ok(None),
        }
    }

    /// Takes a browser back: cleaned for the next test, or ended if it does not let itself be cleaned, as one whose page
    /// never ends a script.
    pub(super) async fn give_back(&self, place: Place) {
        let Place { mut seat, _turn: turn } = place;
        let kind = seat.session().kind();
        let cleaned = seat.tab_mut().close_other_windows().await;
        let is_fit = cleaned.is_ok() && seat.tab().blank(PATIENCE).await;
        if let Err(error) = cleaned {
            tracing::warn!("failed to {error}");
        }
        if !is_fit {
            return discard(Place { seat, _turn: turn }).await;
        }
        let ended = match self.keep(kind, seat) {
            None => Ok(()),
            Some(over) => over.release().await.map(drop),
        };
        if let Err(error) = ended {
            tracing::warn!("failed to {error}");
        }
        drop(turn);
    }

    /// Keeps a browser for the next test of this process, if it may; gives it back if enough wait already.
    fn keep(&self, kind: BrowserKind, seat: Seat) -> Option<Seat> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = idle.entry(kind).or_default();
        if !self.may_keep(kind, idle.len()) {
            return Some(seat);
        }
        idle.push(seat);
        None
    }

    /// Whether one more browser may wait for the next test of this process beside so many.
    ///
    /// Under nextest there is no next test in it. On a driver that somebody else started a session would outlive the
    /// process, which ends without a word, and Firefox's driver bears no other one.
    pub(super) fn may_keep(&self, kind: BrowserKind, waiting: usize) -> bool {
        let is_ours = self.settings.browser(kind).webdriver_url.is_none();
        is_ours && self.shared.is_none() && waiting < self.settings.workers
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use url::Url;

    use super::*;
    use crate::config::{BrowserSettings, ServerSettings};

    async fn pool(settings: Settings, shared: Option<Shared>) -> Pool {
        Pool::of(settings, shared).await.unwrap()
    }

    #[tokio::test]
    async fn a_browser_is_kept_only_where_the_end_of_the_process_ends_it() {
        let running = Url::parse("http://127.0.0.1:4444").ok();
        let firefox = BrowserSettings { webdriver_url: running, ..BrowserSettings::default() };
        let settings = Settings { firefox, workers: 2, ..Settings::default() };
        let alone = pool(settings.clone(), None).await;
        let may_keep = |waiting| BrowserKind::ALL.map(|kind| alone.may_keep(kind, waiting));
        assert_eq!([may_keep(0), may_keep(1), may_keep(2)], [[false, true], [false, true], [false, false]]);
        let handed_on = pool(settings, Some(Shared::of_run("kept", 1))).await;
        assert!(!BrowserKind::ALL.iter().any(|kind| handed_on.may_keep(*kind, 0)));
    }

    #[tokio::test]
    async fn processes_take_turns_on_a_driver_of_somebody_else() {
        let running = Url::parse("http://127.0.0.1:4444").ok();
        let firefox = BrowserSettings { webdriver_url: running, ..BrowserSettings::default() };
        let settings = Settings { firefox, ..Settings::default() };
        let this = std::process::id();
        let run = Shared::of_run(&format!("turns-{this}"), this);
        let [one, other] = [pool(settings.clone(), Some(run.clone())).await, pool(settings, Some(run)).await];
        let turn = one.turn_among_processes(BrowserKind::Firefox, false).await.unwrap();
        assert!(turn.is_some());
        assert!(one.turn_among_processes(BrowserKind::Firefox, true).await.unwrap().is_none());
        assert!(one.turn_among_processes(BrowserKind::Chromium, false).await.unwrap().is_none());
        let mut waiting = Box::pin(other.turn_among_processes(BrowserKind::Firefox, false));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(turn);
        assert!(waiting.await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_port_that_somebody_chose_is_taken_once() {
        let mut alone = pool(Settings::default(), None).await;
        // It cannot be had another time.
        let port = alone.server.address().port();
        alone.settings.server.port = port;
        alone.fenced().await.unwrap();
        let server = ServerSettings { port, ..ServerSettings::default() };
        let settings = Settings { server, ..Settings::default() };
        assert_ne!(pool(settings, Some(Shared::of_run("port", 1))).await.server.address().port(), port);
    }
}
