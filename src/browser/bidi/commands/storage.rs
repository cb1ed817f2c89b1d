//! `storage` commands: cookies.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::commands;
use super::network::BytesValue;
use crate::browser::bidi::values::{ContextId, UserContextId};

commands! {
    GetCookies => "storage.getCookies" -> Cookies;
    SetCookie => "storage.setCookie" -> Value;
    DeleteCookies => "storage.deleteCookies" -> Value;
}

/// A part of the browser's storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Partition {
    /// A user context's.
    StorageKey {
        /// The user context.
        user_context: UserContextId,
    },
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

/// `storage.setCookie`.
#[derive(Debug, Clone, Serialize)]
pub struct SetCookie {
    /// The cookie.
    pub cookie: PartialCookie,
    /// Where; the default user context's when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}

/// A cookie to set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartialCookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: BytesValue,
    /// The host that it is for.
    pub domain: String,
    /// The path that it is for.
    pub path: String,
    /// Whether scripts cannot see it.
    pub http_only: bool,
}
