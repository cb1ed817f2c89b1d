//! How a suite is written: the TOML shapes, before names are checked and matrices expanded.
//!
//! A matrix is read twice: once with its pieces as the contract's types, so that a misspelt key gets
//! its caret, and once with the pieces as plain tables, because "not written" must stay distinguishable
//! from "written with the default's value" until all pieces of a case have been laid together.

use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::{Spanned, Table};

use crate::contract::{ProactiveChatCall, Requirement, Step, WidgetSettings};
use crate::source::{SourceError, SourceFile};

/// `requirements.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogueShape {
    #[serde(default, rename = "requirement")]
    pub(super) requirements: Vec<Spanned<Requirement>>,
}

/// Any other file of a suites folder; `S` and `C` are how settings and calls are held.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "S: DeserializeOwned + Default, C: DeserializeOwned + Default")]
pub(super) struct SuiteShape<S = Table, C = Table> {
    #[serde(default, rename = "case")]
    pub(super) cases: Vec<CaseShape>,
    #[serde(default, rename = "matrix")]
    pub(super) matrices: Vec<MatrixShape<S, C>>,
}

/// `[[case]]`: one scenario, written out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseShape {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    #[serde(default)]
    pub(super) settings: WidgetSettings,
    #[serde(default)]
    pub(super) steps: Vec<Step>,
}

/// `[[matrix]]`: one scenario for each combination of its parameters' values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "S: DeserializeOwned + Default, C: DeserializeOwned + Default")]
pub(super) struct MatrixShape<S = Table, C = Table> {
    pub(super) id: Spanned<String>,
    pub(super) title: Spanned<String>,
    #[serde(default)]
    pub(super) settings: S,
    #[serde(default)]
    pub(super) call: C,
    pub(super) caller: Option<Caller>,
    #[serde(default)]
    pub(super) before: Vec<Step>,
    #[serde(default)]
    pub(super) after: Vec<Step>,
    #[serde(rename = "parameter")]
    pub(super) parameters: Vec<ParameterShape<S, C>>,
    #[serde(default)]
    pub(super) full: Vec<FullShape>,
    #[serde(default)]
    pub(super) exclude: Vec<ExcludeShape>,
}

/// `[[matrix.parameter]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "S: DeserializeOwned + Default, C: DeserializeOwned + Default")]
pub(super) struct ParameterShape<S = Table, C = Table> {
    pub(super) name: Spanned<String>,
    pub(super) values: Spanned<Vec<ValueShape<S, C>>>,
}

/// One value of a parameter: its name, and the pieces that it brings to the scenario.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    bound = "S: DeserializeOwned + Default, C: DeserializeOwned + Default"
)]
pub(super) struct ValueShape<S = Table, C = Table> {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) settings: S,
    #[serde(default)]
    pub(super) call: C,
    /// The message is repeated until it has this many characters.
    pub(super) message_length: Option<Spanned<usize>>,
    pub(super) caller: Option<Caller>,
    #[serde(default)]
    pub(super) before: Vec<Step>,
    #[serde(default)]
    pub(super) after: Vec<Step>,
}

/// Who makes the call that the pieces describe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Caller {
    /// Page code, as a step of its own.
    #[default]
    Call,
    /// A `lcw:ready` handler that is added as a step.
    OnReady,
    /// The page's own `lcw:ready` handler, by the settings.
    PageCall,
    /// Nobody; there is no call.
    None,
}

/// `full`: parameters whose full product is always in the plan, the others having fixed values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FullShape {
    pub(super) parameters: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) with: std::collections::BTreeMap<Spanned<String>, Spanned<String>>,
}

/// `exclude`: combinations that are left out, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExcludeShape {
    pub(super) when: Spanned<std::collections::BTreeMap<Spanned<String>, Spanned<Names>>>,
    pub(super) reason: String,
}

/// One name or a list of names.
#[derive(Debug)]
pub(super) struct Names(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Names;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("the name of a value or a list of such names")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Names, E> {
                Ok(Names(vec![name.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }

        input.deserialize_any(OneOrMany)
    }
}

/// Reads a file's text as one of the shapes.
pub(super) fn read<T: DeserializeOwned>(file: &SourceFile) -> Result<T, SourceError> {
    toml::from_str(file.text()).map_err(|error| file.toml_error(&error))
}

/// Reads a suite, its pieces checked against the contract's types.
pub(super) fn read_suite(file: &SourceFile) -> Result<SuiteShape, SourceError> {
    let _checked: SuiteShape<WidgetSettings, ProactiveChatCall> = read(file)?;
    read(file)
}
