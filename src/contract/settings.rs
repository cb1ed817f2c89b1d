//! What is configured for the widget before a page loads it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who raises `lcw:ready`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// The widget raises it by itself as soon as it can be used, as in production.
    #[default]
    Widget,
    /// The widget holds it back until the harness fires it as a step, so that a case decides what
    /// the page did before.
    Harness,
}

/// The settings of one case's widget: what an administrator would have configured, and how the
/// reference widget is to behave for the test. The widget fetches them as JSON (camelCase keys)
/// from its `data-org-url`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct WidgetSettings {
    /// Whether a pre-chat survey is configured.
    pub prechat: bool,
    /// Whether the widget's proactive-chat setting is on; off, a call has no effect.
    pub proactive_chat: bool,
    /// Who raises `lcw:ready`.
    pub ready: Ready,
    /// The widget's language as a BCP 47 tag such as `en-US`; the writing direction follows from it.
    pub locale: String,
    /// Whether the widget's chats are authenticated; off by default, as context providers are for chats without.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub authentication: bool,
    /// Whether it is within the operating hours of the widget's queue.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub operating_hours: bool,
    /// The call that the page makes in its own `lcw:ready` handler, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_call: Option<super::ProactiveChatCall>,
}

impl Default for WidgetSettings {
    fn default() -> Self {
        Self {
            prechat: true,
            proactive_chat: true,
            ready: Ready::Widget,
            locale: "en-US".to_owned(),
            authentication: false,
            operating_hours: true,
            page_call: None,
        }
    }
}

impl WidgetSettings {
    /// The writing direction of the locale's script, as the `dir` attribute spells it.
    pub fn direction(&self) -> &'static str {
        let language = self.locale.split('-').next().unwrap_or_default();
        match language {
            "ar" | "he" | "fa" | "ur" | "ps" | "yi" | "dv" | "ckb" => "rtl",
            _ => "ltr",
        }
    }
}
