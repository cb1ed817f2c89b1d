use std::collections::BTreeSet;

use super::{parse, result};
use crate::config::BrowserKind;
use crate::contract::RequirementId;
use crate::event::{CaseResult, Outcome};
use crate::source::rendered;
use crate::target::Judgement;

fn judged(entries: &str, result: &CaseResult) -> (bool, Vec<usize>, Option<String>) {
    let Judgement { unexpected, used, reason } = parse(entries).unwrap().judge(result);
    (unexpected, used.into_iter().collect(), reason)
}

const DEFAULT: &str = "[[expect]]\nrequirement = \"message.default\"\nreason = \"another text\"\n";
const FF: BrowserKind = BrowserKind::Firefox;

#[test]
fn a_known_failure_is_expected_with_its_reason() {
    let failed = result("a", FF, &["message.default"]);
    assert_eq!(judged(DEFAULT, &failed), (false, vec![0], Some("another text".into())));
    let linked = format!("{DEFAULT}link = \"https://example.com/1\"\n");
    let (_, _, reason) = judged(&linked, &failed);
    assert_eq!(reason.as_deref(), Some("another text (https://example.com/1)"));
}

#[test]
fn an_expected_failure_that_passes_is_unexpected() {
    let (unexpected, used, reason) = judged(DEFAULT, &result("a", FF, &[]));
    assert!(unexpected && used == [0]);
    let reason = reason.unwrap();
    assert!(reason.contains("own.toml, line 1") && reason.contains("another text"), "{reason}");
}

#[test]
fn every_claim_that_broke_needs_its_entry() {
    let both = result("a", FF, &["message.default", "prechat.default"]);
    let (unexpected, used, reason) = judged(DEFAULT, &both);
    assert!(unexpected && used == [0], "{reason:?}");
    let two = format!(
        "{DEFAULT}[[expect]]\ncases = \"?\"\nrequirement = \"prechat.default\"\nreason = \"no survey\"\n"
    );
    assert_eq!(judged(&two, &both), (false, vec![0, 1], Some("another text; no survey".into())));
    // The second explains nothing here, so it is of no use.
    assert_eq!(judged(&two, &result("a", FF, &["message.default"])).1, [0]);
}

#[test]
fn text_browser_outcome_and_glob_are_kept_to() {
    let failed = result("a/b", FF, &["message.default"]);
    for (more, unexpected) in [
        ("contains = \"I am\"", false),
        ("contains = \"We are\"", true),
        ("browser = \"firefox\"", false),
        ("browser = \"chromium\"", true),
        ("outcome = \"timed-out\"", true),
        ("cases = \"a/*\"", false),
        ("cases = \"b/*\"", true),
    ] {
        assert_eq!(judged(&format!("{DEFAULT}{more}\n"), &failed).0, unexpected, "{more}");
    }
    let mut timed_out = result("a", FF, &[]);
    (timed_out.outcome, timed_out.reason) = (Outcome::TimedOut, Some("not through within 60 s".into()));
    let entry =
        "[[expect]]\ncases = \"a\"\noutcome = \"timed-out\"\nreason = \"slow\"\ncontains = \"60 s\"\n";
    let (unexpected, used, reason) = judged(entry, &timed_out);
    assert_eq!(
        (unexpected, used, reason.as_deref()),
        (false, vec![0], Some("slow: not through within 60 s"))
    );
    // The result with that reason is still the expected one.
    timed_out.reason = reason;
    assert_eq!(judged(entry, &timed_out).1, [0]);
}

#[test]
fn a_claim_is_known_to_break_where_an_entry_says_so_of_its_case() {
    let broken = &result("a", FF, &["message.default"]).mismatches[0];
    let covered = BTreeSet::from(["message.default", "prechat.default"].map(RequirementId::new));
    let known = |more: &str, requirements: &BTreeSet<RequirementId>| {
        let entries = parse(&format!("{DEFAULT}{more}\n")).unwrap();
        entries.explain("a", requirements, FF, broken)
    };
    assert!(known("cases = \"?\"\ncontains = \"I am\"\nbrowser = \"firefox\"", &covered));
    for more in
        ["cases = \"b\"", "contains = \"We are\"", "browser = \"chromium\"", "outcome = \"timed-out\""]
    {
        assert!(!known(more, &covered), "{more}");
    }
    assert!(!known("", &BTreeSet::new()), "the entry does not speak of the case");
}

#[test]
fn what_says_nothing_of_the_widget_is_no_failure_that_was_expected() {
    let mut skipped = result("a", FF, &[]);
    skipped.outcome = Outcome::Skipped;
    assert_eq!(judged(DEFAULT, &skipped), (false, vec![], None));
    let mut broken = result("a", FF, &[]);
    broken.outcome = Outcome::Infra;
    // Nor does it say that the entry is of no use.
    assert_eq!(judged(DEFAULT, &broken), (true, vec![0], None));
}

#[test]
fn mistakes_are_pointed_at() {
    let error = |text: &str| rendered(&parse(text).unwrap_err());
    insta::assert_snapshot!(error("[[expect]]\nrequirement = \"message.defualt\"\nreason = \"x\"\n"));
    insta::assert_snapshot!(error("[[expect]]\nreason = \"x\"\n"));
    insta::assert_snapshot!(error("[[expect]]\ncases = \"a\"\nraeson = \"x\"\n"));
    insta::assert_snapshot!(error("[[expect]]\ncases = \"a\"\nreason = \"\"\n"));
}
