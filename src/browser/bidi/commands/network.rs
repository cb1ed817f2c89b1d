//! `network` commands: requests that are held until somebody says what becomes of them.

use serde::{Deserialize, Serialize};

use super::{Empty, commands};
use crate::browser::bidi::values::ContextId;

commands! {
    AddIntercept => "network.addIntercept" -> InterceptAdded;
    RemoveIntercept => "network.removeIntercept" -> Empty;
    ContinueRequest => "network.continueRequest" -> Empty;
    FailRequest => "network.failRequest" -> Empty;
    ProvideResponse => "network.provideResponse" -> Empty;
}

/// When a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum InterceptPhase {
    /// Before anything of it leaves the browser.
    BeforeRequestSent,
    /// When the head of the answer is there.
    ResponseStarted,
    /// When a password is asked for.
    AuthRequired,
}

/// `network.addIntercept`.
#[derive(Debug, Clone, Serialize)]
pub struct AddIntercept {
    /// When requests are held.
    pub phases: Vec<InterceptPhase>,
    /// Only those of these windows and their frames; of all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextId>,
}

/// The answer to [`AddIntercept`].
#[derive(Debug, Clone, Deserialize)]
pub struct InterceptAdded {
    /// Names it in [`RemoveIntercept`].
    pub intercept: String,
}

/// `network.removeIntercept`.
#[derive(Debug, Clone, Serialize)]
pub struct RemoveIntercept {
    /// Which one.
    pub intercept: String,
}

/// `network.continueRequest`: it goes on as if nobody had held it.
#[derive(Debug, Clone, Serialize)]
pub struct ContinueRequest {
    /// The request.
    pub request: String,
    /// Other headers in place of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<Header>>,
}

/// `network.failRequest`: it ends as without a network.
#[derive(Debug, Clone, Serialize)]
pub struct FailRequest {
    /// The request.
    pub request: String,
}

/// `network.provideResponse`: it is answered, and nothing leaves the browser.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvideResponse {
    /// The request.
    pub request: String,
    /// The status.
    pub status_code: u16,
    /// Its words.
    pub reason_phrase: String,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: BytesValue,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: BytesValue,
}

impl Header {
    /// A header whose value is text.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: BytesValue::String(value.into()) }
    }
}

/// Bytes as the protocol writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub enum BytesValue {
    /// As text.
    String(String),
    /// In base64.
    Base64(String),
}
