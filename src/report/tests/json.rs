//! The JSON report and its schema.

use serde_json::Value;

use super::streams;
use crate::report::{CaseOutcome, Report};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/report.schema.json");

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&Report::schema()).unwrap() + "\n";
    if std::env::var_os("LCW_UPDATE_SCHEMAS").is_some() {
        std::fs::write(PATH, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap();
    assert!(
        committed == generated,
        "schemas/report.schema.json is not what the types say; run this test with LCW_UPDATE_SCHEMAS=1"
    );
}

#[test]
fn every_report_validates() {
    let validator = validator();
    for (name, stream) in streams::all() {
        let report = serde_json::to_value(Report::of(&streams::fold(&stream))).unwrap();
        let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let back: Report = serde_json::from_value(report).unwrap();
        assert_eq!(back, Report::of(&streams::fold(&stream)), "{name}");
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let validator = validator();
    let good = serde_json::to_value(Report::of(&streams::fold(&streams::mixed()))).unwrap();
    let changes: [(&str, Value); 5] = [
        ("/cases/0/outcome", "splendid".into()),
        ("/cases/0/id", 7.into()),
        ("/summary/total", (-1).into()),
        ("/end_reason", "bored".into()),
        ("/tool", Value::Null),
    ];
    for (pointer, value) in changes {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&report), "{pointer}");
    }
    for key in ["tool", "target", "browsers", "summary", "cases"] {
        let mut report = good.clone();
        report.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&report), "{key}");
    }
}

#[test]
fn the_document_tells_the_whole_run() {
    insta::assert_json_snapshot!(Report::of(&streams::fold(&streams::mixed())));
}

#[test]
fn cases_that_were_not_run_are_marked() {
    let report = Report::of(&streams::fold(&streams::interrupted()));
    let marked: Vec<_> = report
        .cases
        .iter()
        .filter(|case| case.outcome == CaseOutcome::NotRun)
        .map(|case| (case.id.as_str(), case.browser.as_str(), case.reason.as_deref().unwrap()))
        .collect();
    assert_eq!(
        marked,
        [
            ("b", "firefox", "begun and not finished: the run was interrupted"),
            ("b", "chromium", "not run: the run was interrupted"),
        ]
    );
    assert_eq!((report.summary.total, report.summary.not_run, report.cases.len()), (4, 2, 4));

    let report = Report::of(&streams::fold(&streams::cut_off()));
    assert_eq!(report.end_reason, None);
    assert_eq!(report.summary.not_run, 2);
}

#[test]
fn a_run_that_never_started_still_has_a_document() {
    let report = Report::of(&crate::report::Run::default());
    assert_eq!((report.tool.name.as_str(), report.started, report.cases.len()), ("lcw", None, 0));
}
