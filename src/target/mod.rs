//! What is under test: where it is, what it offers, how its parts are found, and where it is known to
//! differ from what is documented.
//!
//! [`Target::find`] reads one; [`Target::reference`] is the project's own widget.

mod address;
mod capability;
mod expectation;
mod load;
mod selector;
#[cfg(test)]
mod tests;
mod update;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use address::PageAddress;
pub use capability::Capability;
pub use expectation::{Expectation, Expectations, Judgement};
pub use load::TargetError;
pub use update::{Update, UpdateError};

use crate::assets::Assets;
use crate::contract::Scenario;
use crate::probe::Selectors;
use crate::server::Replacements;

/// A widget under test.
#[derive(Debug, Clone)]
pub struct Target {
    /// What reports call it.
    pub name: String,
    /// What is served or opened.
    pub subject: Subject,
    /// What it offers; cases that need more are skipped.
    pub capabilities: BTreeSet<Capability>,
    /// How its parts are found.
    pub selectors: Selectors,
    /// Its known divergences.
    pub expectations: Arc<Expectations>,
    /// The file that they are written in.
    pub expectations_path: Option<PathBuf>,
}

/// What is served or opened for a case.
#[derive(Debug, Clone, Default)]
pub enum Subject {
    /// The fixture page with the project's own widget.
    #[default]
    Reference,
    /// The fixture page with a script of somebody's own in the place of `LiveChatBootstrapper.js`.
    Script(Replacements),
    /// A page of a folder, on the case's host.
    Folder {
        /// The folder.
        root: Assets,
        /// The page in it.
        page: PageAddress,
    },
    /// A page that somebody else serves.
    Page(PageAddress),
}

impl Subject {
    /// What is served on a case's host, and the page to open if it is not the default one.
    pub fn served(&self) -> (Replacements, Option<PageAddress>) {
        match self {
            Self::Reference => (Replacements::default(), None),
            Self::Script(replacements) => (replacements.clone(), None),
            Self::Folder { root, page } => (Replacements::default().folder(root.clone()), Some(page.clone())),
            Self::Page(page) => (Replacements::default(), Some(page.clone())),
        }
    }
}

impl Target {
    /// The project's own widget, which offers everything and differs nowhere.
    pub fn reference() -> Self {
        Self {
            name: "reference".to_owned(),
            subject: Subject::Reference,
            capabilities: Capability::ALL.into(),
            selectors: Selectors::default(),
            expectations: Arc::default(),
            expectations_path: None,
        }
    }

    /// Why a case cannot be run against this target, if so.
    pub fn reason_to_skip(&self, scenario: &Scenario) -> Option<String> {
        // What needs what is asked of the oracle, which is work that the reference widget's runs need not wait for.
        if self.capabilities.len() == Capability::ALL.len() {
            return None;
        }
        let needed = Capability::needed_for(scenario);
        let missing: Vec<_> = needed.difference(&self.capabilities).map(|missing| missing.name()).collect();
        (!missing.is_empty()).then(|| format!("the target does not offer {}", missing.join(", ")))
    }
}
