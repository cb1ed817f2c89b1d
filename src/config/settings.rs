//! The settings of a run, all layers resolved.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

/// A browser that the harness drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrowserKind {
    /// Firefox through geckodriver.
    Firefox,
    /// Chromium (or Chrome) through chromedriver.
    Chromium,
}

impl BrowserKind {
    /// Every browser, in the order in which they are preferred.
    pub const ALL: [Self; 2] = [Self::Firefox, Self::Chromium];

    /// The name as flags and configuration spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::Chromium => "chromium",
        }
    }

    /// The name of the WebDriver server that drives it.
    pub const fn driver_name(self) -> &'static str {
        match self {
            Self::Firefox => "geckodriver",
            Self::Chromium => "chromedriver",
        }
    }
}

impl fmt::Display for BrowserKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// Everything that can be configured for a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The browsers to run in, in this order.
    pub browsers: Vec<BrowserKind>,
    /// Workers for each browser, each with a driver and a browser of its own. At least 1.
    pub workers: usize,
    /// How often a failed case is tried again.
    pub retries: u32,
    /// Whether the first unexpected result ends the run.
    pub fail_fast: bool,
    /// Whether browsers run without a window on a screen.
    pub headless: bool,
    /// The covering array's strength for matrices, 2 or more; `None` runs the full product.
    pub strength: Option<usize>,
    /// How long things may take.
    pub deadlines: Deadlines,
    /// How Firefox is found and started.
    pub firefox: BrowserSettings,
    /// How Chromium is found and started.
    pub chromium: BrowserSettings,
    /// The fixture server.
    pub server: ServerSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            browsers: BrowserKind::ALL.to_vec(),
            workers: 1,
            retries: 0,
            fail_fast: false,
            headless: true,
            strength: Some(2),
            deadlines: Deadlines::default(),
            firefox: BrowserSettings::default(),
            chromium: BrowserSettings::default(),
            server: ServerSettings::default(),
        }
    }
}

impl Settings {
    /// The settings of one browser.
    pub fn browser(&self, kind: BrowserKind) -> &BrowserSettings {
        match kind {
            BrowserKind::Firefox => &self.firefox,
            BrowserKind::Chromium => &self.chromium,
        }
    }

    /// How many workers a browser may have at once. A driver that somebody else started has one session only, or does
    /// not say how many it bears.
    pub fn workers_at_once(&self, kind: BrowserKind) -> usize {
        if self.browser(kind).webdriver_url.is_some() { 1 } else { self.workers }
    }
}

/// How long each kind of wait may take before it is given up and named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From a driver's start until it answers `/status`.
    pub driver: Duration,
    /// From asking for a session until the browser is up.
    pub session: Duration,
    /// One WebDriver or BiDi command.
    pub command: Duration,
    /// From a step until everything that it must bring about is seen.
    pub step: Duration,
    /// One case from opening its page to its verdict.
    pub case: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            driver: Duration::from_secs(20),
            session: Duration::from_secs(60),
            command: Duration::from_secs(15),
            step: Duration::from_secs(5),
            case: Duration::from_secs(60),
        }
    }
}

/// How one browser and its driver are found and started.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BrowserSettings {
    /// A driver that is already running, such as `http://127.0.0.1:4444`; none is started then.
    pub webdriver_url: Option<Url>,
    /// The driver's executable; found when `None`.
    pub driver: Option<PathBuf>,
    /// The browser's executable; found when `None`.
    pub binary: Option<PathBuf>,
    /// Arguments for the browser, added to the harness's own.
    pub args: Vec<String>,
    /// Firefox preferences (`about:config`), added to the harness's own; unused for Chromium.
    pub preferences: BTreeMap<String, serde_json::Value>,
}

/// Where the fixture server listens and what it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// The address to listen on; loopback unless a person says otherwise.
    pub address: IpAddr,
    /// The port; 0 lets the system choose.
    pub port: u16,
    /// A folder laid out as `fixtures/`, read at every request; `None` serves the files that the
    /// binary was built with, or the checkout's own folder when run inside one.
    pub fixtures: Option<PathBuf>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 0, fixtures: None }
    }
}
