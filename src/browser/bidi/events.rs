//! What the browser says by itself.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::commands::Header;
use super::values::{ContextId, NavigationId, RealmId, RemoteValue, UserContextId};

/// Something that happened in the browser.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// `script.message`: a page called a channel.
    Message(ScriptMessage),
    /// `browsingContext.contextCreated`: a window, tab or frame came into being.
    ContextCreated(ContextInfo),
    /// `browsingContext.contextDestroyed`: one is gone.
    ContextDestroyed(ContextInfo),
    /// `log.entryAdded`: console output, an uncaught error or rejection.
    Log(LogEntry),
    /// `browsingContext.userPromptOpened`: an alert, confirm, prompt or beforeunload dialog.
    PromptOpened(PromptOpened),
    /// `browsingContext.userPromptClosed`: it is gone.
    PromptClosed(PromptClosed),
    /// `network.beforeRequestSent`: a request is about to leave the browser, or is held.
    BeforeRequestSent(BeforeRequestSent),
    /// `network.responseCompleted`: an answer has come, to its last byte.
    ResponseCompleted(RequestEnded),
    /// `network.fetchError`: there will be no answer.
    FetchError(RequestEnded),
    /// Any other event, or one whose shape is not the known one, as it came.
    Other {
        /// Its name, such as `network.responseStarted`.
        method: String,
        /// Its parameters.
        params: Value,
    },
}

/// What a page sent through a channel.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ScriptMessage {
    /// The channel's name.
    pub channel: String,
    /// The argument.
    pub data: RemoteValue,
    /// Where it came from.
    pub source: Source,
}

/// Where something came from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Source {
    /// The realm.
    pub realm: RealmId,
    /// The window or frame; absent for workers.
    pub context: Option<ContextId>,
}

/// A window, tab or frame.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextInfo {
    /// Its id.
    pub context: ContextId,
    /// Its address.
    pub url: String,
    /// The frame's parent; `None` for a window or tab.
    #[serde(default)]
    pub parent: Option<ContextId>,
    /// The window that opened it, whether or not it can still see it.
    #[serde(default)]
    pub original_opener: Option<ContextId>,
    /// The user context that it belongs to.
    #[serde(default)]
    pub user_context: Option<UserContextId>,
    /// Its frames, where they were asked for.
    #[serde(default)]
    pub children: Option<Vec<ContextInfo>>,
}

/// A line of the console, or an error that nobody caught.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LogEntry {
    /// `console`, or `javascript` for uncaught errors and rejections.
    #[serde(rename = "type")]
    pub kind: String,
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The words.
    #[serde(default)]
    pub text: Option<String>,
    /// Where it came from.
    pub source: Source,
    /// The console's method, such as `warn`.
    #[serde(default)]
    pub method: Option<String>,
}

/// A dialog that a page opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromptOpened {
    /// The window.
    pub context: ContextId,
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its words.
    pub message: String,
    /// What is already written into its field.
    #[serde(default)]
    pub default_value: Option<String>,
}

/// A dialog that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromptClosed {
    /// The window.
    pub context: ContextId,
    /// Whether it was accepted.
    pub accepted: bool,
    /// What was written into its field.
    #[serde(default)]
    pub user_text: Option<String>,
}

/// A request that is about to leave the browser.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BeforeRequestSent {
    /// The window or frame that it is for; `None` for workers.
    pub context: Option<ContextId>,
    /// The navigation that it is a part of.
    #[serde(default)]
    pub navigation: Option<NavigationId>,
    /// Whether it is held until somebody says what becomes of it.
    #[serde(default)]
    pub is_blocked: bool,
    /// The request.
    pub request: RequestData,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RequestData {
    /// Its id.
    pub request: String,
    /// Where to.
    pub url: String,
    /// Such as `GET`.
    pub method: String,
    /// Its headers.
    #[serde(default)]
    pub headers: Vec<Header>,
    /// What it is for, such as `script`, where the browser tells.
    #[serde(default)]
    pub destination: Option<String>,
}

/// A request of which nothing more is to be expected.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestEnded {
    /// The window or frame that it was for; `None` for workers.
    pub context: Option<ContextId>,
    /// The navigation that it was a part of.
    #[serde(default)]
    pub navigation: Option<NavigationId>,
    /// The request.
    pub request: RequestData,
    /// The answer, if one came.
    #[serde(default)]
    pub response: Option<ResponseData>,
    /// Why none came, in the browser's words.
    #[serde(default)]
    pub error_text: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ResponseData {
    /// Its status, such as 200.
    pub status: u16,
}

impl Event {
    /// Reads an event. One that does not have the known shape is kept as it came.
    pub(super) fn parse(method: String, params: Value) -> Self {
        fn read<T: DeserializeOwned>(params: &Value, wrap: fn(T) -> Event) -> Option<Event> {
            T::deserialize(params).ok().map(wrap)
        }
        let known = match method.as_str() {
            "script.message" => read(&params, Self::Message),
            "browsingContext.contextCreated" => read(&params, Self::ContextCreated),
            "browsingContext.contextDestroyed" => read(&params, Self::ContextDestroyed),
            "log.entryAdded" => read(&params, Self::Log),
            "browsingContext.userPromptOpened" => read(&params, Self::PromptOpened),
            "browsingContext.userPromptClosed" => read(&params, Self::PromptClosed),
            "network.beforeRequestSent" => read(&params, Self::BeforeRequestSent),
            "network.responseCompleted" => read(&params, Self::ResponseCompleted),
            "network.fetchError" => read(&params, Self::FetchError),
            _ => None,
        };
        known.unwrap_or(Self::Other { method, params })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_events_and_unknown_shapes_are_kept_as_they_came() {
        let event = Event::parse("network.later".into(), json!({ "x": 1 }));
        assert_eq!(event, Event::Other { method: "network.later".into(), params: json!({ "x": 1 }) });
        let event = Event::parse("script.message".into(), json!({ "channel": 7 }));
        assert!(matches!(event, Event::Other { .. }), "{event:?}");
    }

    #[test]
    fn messages_say_where_they_came_from() {
        let params = json!({
            "channel": "probe", "data": { "type": "string", "value": "hi" },
            "source": { "realm": "r1", "context": "c1", "later": true },
        });
        let Event::Message(message) = Event::parse("script.message".into(), params) else {
            panic!("not a message");
        };
        assert_eq!((message.data.as_str(), message.source.context), (Some("hi"), Some("c1".into())));
    }
}
