//! What has to be so at one moment of a scenario.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What has to be so at one moment. What is not given is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expect {
    /// The invitation: whether one is shown, or what it is like.
    pub invitation: Option<Shown>,
    /// How many invitations there have been since the scenario began.
    pub invitations: Option<usize>,
    /// Whether a pre-chat survey is shown, in the page or in a window.
    pub prechat: Option<bool>,
    /// Whether a conversation is shown, in the page or in a window.
    pub chat: Option<bool>,
    /// How many windows have been opened since the page was.
    pub windows: Option<usize>,
    /// Context variables that the chat was given; it may have been given others, too.
    pub context: Option<BTreeMap<String, Value>>,
    /// All calls of the SDK since the scenario began, in order.
    pub calls: Option<Vec<CallExpectation>>,
    /// How many errors nobody caught there have been since the scenario began.
    pub page_errors: Option<usize>,
    /// How many dialogs have been opened since the scenario began.
    pub dialogs: Option<usize>,
}

/// An invitation that is or is not shown.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Shown {
    /// Whether there is one.
    Any(bool),
    /// There is one, and it is like this.
    Like(InvitationExpectation),
}

/// By hand, since an untagged enum would not say which of an invitation's keys is unknown.
impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct AnyOrLike;

        impl<'de> Visitor<'de> for AnyOrLike {
            type Value = Shown;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("true, false or what the invitation is like, such as `{ text = \"Hello\" }`")
            }

            fn visit_bool<E: Error>(self, any: bool) -> Result<Shown, E> {
                Ok(Shown::Any(any))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Shown, A::Error> {
                InvitationExpectation::deserialize(MapAccessDeserializer::new(map)).map(Shown::Like)
            }
        }

        input.deserialize_any(AnyOrLike)
    }
}

/// What an invitation is like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct InvitationExpectation {
    /// Its text, to the letter.
    pub text: Option<String>,
    /// A part of its text.
    pub contains: Option<String>,
    /// A regular expression that finds something in its text.
    pub pattern: Option<String>,
    /// When it appeared: the page's time since the page was opened.
    #[serde(with = "crate::contract::duration::optional")]
    #[schemars(schema_with = "crate::contract::duration::schema")]
    pub at: Option<Duration>,
}

/// A call of the SDK.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CallExpectation {
    /// The method's name, such as `startProactiveChat`.
    pub method: String,
    /// Its arguments, all of them; any if they are not given. A function is written `"function"`.
    #[serde(default)]
    pub arguments: Option<Vec<Value>>,
}
