//! Seeded defects: the plan finds them, and a mutant that it does not find is told.

use rstest::rstest;
use serde_json::{Value, json};

use crate::scratch::{Ended, Scratch, need_browsers};

/// One case, which says nothing of what a second invitation is like.
const SUITE: &str = r#"
[[case]]
id = "accepted"
title = "an invitation that is accepted"
steps = [{ call = { message = "Hello" } }, "accept"]
"#;

/// Mutants and verdicts, by id.
fn verdicts(ended: &Ended) -> Vec<[String; 2]> {
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    let trials = document["trials"].as_array().unwrap().iter();
    let mut verdicts: Vec<_> = trials
        .map(|tried| ["mutant", "verdict"].map(|key| tried[key].as_str().unwrap().to_owned()))
        .collect();
    verdicts.sort();
    verdicts
}

/// Tries a mutant of the test's own against the one case.
fn try_out(id: &str, requirement: &str, [find, replace]: [&str; 2], flags: &[&str]) -> Ended {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_STEP", "2s");
    let mutant = format!(
        "[[mutant]]\nid = {id:?}\ntitle = \"a title\"\nrequirement = {requirement:?}\nfile = \"widget/sdk.js\"\n\
         find = '''{find}'''\nreplace = '''{replace}'''\nfirst = [\"renamed\"]\n"
    );
    scratch.write("own.toml", &mutant);
    let arguments = ["mutants", "--fixtures", "fixtures", "--mutant", "own.toml", "--browser", "chromium"];
    scratch.run(arguments.iter().chain(flags))
}

/// The rest of them is tried in CI, and all in both browsers.
#[test]
fn what_matters_most_is_found_and_nothing_else_is_blamed() {
    need_browsers();
    let ids = [
        "default-text/no-apostrophe",
        "survey/default-flipped",
        "window/in-the-page",
        "window/no-survey",
        "minute/59-seconds",
        "markup/inner-html",
    ];
    let ended = Scratch::new().run(["mutants", "--browser", "chromium", "--json"].iter().chain(&ids)).code(0);
    let mut expected: Vec<_> = ids.iter().map(|id| [*id, "killed"].map(str::to_owned)).collect();
    expected.sort();
    assert_eq!(verdicts(&ended), expected, "{}", ended.stdout);
}

#[test]
fn a_mutant_that_no_case_finds_has_survived() {
    let change = ["showPrechat = true, options = {}", "showPrechat = true, options = { inNewWindow: false }"];
    let ended = try_out("equivalent", "window.default", change, &[]).code(1);
    for words in [
        "1 mutant of the widget against 1 case",
        "SURVIVED equivalent  chromium  every case passed",
        "equivalent in chromium breaks window.default: a title",
        "all cases passed: no claim of the oracle sees this defect",
        "again: lcw mutants --mutant own.toml --fixtures fixtures equivalent --browser chromium",
        "Not all killed: 0 of 1 in chromium",
    ] {
        assert!(ended.stdout.contains(words), "no {words:?} in\n{}", ended.stdout);
    }
    ended.says(&["warning: `first` of the mutant `equivalent` has `renamed`, which fits no case"]);
}

#[test]
fn a_mutant_that_is_found_for_another_reason_is_wrongly_blamed() {
    let change = ["showPrechat = true,", "showPrechat = false,"];
    let ended = try_out("flipped", "window.default", change, &["--json"]).code(1);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&document["killed"], &document["not_killed"]), (&json!(0), &json!(1)));
    let tried = &document["trials"][0];
    assert_eq!(
        (&tried["verdict"], &tried["case"], &tried["blamed"]),
        (&json!("wrongly-blamed"), &json!("accepted"), &json!(["prechat.default"])),
        "{tried}"
    );
}

#[test]
fn a_script_of_ones_own_is_judged_by_any_requirement() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    scratch.write("silent.js", "// It never gets ready.\n");
    let flags =
        ["mutants", "--fixtures", "fixtures", "--script", "silent.js", "--browser", "chromium", "--json"];
    let ended = scratch.run(flags).code(0);
    assert_eq!(verdicts(&ended), [["silent.js", "killed"].map(str::to_owned)]);
}

#[rstest]
#[case::is_not_there(["no such text", "x"], "expected exactly once in widget/sdk.js, found 0 times")]
#[case::is_there_more_often(["property(", "x"], "expected exactly once in widget/sdk.js, found 5 times")]
#[case::changes_nothing(["showPrechat = true,", "showPrechat = true,"], "is replaced by itself")]
fn a_mutant_that_does_not_apply_is_an_error(#[case] change: [&str; 2], #[case] words: &str) {
    try_out("stale", "window.default", change, &[]).code(2).says(&[
        "the mutant `stale`",
        words,
        "own.toml:6:8",
    ]);
}

#[test]
fn a_requirement_that_nobody_knows_is_an_error() {
    let change = ["showPrechat = true,", "showPrechat = null,"];
    let ended = try_out("lost", "window.defaults", change, &[]).code(2);
    ended.says(&["there is no requirement `window.defaults`", "did you mean `window.default`?"]);
}

#[test]
fn a_filter_that_selects_none_is_no_success() {
    let ended = Scratch::new().run(["mutants", "no-such-mutant"]).code(4);
    ended.says(&["no mutant is selected"]);
}
