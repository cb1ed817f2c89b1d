//! Every key that can be configured: its path, how a value is taken over, and how it is shown.

use std::path::Path;
use std::time::Duration;

use super::value::{BadValue, Value};
use super::{BrowserSettings, Settings};

/// How a value looks as the text of an environment variable or a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `true`, `false`, `1` or `0`.
    Flag,
    /// A number, or a word.
    Number,
    /// The text itself.
    Text,
    /// Words separated by spaces or commas, or a TOML array.
    Words,
    /// Texts separated by spaces, or a TOML array.
    Texts,
    /// A TOML inline table.
    Table,
}

/// One key of the configuration.
pub(super) struct Key {
    /// Where it is in the file: `deadlines.step`.
    pub(super) path: &'static str,
    pub(super) form: Form,
    pub(super) apply: fn(&mut Settings, Value<'_>) -> Result<(), BadValue>,
    /// The value as the file would spell it.
    pub(super) show: fn(&Settings) -> toml::Value,
}

impl Key {
    /// The environment variable that sets it: `LCW_DEADLINES_STEP`.
    pub(super) fn variable(&self) -> String {
        format!("LCW_{}", self.path.to_uppercase().replace(['.', '-'], "_"))
    }

    /// The key with this path.
    pub(super) fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }
}

/// Every key, in the order in which they are shown.
pub(super) const KEYS: &[Key] = &[
    Key {
        path: "browsers",
        form: Form::Words,
        apply: |settings, value| set(&mut settings.browsers, value.browsers()),
        show: |settings| strings(settings.browsers.iter().map(|browser| browser.name())),
    },
    Key {
        path: "workers",
        form: Form::Number,
        apply: |settings, value| {
            set(&mut settings.workers, value.whole(1..=64).map(|number| number as usize))
        },
        show: |settings| number(settings.workers),
    },
    Key {
        path: "retries",
        form: Form::Number,
        apply: |settings, value| set(&mut settings.retries, value.whole(0..=100)),
        show: |settings| toml::Value::Integer(settings.retries.into()),
    },
    Key {
        path: "fail-fast",
        form: Form::Flag,
        apply: |settings, value| set(&mut settings.fail_fast, value.flag()),
        show: |settings| settings.fail_fast.into(),
    },
    Key {
        path: "headless",
        form: Form::Flag,
        apply: |settings, value| set(&mut settings.headless, value.flag()),
        show: |settings| settings.headless.into(),
    },
    Key {
        path: "strength",
        form: Form::Number,
        apply: |settings, value| set(&mut settings.strength, value.strength()),
        show: |settings| settings.strength.map_or_else(|| "all".into(), number),
    },
    deadline(
        "deadlines.driver",
        |settings, value| set(&mut settings.deadlines.driver, value.duration()),
        |settings| duration(settings.deadlines.driver),
    ),
    deadline(
        "deadlines.session",
        |settings, value| set(&mut settings.deadlines.session, value.duration()),
        |settings| duration(settings.deadlines.session),
    ),
    deadline(
        "deadlines.command",
        |settings, value| set(&mut settings.deadlines.command, value.duration()),
        |settings| duration(settings.deadlines.command),
    ),
    deadline(
        "deadlines.step",
        |settings, value| set(&mut settings.deadlines.step, value.duration()),
        |settings| duration(settings.deadlines.step),
    ),
    deadline(
        "deadlines.case",
        |settings, value| set(&mut settings.deadlines.case, value.duration()),
        |settings| duration(settings.deadlines.case),
    ),
    Key {
        path: "firefox.webdriver-url",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.firefox.webdriver_url, value.webdriver_url()),
        show: |settings| webdriver_url(&settings.firefox),
    },
    Key {
        path: "firefox.driver",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.firefox.driver, value.program("geckodriver's path")),
        show: |settings| path(settings.firefox.driver.as_deref()),
    },
    Key {
        path: "firefox.binary",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.firefox.binary, value.program("Firefox's path")),
        show: |settings| path(settings.firefox.binary.as_deref()),
    },
    Key {
        path: "firefox.args",
        form: Form::Texts,
        apply: |settings, value| set(&mut settings.firefox.args, value.texts()),
        show: |settings| strings(&settings.firefox.args),
    },
    Key {
        path: "firefox.preferences",
        form: Form::Table,
        apply: |settings, value| set(&mut settings.firefox.preferences, value.preferences()),
        show: |settings| preferences(&settings.firefox),
    },
    Key {
        path: "chromium.webdriver-url",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.chromium.webdriver_url, value.webdriver_url()),
        show: |settings| webdriver_url(&settings.chromium),
    },
    Key {
        path: "chromium.driver",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.chromium.driver, value.program("chromedriver's path")),
        show: |settings| path(settings.chromium.driver.as_deref()),
    },
    Key {
        path: "chromium.binary",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.chromium.binary, value.program("Chromium's path")),
        show: |settings| path(settings.chromium.binary.as_deref()),
    },
    Key {
        path: "chromium.args",
        form: Form::Texts,
        apply: |settings, value| set(&mut settings.chromium.args, value.texts()),
        show: |settings| strings(&settings.chromium.args),
    },
    Key {
        path: "server.address",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.server.address, value.address()),
        show: |settings| settings.server.address.to_string().into(),
    },
    Key {
        path: "server.port",
        form: Form::Number,
        apply: |settings, value| {
            let port = value.whole(0..=u16::MAX.into());
            // The range is a port's.
            set(&mut settings.server.port, port.map(|port| u16::try_from(port).unwrap_or_default()))
        },
        show: |settings| toml::Value::Integer(settings.server.port.into()),
    },
    Key {
        path: "server.fixtures",
        form: Form::Text,
        apply: |settings, value| set(&mut settings.server.fixtures, value.path("a folder")),
        show: |settings| path(settings.server.fixtures.as_deref()),
    },
];

const fn deadline(
    path: &'static str,
    apply: fn(&mut Settings, Value<'_>) -> Result<(), BadValue>,
    show: fn(&Settings) -> toml::Value,
) -> Key {
    Key { path, form: Form::Text, apply, show }
}

fn set<T>(place: &mut T, value: Result<T, BadValue>) -> Result<(), BadValue> {
    *place = value?;
    Ok(())
}

fn number(value: usize) -> toml::Value {
    // Numbers that are configured are far below 2^63.
    toml::Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

fn duration(value: Duration) -> toml::Value {
    humantime::format_duration(value).to_string().into()
}

fn strings(values: impl IntoIterator<Item = impl AsRef<str>>) -> toml::Value {
    values.into_iter().map(|value| toml::Value::from(value.as_ref())).collect::<Vec<_>>().into()
}

fn path(value: Option<&Path>) -> toml::Value {
    value.map_or_else(String::new, |path| path.to_string_lossy().into_owned()).into()
}

fn webdriver_url(browser: &BrowserSettings) -> toml::Value {
    browser.webdriver_url.as_ref().map_or_else(String::new, ToString::to_string).into()
}

fn preferences(browser: &BrowserSettings) -> toml::Value {
    toml::Value::try_from(&browser.preferences).unwrap_or_else(|_| toml::Value::Table(toml::Table::new()))
}
