//! Listings of a small plan.

use super::small;
use crate::contract::Scenario;
use crate::suite::plan::requirements_of;
use crate::suite::{Filter, Listing, Plan};

/// What a case covers, as far as the small catalogue goes.
fn small_plan(strength: Option<usize>, include: &[&str], exclude: &[&str]) -> Plan {
    let filter = Filter::new(include.iter().copied(), exclude.iter().copied()).unwrap();
    let known = |scenario: &Scenario| {
        let mut all = requirements_of(scenario)?;
        // The second one is in no catalogue, on purpose.
        all.retain(|id| id.as_str().starts_with("message.") || id.as_str() == "ready.raised-once");
        Ok(all)
    };
    Plan::build_with(&small(), strength, &filter, known).unwrap()
}

#[test]
fn a_listing_for_people() {
    let plan = small_plan(Some(2), &["invite", "req:ready.*", "never"], &["visitor=accept"]);
    let mut out = Vec::new();
    Listing::new(&plan, small().catalogue()).write_text(&mut out, true).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    ready/once
        raised once
        ready.raised-once
    invite/message=plain/visitor=escape
        escape with plain
        message.is-text message.verbatim ready.raised-once

    requirements
        message.default    must             0  A call without a message shows the default.
        message.is-text    unknown          1  not in the catalogue of requirements
        message.verbatim   must             1  The message is shown to the letter.
        ready.raised-once  unknown          2  not in the catalogue of requirements

    left out
            1  excluded by the suite: the same as dismiss there
               invite/message=empty/visitor=escape
            2  not selected by the filter
               invite/message=plain/visitor=accept
               invite/message=empty/visitor=accept

    the filter `never` fits no case of the plan
    2 cases, 3 of 4 requirements, 3 left out, matrices covered at strength 2
    ");
}

#[test]
fn a_listing_for_programs() {
    let plan = small_plan(None, &["message=plain/visitor=accept", "never"], &[]);
    insta::assert_json_snapshot!(Listing::new(&plan, small().catalogue()), @r#"
    {
      "summary": {
        "cases": 1,
        "left_out": 4,
        "requirements_covered": 3,
        "requirements": 4,
        "strength": null
      },
      "cases": [
        {
          "id": "invite/message=plain/visitor=accept",
          "title": "accept with plain",
          "requirements": [
            "message.is-text",
            "message.verbatim",
            "ready.raised-once"
          ],
          "steps": [
            "call ({message: \"Hello\"})",
            "accept"
          ]
        }
      ],
      "requirements": [
        {
          "id": "message.default",
          "level": "must",
          "text": "A call without a message shows the default.",
          "source": "the reference page",
          "cases": 0
        },
        {
          "id": "message.is-text",
          "level": null,
          "text": null,
          "source": null,
          "cases": 1
        },
        {
          "id": "message.verbatim",
          "level": "must",
          "text": "The message is shown to the letter.",
          "source": "the reference page",
          "cases": 1
        },
        {
          "id": "ready.raised-once",
          "level": null,
          "text": null,
          "source": null,
          "cases": 1
        }
      ],
      "left_out": [
        {
          "id": "invite/message=empty/visitor=escape",
          "reason": {
            "kind": "excluded",
            "reason": "the same as dismiss there"
          }
        },
        {
          "id": "ready/once",
          "reason": {
            "kind": "filtered"
          }
        },
        {
          "id": "invite/message=plain/visitor=escape",
          "reason": {
            "kind": "filtered"
          }
        },
        {
          "id": "invite/message=empty/visitor=accept",
          "reason": {
            "kind": "filtered"
          }
        }
      ],
      "idle_filters": [
        "never"
      ]
    }
    "#);
}
