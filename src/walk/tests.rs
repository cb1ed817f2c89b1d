//! What walks promise: the same for a seed, possible, of all kinds, and what they print is what they did.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::contract::{Scenario, Step};
use crate::source::SourceFile;
use crate::suite::{Suites, write_case};

fn scenarios(seed: u64, number: u32) -> Vec<Scenario> {
    Walks { seed, number }.iter().map(Walk::scenario).collect()
}

/// The word with which a suite writes this kind of step.
fn kind(step: &Step) -> String {
    match serde_json::to_value(step).unwrap() {
        serde_json::Value::Object(step) => step.keys().next().unwrap().clone(),
        word => word.as_str().unwrap().to_owned(),
    }
}

#[test]
fn a_seed_and_a_number_decide_a_walk_alone() {
    let (few, many) = (scenarios(7, 20), scenarios(7, 40));
    assert_eq!(few, many[..20]);
    assert_ne!(few, scenarios(8, 20));
}

#[test]
fn a_walk_is_the_same_on_every_machine() {
    let written = write_case("walk/7/3", "", &Walk { seed: 7, number: 3 }.scenario()).unwrap();
    insta::assert_snapshot!(written);
}

/// The steps that suites can have, as their documentation lists them.
fn documented_steps() -> BTreeSet<String> {
    let rows = include_str!("../../docs/suites.md").lines().skip_while(|line| !line.starts_with("| step |"));
    let cells =
        rows.skip(2).take_while(|line| line.starts_with('|')).map(|row| row.split('|').nth(1).unwrap());
    let word = |code: &str| code.trim_matches(['"', '{', ' ']).split([' ', '=']).next().unwrap().to_owned();
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(word).collect::<Vec<_>>()).collect()
}

#[test]
fn all_kinds_of_steps_occur_and_most_walks_get_somewhere() {
    let walks = scenarios(1, 300);
    let kinds: BTreeSet<_> = walks.iter().flat_map(|walk| walk.steps.iter().map(kind)).collect();
    assert_eq!(kinds, documented_steps());
    let chats = walks.iter().filter(|walk| walk.steps.contains(&Step::Accept)).count();
    assert!(chats > 90, "an invitation is accepted in {chats} of 300 walks only");
}

#[test]
fn only_walks_of_the_run_are_found_by_their_id() {
    let walks = Walks { seed: 7, number: 20 };
    assert_eq!(walks.find("walk/7/20"), Some(Walk { seed: 7, number: 20 }));
    for id in ["walk/7/21", "walk/7/0", "walk/8/20", "walk/7", "invite/7/20"] {
        assert_eq!(walks.find(id), None, "{id}");
    }
}

/// The walk's steps without those that are not needed for a failure that this decides.
fn shrunk(walk: Walk, fails: impl Fn(&Scenario) -> bool) -> (Scenario, usize) {
    let mut shrinking = Shrinking::new(walk, usize::MAX);
    while let Some(shorter) = shrinking.next() {
        assert!(is_possible(&shorter), "{shorter:#?}");
        shrinking.tell(fails(&shorter));
    }
    (shrinking.shortest(), shrinking.tries())
}

#[test]
fn a_failing_walk_is_shrunk_to_what_the_failure_needs() {
    let sends = |scenario: &Scenario| scenario.steps.iter().any(|step| matches!(step, Step::Send(_)));
    let walks = Walks { seed: 3, number: 300 };
    let mut found = 0;
    for walk in walks.iter().filter(|walk| sends(&walk.scenario())) {
        let (shortest, tries) = shrunk(walk, sends);
        assert!(tries <= MOST_TRIES);
        assert!(shortest.steps.len() <= walk.scenario().steps.len());
        let last = shortest.steps.last().map(kind);
        assert_eq!(last.as_deref(), Some("send"), "{shortest:#?}");
        // Whatever brings a chat about: at most a held-back event, an invitation, accepting and a survey.
        assert!(shortest.steps.len() <= 5, "{shortest:#?}");
        found += 1;
    }
    assert!(found > 10, "{found}");
}

#[test]
fn a_walk_that_fails_anyhow_is_shrunk_to_nothing_and_one_that_cannot_be_shrunk_is_left_alone() {
    let walk = Walk { seed: 3, number: 1 };
    assert_eq!(shrunk(walk, |_| true).0.steps, Vec::<Step>::new());
    let whole = walk.scenario();
    assert_eq!(shrunk(walk, |scenario| *scenario == whole).0, whole);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_walk_is_accepted_by_the_oracle_and_read_back_as_it_was_written(
        seed in any::<u64>(),
        number in any::<u32>(),
    ) {
        let walk = Walk { seed, number };
        let scenario = walk.scenario();
        prop_assert!(crate::contract::oracle::predict(&scenario).is_ok());
        let written = write_case(&walk.id(), &walk.title(), &scenario);
        let suites = Suites::parse([SourceFile::new("walks.toml", written.unwrap())]);
        let plan = Plan::build(&suites.unwrap(), None, &Filter::default()).unwrap();
        prop_assert_eq!(plan.cases.len(), 1);
        prop_assert_eq!(&plan.cases[0].id, &walk.id());
        prop_assert_eq!(&plan.cases[0].scenario, &scenario);
    }
}
