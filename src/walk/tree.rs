//! A walk as a tree of values: drawn step by step from what is possible, and simplified in proptest's manner.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Walk, is_possible, strategy};
use crate::contract::{Scenario, Step, WidgetSettings};

/// The most steps of a walk: enough for an invitation, its chat and two more of them.
const LONGEST: u32 = 14;

/// So many draws that are impossible one after the other end a walk: there is hardly anything left to be done.
const DRAWS: u32 = 200;

/// A step and what it can be simplified to.
struct Slot {
    tree: Box<dyn ValueTree<Value = Step>>,
    /// The simplest value with which the walk is known to fail.
    simplest: Step,
}

/// What is being simplified.
#[derive(Clone)]
enum Phase {
    /// Steps are left out: so many that end before this one of those that are kept.
    Leaving {
        size: usize,
        end: usize,
        shortened: bool,
        before: Vec<usize>,
    },
    /// The arguments of this one of the kept steps.
    Arguments {
        at: usize,
    },
    Settings,
    Done,
}

/// A walk's scenario, which can be made simpler while it fails.
pub(super) struct Tree {
    settings: Box<dyn ValueTree<Value = WidgetSettings>>,
    simplest_settings: WidgetSettings,
    slots: Vec<Slot>,
    /// The steps that are still in the walk.
    kept: Vec<usize>,
    phase: Phase,
}

impl Walk {
    pub(super) fn tree(self) -> Tree {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..12].copy_from_slice(&self.number.to_le_bytes());
        // ChaCha is the same everywhere, and nothing but these bytes decides what it gives.
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut random = TestRunner::new_with_rng(Config::default(), random);
        let settings = Box::new(drawn(&strategy::settings(), &mut random));
        let simplest_settings = settings.current();
        let mut scenario = Scenario { settings: simplest_settings.clone(), steps: Vec::new() };
        let length = drawn(&(1..=LONGEST), &mut random).current() as usize;
        let kinds = strategy::kinds();
        let all = kinds.iter().map(|(weight, _)| weight).sum::<u32>();
        let (mut slots, mut draws) = (Vec::new(), 0);
        while slots.len() < length && draws < DRAWS {
            let mut at = drawn(&(0..all), &mut random).current();
            let kind = kinds.iter().find(|(weight, _)| {
                let found = at < *weight;
                at = at.saturating_sub(*weight);
                found
            });
            let Some((_, kind)) = kind else { continue };
            let tree = drawn(kind, &mut random);
            let step = tree.current();
            scenario.steps.push(step.clone());
            if is_possible(&scenario) {
                slots.push(Slot { tree, simplest: step });
                draws = 0;
            } else {
                scenario.steps.pop();
                draws += 1;
            }
        }
        let kept: Vec<usize> = (0..slots.len()).collect();
        let phase = Phase::leaving(kept.len());
        Tree { settings, simplest_settings, slots, kept, phase }
    }
}

#[expect(clippy::expect_used, reason = "only strategies that reject values fail to give one; none here does")]
fn drawn<S: Strategy>(strategy: &S, random: &mut TestRunner) -> S::Tree {
    strategy.new_tree(random).expect("a strategy that rejects nothing")
}

impl Phase {
    fn leaving(steps: usize) -> Self {
        Self::Leaving { size: steps.div_ceil(2).max(1), end: steps, shortened: false, before: Vec::new() }
    }
}

impl Tree {
    /// Forgets all steps after so many.
    pub(super) fn end_after(&mut self, steps: usize) {
        self.kept.truncate(steps);
        self.phase = Phase::leaving(self.kept.len());
    }

    pub(super) fn scenario(&self) -> Scenario {
        let value = |(position, slot): (usize, &usize)| match self.phase {
            Phase::Arguments { at } if at == position => self.slots[*slot].tree.current(),
            _ => self.slots[*slot].simplest.clone(),
        };
        let settings = match self.phase {
            Phase::Settings => self.settings.current(),
            _ => self.simplest_settings.clone(),
        };
        Scenario { settings, steps: self.kept.iter().enumerate().map(value).collect() }
    }

    /// Makes the walk simpler, given that it fails as it is now; `false` when that cannot be done.
    pub(super) fn simplify(&mut self) -> bool {
        loop {
            match &mut self.phase {
                Phase::Leaving { .. } => {
                    if self.leave_steps_out() {
                        return true;
                    }
                    self.phase = Phase::Arguments { at: 0 };
                }
                Phase::Arguments { at } => {
                    let Some(slot) = self.kept.get(*at).and_then(|slot| self.slots.get_mut(*slot)) else {
                        self.phase = Phase::Settings;
                        continue;
                    };
                    slot.simplest = slot.tree.current();
                    if slot.tree.simplify() {
                        if is_possible(&self.scenario()) || self.complicate_value() {
                            return true;
                        }
                    } else {
                        *at += 1;
                    }
                }
                Phase::Settings => {
                    self.simplest_settings = self.settings.current();
                    if self.settings.simplify() && (is_possible(&self.scenario()) || self.complicate_value())
                    {
                        return true;
                    }
                    self.phase = Phase::Done;
                }
                Phase::Done => return false,
            }
        }
    }

    /// Takes back the last simplification, at least in part, given that the walk passes as it is now.
    pub(super) fn complicate(&mut self) {
        match &mut self.phase {
            Phase::Leaving { before, .. } => self.kept = std::mem::take(before),
            Phase::Arguments { .. } | Phase::Settings => drop(self.complicate_value()),
            Phase::Done => {}
        }
    }

    /// The next value between one that fails and one that does not; `false` when there is none, and the phase
    /// goes on with what is known to fail.
    fn complicate_value(&mut self) -> bool {
        loop {
            let changed = match &self.phase {
                Phase::Arguments { at } => self.slots[self.kept[*at]].tree.complicate(),
                Phase::Settings => self.settings.complicate(),
                _ => false,
            };
            if !changed {
                self.phase = match self.phase {
                    Phase::Arguments { at } => Phase::Arguments { at: at + 1 },
                    _ => Phase::Done,
                };
                return false;
            }
            if is_possible(&self.scenario()) {
                return true;
            }
        }
    }

    /// Leaves out the next steps, and those that are not possible without them.
    fn leave_steps_out(&mut self) -> bool {
        let Phase::Leaving { mut size, mut end, mut shortened, before } = self.phase.clone() else {
            return false;
        };
        // Not taken back: the walk fails without them.
        shortened |= !before.is_empty();
        loop {
            if end == 0 {
                (size, shortened) = match (size, shortened) {
                    (1, false) => return false,
                    (_, true) => (size, false),
                    _ => (size / 2, false),
                };
                end = self.kept.len();
                if end == 0 {
                    return false;
                }
            }
            end = end.min(self.kept.len());
            let from = end.saturating_sub(size);
            let before = self.kept.clone();
            let mut scenario = Scenario { settings: self.simplest_settings.clone(), steps: Vec::new() };
            let mut kept = Vec::new();
            for (_, slot) in before.iter().enumerate().filter(|(at, _)| !(from..end).contains(at)) {
                scenario.steps.push(self.slots[*slot].simplest.clone());
                if is_possible(&scenario) {
                    kept.push(*slot);
                } else {
                    scenario.steps.pop();
                }
            }
            end = from;
            if kept.len() < before.len() {
                self.kept = kept;
                self.phase = Phase::Leaving { size, end, shortened, before };
                return true;
            }
        }
    }
}
