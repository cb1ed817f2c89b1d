//! The cases that are still to be run.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use crate::config::BrowserKind;
use crate::contract::oracle::{StepPrediction, SuiteBug, predict};
use crate::contract::{Catalogue, Level, RequirementId, Scenario};
use crate::event::{CaseResult, Mismatch};
use crate::server::{CaseSite, Replacements};
use crate::suite::PlannedCase;
use crate::target::{Expectations, Judgement, PageAddress, Target};
use crate::walk::Walk;

/// A case with everything that is needed to run and judge it.
#[derive(Debug, Clone)]
pub struct Job {
    pub(super) case: PlannedCase,
    pub(super) predictions: Vec<StepPrediction>,
    /// What is served in place of the fixtures.
    pub(super) replacements: Replacements,
    /// The page to open when it is not the case's default one.
    page: Option<PageAddress>,
    /// Known divergences of what is under test.
    expectations: Arc<Expectations>,
    /// Why it cannot be run.
    pub(super) skip: Option<String>,
    /// How long a moment is waited for, if not as long as the settings say.
    pub(super) patience: Option<Duration>,
    /// The walk that the case is, if it is one.
    pub(super) walk: Option<Walk>,
    catalogue: Arc<Catalogue>,
}

impl Job {
    /// Has the oracle predict the case.
    ///
    /// # Errors
    /// When the case contradicts itself, which is the suite's fault.
    pub fn new(case: PlannedCase, catalogue: Arc<Catalogue>) -> Result<Self, SuiteBug> {
        let predictions = predict(&case.scenario)?;
        let replacements = Replacements::default();
        Ok(Self {
            case,
            predictions,
            replacements,
            page: None,
            expectations: Arc::default(),
            skip: None,
            patience: None,
            walk: None,
            catalogue,
        })
    }

    /// The same case against this target.
    #[must_use]
    pub fn against(mut self, target: &Target) -> Self {
        self.skip = target.reason_to_skip(&self.case.scenario);
        self.expectations = Arc::clone(&target.expectations);
        (self.replacements, self.page) = target.subject.served();
        self
    }

    /// The same case with some files in place of the fixtures.
    #[must_use]
    pub fn with(mut self, replacements: Replacements) -> Self {
        self.replacements = replacements;
        self
    }

    /// The same case with another deadline for a step: a widget that is expected to be broken is waited for
    /// in vain, so rather not for long.
    #[must_use]
    pub fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// The page to open on the case's host, or elsewhere.
    pub(super) fn url(&self, site: &CaseSite) -> Url {
        match &self.page {
            Some(page) => page.url(site.url(), &self.case.scenario.settings),
            None => site.url().clone(),
        }
    }

    /// Whether it is known that this claim breaks here in this browser.
    pub(super) fn is_known(&self, browser: BrowserKind, mismatch: &Mismatch) -> bool {
        self.expectations.explain(&self.case.id, &self.case.requirements, browser, mismatch)
    }

    /// The first of these that nobody knew of in this browser.
    pub(super) fn first_unknown<'a>(
        &self,
        browser: BrowserKind,
        mismatches: &'a [Mismatch],
    ) -> Option<&'a Mismatch> {
        mismatches.iter().find(|mismatch| !self.is_known(browser, mismatch))
    }

    /// What is expected of a result of this case.
    pub(super) fn judge(&self, result: &CaseResult) -> Judgement {
        self.expectations.judge(result)
    }

    /// The same case, which is this walk: when it fails, a shorter one that fails is looked for.
    #[must_use]
    pub fn walking(mut self, walk: Option<Walk>) -> Self {
        self.walk = walk;
        self
    }

    /// The same case with another scenario.
    ///
    /// # Errors
    /// When that contradicts itself.
    pub(super) fn instead(&self, scenario: Scenario) -> Result<Self, SuiteBug> {
        let case = PlannedCase::new(self.case.id.clone(), self.case.title.clone(), scenario)?;
        Ok(Self { predictions: predict(&case.scenario)?, case, ..self.clone() })
    }

    /// The requirements of which it makes a claim.
    pub fn requirements(&self) -> &BTreeSet<RequirementId> {
        &self.case.requirements
    }

    /// The case's id.
    pub fn id(&self) -> &str {
        &self.case.id
    }

    /// A requirement's level; what the catalogue does not know counts in full.
    pub(super) fn level(&self, requirement: &RequirementId) -> Level {
        self.catalogue.get(requirement).map_or(Level::Must, |requirement| requirement.level)
    }

    /// The steps in words, the opening of the page first. Their place in the list is their number.
    pub(super) fn steps(&self) -> Vec<String> {
        let words = |step: &str| step.split_once(": ").map_or(step, |(_, words)| words).to_owned();
        self.predictions.iter().map(|prediction| words(&prediction.step)).collect()
    }

    /// The id as a part of a host name: lower-case letters, digits and hyphens, at most 30 of them.
    pub(super) fn slug(&self) -> String {
        let mut slug = String::new();
        for letter in self.case.id.chars().flat_map(char::to_lowercase) {
            let letter = if letter.is_ascii_alphanumeric() { letter } else { '-' };
            if !(letter == '-' && (slug.is_empty() || slug.ends_with('-'))) {
                slug.push(letter);
            }
        }
        slug.truncate(30);
        slug.trim_end_matches('-').to_owned()
    }
}

/// A browser's cases in the order of the plan; its workers take turns.
#[derive(Debug)]
pub(super) struct Jobs(Mutex<VecDeque<Arc<Job>>>);

impl Jobs {
    pub(super) fn new(jobs: impl IntoIterator<Item = Arc<Job>>) -> Self {
        Self(Mutex::new(jobs.into_iter().collect()))
    }

    pub(super) fn next(&self) -> Option<Arc<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Assets;
    use crate::contract::{ProactiveChatCall, Step};
    use crate::source::SourceFile;
    use crate::suite::Suites;

    #[test]
    fn steps_are_words_without_the_number_that_readers_see_before_them() {
        let case = PlannedCase {
            id: "a".into(),
            title: String::new(),
            scenario: Scenario { steps: vec![Step::HoldClock], ..Scenario::default() },
            requirements: Default::default(),
        };
        let job = Job::new(case, Arc::default()).unwrap();
        assert_eq!(job.steps(), ["open the page", "hold the clock"]);
    }

    /// A walk is not made shorter until only what is known breaks.
    #[test]
    fn what_is_known_is_not_the_first_unknown() {
        let steps = vec![Step::Call(ProactiveChatCall::default())];
        let case = PlannedCase::new("a".into(), String::new(), Scenario { steps, ..Scenario::default() });
        let suites = Suites::load(&Assets::embedded()).unwrap();
        let entry = "[[expect]]\nrequirement = \"message.default\"\nreason = \"known\"\n";
        let expectations = Expectations::parse(SourceFile::new("own.toml", entry), suites.catalogue());
        let job = Job::new(case.unwrap(), Arc::default()).unwrap();
        let job = Job { expectations: Arc::new(expectations.unwrap()), ..job };
        let mismatch = |requirement: &'static str| Mismatch {
            requirement: RequirementId::new(requirement),
            step: "1: call ({})".into(),
            expected: String::new(),
            actual: String::new(),
        };
        let both = ["message.default", "notification.shown"].map(mismatch);
        assert_eq!(job.first_unknown(BrowserKind::Firefox, &both), Some(&both[1]));
        assert_eq!(job.first_unknown(BrowserKind::Firefox, &both[..1]), None);
    }
}
