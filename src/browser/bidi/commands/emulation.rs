//! `emulation` and `permissions` commands: who the visitor is, and what they let a page know.

use serde::Serialize;

use super::{Empty, commands};
use crate::browser::bidi::values::UserContextId;

commands! {
    SetGeolocationOverride => "emulation.setGeolocationOverride" -> Empty;
    SetLocaleOverride => "emulation.setLocaleOverride" -> Empty;
    SetTimezoneOverride => "emulation.setTimezoneOverride" -> Empty;
    SetUserAgentOverride => "emulation.setUserAgentOverride" -> Empty;
    SetPermission => "permissions.setPermission" -> Empty;
}

/// `emulation.setGeolocationOverride`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetGeolocationOverride {
    /// Where pages are told that they are.
    pub coordinates: Coordinates,
    /// For the pages of these.
    pub user_contexts: Vec<UserContextId>,
}

/// A place on earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coordinates {
    /// In degrees.
    pub latitude: f64,
    /// In degrees.
    pub longitude: f64,
    /// In metres.
    pub accuracy: f64,
}

/// `emulation.setLocaleOverride`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetLocaleOverride {
    /// A BCP 47 tag.
    pub locale: String,
    /// For the pages of these.
    pub user_contexts: Vec<UserContextId>,
}

/// `emulation.setTimezoneOverride`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetTimezoneOverride {
    /// As the IANA database names it.
    pub timezone: String,
    /// For the pages of these.
    pub user_contexts: Vec<UserContextId>,
}

/// `emulation.setUserAgentOverride`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetUserAgentOverride {
    /// What the browser says it is.
    pub user_agent: String,
    /// For the pages of these.
    pub user_contexts: Vec<UserContextId>,
}

/// What a visitor answers when a page asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PermissionState {
    /// Yes.
    Granted,
    /// No.
    Denied,
}

/// `permissions.setPermission`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetPermission {
    /// What is asked for.
    pub descriptor: PermissionDescriptor,
    /// What is answered.
    pub state: PermissionState,
    /// The origin that asks.
    pub origin: String,
    /// For the pages of this one.
    pub user_context: UserContextId,
}

/// What a page asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionDescriptor {
    /// Such as `geolocation`.
    pub name: String,
}
