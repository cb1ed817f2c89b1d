//! `storage` commands: cookies.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::commands;
use crate::browser::bidi::values::ContextId;

commands! {
    GetCookies => "storage.getCookies" -> Cookies;
    DeleteCookies => "storage.deleteCookies" -> Value;
}

/// A part of the browser's storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Partition {
    /// What this window uses.
    Context {
        /// The window.
        context: ContextId,
    },
}

/// `storage.getCookies`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GetCookies {
    /// Where; the default user context's when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}

/// The answer to [`GetCookies`].
#[derive(Debug, Clone, Deserialize)]
pub struct Cookies {
    /// The cookies as the protocol writes them: `name`, `value`, `domain`, `path`, …
    pub cookies: Vec<Map<String, Value>>,
}

/// `storage.deleteCookies`: all of them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeleteCookies {
    /// Where; the default user context's when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}
