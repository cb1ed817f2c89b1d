//! A whole run: starts the workers, lets them work through the plan, and ends them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::RunnerError;
use super::crew::{Crew, all_ended};
use super::jobs::{Job, Jobs};
use super::worker::{Sink, Worker};
use crate::config::{BrowserKind, Settings};
use crate::contract::Catalogue;
use crate::contract::oracle::SuiteBug;
use crate::event::{
    self, BrowserInfo, EndReason, Event, Outcome, RandomWalks, RunStarted, STREAM_VERSION, Tool,
};
use crate::probe::Probe;
use crate::server::FixtureServer;
use crate::suite::Plan;
use crate::target::{Expectation, Target};
use crate::walk::Walks;

/// A worker whose browsers break in this many cases in a row, each tried twice, gives up: it would only
/// wait for one deadline after the other.
const HOPELESS: usize = 3;

/// Asks a run to end early. Clones are handles to the same request.
#[derive(Debug, Clone, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Ends the run as soon as the running cases are cleaned up.
    pub fn request(&self) {
        self.0.cancel();
    }

    /// Whether it has been asked for.
    pub fn is_requested(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until it is asked for.
    pub async fn requested(&self) {
        self.0.cancelled().await;
    }

    /// What comes of a browser's start; `None` when the end is asked for before it is there.
    ///
    /// A start that is given up takes its driver along. Somebody else's driver goes on opening the session for which it was
    /// asked, and nobody would close it, so such a start is not given up once it has begun.
    pub(crate) async fn or_start<T>(&self, is_foreign: bool, start: impl Future<Output = T>) -> Option<T> {
        if is_foreign {
            return if self.is_requested() { None } else { Some(start.await) };
        }
        tokio::select! {
            biased;
            () = self.requested() => None,
            started = start => Some(started),
        }
    }
}

/// Everything that a run needs.
#[derive(Debug)]
pub struct Run {
    /// What to run.
    pub plan: Plan,
    /// The requirements' words and levels.
    pub catalogue: Catalogue,
    /// How to run it.
    pub settings: Settings,
    /// Where the pages come from.
    pub server: FixtureServer,
    /// How the pages are watched.
    pub probe: Probe,
    /// The walks that the plan is made of, if it is.
    pub walks: Option<Walks>,
    /// What is under test.
    pub target: Target,
    /// What a command that runs one of the cases again begins with; see [`RunStarted::command`].
    pub command: String,
}

/// What the workers came to.
#[derive(Debug, Default)]
struct Done {
    /// How many results they gave.
    results: usize,
    /// The expectations that had to do with one, or may have had: what a broken browser kept from being seen may be as
    /// it was.
    used: BTreeSet<usize>,
}

/// How a run ended.
#[derive(Debug)]
pub struct RunEnd {
    /// Why.
    pub reason: EndReason,
    /// Why no browser could be started, if that is the reason.
    pub error: Option<RunnerError>,
}

/// Whether a run of this whole plan in these browsers has something to say of a known divergence. Of cases that the
/// covering array does without it has not.
pub fn judges(plan: &Plan, browsers: &[BrowserKind], entry: &Expectation) -> bool {
    browsers.iter().any(|browser| entry.speaks_of(*browser)) && !plan.only_leaves_out(|id| entry.names(id))
}

impl Run {
    /// Runs the plan in every browser of the settings and tells `events` about it, from
    /// [`Event::RunStarted`] to [`Event::RunFinished`], whatever happens in between.
    ///
    /// # Errors
    /// [`SuiteBug`] when a case contradicts itself; nothing is run and nothing told then.
    pub async fn start(self, stop: Stop, events: Sink) -> Result<RunEnd, SuiteBug> {
        let began = Instant::now();
        let catalogue = Arc::new(self.catalogue.clone());
        let jobs: Vec<Arc<Job>> = self
            .plan
            .cases
            .iter()
            .map(|case| {
                let walk = self.walks.and_then(|walks| walks.find(&case.id));
                let job = Job::new(case.clone(), Arc::clone(&catalogue))?;
                Ok(Arc::new(job.walking(walk).against(&self.target)))
            })
            .collect::<Result<_, _>>()?;

        // 1. Every browser is up before the first case, so that the header can name them.
        let Crew { workers, browsers, error } =
            Crew::start(&self.settings, &self.server, &self.probe, jobs.len(), &stop).await;
        let _ = events.send(Event::RunStarted(self.header(browsers)));
        for kind in self.settings.browsers.iter().filter(|_| self.settings.workers > 1) {
            if let Some(url) = &self.settings.browser(*kind).webdriver_url {
                let message =
                    format!("{kind} has one worker only, as the driver at {url} is not the harness's own");
                let _ = events.send(Event::Note { message });
            }
        }

        // 2. Each browser has its own queue; its workers share it.
        let (enough, lost) = (Stop::default(), Stop::default());
        let reason = if error.is_some() && !stop.is_requested() {
            for worker in workers {
                worker.close(&events).await;
            }
            EndReason::NoBrowser
        } else {
            let Done { results, used } = self.work(workers, &jobs, [&stop, &enough, &lost], &events).await;
            let reason = if stop.is_requested() {
                EndReason::Interrupted
            } else if enough.is_requested() {
                EndReason::FailFast
            } else if lost.is_requested() && results < jobs.len() * self.settings.browsers.len() {
                EndReason::NoBrowser
            } else {
                EndReason::Completed
            };
            // A part of the plan says nothing about an entry that may be about the rest, and walks are no part of it.
            if reason == EndReason::Completed && !self.plan.is_filtered() && self.walks.is_none() {
                for unused in self.unused_expectations(&used) {
                    let _ = events.send(Event::UnusedExpectation { expectation: unused });
                }
            }
            reason
        };
        self.server.shutdown().await;
        let _ = events.send(Event::RunFinished { reason, duration: began.elapsed() });
        Ok(RunEnd { reason, error })
    }

    /// Lets the workers work until there is nothing left to do, somebody stops them, an unexpected result
    /// was enough, or no browser is to be had any more (`lost`).
    async fn work(
        &self,
        workers: Vec<Worker>,
        jobs: &[Arc<Job>],
        [stop, enough, lost]: [&Stop; 3],
        events: &Sink,
    ) -> Done {
        let queues: Vec<_> =
            self.settings.browsers.iter().map(|kind| (*kind, Arc::new(Jobs::new(jobs.to_vec())))).collect();
        let mut working = JoinSet::new();
        for mut worker in workers {
            let Some((_, queue)) = queues.iter().find(|(kind, _)| *kind == worker.kind()) else { continue };
            let (queue, events, fail_fast) = (Arc::clone(queue), events.clone(), self.settings.fail_fast);
            let (stop, enough, lost) = (stop.clone(), enough.clone(), lost.clone());
            working.spawn(async move {
                let (mut done, mut broken_in_a_row) = (Done::default(), 0);
                while !stop.is_requested() && !enough.is_requested() {
                    let Some(job) = queue.next() else { break };
                    let Some(result) = worker.run(&job, &stop, &events).await else { break };
                    broken_in_a_row = if result.outcome == Outcome::Infra { broken_in_a_row + 1 } else { 0 };
                    if result.unexpected && fail_fast {
                        enough.request();
                    }
                    done.used.extend(job.judge(&result).used);
                    done.results += 1;
                    let _ = events.send(Event::CaseFinished(result));
                    if broken_in_a_row == HOPELESS {
                        lost.request();
                        break;
                    }
                }
                worker.close(&events).await;
                done
            });
        }
        let mut all = Done::default();
        let note = |message| drop(events.send(Event::Note { message }));
        for more in all_ended(working, note).await {
            all.results += more.results;
            all.used.extend(more.used);
        }
        all
    }

    /// The entries of the expectations that no result had to do with although this plan in these browsers should have
    /// had one.
    fn unused_expectations(&self, used: &BTreeSet<usize>) -> Vec<String> {
        let speaks = |entry: &Expectation| judges(&self.plan, &self.settings.browsers, entry);
        let entries = self.target.expectations.iter().enumerate();
        entries
            .filter(|(number, entry)| !used.contains(number) && speaks(entry))
            .map(|(_, entry)| entry.to_string())
            .collect()
    }

    fn header(&self, browsers: Vec<BrowserInfo>) -> RunStarted {
        let kinds = &self.settings.browsers;
        let covered: BTreeSet<_> = self.plan.cases.iter().flat_map(|case| case.requirements.iter()).collect();
        RunStarted {
            stream_version: STREAM_VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() },
            target: self.target.name.clone(),
            command: self.command.clone(),
            started: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            browsers,
            total: self.plan.cases.len() * kinds.len(),
            planned: kinds
                .iter()
                .flat_map(|browser| {
                    let planned = |case: &crate::suite::PlannedCase| event::PlannedCase {
                        id: case.id.clone(),
                        browser: *browser,
                    };
                    self.plan.cases.iter().map(planned)
                })
                .collect(),
            left_out: self.plan.left_out.len(),
            walks: self.walks.map(|Walks { number, seed }| RandomWalks { number, seed }),
            requirements: self
                .catalogue
                .iter()
                .filter(|known| covered.contains(&known.id))
                .cloned()
                .collect(),
        }
    }
}
