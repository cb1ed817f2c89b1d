//! Without a word of what pages promise, their mistakes are named, and those that have none are left in peace.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scratch::Scratch;
use crate::{SITES, document};

/// Each idea, and what is found on the page that breaks it.
const IDEAS: [(&str, &str); 8] = [
    ("about-to-leave", ""),
    ("after-a-while", ""),
    ("ask-a-gardener", ""),
    ("coming-back", ""),
    ("from-a-country", ""),
    ("from-the-questions", ""),
    ("in-season", ""),
    ("open-request", ""),
];

fn audit(page: &str, code: i32, level: &str) -> Vec<(String, BTreeSet<String>)> {
    let pages: Vec<_> = IDEAS.iter().map(|(idea, _)| format!("{SITES}/{idea}/{page}")).collect();
    let mut arguments = vec!["audit", "--root", SITES, "--level", level];
    arguments.extend(pages.iter().map(String::as_str));
    let document = document(&Scratch::new(), &arguments, code);
    let audits = document.as_array().or_else(|| document["pages"].as_array()).unwrap();
    assert_eq!(audits.len(), 16);
    let kinds = |audit: &Value| {
        let findings = audit["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
    };
    audits.iter().map(|audit| (audit["page"].as_str().unwrap().to_owned(), kinds(audit))).collect()
}

#[test]
fn every_defect_is_named() {
    for (page, found) in audit("broken.html", 1, "warning") {
        let (_, expected) = IDEAS.iter().find(|(idea, _)| page.starts_with(idea)).unwrap();
        assert!(found.contains(*expected), "{page}: {found:?}");
    }
}

#[test]
fn working_pages_have_no_error() {
    audit("index.html", 0, "error");
}
