//! A file that is written rightly.

use std::time::Duration;

use super::*;
use crate::site::{Geolocation, Shown, SiteStep};

#[test]
fn everything_is_read_and_its_lines_are_known() {
    let scenarios = parse(WHOLE).unwrap();
    let [first, second] = scenarios.loaded.as_slice() else { panic!("{scenarios:?}") };
    assert_eq!(first.scenario.id, "faq/after-20-seconds");
    assert_eq!((first.line, second.line), (2, 32));
    assert_eq!(first.step_lines, (8..=16).collect::<Vec<_>>());
    assert_eq!(second.step_lines, [36; 3]);
    assert_eq!([0, 1, 3, 10].map(|number| first.line_of(number)), [None, Some(8), Some(10), None]);
    assert_eq!(first.scenario.steps[2].in_short(), "let 19.999 s pass");
    let SiteStep::Expect(expect) = &first.scenario.steps[7] else { panic!("{first:?}") };
    let Some(Shown::Like(like)) = &expect.invitation else { panic!("{expect:?}") };
    assert_eq!(like.at, Some(Duration::from_secs(20)));
    assert_eq!(second.scenario.visitor.geolocation, Some(Geolocation::Denied));
}

#[test]
fn an_instant_is_text_or_a_literal_of_toml() {
    let scenarios = parse(WHOLE).unwrap();
    let instants: Vec<_> = scenarios.loaded.iter().map(|loaded| loaded.scenario.instant()).collect();
    assert_eq!(instants, [Some(1_796_112_000_000), Some(1_796_115_600_500)]);
}

#[test]
fn a_scenario_survives_json() {
    for loaded in parse(WHOLE).unwrap().loaded {
        let json = serde_json::to_value(&loaded.scenario).unwrap();
        let visitor: crate::site::Visitor = serde_json::from_value(json["visitor"].clone()).unwrap();
        assert_eq!(visitor, loaded.scenario.visitor);
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Scenarios::load(std::path::Path::new("nowhere/scenarios.toml")).unwrap_err();
    assert!(matches!(error, ScenarioError::Unreadable { .. }));
    assert!(error.to_string().starts_with("failed to read nowhere/scenarios.toml: "), "{error}");
}
