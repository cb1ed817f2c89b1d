//! What the command line says: the last layer.

use clap::ValueEnum;

use super::BrowserKind;

/// The browsers that a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BrowserChoice {
    /// Firefox only.
    Firefox,
    /// Chromium only.
    Chromium,
    /// Every browser, Firefox first.
    All,
}

impl BrowserChoice {
    const fn name(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::Chromium => "chromium",
            Self::All => "all",
        }
    }
}

/// The flags that stand for a key of the configuration; `None` and `false` are flags that were not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--browser`.
    pub browser: Option<BrowserChoice>,
    /// `--workers`.
    pub workers: Option<u32>,
    /// `--retries`.
    pub retries: Option<u32>,
    /// `--fail-fast`.
    pub fail_fast: bool,
    /// `--headed`.
    pub headed: bool,
    /// `--strength`.
    pub strength: Option<u32>,
    /// `--all`; wins over `strength`.
    pub all: bool,
    /// `--webdriver-url`, each `URL` (of the one browser that is chosen) or `BROWSER=URL`.
    pub webdriver_url: Vec<String>,
    /// `--fixtures`.
    pub fixtures: Option<String>,
}

/// One flag as a layer: the key's path, the value as text, and the flag.
pub(super) type FlagValue = (&'static str, String, &'static str);

impl Overrides {
    /// The flags that were given, those about drivers apart.
    pub(super) fn values(&self) -> Vec<FlagValue> {
        let number = |number: u32| number.to_string();
        [
            self.browser.map(|choice| ("browsers", choice.name().to_owned(), "--browser")),
            self.workers.map(|workers| ("workers", number(workers), "--workers")),
            self.retries.map(|retries| ("retries", number(retries), "--retries")),
            self.fail_fast.then(|| ("fail-fast", "true".to_owned(), "--fail-fast")),
            self.headed.then(|| ("headless", "false".to_owned(), "--headed")),
            self.strength.filter(|_| !self.all).map(|strength| ("strength", number(strength), "--strength")),
            self.all.then(|| ("strength", "all".to_owned(), "--all")),
            self.fixtures.clone().map(|folder| ("server.fixtures", folder, "--fixtures")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The drivers' addresses, for the browser each names or else the only one of `browsers`.
    ///
    /// # Errors
    /// Gives the address back that names no browser while several are chosen.
    pub(super) fn drivers(&self, browsers: &[BrowserKind]) -> Result<Vec<FlagValue>, String> {
        let drivers = self.webdriver_url.iter().map(|text| {
            let named = BrowserKind::ALL.into_iter().find_map(|browser| {
                let url = text.strip_prefix(browser.name())?.strip_prefix('=')?;
                Some((browser, url))
            });
            let (browser, url) = match (named, browsers) {
                (Some(named), _) => named,
                (None, [only]) => (*only, text.as_str()),
                (None, _) => return Err(text.clone()),
            };
            let path = match browser {
                BrowserKind::Firefox => "firefox.webdriver-url",
                BrowserKind::Chromium => "chromium.webdriver-url",
            };
            Ok((path, url.to_owned(), "--webdriver-url"))
        });
        drivers.collect()
    }
}
