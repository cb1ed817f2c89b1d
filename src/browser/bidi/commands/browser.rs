//! `browser` commands: user contexts and the windows on the screen.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Empty, commands};
use crate::browser::bidi::values::UserContextId;

commands! {
    CreateUserContext => "browser.createUserContext" -> UserContextCreated;
    RemoveUserContext => "browser.removeUserContext" -> Empty;
    GetClientWindows => "browser.getClientWindows" -> ClientWindows;
}

/// `browser.createUserContext`: a container with cookies and storage of its own.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateUserContext {}

/// The answer to [`CreateUserContext`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserContextCreated {
    /// Its id.
    pub user_context: UserContextId,
}

/// `browser.removeUserContext`: closes its windows and forgets its storage.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveUserContext {
    /// Which one.
    pub user_context: UserContextId,
}

/// `browser.getClientWindows`: the windows on the screen, each with any number of tabs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GetClientWindows {}

/// The answer to [`GetClientWindows`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientWindows {
    /// The windows as the protocol writes them.
    pub client_windows: Vec<Map<String, Value>>,
}
