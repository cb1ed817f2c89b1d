mod expectation;
mod update;

use std::time::Duration;

use super::Expectations;
use crate::assets::Assets;
use crate::config::BrowserKind;
use crate::contract::RequirementId;
use crate::event::{CaseResult, Mismatch, Outcome};
use crate::source::{SourceError, SourceFile};
use crate::suite::Suites;

pub(super) fn parse(text: &str) -> Result<Expectations, SourceError> {
    let suites = Suites::load(&Assets::embedded()).unwrap();
    Expectations::parse(SourceFile::new("own.toml", text), suites.catalogue())
}

/// A result of a case that covers the default text and the survey; it blames these.
pub(super) fn result(id: &str, browser: BrowserKind, blamed: &[&'static str]) -> CaseResult {
    let mismatch = |id: &&'static str| Mismatch {
        requirement: RequirementId::new(id),
        step: "1: call ({})".into(),
        expected: "I'm here".into(),
        actual: "I am here".into(),
    };
    CaseResult {
        id: id.to_owned(),
        title: String::new(),
        browser,
        outcome: if blamed.is_empty() { Outcome::Passed } else { Outcome::Failed },
        flaky: false,
        unexpected: !blamed.is_empty(),
        requirements: ["message.default", "prechat.default"].map(RequirementId::new).to_vec(),
        mismatches: blamed.iter().map(mismatch).collect(),
        recorded: Vec::new(),
        console: Vec::new(),
        steps: Vec::new(),
        duration: Duration::ZERO,
        attempts: 1,
        reason: None,
    }
}
