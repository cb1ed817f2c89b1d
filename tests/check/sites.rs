//! The sites of the checkout: working pages are judged working, and their broken twins broken for the stated reason.

use crate::scratch::Scratch;
use crate::{SITES, document, results};

#[test]
fn every_site_keeps_its_promise_and_every_broken_twin_breaks_it_for_the_stated_reason() {
    let file = format!("{SITES}/scenarios.toml");
    let document = document(&Scratch::new(), &["check", &file], 0);
    let results = results(&document);
    assert_eq!((results.len(), &document["planned"]), (46, &46.into()));
    for result in results {
        let is_broken = result["id"].as_str().unwrap().ends_with("/broken");
        let expected = if is_broken { "failed" } else { "passed" };
        assert_eq!(result["outcome"], expected, "{result:#}");
        assert_eq!(result["known_failure"].is_string(), is_broken, "{result:#}");
    }
}
