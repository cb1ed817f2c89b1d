//! Tries mutants in real browsers: does a case fail, and for the right reason?

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Mutant, Mutants};
use crate::config::{BrowserKind, Settings};
use crate::contract::oracle::SuiteBug;
use crate::contract::{Catalogue, RequirementId};
use crate::event::{BrowserInfo, CaseResult, Event, Outcome};
use crate::probe::Probe;
use crate::runner::{Crew, Job, RunnerError, Sink, Stop, Worker, all_ended};
use crate::server::FixtureServer;
use crate::suite::Plan;

/// How long a moment is waited for at first. What a broken widget never shows is waited for in vain; when
/// this was too short for a busy machine, the wrong thing is blamed, and then the settings' own deadline
/// has the last word.
const IMPATIENT: Duration = Duration::from_secs(1);

/// Everything that is needed to try mutants.
#[derive(Debug)]
pub struct Trials {
    /// What to try.
    pub mutants: Mutants,
    /// The cases that have to find them.
    pub plan: Plan,
    /// The requirements' words and levels.
    pub catalogue: Catalogue,
    /// How to run the cases.
    pub settings: Settings,
    /// Where the pages come from.
    pub server: FixtureServer,
    /// How the pages are watched.
    pub probe: Probe,
}

/// What is told while mutants are tried.
#[derive(Debug)]
pub enum TrialsEvent {
    /// The browsers are up.
    Started(Vec<BrowserInfo>),
    /// A mutant has been tried in a browser.
    Tried(Tried),
    /// Something that a person may want to know.
    Note(String),
}

/// How one mutant fared in one browser.
#[derive(Debug, Clone, Serialize)]
pub struct Tried {
    /// The mutant's id.
    pub mutant: String,
    /// What is wrong with it.
    pub title: String,
    /// The requirement that it breaks, if that is known.
    pub requirement: Option<RequirementId>,
    /// The browser.
    pub browser: BrowserKind,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How many cases were run for it, the ones that ran twice counted once.
    pub cases: usize,
    /// How long it took.
    #[serde(rename = "duration_ms", serialize_with = "milliseconds")]
    pub duration: Duration,
}

/// What came of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// A case failed, and for nothing but what the defect breaks; without the defect it passes.
    Killed {
        /// The case.
        case: String,
    },
    /// A case failed, but blamed something else, or something else as well.
    WronglyBlamed {
        /// The case.
        case: String,
        /// All that it blamed.
        blamed: BTreeSet<RequirementId>,
        /// How it ended, when it was not by a verdict.
        reason: Option<String>,
    },
    /// Every case passed.
    Survived,
    /// A case failed for the right reason, but it fails without the defect, too.
    Unsound {
        /// The case.
        case: String,
    },
    /// No verdict, because the browsers broke.
    Broken {
        /// The case.
        case: String,
        /// In the words of the error.
        reason: String,
    },
}

impl Verdict {
    /// Whether the plan did what it is there for.
    pub fn is_killed(&self) -> bool {
        matches!(self, Self::Killed { .. })
    }
}

impl Trials {
    /// Tries every mutant in every browser of the settings, the cases that claim its requirement first, until
    /// all are tried or somebody stops it. Gives why no browser could be started, if that is so.
    ///
    /// # Errors
    /// [`SuiteBug`] when a case contradicts itself; nothing is run then.
    pub async fn start(
        self,
        stop: Stop,
        events: UnboundedSender<TrialsEvent>,
    ) -> Result<Option<RunnerError>, SuiteBug> {
        // A case that fails is the point here.
        let settings = Settings { retries: 0, fail_fast: false, ..self.settings };
        let catalogue = Arc::new(self.catalogue);
        let jobs = self.plan.cases.iter().map(|case| Job::new(case.clone(), Arc::clone(&catalogue)));
        let jobs: Arc<[Job]> = jobs.collect::<Result<_, _>>()?;
        let mutants: VecDeque<Arc<Mutant>> = self.mutants.iter().cloned().map(Arc::new).collect();

        let crew = Crew::start(&settings, &self.server, &self.probe, mutants.len(), &stop).await;
        let (sink, notes) = notes(events.clone());
        if crew.error.is_some() || stop.is_requested() {
            for worker in crew.workers {
                worker.close(&sink).await;
            }
            drop(sink);
            notes.await;
            self.server.shutdown().await;
            return Ok(crew.error);
        }
        let _ = events.send(TrialsEvent::Started(crew.browsers));

        let kinds = settings.browsers.iter();
        let benches: Vec<_> = kinds.map(|kind| (*kind, Arc::new(Bench::new(mutants.clone())))).collect();
        let mut working = JoinSet::new();
        for worker in crew.workers {
            let Some((_, bench)) = benches.iter().find(|(kind, _)| *kind == worker.kind()) else { continue };
            let trial = Trial {
                worker,
                bench: Arc::clone(bench),
                jobs: Arc::clone(&jobs),
                stop: stop.clone(),
                sink: sink.clone(),
            };
            working.spawn(trial.work(events.clone()));
        }
        drop(sink);
        // What a worker that panics was at is left over, and the table says so.
        all_ended(working, |note| drop(events.send(TrialsEvent::Note(note)))).await;
        notes.await;
        self.server.shutdown().await;
        Ok(None)
    }
}

/// Passes on what workers say of their browsers; the rest is theirs. The future ends with the last worker.
fn notes(events: UnboundedSender<TrialsEvent>) -> (Sink, impl Future<Output = ()>) {
    let (sink, mut heard) = unbounded_channel();
    let passing = tokio::spawn(async move {
        while let Some(event) = heard.recv().await {
            let note = match event {
                Event::Note { message } => message,
                Event::WorkerReplaced { browser, reason, .. } => format!("{browser} was replaced: {reason}"),
                _ => continue,
            };
            let _ = events.send(TrialsEvent::Note(note));
        }
    });
    (sink, async move {
        // It does nothing that could panic.
        let _ = passing.await;
    })
}

/// What the workers of one browser share.
#[derive(Debug)]
struct Bench {
    waiting: Mutex<VecDeque<Arc<Mutant>>>,
    /// Cases that pass without any defect.
    sound: Mutex<BTreeSet<String>>,
}

impl Bench {
    fn new(mutants: VecDeque<Arc<Mutant>>) -> Self {
        Self { waiting: Mutex::new(mutants), sound: Mutex::default() }
    }

    fn next(&self) -> Option<Arc<Mutant>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn sound(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.sound.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker that tries one mutant after the other.
struct Trial {
    worker: Worker,
    bench: Arc<Bench>,
    jobs: Arc<[Job]>,
    stop: Stop,
    sink: Sink,
}

impl Trial {
    async fn work(mut self, events: UnboundedSender<TrialsEvent>) {
        while !self.stop.is_requested() {
            let Some(mutant) = self.bench.next() else { break };
            let began = Instant::now();
            let Some((verdict, cases)) = self.try_out(&mutant).await else { break };
            let _ = events.send(TrialsEvent::Tried(Tried {
                mutant: mutant.id.clone(),
                title: mutant.title.clone(),
                requirement: mutant.requirement.clone(),
                browser: self.worker.kind(),
                verdict,
                cases,
                duration: began.elapsed(),
            }));
        }
        self.worker.close(&self.sink).await;
    }

    /// Runs cases until one fails; `None` when it was stopped.
    async fn try_out(&mut self, mutant: &Mutant) -> Option<(Verdict, usize)> {
        let jobs = Arc::clone(&self.jobs);
        for (number, job) in in_order(mutant, &jobs).into_iter().enumerate() {
            let seeded = job.clone().with(mutant.replacements.clone());
            let judged = self
                .run(&seeded, |result| result.outcome == Outcome::Passed || is_right(mutant, result))
                .await?;
            let case = judged.id.clone();
            let blamed: BTreeSet<_> = judged.mismatches.iter().map(|each| each.requirement.clone()).collect();
            let verdict = match judged.outcome {
                Outcome::Passed | Outcome::Skipped => continue,
                Outcome::Infra => Verdict::Broken { case, reason: judged.reason.unwrap_or_default() },
                _ if is_right(mutant, &judged) => {
                    if self.is_sound(job).await? {
                        Verdict::Killed { case }
                    } else {
                        Verdict::Unsound { case }
                    }
                }
                _ => Verdict::WronglyBlamed { case, blamed, reason: judged.reason },
            };
            return Some((verdict, number + 1));
        }
        Some((Verdict::Survived, self.jobs.len()))
    }

    /// Runs a case with little patience, and once more with the settings' own when that leads to anything
    /// but what was hoped for.
    async fn run(&mut self, job: &Job, is_hoped_for: impl Fn(&CaseResult) -> bool) -> Option<CaseResult> {
        let impatient = job.clone().patient_for(IMPATIENT);
        let result = self.worker.run(&impatient, &self.stop, &self.sink).await?;
        if is_hoped_for(&result) {
            return Some(result);
        }
        self.worker.run(job, &self.stop, &self.sink).await
    }

    /// Whether a case passes without any defect.
    async fn is_sound(&mut self, job: &Job) -> Option<bool> {
        if self.bench.sound().contains(job.id()) {
            return Some(true);
        }
        let result = self.run(job, |result| result.outcome == Outcome::Passed).await?;
        let passes = result.outcome == Outcome::Passed;
        if passes {
            self.bench.sound().insert(job.id().to_owned());
        }
        Some(passes)
    }
}

/// The cases that a mutant asks for, then those that claim its requirement, then the rest.
fn in_order<'a>(mutant: &Mutant, jobs: &'a [Job]) -> Vec<&'a Job> {
    let is_id = |word: &str| jobs.iter().any(|job| job.id() == word);
    let rank = |job: &&Job| {
        let is_asked_for =
            !mutant.first.is_empty() && mutant.first.selects(job.id(), job.requirements(), is_id);
        let claims = mutant.requirement.as_ref().is_none_or(|own| job.requirements().contains(own));
        match (is_asked_for, claims) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        }
    };
    let mut ordered: Vec<_> = jobs.iter().collect();
    ordered.sort_by_cached_key(rank);
    ordered
}

/// Whether a result blames what the defect breaks, and nothing that it does not.
fn is_right(mutant: &Mutant, result: &CaseResult) -> bool {
    let mut blamed = result.mismatches.iter().map(|mismatch| &mismatch.requirement);
    result.outcome == Outcome::Failed
        && mutant.requirement.as_ref().is_none_or(|own| {
            blamed.clone().any(|each| each == own)
                && blamed.all(|each| each == own || mutant.also.contains(each))
        })
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
