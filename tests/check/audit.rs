//! Without a word of what pages promise, their mistakes are named, and those that have none are left in peace.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scratch::Scratch;
use crate::{SITES, document};

/// The ideas.
const IDEAS: [&str; 8] = [
    "about-to-leave",
    "after-a-while",
    "ask-a-gardener",
    "coming-back",
    "from-a-country",
    "from-the-questions",
    "in-season",
    "open-request",
];

/// What is found on the pages that break one. The others break it only for whoever leaves twice, comes in December, or
/// comes with a request's number, which the usual visitor does not.
const DEFECTS: [(&str, &str); 5] = [
    ("after-a-while", "late-handler"),
    ("ask-a-gardener", "text-for-object"),
    ("coming-back", "cookie-in-the-past"),
    ("from-a-country", "request-blocked"),
    ("from-the-questions", "syntax-error"),
];

fn audit(page: &str, code: i32, level: &str) -> Vec<(String, BTreeSet<String>)> {
    let pages: Vec<_> = IDEAS.iter().map(|idea| format!("{SITES}/{idea}/{page}")).collect();
    let mut arguments = vec!["audit", "--root", SITES, "--level", level];
    arguments.extend(pages.iter().map(String::as_str));
    let document = document(&Scratch::new(), &arguments, code);
    let audits = document.as_array().unwrap();
    assert_eq!(audits.len(), 16);
    let kinds = |audit: &Value| {
        let findings = audit["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
    };
    audits.iter().map(|audit| (audit["page"].as_str().unwrap().to_owned(), kinds(audit))).collect()
}

#[test]
fn every_defect_that_the_usual_visitor_meets_is_named() {
    let audits = audit("broken.html", 1, "warning");
    for (idea, expected) in DEFECTS {
        let of_it: Vec<_> = audits.iter().filter(|(page, _)| page.starts_with(idea)).collect();
        assert_eq!(of_it.len(), 2);
        for (page, found) in of_it {
            assert!(found.contains(expected), "{page}: {found:?}");
        }
    }
}

#[test]
fn working_pages_have_no_error() {
    audit("index.html", 0, "error");
}
