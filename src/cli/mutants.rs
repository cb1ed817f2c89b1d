//! `lcw mutants`: does the plan find seeded defects, and blame what they break?

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use tokio::sync::mpsc;

use super::interrupts::Interrupts;
use super::output::{complain, finish_output, print, write_json};
use super::selection::{Browsers, Extent, load, suites};
use super::{Failure, Global, block_on, provision};
use crate::config::{Overrides, Settings};
use crate::mutant::{Mutant, Mutants, Table, Trials, TrialsEvent};
use crate::probe::Probe;
use crate::report::{ExitCode, count, shell_word};
use crate::runner::Stop;
use crate::server::FixtureServer;
use crate::suite::{Filter, Plan, PlannedCase, Suites};

#[derive(Debug, Args)]
pub(super) struct MutantsArgs {
    /// Mutants: a part of an id, a whole id, a glob with * and ?, or req: and a requirement's id
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Mutants of your own, instead of the built-in ones
    #[arg(long, value_name = "FILE.toml")]
    mutant: Vec<PathBuf>,
    /// A whole widget script with a defect, instead of the built-in mutants
    #[arg(long, value_name = "FILE.js")]
    script: Vec<PathBuf>,
    #[command(flatten)]
    browsers: Browsers,
    #[command(flatten)]
    extent: Extent,
    /// Workers for each browser, each with a browser of its own
    #[arg(short, long, value_name = "N")]
    workers: Option<u32>,
    /// Install what is missing first
    #[arg(long)]
    provision: bool,
    /// Print one JSON document instead of the table
    #[arg(long)]
    json: bool,
}

impl MutantsArgs {
    fn overrides(&self) -> Overrides {
        let overrides = Overrides { workers: self.workers, ..self.browsers.overrides() };
        self.extent.onto(overrides)
    }

    /// The mutants that are asked for, and the plan that has to find them.
    fn read(&self, settings: &Settings) -> Result<(Mutants, Plan, Suites), Failure> {
        let (assets, suites) = suites(settings)?;
        let plan = Plan::build(&suites, settings.strength, &Filter::default()).map_err(Failure::place)?;
        let mut mutants = if self.mutant.is_empty() && self.script.is_empty() {
            Mutants::load(&assets, suites.catalogue())
        } else {
            Mutants::read(&self.mutant, &assets, suites.catalogue())
        }
        .map_err(Failure::place)?;
        for path in &self.script {
            let name = path.display().to_string();
            let content = std::fs::read(path).map_err(|error| {
                Failure::usage(format!("failed to read {name}: {error}; give a script's path"))
            })?;
            mutants.push(Mutant::script(name, content));
        }
        let filter = Filter::new(self.filters.iter().map(String::as_str), []).map_err(Failure::place)?;
        for word in mutants.select(&filter) {
            complain(format_args!("warning: the filter `{word}` fits no mutant"));
        }
        // Those of the project itself are right.
        for mutant in mutants.iter().filter(|_| !self.mutant.is_empty()) {
            let known_by = |case: &PlannedCase| (case.id.clone(), case.requirements.clone());
            for word in mutant.first.retain(&mut plan.cases.clone(), known_by) {
                complain(format_args!(
                    "warning: `first` of the mutant `{}` has `{word}`, which fits no case",
                    mutant.id
                ));
            }
        }
        Ok((mutants, plan, suites))
    }
}

pub(super) fn mutants(global: &Global, args: &MutantsArgs) -> Result<ExitCode, Failure> {
    let settings = load(global, args.overrides())?;
    let (mutants, plan, suites) = args.read(&settings)?;
    if mutants.is_empty() {
        complain("no mutant is selected; without a filter all of them are");
        return Ok(ExitCode::NothingSelected);
    }
    block_on(async {
        let mut interrupts = Interrupts::listen()?;
        if !provision::before(args.provision, &settings, &mut interrupts).await? {
            return Ok(ExitCode::Interrupted);
        }
        let command = command(global, args);
        let server =
            FixtureServer::start(&settings.server).await.map_err(|error| Failure::no_browser(&error))?;
        let display = Display::new(global, args.json, (&mutants, &plan), settings.browsers.len());
        let catalogue = suites.catalogue().clone();
        let trials = Trials { mutants, plan, catalogue, settings, server, probe: Probe::default() };
        watch(trials, interrupts, display, &command).await
    })?
}

async fn watch(
    trials: Trials,
    interrupts: Interrupts,
    mut display: Display,
    command: &str,
) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    let stop = Stop::default();
    let (sender, mut events) = mpsc::unbounded_channel();
    let running = tokio::spawn(trials.start(stop.clone(), sender));
    interrupts.follow(&mut events, &stop, |event| display.event(event)).await;
    let error = match running.await {
        Ok(Ok(error)) => error,
        Ok(Err(bug)) => return Err(Failure::usage(bug.to_string())),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    if let Some(error) = error {
        return Err(Failure::no_browser(&error));
    }
    display.end(began.elapsed(), command)?;
    Ok(match (stop.is_requested(), display.table.not_tried, display.table.not_killed) {
        (true, ..) => ExitCode::Interrupted,
        (false, 0, 0) => ExitCode::AllAsExpected,
        _ => ExitCode::Unexpected,
    })
}

/// Shows trials as they end.
struct Display {
    table: Table,
    json: bool,
    quiet: bool,
    color: crate::report::ColorChoice,
    /// What stands above the table.
    header: String,
}

impl Display {
    fn new(global: &Global, json: bool, (mutants, plan): (&Mutants, &Plan), browsers: usize) -> Self {
        let (number, cases) = (mutants.iter().count(), plan.cases.len());
        let header = format!("{} of the widget against {}", count(number, "mutant"), count(cases, "case"));
        let table = Table::of(mutants.iter().map(|mutant| mutant.id.as_str()), browsers);
        Self { table, json, quiet: global.quiet, color: global.color, header }
    }

    fn event(&mut self, event: TrialsEvent) {
        match event {
            TrialsEvent::Started(browsers) => {
                let mut text = format!("{}\n", self.header);
                for info in browsers {
                    text.push_str(&format!("  {:<8} {} ({})\n", info.kind, info.version, info.driver));
                }
                self.show(!self.quiet, &format!("{text}\n"));
            }
            TrialsEvent::Tried(tried) => {
                let killed = tried.verdict.is_killed();
                let line = self.table.add(tried);
                self.show(!(self.quiet && killed), &format!("{line}\n"));
            }
            TrialsEvent::Note(note) => complain(format_args!("note: {note}")),
        }
    }

    fn end(&self, took: std::time::Duration, command: &str) -> Result<(), Failure> {
        if !self.json {
            self.show(true, &self.table.summary(took, command));
            return Ok(());
        }
        finish_output(write_json(&mut std::io::stdout().lock(), &self.table))
    }

    /// Prints what is for people.
    fn show(&self, wanted: bool, text: &str) {
        if wanted && !self.json {
            print(self.color, text);
        }
    }
}

/// What a command that tries one of these mutants again begins with.
fn command(global: &Global, args: &MutantsArgs) -> String {
    let mut command = "lcw mutants".to_owned();
    let config = global.config.iter().map(|path| ("--config", path));
    let own = args.mutant.iter().map(|path| ("--mutant", path));
    let scripts = args.script.iter().map(|path| ("--script", path));
    for (flag, path) in config.chain(own).chain(scripts) {
        command.push_str(&format!(" {flag} {}", shell_word(&path.display().to_string())));
    }
    if let Some(fixtures) = args.extent.fixtures() {
        command.push_str(&format!(" --fixtures {}", shell_word(fixtures)));
    }
    command.push_str(&args.extent.strength_flag());
    command
}
