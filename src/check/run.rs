//! Runs scenarios: one browser of each kind takes them in turn.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::CheckError;
use super::failure::StepFailure;
use super::ground::{self, Base, CheckOptions, Ground, Site};
use crate::browser::bidi::Bidi;
use crate::config::{BrowserKind, Settings};
use crate::event::BrowserInfo;
use crate::runner::{Stop, browser_info};
use crate::site::{Loaded, Timeline};

/// A scenario whose browser broke is tried again this often, in a fresh browser.
const INFRASTRUCTURE_RETRIES: u32 = 1;

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

/// What is told while scenarios run.
#[derive(Debug)]
pub enum CheckEvent {
    /// A browser is up.
    Started(BrowserInfo),
    /// A scenario has ended in a browser.
    Ended(Box<ScenarioResult>),
    /// Something that a person may want to know.
    Note(String),
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
    pub async fn start(self, stop: Stop, events: UnboundedSender<CheckEvent>) -> Result<(), CheckError> {
        let Self { scenarios, base, options, mut settings } = self;
        let site = Site::find(base, options)?;
        let ground = Ground::prepare(&settings).await?;
        ground.around(&site, &mut settings);
        let shared = Arc::new(Shared { scenarios, site, ground, settings });
        let mut working = JoinSet::new();
        for kind in shared.settings.browsers.clone() {
            let bench =
                Bench { kind, shared: Arc::clone(&shared), events: events.clone(), stop: stop.clone() };
            working.spawn(bench.work());
        }
        let mut ended = Ok(());
        while let Some(worked) = working.join_next().await {
            match worked {
                Ok(worked) => ended = ended.and(worked),
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        shared.ground.leave().await;
        ended
    }
}

/// What all browsers have in common.
#[derive(Debug)]
struct Shared {
    scenarios: Vec<Loaded>,
    site: Site,
    ground: Ground,
    settings: Settings,
}

/// One browser that takes scenario after scenario.
#[derive(Debug)]
struct Bench {
    kind: BrowserKind,
    shared: Arc<Shared>,
    events: UnboundedSender<CheckEvent>,
    stop: Stop,
}

impl Bench {
    async fn work(self) -> Result<(), CheckError> {
        let mut browser = Some(ground::browser(self.kind, &self.shared.settings).await?);
        if let Some(browser) = &browser {
            self.tell(CheckEvent::Started(browser_info(browser.session())));
        }
        for loaded in &self.shared.scenarios {
            let mut tries = 0;
            let result = loop {
                let open = match browser.take() {
                    Some(open) => open,
                    None => ground::browser(self.kind, &self.shared.settings).await?,
                };
                let result = tokio::select! {
                    biased;
                    () = self.stop.requested() => None,
                    result = self.scenario(open.session().bidi(), loaded) => Some(result),
                };
                match &result {
                    Some(result) if result.outcome == ScenarioOutcome::Infra => {
                        if let Err(leak) = open.discard().await {
                            self.tell(CheckEvent::Note(format!("failed to {leak}")));
                        }
                        tries += 1;
                        if tries <= INFRASTRUCTURE_RETRIES {
                            let reason = result.reason.clone().unwrap_or_default();
                            self.tell(CheckEvent::Note(format!("{} was replaced: {reason}", self.kind)));
                            continue;
                        }
                    }
                    _ => browser = Some(open),
                }
                break result;
            };
            let Some(result) = result else { break };
            self.tell(CheckEvent::Ended(Box::new(result)));
        }
        if let Some(browser) = browser
            && let Err(leak) = browser.close().await
        {
            self.tell(CheckEvent::Note(format!("failed to {leak}")));
        }
        Ok(())
    }

    async fn scenario(&self, bidi: &Bidi, loaded: &Loaded) -> ScenarioResult {
        let began = Instant::now();
        let deadline = self.shared.settings.deadlines.case;
        let mut timeline = Timeline::default();
        let ended = timeout(deadline, self.attempt(bidi, loaded, &mut timeline)).await;
        let (outcome, failure, reason) = match ended {
            Ok(Ok(None)) => (ScenarioOutcome::Passed, None, None),
            Ok(Ok(Some(failure))) => (ScenarioOutcome::Failed, Some(failure), None),
            Ok(Err(error)) => (ScenarioOutcome::Infra, None, Some(format!("failed to {error}"))),
            Err(_) => {
                let limit = humantime::format_duration(deadline);
                let reason = format!("not through within {limit}, the deadline of a case");
                (ScenarioOutcome::Infra, None, Some(reason))
            }
        };
        let scenario = &loaded.scenario;
        let expected = match (&scenario.known_failure, &failure) {
            (None, _) => outcome == ScenarioOutcome::Passed,
            (Some(words), Some(failure)) => failure.says(words),
            (Some(_), None) => false,
        };
        ScenarioResult {
            expected,
            known_failure: scenario.known_failure.clone(),
            id: scenario.id.clone(),
            promise: scenario.promise.clone(),
            line: loaded.line,
            browser: self.kind,
            outcome,
            failure,
            reason,
            timeline,
            duration: began.elapsed(),
        }
    }

    async fn attempt(
        &self,
        bidi: &Bidi,
        loaded: &Loaded,
        timeline: &mut Timeline,
    ) -> Result<Option<StepFailure>, CheckError> {
        let Shared { site, ground, .. } = &*self.shared;
        let mut performance = ground.enter(site, bidi, &loaded.scenario).await?;
        let performed = performance.perform_all(&loaded.scenario.steps).await;
        let (all, left) = performance.end().await;
        *timeline = all;
        let failed = performed?;
        left?;
        Ok(failed.map(|failure| StepFailure { line: loaded.line_of(failure.number), ..failure }))
    }

    /// Nobody may be listening any more; then there is nobody to tell.
    fn tell(&self, event: CheckEvent) {
        let _ = self.events.send(event);
    }
}
