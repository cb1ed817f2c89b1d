//! Random walks: a broken widget is found, with the shortest walk that shows it, and the same one again.

use crate::display::redacted;
use crate::scratch::{Scratch, need_browsers, run_in};

/// Nothing of it is run while there are walks.
const SUITE: &str = "\
[[case]]
id = \"default\"
title = \"an invitation without a message\"
steps = [{ call = {} }]
";

#[test]
fn a_broken_widget_is_found_and_the_walk_shrunk_to_a_case_that_fails_too() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_STEP", "2s");
    scratch.edit("fixtures/widget/sdk.js", "showPrechat = true,", "showPrechat = false,");
    let walks = ["--walks", "40", "--seed", "16", "--fail-fast", "--report", "json=report.json"];
    let walks = [&walks[..], &["--report", "events=run.jsonl"]].concat();
    let run = scratch.run(run_in("chromium", &walks)).code(1);
    let report = scratch.json("report.json");
    let cases = report["cases"].as_array().unwrap();
    let failed = cases.iter().find(|case| case["outcome"] == "failed").unwrap();
    let (id, case) = (failed["id"].as_str().unwrap(), failed["as_case"].as_str().unwrap());
    redacted(&scratch).bind(|| {
        let told = run.stdout.split("FAILED").nth(1).unwrap().split("\n\n").next().unwrap();
        insta::assert_snapshot!(told);
    });

    // The command that is printed gives the same once more.
    let again = run_in("chromium", &["--walks", "40", "--seed", "16", "--report", "json=again.json", id]);
    scratch.run(again).code(1);
    let again = scratch.json("again.json");
    assert_eq!(again["cases"].as_array().unwrap().len(), 1);
    assert_eq!(again["cases"][0]["as_case"], case);

    // A stored run tells the same command.
    let told = scratch.run(["report", "run.jsonl"]).code(1).stdout;
    let command = |told: &str| told.lines().find(|line| line.contains("lcw run ")).unwrap().to_owned();
    assert_eq!(command(&told), command(&run.stdout), "{told}");
    assert!(command(&told).ends_with(&format!("--walks 40 --seed 16 --browser chromium {id}")), "{told}");

    // As a case of a suite it fails for the same reason.
    scratch.write("fixtures/suites/small.toml", case);
    scratch.run(run_in("chromium", &["--report", "json=pasted.json"])).code(1);
    let pasted = scratch.json("pasted.json");
    assert_eq!(pasted["cases"][0]["id"], id);
    assert_eq!(pasted["cases"][0]["mismatches"], failed["mismatches"]);
}

#[test]
fn walks_are_filtered_as_cases_are_and_need_no_matrix() {
    let scratch = Scratch::with_suite(SUITE);
    let none = ["run", "--fixtures", "fixtures", "--walks", "5", "--seed", "1", "walk/1/6"];
    scratch.run(none).code(4).says(&["walk/1/6"]);
    scratch.run(["run", "--walks", "5", "--all"]).code(2).says(&["--all"]);
    scratch.run(["run", "--seed", "1"]).code(2).says(&["--walks"]);
    scratch.run(["run", "--walks", "0"]).code(2).says(&["0"]);
}
