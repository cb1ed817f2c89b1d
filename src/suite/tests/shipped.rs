//! The suites of this version, planned.

use std::collections::BTreeSet;

use crate::assets::Assets;
use crate::contract::{Level, RequirementId, Step};
use crate::suite::{Filter, LeftOutReason, Plan, Suites};

fn plan_of(suites: &Suites, strength: Option<usize>, include: &[&str], exclude: &[&str]) -> Plan {
    let filter = Filter::new(include.iter().copied(), exclude.iter().copied()).unwrap();
    Plan::build(suites, strength, &filter).unwrap()
}

fn plan(strength: Option<usize>, include: &[&str]) -> Plan {
    plan_of(&Suites::load(&Assets::embedded()).unwrap(), strength, include, &[])
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.cases.iter().map(|case| case.id.as_str()).collect()
}

/// The ids are what people and expectations hold on to: a change of this list is a change of the suite.
#[test]
fn the_default_plan_is_this() {
    insta::assert_snapshot!("default_plan", ids(&plan(Some(2), &[])).join("\n"));
}

#[test]
fn every_case_of_the_full_product_agrees_with_the_contract() {
    let everything = plan(None, &[]);
    assert_eq!(everything.left_out, []);
    assert_eq!(everything.cases.len(), Suites::load(&Assets::embedded()).unwrap().ids().len());
}

#[test]
fn every_id_is_its_own_and_needs_no_quotes() {
    let plan = plan(None, &[]);
    let unique: BTreeSet<&str> = ids(&plan).into_iter().collect();
    assert_eq!(unique.len(), plan.cases.len());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/=".contains(c);
    assert!(unique.iter().all(|id| id.chars().all(plain)));
}

#[test]
fn every_claimed_requirement_is_in_the_catalogue_and_the_default_plan_claims_all_it_can() {
    let suites = Suites::load(&Assets::embedded()).unwrap();
    let (default, everything) = (plan(Some(2), &[]), plan(None, &[]));
    let covered = |plan: &Plan| -> BTreeSet<RequirementId> {
        plan.cases.iter().flat_map(|case| case.requirements.clone()).collect()
    };
    for requirement in covered(&everything) {
        assert!(suites.catalogue().get(&requirement).is_some(), "{requirement} is not in the catalogue");
    }
    assert_eq!(covered(&default), covered(&everything));
}

#[test]
fn what_decides_where_a_chat_begins_is_always_planned_in_full() {
    let plan = plan(Some(2), &["invite/message=plain/*/visitor=accept"]);
    assert_eq!(plan.cases.len(), 3 * 4 * 2);
}

#[test]
fn a_row_beyond_the_covering_array_runs_by_its_whole_id() {
    let beyond = &plan(Some(2), &[]).left_out[0];
    assert_eq!(beyond.reason, LeftOutReason::NotSampled { strength: 2 });
    let plan = plan(Some(2), &[&beyond.id]);
    assert_eq!(ids(&plan), [beyond.id.as_str()]);
    assert_eq!(plan.idle_filters, Vec::<String>::new());
}

#[test]
fn each_case_is_planned_or_left_out() {
    for include in [&[][..], &["minute"], &["req:window.*"], &["nothing"]] {
        let plan = plan(Some(2), include);
        let all: BTreeSet<String> = ids(&plan)
            .into_iter()
            .map(str::to_owned)
            .chain(plan.left_out.iter().map(|it| it.id.clone()))
            .collect();
        assert_eq!(all, Suites::load(&Assets::embedded()).unwrap().ids());
        assert_eq!(all.len(), plan.cases.len() + plan.left_out.len());
    }
    assert_eq!(plan(Some(2), &["nothing"]).idle_filters, ["nothing"]);
}

#[test]
fn a_scenario_is_laid_together_in_the_order_of_the_parameters() {
    let id = "invite/message=plain/show-prechat=false/options=in-new-window/survey=none/visitor=waits";
    let plan = plan(Some(2), &[id]);
    insta::assert_json_snapshot!(plan.cases[0], @r#"
    {
      "id": "invite/message=plain/show-prechat=false/options=in-new-window/survey=none/visitor=waits",
      "title": "waits: message plain, showPrechat false, options in-new-window, survey none",
      "requirements": [
        "call.returns-nothing",
        "chat-button.gives-way",
        "event.only-when-caused",
        "focus.start-button",
        "message.is-text",
        "message.verbatim",
        "notification.direction",
        "notification.labelled",
        "notification.one-minute",
        "notification.only-on-call",
        "notification.reachable",
        "notification.shown",
        "page.no-errors",
        "ready.methods-usable",
        "ready.on-window",
        "ready.raised-once",
        "window.only-on-accept"
      ],
      "scenario": {
        "settings": {
          "prechat": false,
          "proactive-chat": true,
          "ready": "widget",
          "locale": "en-US"
        },
        "steps": [
          "hold-clock",
          {
            "call": {
              "message": "Can we help you find the right size?",
              "show-prechat": false,
              "options": {
                "in-new-window": true
              }
            }
          },
          {
            "advance": "59.999s"
          },
          {
            "advance": "0.001s"
          }
        ]
      }
    }
    "#);
}

#[test]
fn a_message_can_be_given_by_its_length() {
    let plan =
        plan(None, &["invite/message=long/show-prechat=omitted/options=omitted/survey=none/visitor=accept"]);
    let Step::Call(call) = &plan.cases[0].scenario.steps[0] else { panic!("no call") };
    assert_eq!(call.message.as_ref().unwrap().chars().count(), 10_000);
}

#[test]
fn the_catalogue_is_read() {
    let catalogue = Suites::load(&Assets::embedded()).unwrap();
    let default = catalogue.catalogue().get(&RequirementId::new("message.default")).unwrap();
    assert_eq!(default.level, Level::Must);
}

/// The documentation's own examples are suites that can be read.
#[test]
fn the_documented_examples_are_valid() {
    let text = include_str!("../../../docs/suites.md");
    let examples: String = text
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|it| !it.contains("[[requirement]]"))
        .collect();
    let suites = Suites::parse([crate::source::SourceFile::new("docs/suites.md", examples)]).unwrap();
    let plan = plan_of(&suites, None, &[], &[]);
    assert_eq!((plan.cases.len(), plan.left_out.len()), (1 + 4 * 2 * 3 - 4, 4));
    assert!(plan.cases.iter().any(|case| case.id == "invite/message=plain/options=omitted/visitor=accept"));
}
