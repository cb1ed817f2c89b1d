//! One written value of the configuration, and what it may be.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;
use url::Url;

use super::BrowserKind;

/// The longest time that anything may be waited for: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A value as it was written, and the folder that relative paths in it start from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    node: &'a Spanned<DeValue<'a>>,
    base: &'a Path,
}

/// A value that cannot be: where it is, what it says and what was expected instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadValue {
    pub(super) span: Range<usize>,
    pub(super) found: String,
    pub(super) expected: String,
}

impl<'a> Value<'a> {
    pub(super) fn new(node: &'a Spanned<DeValue<'a>>, base: &'a Path) -> Self {
        Self { node, base }
    }

    fn bad(self, expected: impl Into<String>) -> BadValue {
        let found = match self.node.get_ref() {
            DeValue::String(text) => format!("{text:?}"),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::Array(items) if items.is_empty() => "an empty list".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        BadValue { span: self.node.span(), found, expected: expected.into() }
    }

    /// A whole number of this range.
    pub(super) fn whole(self, range: RangeInclusive<u32>) -> Result<u32, BadValue> {
        let number = self.node.get_ref().as_integer();
        let number = number.and_then(|it| u32::from_str_radix(it.as_str(), it.radix()).ok());
        number.filter(|number| range.contains(number)).ok_or_else(|| {
            self.bad(format!("expected a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(self) -> Result<bool, BadValue> {
        self.node.get_ref().as_bool().ok_or_else(|| self.bad("expected true or false"))
    }

    /// A covering array's strength, `None` for the full product.
    pub(super) fn strength(self) -> Result<Option<usize>, BadValue> {
        if self.node.get_ref().as_str() == Some("all") {
            return Ok(None);
        }
        let strength = self.whole(2..=5);
        strength
            .map(|strength| Some(strength as usize))
            .map_err(|_| self.bad("expected a whole number from 2 to 5, or \"all\" for every combination"))
    }

    /// A time longer than none and no longer than a day, written as text with units.
    pub(super) fn duration(self) -> Result<Duration, BadValue> {
        let text = self.node.get_ref().as_str();
        let duration = text.and_then(|text| humantime::parse_duration(text).ok());
        duration.filter(|duration| !duration.is_zero() && *duration <= LONGEST).ok_or_else(|| {
            self.bad("expected a time longer than zero, up to \"24h\", as text, such as \"10s\", \"500ms\" or \"2m\"")
        })
    }

    /// Any text.
    fn text(self, expected: &str) -> Result<&'a str, BadValue> {
        self.node.get_ref().as_str().ok_or_else(|| self.bad(expected))
    }

    /// The address of a WebDriver server; `None` when empty.
    pub(super) fn webdriver_url(self) -> Result<Option<Url>, BadValue> {
        const EXPECTED: &str =
            "expected an address such as \"http://127.0.0.1:4444\", or \"\" to start a driver";
        let text = self.text(EXPECTED)?;
        if text.is_empty() {
            return Ok(None);
        }
        // Drivers speak no HTTPS.
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "http" && url.has_host());
        url.map(Some).ok_or_else(|| self.bad(EXPECTED))
    }

    /// A path, relative to the file it is written in; `None` when empty.
    pub(super) fn path(self, what: &str) -> Result<Option<PathBuf>, BadValue> {
        let text = self.text(&format!("expected {what} as text, or \"\""))?;
        Ok((!text.is_empty()).then(|| self.base.join(text)))
    }

    /// A program: a path, or a bare name that is left to be looked up in `PATH`; `None` when empty.
    pub(super) fn program(self, what: &str) -> Result<Option<PathBuf>, BadValue> {
        let path = self.path(what)?;
        let bare = self.node.get_ref().as_str().filter(|name| !name.contains(['/', '\\']));
        Ok(path.map(|path| bare.map_or(path, PathBuf::from)))
    }

    /// An address to listen on: one at which browsers look for `*.localhost`, where every case has its page.
    pub(super) fn address(self) -> Result<IpAddr, BadValue> {
        const EXPECTED: &str = "expected \"127.0.0.1\" or \"::1\", where browsers look for the cases' pages, or \"0.0.0.0\" or \"::\" to listen \
             everywhere";
        let address: Option<IpAddr> = self.text(EXPECTED)?.parse().ok();
        let local = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        let reachable = address.filter(|address| local.contains(address) || address.is_unspecified());
        reachable.ok_or_else(|| self.bad(EXPECTED))
    }

    fn items(self, expected: &str) -> Result<Vec<Value<'a>>, BadValue> {
        let items = self.node.get_ref().as_array().ok_or_else(|| self.bad(expected))?;
        Ok(items.iter().map(|node| Value { node, base: self.base }).collect())
    }

    /// A list of texts.
    pub(super) fn texts(self) -> Result<Vec<String>, BadValue> {
        const EXPECTED: &str = "expected a list of texts, such as [\"--lang=de\"]";
        self.items(EXPECTED)?
            .into_iter()
            .map(|item| item.text("expected a text").map(str::to_owned))
            .collect()
    }

    /// A list of browsers, without repetition; `"all"` for every one.
    pub(super) fn browsers(self) -> Result<Vec<BrowserKind>, BadValue> {
        const EXPECTED: &str = "expected a list such as [\"firefox\", \"chromium\"], or \"all\"";
        if self.node.get_ref().as_str() == Some("all") {
            return Ok(BrowserKind::ALL.to_vec());
        }
        let mut browsers = Vec::new();
        for item in self.items(EXPECTED)? {
            let name = item.node.get_ref().as_str();
            let browser = BrowserKind::ALL
                .into_iter()
                .find(|browser| Some(browser.name()) == name)
                .ok_or_else(|| item.bad("expected \"firefox\" or \"chromium\""))?;
            if browsers.contains(&browser) {
                return Err(item.bad("expected each browser once"));
            }
            browsers.push(browser);
        }
        if browsers.is_empty() { Err(self.bad("expected at least one browser")) } else { Ok(browsers) }
    }

    /// Firefox preferences: a table of numbers, texts and truth values. The dots of a preference's name
    /// may be written bare, as TOML's own.
    pub(super) fn preferences(self) -> Result<BTreeMap<String, serde_json::Value>, BadValue> {
        let mut preferences = BTreeMap::new();
        self.add_preferences("", &mut preferences)?;
        Ok(preferences)
    }

    fn add_preferences(
        self,
        prefix: &str,
        preferences: &mut BTreeMap<String, serde_json::Value>,
    ) -> Result<(), BadValue> {
        let table = self.node.get_ref().as_table();
        let table = table.ok_or_else(|| {
            self.bad("expected a table such as { \"dom.disable_open_during_load\" = true }")
        })?;
        for (key, node) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let item = Value { node, base: self.base };
            let value = match node.get_ref() {
                DeValue::Table(_) => {
                    item.add_preferences(&format!("{name}."), preferences)?;
                    continue;
                }
                DeValue::String(text) => text.as_ref().into(),
                DeValue::Boolean(value) => (*value).into(),
                // Firefox holds 32 bits.
                DeValue::Integer(number) => i32::from_str_radix(number.as_str(), number.radix())
                    .map_err(|_| item.bad("expected a whole number of at most 32 bits"))?
                    .into(),
                DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) => {
                    return Err(item.bad("expected a whole number, a text, true or false"));
                }
            };
            preferences.insert(name, value);
        }
        Ok(())
    }
}
