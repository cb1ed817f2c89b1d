//! Scenarios as people write them, rightly and wrongly.

mod broken;
mod documented;
mod history;
mod judgement;
mod schema;
pub(super) mod story;
mod whole;

use super::{ScenarioError, Scenarios};
use crate::source::SourceFile;

/// A file with everything that a scenario can have.
const WHOLE: &str = r##"[[scenario]]
id = "faq/after-20-seconds"
promise = "A visitor of the FAQ is invited after 20 seconds."
widget = { prechat = false, locale = "de-DE" }
replies = [{ url = "https://geo.example/*", json = { country = "DE" } }]
dialogs = "accept"
steps = [
  { visit = "faq.html" },
  { expect = { invitation = false, calls = [] } },
  { advance = "19.999s" },
  { type = { into = "#search", text = "roses" } },
  { click = "#find" },
  { scroll = { percent = 50 } },
  { advance = "1ms" },
  { expect = { invitation = { text = "Can we help you?", at = "20s" }, invitations = 1 } },
  "mouse-leave",
]

[scenario.visitor]
viewport = { width = 1280, height = 800 }
locale = "de-DE"
time-zone = "Europe/Berlin"
now = "2026-12-01T09:00:00+01:00"
geolocation = { granted = { latitude = 52.5, longitude = 13.4 } }
referrer = "https://shop.example/roses"
user-agent = "A browser"
cookies = [{ name = "visits", value = "2", path = "/" }]
local-storage = { seen = "yes" }
script = "window.signedIn = true"

[[scenario]]
id = "faq/escape"
promise = "The invitation goes away."
visitor = { geolocation = "denied", now = 2026-12-01 09:00:00.5Z }
steps = [
  { visit = "faq.html" }, { expect = { invitation = { contains = "help", pattern = "^Can we" } } }, "escape",
]
"##;

fn parse(text: &str) -> Result<Scenarios, crate::source::SourceError> {
    Scenarios::parse(SourceFile::new("scenarios.toml", text))
}
