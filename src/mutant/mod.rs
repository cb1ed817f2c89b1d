//! Judges the judge: widgets with one seeded defect each, and whether the plan finds every one of them and
//! blames what the defect breaks.
//!
//! [`Mutants`] are what files say; [`Trials`] tries each of them in real browsers.

mod load;
mod table;
mod trial;

use std::collections::BTreeSet;

use crate::contract::RequirementId;
use crate::server::Replacements;
use crate::suite::Filter;

pub use load::{MutantError, Mutants};
pub use table::Table;
pub use trial::{Trials, TrialsEvent, Tried, Verdict};

/// A widget with one defect.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its stable name, such as `default-text/no-apostrophe`.
    pub id: String,
    /// What is wrong with it, in one line.
    pub title: String,
    /// The requirement that the defect breaks; `None` when it is not known, and any blame will do.
    pub requirement: Option<RequirementId>,
    /// What a case may blame beside it, because the defect cannot break the one without the other.
    pub also: BTreeSet<RequirementId>,
    /// The cases that are tried before all others that claim the requirement: a defect that shows in few of
    /// many cases is found sooner.
    pub first: Filter,
    /// The widget's changed files.
    pub replacements: Replacements,
}

impl Mutant {
    /// A whole widget script with a defect of which nothing is known.
    pub fn script(id: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        let id = id.into();
        Self {
            title: format!("the script {id}"),
            id,
            requirement: None,
            also: BTreeSet::new(),
            first: Filter::default(),
            replacements: Replacements::default().widget_script(content),
        }
    }
}
