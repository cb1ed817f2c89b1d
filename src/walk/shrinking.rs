//! Finds a shortest walk that still fails, by asking what becomes of one after the other.

use super::Walk;
use crate::contract::Scenario;

/// The most walks that are tried to find a shorter one.
pub const MOST_TRIES: usize = 60;

/// The search for a shortest walk that fails.
///
/// [`Shrinking::next`] gives a walk to try, [`Shrinking::tell`] takes what became of it. Only the answers are kept,
/// and the search is done again up to the last of them: so it can wait for browsers in any thread, which proptest's
/// trees cannot.
#[derive(Debug, Clone)]
pub struct Shrinking {
    walk: Walk,
    steps: usize,
    answers: Vec<bool>,
}

impl Shrinking {
    /// The search below a walk that fails after so many of its steps; what follows them is not needed.
    pub fn new(walk: Walk, steps: usize) -> Self {
        Self { walk, steps, answers: Vec::new() }
    }

    /// The walk to try next; `None` when there is none, or enough have been tried.
    pub fn next(&self) -> Option<Scenario> {
        self.search().1
    }

    /// Takes whether the walk that was tried last still fails for the same reason.
    pub fn tell(&mut self, fails: bool) {
        self.answers.push(fails);
    }

    /// The shortest one so far.
    pub fn shortest(&self) -> Scenario {
        self.search().0
    }

    /// How many have been tried.
    pub fn tries(&self) -> usize {
        self.answers.len()
    }

    fn search(&self) -> (Scenario, Option<Scenario>) {
        let mut tree = self.walk.tree();
        tree.end_after(self.steps);
        let mut known = vec![(tree.scenario(), true)];
        let mut shortest = tree.scenario();
        let mut answers = self.answers.iter();
        while tree.simplify() {
            loop {
                let scenario = tree.scenario();
                let fails = match known.iter().find(|(other, _)| *other == scenario) {
                    Some((_, fails)) => *fails,
                    None => match answers.next() {
                        Some(fails) => {
                            known.push((scenario.clone(), *fails));
                            *fails
                        }
                        None if self.answers.len() >= MOST_TRIES => return (shortest, None),
                        None => return (shortest, Some(scenario)),
                    },
                };
                if fails {
                    shortest = scenario;
                    break;
                }
                tree.complicate();
            }
        }
        (shortest, None)
    }
}
