//! Requirements: one documented sentence each, with an id, a level and its source.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A requirement's stable name, such as `message.default`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequirementId(Cow<'static, str>);

impl RequirementId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id known when the harness is built.
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }
}

impl From<String> for RequirementId {
    fn from(id: String) -> Self {
        Self(Cow::Owned(id))
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How much weight a requirement has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The documentation says so.
    Must,
    /// The documentation says so of something beside the method itself.
    Should,
    /// Microsoft's own open-source widget does so; the documentation is silent.
    Observed,
    /// Nobody promised it, but a page must survive it.
    Robustness,
    /// Neither documented nor observed: recorded and shown, never failed.
    Unspecified,
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Observed => "observed",
            Self::Robustness => "robustness",
            Self::Unspecified => "unspecified",
        })
    }
}

/// One sentence that a widget has to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its stable name.
    pub id: RequirementId,
    /// Its weight.
    pub level: Level,
    /// The page of the documentation, or the observation, that it comes from.
    pub source: String,
    /// What it asks for, in our words.
    pub text: String,
}

/// All requirements by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<RequirementId, Requirement>);

impl Catalogue {
    /// The requirement with this id.
    pub fn get(&self, id: &RequirementId) -> Option<&Requirement> {
        self.0.get(id)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All requirements, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.0.values()
    }

    /// Adds a requirement.
    ///
    /// # Errors
    /// Gives the requirement back when its id is already taken.
    pub fn insert(&mut self, requirement: Requirement) -> Result<(), Requirement> {
        if self.0.contains_key(&requirement.id) {
            return Err(requirement);
        }
        self.0.insert(requirement.id.clone(), requirement);
        Ok(())
    }
}
