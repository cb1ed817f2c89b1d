//! One call of `startProactiveChat`, with the difference between an omitted and a given argument kept.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The text that is shown when the call gives no message, to the letter.
///
/// Source: `startProactiveChat` reference page, the note under its parameters.
pub const DEFAULT_MESSAGE: &str = "Hi! Have any questions? I'm here to help";

/// The arguments of one `startProactiveChat(notificationUIConfig, showPrechat, { inNewWindow })`.
///
/// A field that is `None` is an argument (or a key) that the page did not write. Trailing omitted
/// arguments are not passed at all; an omitted one before a given one is passed as `undefined`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProactiveChatCall {
    /// `notificationUIConfig.message`; `None` passes an object without that key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `showPrechat`; `None` omits it, which the documentation defines as `true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_prechat: Option<bool>,
    /// The options object; `None` omits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<WindowOptions>,
}

/// The third argument of `startProactiveChat`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WindowOptions {
    /// `inNewWindow`; `None` passes an object without that key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_new_window: Option<bool>,
}

/// The arguments of one `startChat({ inNewWindow, customContext })`. With no key given the method is called without arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StartChatCall {
    /// `inNewWindow`; `None` leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_new_window: Option<bool>,
    /// `customContext`, which takes the context provider's place; `None` leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_context: Option<super::CustomContext>,
}

impl StartChatCall {
    /// The argument list as JSON with the JavaScript names: `[]` or `[{"inNewWindow": true}]`.
    pub fn to_json(&self) -> serde_json::Value {
        let mut options = serde_json::Map::new();
        if let Some(new_window) = self.in_new_window {
            options.insert("inNewWindow".into(), new_window.into());
        }
        if let Some(context) = &self.custom_context {
            options.insert("customContext".into(), serde_json::json!(context));
        }
        if options.is_empty() { serde_json::json!([]) } else { serde_json::json!([options]) }
    }
}

/// Writes what follows the first argument, as a page would write it: `)`, `, true)`, `, undefined, {})`.
pub(super) fn write_rest(
    out: &mut fmt::Formatter<'_>,
    show_prechat: Option<impl fmt::Display>,
    options: Option<impl fmt::Display>,
) -> fmt::Result {
    match show_prechat {
        Some(show) => write!(out, ", {show}")?,
        None if options.is_some() => out.write_str(", undefined")?,
        None => {}
    }
    if let Some(options) = options {
        write!(out, ", {options}")?;
    }
    out.write_str(")")
}

impl ProactiveChatCall {
    /// A call with a message and nothing else.
    pub fn with_message(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::default() }
    }

    /// The same call with `showPrechat` given.
    #[must_use]
    pub fn show_prechat(mut self, show: bool) -> Self {
        self.show_prechat = Some(show);
        self
    }

    /// The same call with `{ inNewWindow }` given.
    #[must_use]
    pub fn in_new_window(mut self, new_window: bool) -> Self {
        self.options = Some(WindowOptions { in_new_window: Some(new_window) });
        self
    }

    /// The call as a JSON object with the JavaScript names, an omitted argument or key being absent:
    /// `{"notificationUIConfig": {"message": "…"}, "showPrechat": true, "options": {"inNewWindow": true}}`.
    ///
    /// Fixture pages and the probe rebuild the argument list from it.
    pub fn to_json(&self) -> serde_json::Value {
        let mut config = serde_json::Map::new();
        if let Some(message) = &self.message {
            config.insert("message".into(), message.clone().into());
        }
        let mut call = serde_json::Map::new();
        call.insert("notificationUIConfig".into(), config.into());
        if let Some(show) = self.show_prechat {
            call.insert("showPrechat".into(), show.into());
        }
        if let Some(options) = self.options {
            let mut object = serde_json::Map::new();
            if let Some(new_window) = options.in_new_window {
                object.insert("inNewWindow".into(), new_window.into());
            }
            call.insert("options".into(), object.into());
        }
        call.into()
    }
}
