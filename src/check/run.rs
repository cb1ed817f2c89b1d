//! Runs scenarios: one browser of each kind takes them in turn.

use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, timeout_at};

use super::CheckError;
use super::bench::{Aftermath, CheckEvent, Ended, Stage, Work, in_every_browser};
use super::failure::StepFailure;
use super::ground::{Base, CheckOptions};
use crate::browser::bidi::Bidi;
use crate::config::{BrowserKind, Settings};
use crate::runner::Stop;
use crate::site::{Loaded, SiteStep, Timeline};

/// Scenarios to run, and against what.
#[derive(Debug)]
pub struct Check {
    /// The scenarios.
    pub scenarios: Vec<Loaded>,
    /// Where the pages are.
    pub base: Base,
    /// How they are checked.
    pub options: CheckOptions,
    /// Browsers, deadlines and the rest.
    pub settings: Settings,
}

/// How a scenario fared in a browser.
#[derive(Debug, Clone, Serialize)]
pub struct ScenarioResult {
    /// The scenario.
    pub id: String,
    /// What the page promises.
    pub promise: String,
    /// The line of the file on which it begins.
    pub line: usize,
    /// The browser.
    pub browser: BrowserKind,
    /// What came of it.
    pub outcome: ScenarioOutcome,
    /// What it is known to say when it fails, if it is known to fail.
    pub known_failure: Option<String>,
    /// Whether the outcome is as expected: passed or, if it is known to fail, failed with these words.
    pub expected: bool,
    /// What is not as expected.
    pub failure: Option<StepFailure>,
    /// Why it has no verdict.
    pub reason: Option<String>,
    /// Everything that happened.
    pub timeline: Timeline,
    /// How long it took.
    #[serde(rename = "duration_ms", with = "crate::contract::duration::milliseconds")]
    pub duration: Duration,
}

/// What came of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScenarioOutcome {
    /// Everything was as expected.
    Passed,
    /// Something was not.
    Failed,
    /// The browser or the harness broke.
    Infra,
}

impl Check {
    /// Runs every scenario in every browser of the settings, and says how each fared, until all are run or somebody
    /// stops it. All browsers are closed then.
    ///
    /// # Errors
    /// When a browser cannot be started, or the pages cannot be served; what came before has been told.
    pub async fn start(
        self,
        stop: Stop,
        events: UnboundedSender<CheckEvent<ScenarioResult>>,
    ) -> Result<(), CheckError> {
        let Self { scenarios, base, options, settings } = self;
        let scenarios = Scenarios { scenarios, deadline: settings.deadlines.case };
        in_every_browser(&scenarios, (base, options), settings, &stop, &events).await
    }
}

/// Scenarios to perform.
struct Scenarios {
    scenarios: Vec<Loaded>,
    /// How long one may take.
    deadline: Duration,
}

impl Work for Scenarios {
    type Item = Loaded;
    type Result = ScenarioResult;

    fn items(&self) -> &[Loaded] {
        &self.scenarios
    }

    async fn perform(
        &self,
        stage: &Stage,
        kind: BrowserKind,
        bidi: &Bidi,
        loaded: &Loaded,
    ) -> Ended<ScenarioResult> {
        let began = Instant::now();
        let Attempt { timeline, ended, browser } = self.attempt(stage, bidi, loaded).await;
        let (outcome, failure, reason) = match ended {
            Ok(None) => (ScenarioOutcome::Passed, None, None),
            Ok(Some(failure)) => (ScenarioOutcome::Failed, Some(failure), None),
            Err(reason) => (ScenarioOutcome::Infra, None, Some(reason)),
        };
        let scenario = &loaded.scenario;
        let expected = match (&scenario.known_failure, &failure) {
            (None, _) => outcome == ScenarioOutcome::Passed,
            (Some(words), Some(failure)) => failure.says(words),
            (Some(_), None) => false,
        };
        let result = ScenarioResult {
            expected,
            known_failure: scenario.known_failure.clone(),
            id: scenario.id.clone(),
            promise: scenario.promise.clone(),
            line: loaded.line,
            browser: kind,
            outcome,
            failure,
            reason,
            timeline,
            duration: began.elapsed(),
        };
        Ended { result, browser }
    }
}

impl Scenarios {
    async fn attempt(&self, stage: &Stage, bidi: &Bidi, loaded: &Loaded) -> Attempt {
        let deadline = Instant::now() + self.deadline;
        let limit = humantime::format_duration(self.deadline);
        let late =
            |under_way: &str| format!("not through within {limit}, the deadline of a case: {under_way}");
        let broken = |error: CheckError| format!("failed to {error}");
        let mut performance = match timeout_at(deadline, stage.enter(bidi, &loaded.scenario)).await {
            Ok(Ok(performance)) => performance,
            Ok(Err(error)) => return Attempt::without_verdict(Timeline::default(), broken(error)),
            Err(_) => {
                let reason = late("the browser did not let the visitor in");
                return Attempt::without_verdict(Timeline::default(), reason);
            }
        };
        let performed = timeout_at(deadline, performance.perform_all(&loaded.scenario.steps)).await;
        // What happened until then says more than that it took too long.
        let Ok(performed) = performed else {
            let steps = performance.steps();
            let step = steps.last().map(SiteStep::in_short).unwrap_or_default();
            let reason = late(&format!("step {}, {step}, was under way", steps.len()));
            return Attempt::without_verdict(performance.timeline().clone(), reason);
        };
        let (timeline, left) = performance.end().await;
        let line = |failure: StepFailure| StepFailure { line: loaded.line_of(failure.number), ..failure };
        match (performed.map_err(broken), left.map_err(broken)) {
            // What was not as expected was not, whatever becomes of the browser.
            (Ok(Some(failure)), left) => {
                let browser = left.err().map_or(Aftermath::Fit, Aftermath::Unfit);
                Attempt { timeline, ended: Ok(Some(line(failure))), browser }
            }
            (Ok(None), Ok(())) => Attempt { timeline, ended: Ok(None), browser: Aftermath::Fit },
            (Err(reason), _) | (Ok(None), Err(reason)) => Attempt::without_verdict(timeline, reason),
        }
    }
}

/// What came of one attempt at a scenario.
struct Attempt {
    /// Everything that happened.
    timeline: Timeline,
    /// What was not as expected, or why there is no verdict.
    ended: Result<Option<StepFailure>, String>,
    browser: Aftermath,
}

impl Attempt {
    fn without_verdict(timeline: Timeline, reason: String) -> Self {
        Self { timeline, ended: Err(reason.clone()), browser: Aftermath::Broken(reason) }
    }
}
