//! A scenario: what a page promises, who visits it, and what the visitor does there.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor as Reader, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Expect;
use crate::contract::WidgetSettings;

/// What a page promises, and the visit that shows whether it keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SiteScenario {
    /// Its name: words of small letters, digits and hyphens, separated by slashes.
    #[schemars(regex(pattern = "^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*$"))]
    pub id: String,
    /// What the page promises, in words.
    pub promise: String,
    /// A part of what is said of the scenario when it fails, which it is known to do. It then has to fail, and to say
    /// this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_failure: Option<String>,
    /// Who visits it.
    #[serde(default)]
    pub visitor: Visitor,
    /// How the widget is configured.
    #[serde(default)]
    pub widget: WidgetSettings,
    /// Answers to what the page asks of others, from the beginning.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// What becomes of dialogs, from the beginning.
    #[serde(default)]
    pub dialogs: DialogAnswer,
    /// What happens, in this order.
    #[schemars(length(min = 1))]
    pub steps: Vec<SiteStep>,
}

impl SiteScenario {
    /// The instant at which the first page opens, in milliseconds since 1970; `None` when the scenario does not say.
    pub fn instant(&self) -> Option<i64> {
        self.visitor.now.as_deref().and_then(instant)
    }
}

/// An RFC 3339 date and time in milliseconds since 1970.
pub(super) fn instant(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(|instant| instant.as_millisecond())
}

/// A date and time as text, or as TOML writes it without quotation marks.
fn date_and_time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    struct TextOrLiteral;

    impl<'de> Reader<'de> for TextOrLiteral {
        type Value = Option<String>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a date and time such as `2026-12-01T09:00:00Z`")
        }

        fn visit_unit<E: Error>(self) -> Result<Option<String>, E> {
            Ok(None)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Option<String>, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<String>, A::Error> {
            let literal = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
            Ok(Some(literal.to_string()))
        }
    }

    input.deserialize_any(TextOrLiteral)
}

/// Who visits a page. What is not given is as the browser has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Visitor {
    /// The size of the viewport, in CSS pixels.
    pub viewport: Option<Viewport>,
    /// The language, as a BCP 47 tag.
    pub locale: Option<String>,
    /// The time zone, as the IANA database names it.
    pub time_zone: Option<String>,
    /// The instant at which the first page opens, as an RFC 3339 date and time; TOML's own is one, too.
    #[serde(deserialize_with = "date_and_time")]
    pub now: Option<String>,
    /// Where the visitor is, or that the page is not told.
    pub geolocation: Option<Geolocation>,
    /// The page that the visitor comes from.
    pub referrer: Option<String>,
    /// What the browser says it is.
    pub user_agent: Option<String>,
    /// Cookies that are there from an earlier visit.
    pub cookies: Vec<Cookie>,
    /// Local storage that is there from an earlier visit.
    pub local_storage: BTreeMap<String, String>,
    /// Session storage that is there already.
    pub session_storage: BTreeMap<String, String>,
    /// A script that runs in each page before the page's own, such as one that signs the visitor in.
    pub script: Option<String>,
}

/// The size of a viewport, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Viewport {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// Where a visitor is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Geolocation {
    /// The page may know.
    Granted {
        /// In degrees.
        latitude: f64,
        /// In degrees.
        longitude: f64,
        /// In metres.
        #[serde(default)]
        accuracy: Option<f64>,
    },
    /// The visitor does not let the page know.
    Denied,
}

/// A cookie that is there from an earlier visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The path that it is for; `/` when it is not given.
    #[serde(default)]
    pub path: Option<String>,
    /// Whether scripts cannot see it.
    #[serde(default)]
    pub http_only: bool,
}

/// An answer to a request of the page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reply {
    /// The addresses that it is for: a glob over the whole URL, such as `https://geo.example/*`.
    pub url: String,
    /// The status; 200 when it is not given.
    #[serde(default)]
    pub status: Option<u16>,
    /// Headers beside the content type.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// The body as text; a reply has `json`, `text` or neither.
    #[serde(default)]
    pub text: Option<String>,
    /// A file whose text is the body, relative to the file of the scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The request fails, as without a network.
    #[serde(default)]
    pub fail: bool,
}

impl Reply {
    /// A reply with this body, as JSON; `url` is a glob over the whole address.
    pub fn json(url: impl Into<String>, json: impl Into<Value>) -> Self {
        Self { json: Some(json.into()), ..Self::status(url, 200) }
    }

    /// A reply with this text as its body, likewise.
    pub fn text(url: impl Into<String>, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::status(url, 200) }
    }

    /// A reply with this status and no body, likewise.
    pub fn status(url: impl Into<String>, status: u16) -> Self {
        Self { url: url.into(), status: Some(status), ..Self::default() }
    }

    /// No reply: the request fails, as without a network.
    pub fn failure(url: impl Into<String>) -> Self {
        Self { url: url.into(), fail: true, ..Self::default() }
    }
}

/// What becomes of a dialog that a page opens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DialogAnswer {
    /// The visitor closes it.
    #[default]
    Dismiss,
    /// The visitor agrees.
    Accept,
    /// The visitor answers a prompt with this.
    Answer(String),
}

/// One thing that happens in a scenario.
///
/// In a file a step without a value is a string (`"revisit"`), one with a value a table (`{ visit = "index.html" }`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SiteStep {
    /// The visitor opens this page, relative to the base address.
    Visit(String),
    /// The visitor comes back to the page that was visited last: cookies and local storage are kept, session storage is
    /// not.
    Revisit,
    /// The page is loaded again.
    Reload,
    /// Time passes.
    Advance(
        #[serde(with = "crate::contract::duration")]
        #[schemars(schema_with = "crate::contract::duration::schema")]
        Duration,
    ),
    /// Time passes without the visitor doing anything; the same as [`SiteStep::Advance`], for the reader.
    Idle(
        #[serde(with = "crate::contract::duration")]
        #[schemars(schema_with = "crate::contract::duration::schema")]
        Duration,
    ),
    /// The visitor scrolls.
    Scroll(ScrollTo),
    /// The mouse leaves the page over its upper edge.
    MouseLeave,
    /// The mouse comes back into the page.
    MouseEnter,
    /// The visitor clicks the element that this CSS selector finds.
    Click(String),
    /// The visitor types.
    Type(TypeInto),
    /// The visitor goes to another tab.
    SwitchTab,
    /// The visitor comes back from the other tab.
    ReturnToTab,
    /// Page code runs in the page.
    Script(String),
    /// From here on the page's requests are answered so, before all earlier replies.
    Reply(Reply),
    /// From here on dialogs are answered so.
    Dialog(DialogAnswer),
    /// The visitor presses the invitation's start button.
    Accept,
    /// The visitor presses the invitation's close button.
    Dismiss,
    /// The visitor presses Escape.
    Escape,
    /// The visitor fills in and submits the pre-chat survey.
    SubmitSurvey,
    /// What has to be so at this moment.
    Expect(Box<Expect>),
}

impl SiteStep {
    /// Whether the visitor presses keys or the mouse's button in this step.
    pub(crate) fn is_input(&self) -> bool {
        self.touches_the_page() && !matches!(self, Self::Scroll(_) | Self::MouseLeave | Self::MouseEnter)
    }

    /// Whether the visitor's hands are on the page in this step, with which it must be in front of them.
    pub(crate) fn touches_the_page(&self) -> bool {
        match self {
            Self::Scroll(_)
            | Self::MouseLeave
            | Self::MouseEnter
            | Self::Click(_)
            | Self::Type(_)
            | Self::Accept
            | Self::Dismiss
            | Self::Escape
            | Self::SubmitSurvey => true,
            Self::Visit(_)
            | Self::Revisit
            | Self::Reload
            | Self::Advance(_)
            | Self::Idle(_)
            | Self::SwitchTab
            | Self::ReturnToTab
            | Self::Script(_)
            | Self::Reply(_)
            | Self::Dialog(_)
            | Self::Expect(_) => false,
        }
    }
}

/// How far a page is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScrollTo {
    /// To its beginning.
    Top,
    /// To its end.
    Bottom,
    /// To this part of the way from its beginning to its end, in percent.
    Percent(f64),
    /// To this many CSS pixels from its beginning.
    Pixels(f64),
}

/// What a visitor types, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TypeInto {
    /// The CSS selector of the field.
    pub into: String,
    /// The text.
    pub text: String,
}
