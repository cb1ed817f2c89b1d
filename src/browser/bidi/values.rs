//! Values that go into a page and come out of it, and the ids of the protocol.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }
    )*};
}

ids! {
    /// A browsing context: a window, a tab or a frame. A top-level one is also the classic window handle.
    ContextId,
    /// A user context: a container with storage of its own.
    UserContextId,
    /// A realm: one global object with its scripts.
    RealmId,
    /// A script that runs in every new document.
    PreloadScriptId,
    /// A subscription to events.
    SubscriptionId,
    /// A navigation.
    NavigationId,
    /// A node, the same in every realm that can see it; also the classic element id.
    SharedId,
}

/// A value that goes into a page.
///
/// JSON becomes the same in the page through [`From`]; objects keep their keys.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub enum LocalValue {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// A string.
    String(String),
    /// A number: JSON's, or one of the strings `NaN`, `-0`, `Infinity`, `-Infinity`.
    Number(Value),
    /// A boolean.
    Boolean(bool),
    /// An array.
    Array(Vec<LocalValue>),
    /// An object, as pairs of key and value.
    Object(Vec<(String, LocalValue)>),
    /// A function that sends its argument to the harness as
    /// [`Event::Message`](super::Event::Message).
    Channel(ChannelProperties),
    /// A node that an earlier answer named.
    #[serde(untagged)]
    Node(NodeReference),
}

/// A reference to a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeReference {
    shared_id: SharedId,
}

/// How a channel is named and what it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelProperties {
    /// Its name, which comes back in every message.
    pub channel: String,
    /// How deep nested objects are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serialization_options: Option<Value>,
}

impl LocalValue {
    /// A channel of this name.
    pub fn channel(name: impl Into<String>) -> Self {
        Self::Channel(ChannelProperties { channel: name.into(), serialization_options: None })
    }

    /// A node that an earlier answer named.
    pub fn node(node: &SharedId) -> Self {
        Self::Node(NodeReference { shared_id: node.clone() })
    }
}

impl From<Value> for LocalValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Boolean(flag),
            Value::Number(number) => Self::Number(Value::Number(number)),
            Value::String(text) => Self::String(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(map) => {
                Self::Object(map.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

impl From<&str> for LocalValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for LocalValue {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for LocalValue {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl From<f64> for LocalValue {
    fn from(number: f64) -> Self {
        if number.is_nan() {
            return Self::Number(json!("NaN"));
        }
        if number.is_infinite() {
            return Self::Number(json!(if number > 0.0 { "Infinity" } else { "-Infinity" }));
        }
        if number == 0.0 && number.is_sign_negative() {
            return Self::Number(json!("-0"));
        }
        Self::Number(json!(number))
    }
}

/// A value that came out of a page, as the protocol writes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct RemoteValue(pub Value);

impl RemoteValue {
    /// Its type in the words of the protocol: `undefined`, `string`, `node`, `error`, …
    pub fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap_or_default()
    }

    /// The id of a node.
    pub fn shared_id(&self) -> Option<SharedId> {
        self.0["sharedId"].as_str().map(SharedId::from)
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if self.kind() == "string" { self.0["value"].as_str() } else { None }
    }

    /// As plain JSON, as `JSON.stringify` would have it as far as it can: `undefined` and numbers that
    /// JSON lacks become `null` (minus zero is kept), dates and bigints become strings, sets become
    /// arrays, maps become objects if their keys are strings and else arrays of pairs, a node becomes
    /// `{"sharedId": …}`, and what cannot be written, such as a function, `{"type": …}`.
    pub fn to_json(&self) -> Value {
        to_json(&self.0)
    }
}

fn to_json(remote: &Value) -> Value {
    let value = &remote["value"];
    let items =
        |value: &Value| -> Vec<Value> { value.as_array().into_iter().flatten().map(to_json).collect() };
    match remote["type"].as_str().unwrap_or_default() {
        "undefined" | "null" => Value::Null,
        "number" => match value.as_str() {
            Some("-0") => json!(-0.0),
            Some(_) => Value::Null,
            None => value.clone(),
        },
        "string" | "boolean" | "bigint" | "date" => value.clone(),
        // Below the depth that was asked for there is no `value`.
        "array" | "set" | "nodelist" | "htmlcollection" if value.is_array() => Value::Array(items(value)),
        "object" | "map" if value.is_array() => pairs_to_json(value),
        "node" => json!({ "sharedId": remote["sharedId"] }),
        "regexp" => {
            let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
            Value::String(format!("/{}/{}", text("pattern"), text("flags")))
        }
        kind => json!({ "type": kind }),
    }
}

/// Pairs whose keys are strings, or values of their own.
fn pairs_to_json(pairs: &Value) -> Value {
    let pairs: Vec<&Vec<Value>> =
        pairs.as_array().into_iter().flatten().filter_map(Value::as_array).collect();
    let named: Option<Map<String, Value>> = pairs
        .iter()
        .map(|pair| match pair.as_slice() {
            [key, value] => Some((key.as_str()?.to_owned(), to_json(value))),
            _ => None,
        })
        .collect();
    match named {
        Some(map) => Value::Object(map),
        None => pairs
            .iter()
            .map(|pair| {
                let item = |value: &Value| if value.is_string() { value.clone() } else { to_json(value) };
                Value::Array(pair.iter().map(item).collect())
            })
            .collect(),
    }
}

/// How a script ended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Evaluation {
    /// It returned.
    Success {
        /// What.
        result: RemoteValue,
        /// Where it ran.
        realm: RealmId,
    },
    /// It threw, or its promise was rejected.
    #[serde(rename_all = "camelCase")]
    Exception {
        /// What was thrown.
        exception_details: ScriptException,
        /// Where it ran.
        realm: RealmId,
    },
}

impl Evaluation {
    /// The value that was returned.
    ///
    /// # Errors
    /// What the script threw.
    pub fn into_value(self) -> Result<RemoteValue, ScriptException> {
        match self {
            Self::Success { result, .. } => Ok(result),
            Self::Exception { exception_details, .. } => Err(exception_details),
        }
    }

    /// The value that was returned, as plain JSON.
    ///
    /// # Errors
    /// What the script threw.
    pub fn into_json(self) -> Result<Value, ScriptException> {
        self.into_value().map(|value| value.to_json())
    }
}

/// What a script threw.
#[derive(Debug, Clone, PartialEq, Deserialize, thiserror::Error)]
#[error("{text}{}", self.place())]
#[serde(rename_all = "camelCase")]
pub struct ScriptException {
    /// The exception's words.
    pub text: String,
    /// The line, from 0; below it Chromium knows none, as when what was thrown is no error.
    pub line_number: i64,
    /// The column, likewise.
    pub column_number: i64,
}

impl ScriptException {
    /// The same without its place, for a script that was put into another: browsers count the other's lines, too.
    #[must_use]
    pub fn without_place(self) -> Self {
        Self { line_number: -1, column_number: -1, ..self }
    }

    /// Where it was thrown, in words, or nothing.
    fn place(&self) -> String {
        match (self.line_number, self.column_number) {
            (line @ 0.., column @ 0..) => format!(" (line {}, column {})", line + 1, column + 1),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_goes_in_as_the_protocol_writes_it() {
        let local = LocalValue::from(json!({ "a": [1, null, true], "b": "x" }));
        let expected = json!({ "type": "object", "value": [
            ["a", { "type": "array", "value": [
                { "type": "number", "value": 1 }, { "type": "null" }, { "type": "boolean", "value": true },
            ] }],
            ["b", { "type": "string", "value": "x" }],
        ] });
        assert_eq!(serde_json::to_value(&local).ok(), Some(expected));
        let channel = serde_json::to_value(LocalValue::channel("probe")).ok();
        assert_eq!(channel, Some(json!({ "type": "channel", "value": { "channel": "probe" } })));
        let node = serde_json::to_value(LocalValue::node(&"n1".into())).ok();
        assert_eq!(node, Some(json!({ "sharedId": "n1" })));
        let not_a_number = serde_json::to_value(LocalValue::from(f64::NAN)).ok();
        assert_eq!(not_a_number, Some(json!({ "type": "number", "value": "NaN" })));
    }

    #[test]
    fn what_is_thrown_need_not_have_a_place() {
        let thrown = |line: i64, column: i64| -> ScriptException {
            serde_json::from_value(json!({ "text": "no", "lineNumber": line, "columnNumber": column }))
                .unwrap()
        };
        assert_eq!(thrown(0, 6).to_string(), "no (line 1, column 7)");
        assert_eq!(thrown(-1, 0).to_string(), "no");
        assert_eq!(thrown(0, 6).without_place().to_string(), "no");
    }

    #[test]
    fn what_comes_out_reads_as_json() {
        let remote = RemoteValue(json!({ "type": "object", "value": [
            ["list", { "type": "array", "value": [{ "type": "number", "value": 2.5 }, { "type": "undefined" }] }],
            ["map", { "type": "map", "value": [[{ "type": "number", "value": 1 }, { "type": "string", "value": "one" }]] }],
            ["node", { "type": "node", "sharedId": "n1" }],
            ["nan", { "type": "number", "value": "NaN" }],
            ["deep", { "type": "object" }],
            ["expression", { "type": "regexp", "value": { "pattern": "a+", "flags": "g" } }],
        ] }));
        let expected = json!({
            "list": [2.5, null], "map": [[1, "one"]], "node": { "sharedId": "n1" }, "nan": null,
            "deep": { "type": "object" }, "expression": "/a+/g",
        });
        assert_eq!(remote.to_json(), expected);
    }
}
