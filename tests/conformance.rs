//! The default plan as test cases: every case in every browser of the configuration, under its own
//! name and with cargo's filters.
//!
//! Under `cargo test` all of them run in this one process, which keeps one browser of each kind. Under
//! `cargo nextest run` each is a process of its own, and the browsers are handed from one to the next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use lcw::assets::Assets;
use lcw::browser::{provision, shared::Shared};
use lcw::config::{BrowserKind, Settings};
use lcw::contract::Catalogue;
use lcw::event::{CaseResult, Event, Outcome};
use lcw::probe::Probe;
use lcw::runner::{Job, Stop, Worker};
use lcw::server::FixtureServer;
use lcw::suite::{Filter, Plan, Suites};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell, mpsc};

/// What the trials share. Browsers and server are started by the first trial that runs.
struct Harness {
    runtime: Runtime,
    settings: Settings,
    catalogue: Arc<Catalogue>,
    workers: OnceCell<BTreeMap<BrowserKind, Mutex<Worker>>>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (harness, plan) = match prepare() {
        Ok(prepared) => prepared,
        Err(error) => {
            eprintln!("{error:?}");
            return ExitCode::from(2);
        }
    };
    let harness = Arc::new(harness);
    // The browsers take turns, so that a trial of each can run side by side.
    let trials = plan.cases.into_iter().flat_map(|case| {
        harness.settings.browsers.clone().into_iter().map({
            let harness = &harness;
            move |browser| {
                let (harness, case) = (Arc::clone(harness), case.clone());
                Trial::test(format!("{browser}::{}", case.id), move || {
                    let job =
                        Job::new(case, Arc::clone(&harness.catalogue)).map_err(|bug| bug.to_string())?;
                    harness.runtime.block_on(harness.run(browser, &job))
                })
            }
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if let Some(harness) = Arc::into_inner(harness) {
        harness.close();
    }
    conclusion.exit_code()
}

fn prepare() -> miette::Result<(Harness, Plan)> {
    let settings = lcw::config::Loaded::from_process(None, Default::default())?.settings;
    let suites = Suites::load(
        &Assets::discover(settings.server.fixtures.as_deref())
            .map_err(|error| miette::miette!("failed to {error}"))?,
    )?;
    let plan = Plan::build(&suites, settings.strength, &Filter::default())?;
    let runtime =
        Runtime::new().map_err(|error| miette::miette!("failed to start the async runtime: {error}"))?;
    let catalogue = Arc::new(suites.catalogue().clone());
    Ok((Harness { runtime, settings, catalogue, workers: OnceCell::new() }, plan))
}

impl Harness {
    async fn workers(&self) -> Result<&BTreeMap<BrowserKind, Mutex<Worker>>, Failed> {
        let start = async || -> Result<_, Failed> {
            provision::for_tests(&self.settings.browsers, &self.settings)
                .await
                .map_err(|error| format!("failed to {error}"))?;
            let server = FixtureServer::start(&self.settings.server)
                .await
                .map_err(|error| format!("failed to {error}"))?;
            let shared = Shared::from_environment();
            let workers = self.settings.browsers.iter().enumerate().map(|(number, kind)| {
                let (settings, server) = (self.settings.clone(), server.clone());
                let worker =
                    Worker::new(number, *kind, settings, server, Probe::default()).sharing(shared.clone());
                (*kind, Mutex::new(worker))
            });
            Ok(workers.collect())
        };
        self.workers.get_or_try_init(start).await
    }

    async fn run(&self, browser: BrowserKind, job: &Job) -> Result<(), Failed> {
        let worker = self.workers().await?.get(&browser).ok_or("the browser is not configured")?;
        let (events, mut told) = mpsc::unbounded_channel();
        let mut worker = worker.lock().await;
        let result = worker.run(job, &Stop::default(), &events).await.ok_or("stopped")?;
        // What was retried, and why, belongs to the test's output even when it passes.
        while let Ok(event) = told.try_recv() {
            if let Event::AttemptFailed { reason, attempt, .. } = event {
                eprintln!("{browser}::{}: attempt {attempt}: {reason}", job.id());
            }
        }
        if result.outcome == Outcome::Passed { Ok(()) } else { Err(self.describe(&result).into()) }
    }

    /// A failure as a person wants to read it.
    fn describe(&self, result: &CaseResult) -> String {
        let mut text = format!("{}\n", result.title);
        if let Some(reason) = &result.reason {
            let _ = writeln!(text, "{reason}");
        }
        for mismatch in &result.mismatches {
            if let Some(known) = self.catalogue.get(&mismatch.requirement) {
                let _ = writeln!(
                    text,
                    "{} ({}): {}\n  source: {}",
                    known.id, known.level, known.text, known.source
                );
            }
            let _ = writeln!(text, "  after step {}", mismatch.step);
            let _ = writeln!(text, "  expected {:?}\n  actual   {:?}", mismatch.expected, mismatch.actual);
        }
        let _ = write!(text, "run just this case: lcw run --browser {} {}", result.browser, result.id);
        text
    }

    /// Closes the browsers, or hands them on to the next process.
    fn close(self) {
        let Self { runtime, workers, .. } = self;
        let (events, mut told) = mpsc::unbounded_channel();
        runtime.block_on(async {
            for (_, worker) in workers.into_inner().unwrap_or_default() {
                worker.into_inner().close(&events).await;
            }
        });
        while let Ok(event) = told.try_recv() {
            if let Event::Note { message } = event {
                eprintln!("{message}");
            }
        }
    }
}
