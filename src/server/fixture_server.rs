//! Starting and stopping the server.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::assets::Assets;
use crate::config::ServerSettings;
use crate::contract::WidgetSettings;

use super::routes;
use super::site::Sites;
use super::{Answer, CaseSite, Replacements, ServerError};

/// How long a request that is under way may still take when the server is asked to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// A running server of fixtures; clones are handles to the same one, and it stops when the last of them
/// and the last of its [`CaseSite`]s is gone.
#[derive(Debug, Clone)]
pub struct FixtureServer {
    running: Arc<Running>,
}

#[derive(Debug)]
struct Running {
    address: SocketAddr,
    shared: Arc<Shared>,
    router: Router,
    task: Mutex<Option<JoinHandle<()>>>,
    _stop_on_drop: DropGuard,
}

/// What every request handler knows.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) assets: Assets,
    pub(super) replacements: Replacements,
    pub(super) sites: Sites,
    /// Cancelled when the server stops.
    pub(super) stop: CancellationToken,
}

impl FixtureServer {
    /// Starts a server of the fixtures as they are.
    ///
    /// # Errors
    /// [`ServerError`] when it cannot listen where the settings say, or their fixtures are not there.
    pub async fn start(settings: &ServerSettings) -> Result<Self, ServerError> {
        Self::start_with(settings, Replacements::default()).await
    }

    /// Starts a server that serves some contents in place of the fixtures', on every host.
    ///
    /// # Errors
    /// As for [`FixtureServer::start`].
    pub async fn start_with(
        settings: &ServerSettings,
        replacements: Replacements,
    ) -> Result<Self, ServerError> {
        let assets = Assets::discover(settings.fixtures.as_deref())?;
        let address = SocketAddr::new(settings.address, settings.port);
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ServerError::PortTaken { address },
            _ => ServerError::Listen { address, source },
        })?;
        let address = listener.local_addr().map_err(|source| ServerError::Listen { address, source })?;
        tracing::debug!(%address, %assets, "fixture server listens");

        let stop = CancellationToken::new();
        let shared = Arc::new(Shared { assets, replacements, sites: Sites::new(), stop: stop.clone() });
        let router = routes::router(Arc::clone(&shared));
        // A small answer must not wait for the acknowledgement of the one before.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY on a connection");
            }
        });
        let serving =
            axum::serve(listener, router.clone()).with_graceful_shutdown(stop.clone().cancelled_owned());
        let task = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "fixture server failed");
            }
        });
        let running = Running {
            address,
            shared,
            router,
            task: Mutex::new(Some(task)),
            _stop_on_drop: stop.drop_guard(),
        };
        Ok(Self { running: Arc::new(running) })
    }

    /// Where the server listens, the port being the one that it got.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Opens a host for one case, with the widget's settings; `slug` makes it recognisable.
    pub fn open_case(&self, slug: &str, settings: &WidgetSettings) -> CaseSite {
        self.open_case_with(slug, settings, Replacements::default())
    }

    /// Opens a host for one case that serves some contents in place of the server's.
    pub fn open_case_with(
        &self,
        slug: &str,
        settings: &WidgetSettings,
        replacements: Replacements,
    ) -> CaseSite {
        let closed = self.running.shared.stop.child_token();
        let (label, state) = self.sites().open(slug, settings.clone(), replacements, closed);
        CaseSite::new(self.clone(), label, state)
    }

    pub(super) async fn answer(&self, host: &Url, path: &str) -> Answer {
        routes::answer(self.running.router.clone(), host, path).await
    }

    /// Stops the server: no new connections, open conversations end, and requests under way get two
    /// seconds. Stopping it again does nothing.
    pub async fn shutdown(&self) {
        self.running.shared.stop.cancel();
        let task = self.running.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut task) = task else { return };
        if tokio::time::timeout(SHUTDOWN_GRACE, &mut task).await.is_err() {
            tracing::debug!("fixture server stops with requests under way");
            task.abort();
        }
    }

    pub(super) fn sites(&self) -> &Sites {
        &self.running.shared.sites
    }
}
