//! Results that belong together: by the requirement that they break, or by their reason.

use std::collections::BTreeMap;

use crate::contract::RequirementId;
use crate::event::{CaseResult, Mismatch, Outcome};
use crate::report::Run;

/// A broken requirement and the cases that show it.
pub(super) struct Broken<'a> {
    pub(super) requirement: &'a RequirementId,
    /// The mismatch of the first case.
    pub(super) first: &'a Mismatch,
    /// The cases, by id.
    pub(super) cases: Vec<&'a CaseResult>,
}

/// The requirements that cases break against expectation, those with the most cases first.
pub(super) fn broken(run: &Run) -> Vec<Broken<'_>> {
    let mut groups: BTreeMap<&RequirementId, Broken<'_>> = BTreeMap::new();
    for result in run.results.values().filter(|result| result.unexpected && is_failure(result)) {
        for mismatch in &result.mismatches {
            let group = groups.entry(&mismatch.requirement).or_insert_with(|| Broken {
                requirement: &mismatch.requirement,
                first: mismatch,
                cases: Vec::new(),
            });
            if !group.cases.iter().any(|case| std::ptr::eq(*case, result)) {
                group.cases.push(result);
            }
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.cases.len()));
    groups
}

/// Results by their reason, in the order of their first case.
pub(super) fn by_reason<'a>(
    results: impl IntoIterator<Item = &'a CaseResult>,
) -> Vec<(&'a str, Vec<&'a CaseResult>)> {
    let mut groups: Vec<(&str, Vec<&CaseResult>)> = Vec::new();
    for result in results {
        let reason = result.reason.as_deref().unwrap_or("no reason given");
        match groups.iter_mut().find(|(other, _)| *other == reason) {
            Some((_, cases)) => cases.push(result),
            None => groups.push((reason, vec![result])),
        }
    }
    groups
}

/// Whether the widget did not do what is documented.
pub(super) fn is_failure(result: &CaseResult) -> bool {
    matches!(result.outcome, Outcome::Failed | Outcome::TimedOut)
}
