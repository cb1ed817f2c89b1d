//! One worker: a browser of its own in which it runs one case after the other, and which it replaces
//! when it breaks.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::attempt::{Findings, attempt};
use super::jobs::Job;
use super::run::Stop;
use super::{RunnerError, Tab};
use crate::browser::Browser;
use crate::config::{BrowserKind, Settings};
use crate::event::{BrowserInfo, CaseResult, Event, Outcome};
use crate::probe::Probe;
use crate::server::FixtureServer;

/// A case whose browser broke is tried again this often, in a fresh browser.
const INFRASTRUCTURE_RETRIES: u32 = 1;

/// Takes the events of a run.
pub type Sink = tokio::sync::mpsc::UnboundedSender<Event>;

/// A browser and all that is needed to run cases in it.
#[derive(Debug)]
pub struct Worker {
    number: usize,
    kind: BrowserKind,
    settings: Settings,
    server: FixtureServer,
    probe: Probe,
    /// `None` before the first case and after a browser broke.
    live: Option<Live>,
}

#[derive(Debug)]
struct Live {
    // Before the browser, so that it ends first.
    tab: Tab,
    browser: Browser,
}

/// How one attempt ended.
enum Attempt {
    Judged(Findings),
    TimedOut,
    Broken(RunnerError),
    Stopped,
}

impl Worker {
    /// A worker without a browser; the first case, or [`Worker::start`], starts one.
    pub fn new(
        number: usize,
        kind: BrowserKind,
        settings: Settings,
        server: FixtureServer,
        probe: Probe,
    ) -> Self {
        Self { number, kind, settings, server, probe, live: None }
    }

    /// The browser that it drives.
    pub fn kind(&self) -> BrowserKind {
        self.kind
    }

    /// Starts the browser, unless there is one already, and says what it is.
    ///
    /// # Errors
    /// When it cannot be started, or does not let itself be driven.
    pub async fn start(&mut self) -> Result<BrowserInfo, RunnerError> {
        let live = self.live().await?;
        let session = live.browser.session();
        Ok(BrowserInfo {
            kind: session.kind(),
            version: session.browser_version().to_owned(),
            driver: session.driver_version(),
        })
    }

    /// Runs one case to its final result, retries included. `None` when it was stopped in the middle.
    pub async fn run(&mut self, job: &Job, stop: &Stop, events: &Sink) -> Option<CaseResult> {
        let began = Instant::now();
        let (mut attempts, mut broken, mut retried) = (0, 0, 0);
        loop {
            attempts += 1;
            let (case, browser) = (job.id().to_owned(), self.kind);
            self.emit(events, Event::CaseStarted { case, browser, worker: self.number, attempt: attempts });
            let (outcome, findings, reason) = match self.attempt(job, stop).await {
                Attempt::Stopped => return None,
                Attempt::Judged(findings) if findings.mismatches.is_empty() => {
                    (Outcome::Passed, findings, None)
                }
                Attempt::Judged(findings) => {
                    let reason =
                        findings.mismatches.first().map(|first| format!("{} is broken", first.requirement));
                    (Outcome::Failed, findings, reason)
                }
                Attempt::TimedOut => {
                    let reason = format!(
                        "not through within {:?}, the deadline of a case",
                        self.settings.deadlines.case
                    );
                    self.replace(&reason, events).await;
                    (Outcome::TimedOut, Findings::default(), Some(reason))
                }
                Attempt::Broken(error) => {
                    let reason = format!("failed to {error}");
                    self.replace(&reason, events).await;
                    (Outcome::Infra, Findings::default(), Some(reason))
                }
            };
            let again = match outcome {
                Outcome::Infra => broken < INFRASTRUCTURE_RETRIES,
                Outcome::Failed | Outcome::TimedOut => retried < self.settings.retries,
                Outcome::Passed | Outcome::Skipped => false,
            };
            if !again {
                // A browser that broke says nothing of the widget; only a failed attempt makes a pass flaky.
                let flaky = outcome == Outcome::Passed && retried > 0;
                let reason = if outcome == Outcome::Failed { None } else { reason };
                return Some(self.result(job, outcome, flaky, findings, reason, attempts, began.elapsed()));
            }
            if outcome == Outcome::Infra {
                broken += 1;
            } else {
                retried += 1;
            }
            self.emit(
                events,
                Event::AttemptFailed {
                    case: job.id().to_owned(),
                    browser: self.kind,
                    attempt: attempts,
                    outcome,
                    reason: reason.unwrap_or_default(),
                },
            );
        }
    }

    /// Closes the browser; what it leaves behind is told.
    pub async fn close(mut self, events: &Sink) {
        self.discard(events).await;
    }

    async fn attempt(&mut self, job: &Job, stop: &Stop) -> Attempt {
        let deadline = self.settings.deadlines.case;
        let server = self.server.clone();
        let live = match self.live().await {
            Ok(live) => live,
            Err(error) => return Attempt::Broken(error),
        };
        tokio::select! {
            biased;
            () = stop.requested() => Attempt::Stopped,
            ended = timeout(deadline, attempt(job, &mut live.tab, &server)) => match ended {
                Ok(Ok(findings)) => Attempt::Judged(findings),
                Ok(Err(error)) => Attempt::Broken(error),
                Err(_) => Attempt::TimedOut,
            },
        }
    }

    async fn live(&mut self) -> Result<&mut Live, RunnerError> {
        // Taken out and put back: a start that fails half-way leaves none.
        let live = match self.live.take() {
            Some(live) => live,
            None => {
                let browser = Browser::start(self.kind, &self.settings).await?;
                match Tab::open(browser.session(), &self.probe, &self.settings.deadlines).await {
                    Ok(tab) => Live { tab, browser },
                    Err(error) => {
                        if let Err(leak) = browser.close().await {
                            tracing::warn!("failed to {leak}");
                        }
                        return Err(error);
                    }
                }
            }
        };
        Ok(self.live.insert(live))
    }

    async fn replace(&mut self, reason: &str, events: &Sink) {
        let (worker, browser) = (self.number, self.kind);
        self.emit(events, Event::WorkerReplaced { worker, browser, reason: reason.to_owned() });
        self.discard(events).await;
    }

    async fn discard(&mut self, events: &Sink) {
        let Some(Live { tab, browser }) = self.live.take() else { return };
        drop(tab);
        match browser.close().await {
            Ok(stopped) if stopped.killed.is_empty() => {}
            Ok(stopped) => {
                let names: Vec<_> = stopped.killed.iter().map(ToString::to_string).collect();
                let message =
                    format!("{} did not end by itself and was killed: {}", self.kind, names.join(", "));
                self.emit(events, Event::Note { message });
            }
            Err(error) => self.emit(events, Event::Note { message: format!("failed to {error}") }),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is a field of the result")]
    fn result(
        &self,
        job: &Job,
        outcome: Outcome,
        flaky: bool,
        findings: Findings,
        reason: Option<String>,
        attempts: u32,
        duration: Duration,
    ) -> CaseResult {
        CaseResult {
            id: job.id().to_owned(),
            title: job.case.title.clone(),
            browser: self.kind,
            outcome,
            flaky,
            unexpected: outcome != Outcome::Passed && outcome != Outcome::Skipped,
            requirements: job.case.requirements.iter().cloned().collect(),
            mismatches: findings.mismatches,
            recorded: findings.recorded,
            steps: job.steps(),
            duration,
            attempts,
            reason,
        }
    }

    /// Nobody may be listening any more; then there is nobody to tell.
    fn emit(&self, events: &Sink, event: Event) {
        let _ = events.send(event);
    }
}
