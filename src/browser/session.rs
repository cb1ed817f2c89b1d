//! A WebDriver session with its BiDi connection.

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value};
use tokio::time::timeout;
use url::Url;

use super::bidi::Bidi;
use super::classic::Classic;
use super::error::{BrowserError, LogTail, explain_new_session};
use crate::config::{BrowserKind, Deadlines};

/// A WebDriver session with its BiDi connection; both speak of the same windows, and a BiDi context's
/// id is the window's classic handle.
#[derive(Debug)]
pub struct Session {
    kind: BrowserKind,
    classic: Classic,
    bidi: Bidi,
    id: String,
    websocket: Url,
    capabilities: Map<String, Value>,
}

impl Session {
    /// Opens a session on a driver and connects its BiDi socket.
    ///
    /// # Errors
    /// [`BrowserError::SessionRefused`] with the driver's words, [`BrowserError::SessionTimeout`] after
    /// `deadlines.session`, [`BrowserError::NoBidi`] when the driver knows no BiDi.
    pub async fn open(
        kind: BrowserKind,
        driver: &Url,
        capabilities: Map<String, Value>,
        deadlines: &Deadlines,
    ) -> Result<Self, BrowserError> {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = match timeout(deadlines.session, builder.connect(driver.as_str())).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => {
                let reason = explain_new_session(&error);
                return Err(BrowserError::SessionRefused { browser: kind, reason, log: LogTail::default() });
            }
            Err(_) => {
                let waited = deadlines.session;
                return Err(BrowserError::SessionTimeout { browser: kind, waited, log: LogTail::default() });
            }
        };
        let classic = Classic::new(client, deadlines.command);
        match Self::connected(kind, classic.client(), deadlines).await {
            Ok((id, websocket, capabilities, bidi)) => {
                Ok(Self { kind, classic, bidi, id, websocket, capabilities })
            }
            Err(error) => {
                // On somebody else's driver it would stay.
                if let Err(error) = classic.close().await {
                    tracing::debug!("failed to {error}");
                }
                Err(error)
            }
        }
    }

    /// Connects the BiDi socket of a session that was opened just now.
    async fn connected(
        kind: BrowserKind,
        client: &Client,
        deadlines: &Deadlines,
    ) -> Result<(String, Url, Map<String, Value>, Bidi), BrowserError> {
        let no_bidi = || BrowserError::NoBidi { browser: kind };
        let response = client.session_creation_response().ok_or_else(no_bidi)?;
        let id = response.session_id().to_owned();
        let capabilities: Map<String, Value> =
            response.capabilities().map(|map| map.clone().into_iter().collect()).unwrap_or_default();
        let websocket = capabilities.get("webSocketUrl").and_then(Value::as_str);
        let websocket = websocket.and_then(|url| Url::parse(url).ok()).ok_or_else(no_bidi)?;
        let bidi = Bidi::connect(&websocket, deadlines.command).await?;
        Ok((id, websocket, capabilities, bidi))
    }

    /// Attaches to a session that exists, with a new BiDi connection to it.
    ///
    /// # Errors
    /// When the session's BiDi socket does not accept another connection, as when the browser is gone.
    pub async fn attach(
        kind: BrowserKind,
        driver: &Url,
        id: &str,
        websocket: &Url,
        capabilities: Map<String, Value>,
        deadlines: &Deadlines,
    ) -> Result<Self, BrowserError> {
        let bidi = Bidi::connect(websocket, deadlines.command).await?;
        let client = Client::with_existing_session(driver.as_str(), id, HttpConnector::new()).await;
        let client = client.map_err(|error| BrowserError::SessionRefused {
            browser: kind,
            reason: explain_new_session(&error),
            log: LogTail::default(),
        })?;
        let classic = Classic::new(client, deadlines.command);
        Ok(Self { kind, classic, bidi, id: id.to_owned(), websocket: websocket.clone(), capabilities })
    }

    /// The browser.
    pub fn kind(&self) -> BrowserKind {
        self.kind
    }

    /// The classic WebDriver client. It has no deadlines of its own: wrap what you await.
    pub fn client(&self) -> &Client {
        self.classic.client()
    }

    /// What is done over classic WebDriver here, with deadlines.
    pub fn classic(&self) -> &Classic {
        &self.classic
    }

    /// The BiDi connection.
    pub fn bidi(&self) -> &Bidi {
        &self.bidi
    }

    /// The session's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The address of the session's BiDi socket.
    pub fn websocket(&self) -> &Url {
        &self.websocket
    }

    /// The capabilities with which the driver answered.
    pub fn capabilities(&self) -> &Map<String, Value> {
        &self.capabilities
    }

    /// The browser's version as the session reports it; empty when it does not.
    pub fn browser_version(&self) -> &str {
        self.capabilities.get("browserVersion").and_then(Value::as_str).unwrap_or_default()
    }

    /// The driver and its version, such as `geckodriver 0.37.1`.
    pub fn driver_version(&self) -> String {
        let version = match self.kind {
            BrowserKind::Firefox => self.capabilities.get("moz:geckodriverVersion"),
            BrowserKind::Chromium => {
                self.capabilities.get("chrome").and_then(|chrome| chrome.get("chromedriverVersion"))
            }
        };
        // chromedriver appends the revision.
        let number =
            version.and_then(Value::as_str).and_then(|text| text.split(' ').next()).unwrap_or_default();
        format!("{} {number}", self.kind.driver_name()).trim_end().to_owned()
    }

    /// Closes the session and with it the browser.
    ///
    /// # Errors
    /// [`BrowserError::CommandTimeout`] when the driver does not answer in time; the driver has to be
    /// stopped then all the same.
    pub async fn close(self) -> Result<(), BrowserError> {
        self.bidi.disconnect();
        self.classic.close().await
    }

    /// Lets go of the session without closing it, so that another process can attach to it.
    ///
    /// # Errors
    /// When the client's task is gone.
    pub async fn detach(self) -> Result<(), BrowserError> {
        self.bidi.disconnect();
        let command = "detach from session";
        self.client()
            .clone()
            .persist()
            .await
            .map_err(|error| BrowserError::Command { command, source: Box::new(error) })
    }
}
