//! One worker: a browser of its own in which it runs one case after the other, and which it replaces
//! when it breaks.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::attempt::{Findings, Progress, attempt};
use super::jobs::Job;
use super::run::Stop;
use super::{RunnerError, Seat};
use crate::browser::shared::Shared;
use crate::browser::{BrowserError, Session, Stopped};
use crate::config::{BrowserKind, Settings};
use crate::event::{BrowserInfo, CaseResult, Event, Outcome};
use crate::probe::Probe;
use crate::server::FixtureServer;

/// A case whose browser broke is tried again this often, in a fresh browser.
const INFRASTRUCTURE_RETRIES: u32 = 1;

/// How many lines of a driver's log are told when its browser broke.
const LOG_LINES: usize = 5;

/// What a session drives, as events name it.
pub(crate) fn browser_info(session: &Session) -> BrowserInfo {
    BrowserInfo {
        kind: session.kind(),
        version: session.browser_version().to_owned(),
        driver: session.driver_version(),
    }
}

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
    /// Where browsers come from that other processes use, too; `None` for browsers of its own.
    shared: Option<Shared>,
    /// `None` before the first case and after a browser broke.
    seat: Option<Seat>,
}

/// How one attempt ended.
pub(super) enum Attempt {
    Judged(Box<Findings>),
    TimedOut(String),
    Broken(RunnerError),
    Stopped,
}

impl Worker {
    /// A worker without a browser; its crew, or the first case, starts one.
    pub fn new(
        number: usize,
        kind: BrowserKind,
        settings: Settings,
        server: FixtureServer,
        probe: Probe,
    ) -> Self {
        Self { number, kind, settings, server, probe, shared: None, seat: None }
    }

    /// The same worker with a browser that it shares with other processes.
    #[must_use]
    pub fn sharing(mut self, shared: Option<Shared>) -> Self {
        self.shared = shared;
        self
    }

    /// The browser that it drives.
    pub fn kind(&self) -> BrowserKind {
        self.kind
    }

    /// Starts the browser, unless there is one already, and says what it is; `None` when somebody stops it before.
    ///
    /// # Errors
    /// When it cannot be started, or does not let itself be driven.
    pub(super) async fn start(&mut self, stop: &Stop) -> Option<Result<BrowserInfo, RunnerError>> {
        Some(self.seat_unless(stop).await?.map(|seat| browser_info(seat.session())))
    }

    /// Runs one case to its final result, retries included. `None` when it was stopped in the middle.
    pub async fn run(&mut self, job: &Job, stop: &Stop, events: &Sink) -> Option<CaseResult> {
        let began = Instant::now();
        if let Some(reason) = &job.skip {
            let (outcome, nothing) = (Outcome::Skipped, Findings::default());
            return Some(self.result(job, outcome, nothing, Some(reason.clone()), 0, Duration::ZERO));
        }
        let (mut attempts, mut broken, mut retried) = (0, 0, 0);
        loop {
            attempts += 1;
            let (case, browser) = (job.id().to_owned(), self.kind);
            self.emit(events, Event::CaseStarted { case, browser, worker: self.number, attempt: attempts });
            let (outcome, findings, reason) = match self.attempt(job, stop).await {
                Attempt::Stopped => return None,
                Attempt::Judged(findings) if findings.mismatches.is_empty() => {
                    (Outcome::Passed, *findings, None)
                }
                Attempt::Judged(findings) => {
                    if let Some(error) = &findings.unfit {
                        self.replace(&format!("failed to {error}"), events).await;
                    }
                    let reason =
                        findings.mismatches.first().map(|first| format!("{} is broken", first.requirement));
                    (Outcome::Failed, *findings, reason)
                }
                Attempt::TimedOut(reason) => {
                    self.replace(&reason, events).await;
                    (Outcome::TimedOut, Findings::default(), Some(reason))
                }
                Attempt::Broken(error) => {
                    let reason = format!("failed to {error}");
                    // Another browser would get no page from there either.
                    if !matches!(error, RunnerError::Open { .. }) {
                        self.replace(&reason, events).await;
                    }
                    (Outcome::Infra, Findings::default(), Some(reason))
                }
            };
            let again = match outcome {
                Outcome::Infra => broken < INFRASTRUCTURE_RETRIES,
                Outcome::Failed | Outcome::TimedOut => retried < self.settings.retries,
                Outcome::Passed | Outcome::Skipped => false,
            };
            let told = if outcome == Outcome::Failed { None } else { reason.clone() };
            let mut result = self.result(job, outcome, findings, told, attempts, began.elapsed());
            // A browser that broke says nothing of the widget; only a failed attempt makes what came after it flaky.
            result.flaky = retried > 0 && (outcome == Outcome::Passed || !result.unexpected);
            // A failure that was expected is not tried again.
            if !again || !result.unexpected {
                if result.unexpected && outcome == Outcome::Failed {
                    self.shorten(job, &mut result, stop, events).await;
                }
                return Some(result);
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

    /// Closes the browser, or hands it on if it is shared; what it leaves behind is told.
    pub async fn close(mut self, events: &Sink) {
        if let Some(seat) = self.seat.take() {
            self.tell(seat.release().await, events);
        }
    }

    pub(super) async fn attempt(&mut self, job: &Job, stop: &Stop) -> Attempt {
        let deadline = self.settings.deadlines.case;
        let (server, progress) = (self.server.clone(), Progress::default());
        let given_up = |reason: String| {
            let number = progress.moment();
            let step = job.steps().into_iter().nth(number).unwrap_or_default();
            Attempt::TimedOut(format!("{reason}; step {number}, {step}, was under way"))
        };
        let seat = match self.seat_unless(stop).await {
            Some(Ok(seat)) => seat,
            Some(Err(error)) => return Attempt::Broken(error),
            None => return Attempt::Stopped,
        };
        tokio::select! {
            biased;
            () = stop.requested() => Attempt::Stopped,
            ended = timeout(deadline, attempt(job, seat.tab_mut(), &server, &progress)) => match ended {
                Ok(Ok(findings)) => Attempt::Judged(Box::new(findings)),
                // The widget's fault, not the browser's, although the browser is of no use any more.
                Ok(Err(error @ RunnerError::PageHangs(_))) => given_up(format!("failed to {error}")),
                Ok(Err(error)) => Attempt::Broken(error),
                Err(_) => {
                    let limit = humantime::format_duration(deadline);
                    given_up(format!("not through within {limit}, the deadline of a case"))
                }
            },
        }
    }

    /// The browser; `None` when somebody stops the worker before it is there.
    async fn seat_unless(&mut self, stop: &Stop) -> Option<Result<&mut Seat, RunnerError>> {
        let is_foreign = self.settings.browser(self.kind).webdriver_url.is_some();
        stop.or_start(is_foreign, self.seat()).await
    }

    async fn seat(&mut self) -> Result<&mut Seat, RunnerError> {
        // Taken out and put back: a start that fails half-way leaves none.
        let seat = match self.seat.take() {
            Some(seat) => seat,
            None => Seat::take(self.kind, &self.settings, &self.probe, self.shared.as_ref()).await?,
        };
        Ok(self.seat.insert(seat))
    }

    pub(super) async fn replace(&mut self, reason: &str, events: &Sink) {
        let (worker, browser) = (self.number, self.kind);
        // The log goes with the browser's folder.
        let log = self.seat.as_ref().map(|seat| seat.log_tail().last(LOG_LINES)).unwrap_or_default();
        self.emit(events, Event::WorkerReplaced { worker, browser, reason: format!("{reason}{log}") });
        if let Some(seat) = self.seat.take() {
            self.tell(seat.discard().await, events);
        }
    }

    /// What a browser left behind, or only left when it was killed, is told.
    fn tell(&self, ended: Result<Stopped, BrowserError>, events: &Sink) {
        let message = match ended {
            Ok(stopped) if stopped.killed.is_empty() => return,
            Ok(stopped) => {
                let names: Vec<_> = stopped.killed.iter().map(ToString::to_string).collect();
                format!("{} did not end by itself and was killed: {}", self.kind, names.join(", "))
            }
            Err(error) => format!("failed to {error}"),
        };
        self.emit(events, Event::Note { message });
    }

    fn result(
        &self,
        job: &Job,
        outcome: Outcome,
        findings: Findings,
        reason: Option<String>,
        attempts: u32,
        duration: Duration,
    ) -> CaseResult {
        let mut result = CaseResult {
            id: job.id().to_owned(),
            title: job.case.title.clone(),
            browser: self.kind,
            outcome,
            flaky: false,
            unexpected: false,
            requirements: job.case.requirements.iter().cloned().collect(),
            mismatches: findings.mismatches,
            recorded: findings.recorded,
            console: findings.seen.console,
            steps: job.steps(),
            duration,
            attempts,
            reason,
            as_case: None,
        };
        let judgement = job.judge(&result);
        (result.unexpected, result.reason) = (judgement.unexpected, judgement.reason);
        result
    }

    /// Nobody may be listening any more; then there is nobody to tell.
    fn emit(&self, events: &Sink, event: Event) {
        let _ = events.send(event);
    }
}
