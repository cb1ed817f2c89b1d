//! What page code gives the SDK beside calls: context, and providers of context and of authentication tokens.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::OddValue;

/// How many context variables one chat may have.
///
/// Source: `setContextProvider` reference.
pub const MOST_CONTEXT_VARIABLES: usize = 100;

/// Context variables by name.
pub type CustomContext = BTreeMap<String, ContextVariable>;

/// One context variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextVariable {
    /// A text, a number or a boolean; a case may give something else on purpose.
    pub value: Value,
    /// Whether the agent is shown it; `None` when the page did not say.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        rename(serialize = "isDisplayable"),
        alias = "isDisplayable",
        alias = "is-displayable"
    )]
    pub is_displayable: Option<bool>,
}

impl ContextVariable {
    /// Whether its value is of a type that is documented for it.
    pub fn is_primitive(&self) -> bool {
        self.value.is_string() || self.value.is_number() || self.value.is_boolean()
    }
}

/// What is given to `setContextProvider`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContextProvider {
    /// A function that returns these variables.
    Gives(CustomContext),
    /// A function that returns this many variables, named `variable-1` and so on.
    GivesMany(#[serde(deserialize_with = "number_of_variables")] usize),
    /// A function that throws.
    Throws,
    /// Something else in place of a function.
    NotAFunction(OddValue),
}

/// The most variables of a provider, so that a slip of the keyboard does not fill the memory.
const MOST_VARIABLES: usize = 10_000;

fn number_of_variables<'de, D: Deserializer<'de>>(input: D) -> Result<usize, D::Error> {
    let number = usize::deserialize(input)?;
    if number > MOST_VARIABLES {
        let message = format!("{number} variables are too many; expected a number up to {MOST_VARIABLES}");
        return Err(D::Error::custom(message));
    }
    Ok(number)
}

impl ContextProvider {
    /// The variables that it returns, if it does.
    pub fn variables(&self) -> Option<CustomContext> {
        match self {
            Self::Gives(variables) => Some(variables.clone()),
            Self::GivesMany(number) => {
                let variable = |at: usize| ContextVariable { value: at.into(), is_displayable: None };
                Some((1..=*number).map(|at| (format!("variable-{at}"), variable(at))).collect())
            }
            Self::Throws | Self::NotAFunction(_) => None,
        }
    }
}

/// What is given to `setAuthTokenProvider`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthTokenProvider {
    /// A function that calls back with this token.
    Gives(String),
    /// A function that calls back without a token.
    GivesNothing,
    /// A function that throws.
    Throws,
    /// Something else in place of a function.
    NotAFunction(OddValue),
}

/// A method of the SDK that page code calls beside `startProactiveChat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SdkCall {
    /// `setContextProvider`.
    SetContextProvider(ContextProvider),
    /// `getContextProvider`.
    GetContextProvider,
    /// `removeContextProvider`.
    RemoveContextProvider,
    /// `setAuthTokenProvider`.
    SetAuthTokenProvider(AuthTokenProvider),
    /// `getAuthTokenProvider`.
    GetAuthTokenProvider,
    /// `removeAuthTokenProvider`.
    RemoveAuthTokenProvider,
    /// `getAgentAvailability`.
    GetAgentAvailability,
}

impl SdkCall {
    /// The method's name as page code writes it.
    pub fn method(&self) -> &'static str {
        match self {
            Self::SetContextProvider(_) => "setContextProvider",
            Self::GetContextProvider => "getContextProvider",
            Self::RemoveContextProvider => "removeContextProvider",
            Self::SetAuthTokenProvider(_) => "setAuthTokenProvider",
            Self::GetAuthTokenProvider => "getAuthTokenProvider",
            Self::RemoveAuthTokenProvider => "removeAuthTokenProvider",
            Self::GetAgentAvailability => "getAgentAvailability",
        }
    }

    /// The call as the probe takes it: the method, and what its provider does.
    pub fn to_json(&self) -> Value {
        let provider = match self {
            Self::SetContextProvider(provider) => match (provider, provider.variables()) {
                (_, Some(context)) => serde_json::json!({ "gives": context }),
                (provider, None) => serde_json::json!(provider),
            },
            Self::SetAuthTokenProvider(provider) => serde_json::json!(provider),
            _ => Value::Null,
        };
        serde_json::json!({ "method": self.method(), "provider": provider })
    }
}

impl std::fmt::Display for SdkCall {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let provider = match self {
            Self::SetContextProvider(ContextProvider::Gives(context)) => {
                format!("a function that gives {}", context.keys().cloned().collect::<Vec<_>>().join(", "))
            }
            Self::SetContextProvider(ContextProvider::GivesMany(number)) => {
                format!("a function that gives {number} variables")
            }
            Self::SetContextProvider(ContextProvider::Throws)
            | Self::SetAuthTokenProvider(AuthTokenProvider::Throws) => "a function that throws".to_owned(),
            Self::SetContextProvider(ContextProvider::NotAFunction(value))
            | Self::SetAuthTokenProvider(AuthTokenProvider::NotAFunction(value)) => value.to_string(),
            Self::SetAuthTokenProvider(AuthTokenProvider::Gives(token)) => {
                format!("a function that gives {token:?}")
            }
            Self::SetAuthTokenProvider(AuthTokenProvider::GivesNothing) => {
                "a function that gives no token".to_owned()
            }
            _ => String::new(),
        };
        write!(out, "{}({provider})", self.method())
    }
}
