//! Model-based walks: random scenarios that the oracle accepts, and shorter ones that still fail.
//!
//! A [`Walk`] is a seed and a number, and they alone decide what happens in it: on any machine, in any browser
//! and whatever else is run beside it. [`Shrinking`] asks what became of one shorter scenario after the other. Pure:
//! who runs them in a browser is not this room's business.

mod shrinking;
mod strategy;
mod tree;

use std::fmt;

use crate::contract::oracle::SuiteBug;
use crate::contract::{Scenario, oracle};
use crate::suite::{Filter, Plan, PlannedCase};

pub use shrinking::{MOST_TRIES, Shrinking};

/// The walks of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walks {
    /// Decides what happens in them.
    pub seed: u64,
    /// How many there are; the first is number 1.
    pub number: u32,
}

/// One random scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    /// The seed of the run.
    pub seed: u64,
    /// Its number in the run.
    pub number: u32,
}

impl Walks {
    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = Walk> {
        (1..=self.number).map(move |number| Walk { seed: self.seed, number })
    }

    /// The plan that runs those of them that the filter selects.
    ///
    /// # Errors
    /// When the oracle predicts nothing for one that it has accepted, which is a bug of the oracle.
    pub fn plan(self, filter: &Filter) -> Result<Plan, SuiteBug> {
        let case = |walk: Walk| PlannedCase::new(walk.id(), walk.title(), walk.scenario());
        Ok(Plan::of(self.iter().map(case).collect::<Result<_, _>>()?, filter))
    }

    /// The walk with this id, if it is one of them.
    pub fn find(self, id: &str) -> Option<Walk> {
        let number = id.strip_prefix(&format!("walk/{}/", self.seed))?.parse().ok()?;
        (1..=self.number).contains(&number).then_some(Walk { seed: self.seed, number })
    }
}

impl fmt::Display for Walks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = |number| Walk { seed: self.seed, number }.id();
        match self.number {
            1 => out.write_str(&id(1)),
            last => write!(out, "{} to {}", id(1), id(last)),
        }
    }
}

impl Walk {
    /// Its id as a case: `walk/SEED/NUMBER`.
    pub fn id(self) -> String {
        format!("walk/{}/{}", self.seed, self.number)
    }

    /// What it is, in one line.
    pub fn title(self) -> String {
        format!("walk {} of the seed {}", self.number, self.seed)
    }

    /// What happens in it.
    pub fn scenario(self) -> Scenario {
        self.tree().scenario()
    }
}

/// Whether every step can happen at its place.
fn is_possible(scenario: &Scenario) -> bool {
    oracle::check(scenario).is_ok()
}

#[cfg(test)]
mod tests;
