//! Predicts what must be seen after each step of a scenario, and which requirement says so.
//!
//! This is the one place where expected values are written. The prediction is a list of [`Claim`]s a
//! step; a claim carries the requirement that made the fact so *last*: after a call the notification
//! is there because of `notification.shown`, after the minute it is gone because of
//! `notification.one-minute`. So whoever breaks a rule is blamed for that rule.

mod beginning;
mod chat;
mod events;
mod fact;
mod invitation;
mod lost;
mod model;
mod odd;
mod sdk;
mod sdk_fact;
mod second_tab;

use serde::Serialize;
use thiserror::Error;

use super::{RequirementId, Scenario, Step};
use model::Model;

pub use fact::{Fact, Pane};
pub use invitation::INVITATION_LIFETIME;
pub use odd::OddFact;
pub use sdk::AVAILABILITY_KEPT;
pub use sdk_fact::{Answer, SdkFact};

/// What must hold after one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepPrediction {
    /// The step as number and words: `0: open the page`, `2: accept`.
    pub step: String,
    /// Everything that must be seen once the step has had its effect.
    pub claims: Vec<Claim>,
}

/// One fact that must be seen, and the requirement to blame when it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The requirement that asks for it.
    pub requirement: RequirementId,
    /// The fact.
    pub fact: Fact,
}

/// The claims of one moment, as they are gathered.
#[derive(Debug, Default)]
struct Claims {
    list: Vec<Claim>,
    /// Blamed in place of every other requirement, once something was done of which nobody says what it does.
    unspecified: Option<RequirementId>,
}

impl Claims {
    fn add(&mut self, requirement: RequirementId, fact: Fact) {
        let requirement = self.unspecified.clone().unwrap_or(requirement);
        self.list.push(Claim { requirement, fact });
    }
}

/// A scenario that contradicts itself: a fault of the suite, never of a widget.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("BUG IN SUITE: step {step}: {reason}")]
pub struct SuiteBug {
    /// The step as number and words.
    pub step: String,
    /// What contradicts what, and what to write instead.
    pub reason: String,
}

/// Predicts a whole scenario: one prediction for the opening of the page and one for each step.
///
/// # Errors
/// When a step cannot happen at its place, such as accepting an invitation that is not there.
pub fn predict(scenario: &Scenario) -> Result<Vec<StepPrediction>, SuiteBug> {
    let mut model = Model::open(&scenario.settings);
    let mut predictions = vec![StepPrediction { step: step_label(0, None), claims: model.claims() }];
    for (index, step) in scenario.steps.iter().enumerate() {
        take(&mut model, index, step)?;
        predictions.push(StepPrediction { step: step_label(index + 1, Some(step)), claims: model.claims() });
    }
    Ok(predictions)
}

/// Whether every step of a scenario can happen at its place; what must be seen then is not worked out.
///
/// # Errors
/// As [`predict`].
pub fn check(scenario: &Scenario) -> Result<(), SuiteBug> {
    let mut model = Model::open(&scenario.settings);
    scenario.steps.iter().enumerate().try_for_each(|(index, step)| take(&mut model, index, step))
}

/// Takes one step with the model.
fn take(model: &mut Model<'_>, index: usize, step: &Step) -> Result<(), SuiteBug> {
    model.focus = None;
    model.chat.just_ended = false;
    model.apply(step).map_err(|reason| SuiteBug { step: step_label(index + 1, Some(step)), reason })
}

/// A step as number and words; `None` is the opening of the page.
fn step_label(number: usize, step: Option<&Step>) -> String {
    match step {
        None => format!("{number}: open the page"),
        Some(step) => format!("{number}: {step}"),
    }
}

#[cfg(test)]
mod tests;
