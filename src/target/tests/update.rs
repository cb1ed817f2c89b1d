use super::result;
use crate::assets::Assets;
use crate::config::BrowserKind;
use crate::contract::Scenario;
use crate::event::{CaseResult, Outcome};
use crate::runner::judges;
use crate::source::SourceFile;
use crate::suite::{Filter, LeftOut, LeftOutReason, Plan, PlannedCase, Suites};
use crate::target::{Expectation, Update};

use BrowserKind::{Chromium, Firefox};

/// The plan that these are the results of.
fn plan(results: &[CaseResult]) -> Plan {
    let case = |id: &str| PlannedCase::new(id.to_owned(), String::new(), Scenario::default()).unwrap();
    Plan::of(results.iter().map(|result| case(&result.id)).collect(), &Filter::default())
}

/// The same result in both browsers.
fn both(id: &str, blamed: &[&'static str]) -> [CaseResult; 2] {
    [Firefox, Chromium].map(|browser| result(id, browser, blamed))
}

fn update(text: &str, results: &[CaseResult], whole: bool) -> Update {
    let suites = Suites::load(&Assets::embedded()).unwrap();
    let file = SourceFile::new("own.toml", text);
    let plan = plan(results);
    let ran: Vec<_> = results.iter().map(|result| result.browser).collect();
    let judges = |entry: &Expectation| whole && judges(&plan, &ran, entry);
    let update = Update::of(&file, suites.catalogue(), results, whole, judges, "to be explained").unwrap();
    // What was written explains the run, and a second time there is nothing to do.
    let again = SourceFile::new("own.toml", update.text.clone());
    let again = Update::of(&again, suites.catalogue(), results, whole, judges, "to be explained").unwrap();
    assert!(again.is_empty() && again.text == update.text, "{again:#?}");
    update
}

const TEXT: &str = "message.default";

#[test]
fn a_requirement_that_breaks_wherever_it_is_covered_is_one_entry() {
    let results = [both("a", &[TEXT]), both("b", &[TEXT])].concat();
    let update = update("", &results, true);
    assert_eq!(update.text, "[[expect]]\nrequirement = \"message.default\"\nreason = \"to be explained\"\n");
    assert_eq!(update.added, ["message.default"]);
}

#[test]
fn one_that_breaks_here_and_there_is_an_entry_for_each_case() {
    let results = [
        result("a", Firefox, &[TEXT]),
        result("a", Chromium, &[TEXT]),
        result("b", Firefox, &[TEXT]),
        result("b", Chromium, &[]),
        result("c", Firefox, &[]),
        result("c", Chromium, &[]),
    ];
    let update = update("# Why.\n", &results, true);
    assert_eq!(update.added, ["a, message.default", "b, message.default in firefox"]);
    assert!(update.text.starts_with("# Why.\n\n[[expect]]\ncases = \"a\"\n"), "{}", update.text);
}

#[test]
fn what_holds_stays_as_it_is_written_and_what_does_not_goes() {
    let text = "# The file's own comment.\n\n[[expect]]\ncases = 'a' # just this\nreason = \"why not\"\n\n\
                # Of b.\n[[expect]]\ncases = \"b\"\nreason = \"gone\"\n\n[[expect]]\ncases = \"c\"\nreason = \"never\"\n";
    let results = [both("a", &[TEXT]), both("b", &[])].concat();
    let filtered = update(text, &results, false);
    assert_eq!(filtered.removed, ["own.toml, line 8: b: a case that it speaks of passes"]);
    let kept = "# The file's own comment.\n\n[[expect]]\ncases = 'a' # just this\nreason = \"why not\"\n";
    assert_eq!(update(text, &results, true).text, kept);
    assert!(filtered.text.starts_with(kept) && filtered.text.contains("\"c\""), "{}", filtered.text);
}

#[test]
fn the_files_own_comment_outlives_every_entry() {
    let text = "# The file's own.\n\n# Of a.\n[[expect]]\ncases = \"a\"\nreason = \"gone\"\n";
    let second = "\n[[expect]]\ncases = \"b\"\nreason = \"stays\"\n";
    let results = [both("a", &[]), both("b", &[TEXT])].concat();
    let left = update(&format!("{text}{second}"), &results, true).text;
    assert_eq!(left, format!("# The file's own.\n{second}"));
    assert_eq!(update(text, &results[..2], true).text, "# The file's own.\n");
}

#[test]
fn an_entry_that_is_too_wide_is_narrowed_and_keeps_its_reason() {
    let text = "[[expect]]\nrequirement = \"message.default\"\nreason = \"why\"\nlink = \"https://a\"\ncontains = \"am\"\n";
    let results = [both("a", &[TEXT]), both("b", &[])].concat();
    let narrowed = update(text, &results, true).text;
    let expected = "cases = \"a\"\nrequirement = \"message.default\"\nreason = \"why\"\nlink = \"https://a\"\ncontains = \"am\"\n";
    assert!(narrowed.ends_with(expected), "{narrowed}");
    assert_eq!(narrowed.matches("[[expect]]").count(), 1);
}

#[test]
fn a_run_in_one_browser_says_nothing_of_the_other() {
    let entry =
        |cases: &str, rest: &str| format!("[[expect]]\ncases = \"{cases}\"\n{rest}reason = \"why\"\n");
    let (both, chromium) = (entry("a", ""), entry("b", "browser = \"chromium\"\n"));
    let results = [result("a", Firefox, &[]), result("b", Firefox, &[TEXT])];
    let update = update(&format!("{both}\n{chromium}"), &results, true);
    assert_eq!(update.removed, ["own.toml, line 1: a: a case that it speaks of passes"]);
    assert_eq!(update.added, ["a in chromium", "b, message.default in firefox"]);
    assert!(update.text.contains(&chromium), "{}", update.text);
}

#[test]
fn a_browser_that_broke_says_nothing_either() {
    let mut results = both("a", &[]);
    results[1].outcome = Outcome::Infra;
    let update = update("[[expect]]\ncases = \"a\"\nreason = \"why\"\n", &results, true);
    assert_eq!(update.text, "[[expect]]\ncases = \"a\"\nbrowser = \"chromium\"\nreason = \"why\"\n");
}

#[test]
fn what_a_run_could_not_see_stays() {
    let text =
        "[[expect]]\ncases = \"a\"\nreason = \"why\"\n\n[[expect]]\ncases = \"rare/*\"\nreason = \"why\"\n";
    let mut results = [both("a", &[]), both("b", &[])].concat();
    for result in &mut results[..2] {
        result.outcome = Outcome::Infra;
    }
    let suites = Suites::load(&Assets::embedded()).unwrap();
    let mut plan = plan(&results);
    let update = |plan: &Plan| {
        let file = SourceFile::new("own.toml", text);
        let judges = |entry: &Expectation| judges(plan, &[Firefox, Chromium], entry);
        Update::of(&file, suites.catalogue(), &results, false, judges, "").unwrap().removed
    };
    // Without a case of that name in any plan the entry is of no use.
    assert_eq!(update(&plan), ["own.toml, line 5: rare/*: no failure had to do with it"]);
    let reason = LeftOutReason::NotSampled { strength: 2 };
    plan.left_out.push(LeftOut { id: "rare/one".into(), reason });
    assert_eq!(update(&plan), [""; 0]);
}

#[test]
fn what_an_entry_explains_of_a_failure_gets_no_second_one() {
    let text = "[[expect]]\nrequirement = \"message.default\"\nreason = \"marketing\"\n";
    let results = [both("a", &[TEXT, "prechat.default"]), both("b", &[TEXT])].concat();
    let update = update(text, &results, true);
    assert_eq!((update.added, update.removed), (vec!["a, prechat.default".to_owned()], vec![]));
}

#[test]
fn a_part_of_the_plan_does_not_tell_what_breaks_everywhere() {
    let results = [both("a", &[TEXT]), both("b", &[TEXT])].concat();
    assert_eq!(update("", &results, false).added, ["a, message.default", "b, message.default"]);
}

#[test]
fn comments_stay_but_for_those_of_an_entry_that_goes() {
    let text = "# Licence.\n\n# Of a.\n[[expect]]\ncases = \"a\"\nreason = \"gone\"\n\n# --- ours ---\n\n# Of b.\n[[expect]]\n\
                # only these\ncases = \"*\" # of all\nrequirement = \"message.default\"\nreason = \"stays\"\n\n# --- theirs ---\n\n\
                [[expect]]\ncases = \"d\"\nreason = \"gone\"\n\n# --- end ---\n";
    let results = [both("a", &[]), both("b", &[TEXT]), both("c", &[]), both("d", &[])].concat();
    let expected = "# Licence.\n\n# --- ours ---\n\n# Of b.\n[[expect]]\n# only these\ncases = \"b\" # of all\n\
                    requirement = \"message.default\"\nreason = \"stays\"\n\n# --- theirs ---\n\n# --- end ---\n";
    assert_eq!(update(text, &results, true).text, expected);
    // In each way in which a file's lines may end, whatever it begins with.
    let of_windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(update(&of_windows(text), &results, true).text, of_windows(expected));
}

#[test]
fn an_empty_list_of_entries_is_none() {
    let results = both("a", &[TEXT]);
    let expected = "# Ours.\n\n[[expect]]\ncases = \"a\"\nrequirement = \"message.default\"\nreason = \"to be explained\"\n";
    for text in ["# Ours.\n", "# Ours.\nexpect = []\n", "expect = []\n# Ours.\n"] {
        assert_eq!(update(text, &results, true).text, expected);
    }
}
