use super::result;
use crate::assets::Assets;
use crate::config::BrowserKind;
use crate::event::CaseResult;
use crate::source::SourceFile;
use crate::suite::Suites;
use crate::target::Update;

use BrowserKind::{Chromium, Firefox};

fn update(text: &str, results: &[CaseResult], whole: bool) -> Update {
    let suites = Suites::load(&Assets::embedded()).unwrap();
    let file = SourceFile::new("own.toml", text);
    let update = Update::of(&file, suites.catalogue(), results, whole, "to be explained").unwrap();
    // What was written explains the run, and a second time there is nothing to do.
    let again = SourceFile::new("own.toml", update.text.clone());
    let again = Update::of(&again, suites.catalogue(), results, whole, "to be explained").unwrap();
    assert!(again.is_empty() && again.text == update.text, "{again:#?}");
    update
}

const TEXT: &str = "message.default";

#[test]
fn a_requirement_that_breaks_wherever_it_is_covered_is_one_entry() {
    let results = [result("a", Firefox, &[TEXT]), result("b", Firefox, &[TEXT])];
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
    let results = [result("a", Firefox, &[TEXT]), result("b", Firefox, &[])];
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
    let results = [result("a", Firefox, &[]), result("b", Firefox, &[TEXT])];
    let left = update(&format!("{text}{second}"), &results, true).text;
    assert_eq!(left, format!("# The file's own.\n{second}"));
    assert_eq!(update(text, &results[..1], true).text, "# The file's own.\n");
}

#[test]
fn an_entry_that_is_too_wide_is_narrowed_and_keeps_its_reason() {
    let text = "[[expect]]\nrequirement = \"message.default\"\nreason = \"why\"\nlink = \"https://a\"\ncontains = \"am\"\n";
    let results = [result("a", Firefox, &[TEXT]), result("b", Firefox, &[])];
    let narrowed = update(text, &results, true).text;
    let expected = "cases = \"a\"\nrequirement = \"message.default\"\nreason = \"why\"\nlink = \"https://a\"\ncontains = \"am\"\n";
    assert!(narrowed.ends_with(expected), "{narrowed}");
    assert_eq!(narrowed.matches("[[expect]]").count(), 1);
}
