//! `lcw run`: the plan in real browsers.

use std::hash::BuildHasher as _;
use std::time::Duration;

use clap::Args;
use tokio::sync::mpsc;

use super::interrupts::Interrupts;
use super::output::complain;
use super::selection::{
    Browsers, Pace, Selection, Subject, load_with_origins, nothing_selected, warn_of_idle_filters,
};
use super::{Failure, Global, block_on, logging, provision};
use crate::config::{Overrides, Settings};
use crate::contract::Catalogue;
use crate::event::{EndReason, Event, RunStarted};
use crate::probe::Probe;
use crate::report::{
    ExitCode, Finished, ReportSpec, Reports, Stream, Terminal, TerminalOptions, Verbosity, shell_word,
};
use crate::runner::{Run, RunEnd, RunnerError, Stop};
use crate::server::FixtureServer;
use crate::suite::Plan;
use crate::target::Target;
use crate::walk::Walks;

/// The most walks of one run, so that its plan stays something that can be held.
const MOST_WALKS: i64 = 100_000;

/// How often a live display shows that time passes.
const TICK: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    subject: Subject,
    #[command(flatten)]
    walk: WalkArgs,
    #[command(flatten)]
    browsers: Browsers,
    /// Show the browsers' windows
    #[arg(long)]
    headed: bool,
    #[command(flatten)]
    pace: Pace,
    /// Install what is missing first
    #[arg(long)]
    provision: bool,
    /// Also write a report: junit=PATH, json=PATH or events=PATH
    #[arg(long, value_name = "KIND=PATH")]
    report: Vec<ReportSpec>,
}

/// Random walks in place of cases.
#[derive(Debug, Clone, Copy, Args)]
struct WalkArgs {
    /// Make this many random walks instead of running the suites' cases
    #[arg(long, value_name = "N", conflicts_with_all = ["strength", "all"], value_parser = clap::value_parser!(u32).range(1..=MOST_WALKS))]
    walks: Option<u32>,
    /// What decides which walks are made [default: another one each time]
    #[arg(long, value_name = "S", requires = "walks")]
    seed: Option<u64>,
}

impl WalkArgs {
    fn walks(self) -> Option<Walks> {
        // Small, so that it can be typed again.
        let any = || u64::from(std::hash::RandomState::new().hash_one(0_u8) as u32);
        self.walks.map(|number| Walks { seed: self.seed.unwrap_or_else(any), number })
    }
}

impl RunArgs {
    fn overrides(&self) -> Overrides {
        let browsers = Overrides { headed: self.headed, ..self.browsers.overrides() };
        self.selection.onto(self.pace.onto(browsers))
    }
}

pub(super) fn run(global: &Global, args: RunArgs) -> Result<ExitCode, Failure> {
    // 1. Everything that can be wrong without a browser is found before one is touched.
    let loaded = load_with_origins(global, args.overrides())?;
    let settings = loaded.settings;
    let walks = args.walk.walks();
    let (plan, suites) = match walks {
        None => args.selection.plan(&settings)?,
        Some(walks) => args.selection.plan_of(walks, &settings)?,
    };
    let target = args.subject.target(loaded.file.as_deref(), &suites)?;
    if let Some(walks) = walks.filter(|_| plan.cases.is_empty()) {
        warn_of_idle_filters(&plan, &suites);
        complain(format_args!(
            "no walk is selected of {walks}; --walks makes more of them, and --seed others"
        ));
        return Ok(ExitCode::NothingSelected);
    }
    if plan.cases.is_empty() {
        return Ok(nothing_selected(&plan, &suites));
    }
    warn_of_idle_filters(&plan, &suites);
    let reports = Reports::open(&args.report).map_err(|error| Failure::usage(error.to_string()))?;
    block_on(async {
        let mut interrupts = Interrupts::listen()?;
        // 2. Set-up, if it was asked for.
        if !provision::before(args.provision, &settings, &mut interrupts).await? {
            return Ok(ExitCode::Interrupted);
        }
        // 3. The run itself.
        let command = command(global, &settings, &args.subject);
        let run = Planned { settings, plan, walks, catalogue: suites.catalogue().clone(), target, command };
        let finished = perform(run, reports, terminal(global), interrupts).await?;
        Ok(announce(&finished))
    })?
}

/// What a run is to do, before a browser is touched.
pub(super) struct Planned {
    pub(super) settings: Settings,
    pub(super) plan: Plan,
    pub(super) walks: Option<Walks>,
    pub(super) catalogue: Catalogue,
    pub(super) target: Target,
    pub(super) command: String,
}

/// Runs the plan and feeds the reports.
pub(super) async fn perform(
    Planned { settings, plan, walks, catalogue, target, command }: Planned,
    mut reports: Reports,
    display: Terminal,
    mut interrupts: Interrupts,
) -> Result<Finished, Failure> {
    let server = FixtureServer::start(&settings.server).await.map_err(|error| Failure::no_browser(&error))?;
    // Only now: a run that cannot begin has nothing to display but the error.
    reports.add(Box::new(display));
    let run = Run {
        plan,
        catalogue,
        settings,
        server,
        probe: Probe { selectors: target.selectors.clone(), ..Probe::default() },
        walks,
        target,
        command,
    };
    let stop = Stop::default();
    let (sender, mut events) = mpsc::unbounded_channel();
    let running = tokio::spawn(run.start(stop.clone(), sender));
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => reports.event(&event),
                None => break,
            },
            // Once: end after cleaning up.
            () = interrupts.next() => if stop.is_requested() {
                end_at_once(reports, events, interrupts)
            } else {
                complain("interrupted: closing the browsers and writing the reports; once more stops at once");
                stop.request();
            },
            _ = ticks.tick() => reports.tick(),
        }
    }
    interrupts.end_the_process();
    let finished = reports.finish();
    let failure = match running.await {
        Ok(Ok(RunEnd { error: Some(error @ RunnerError::Selectors(_)), .. })) => {
            Failure::usage(format!("failed to {error}"))
        }
        Ok(Ok(RunEnd { reason: EndReason::NoBrowser, error: Some(error) })) => Failure::no_browser(&error),
        Ok(Ok(_)) => return Ok(finished),
        Ok(Err(bug)) => Failure::usage(bug.to_string()),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    // Whoever looks for a report is to know that it is missing, too.
    announce(&finished);
    Err(failure)
}

/// Twice: at once, with the reports as far as the run came. Nobody waits for the browsers; the drivers'
/// watchdogs see to them.
fn end_at_once(
    mut reports: Reports,
    mut events: mpsc::UnboundedReceiver<Event>,
    interrupts: Interrupts,
) -> ! {
    interrupts.end_the_process();
    while let Ok(event) = events.try_recv() {
        reports.event(&event);
    }
    announce(&reports.finish());
    std::process::exit(ExitCode::Interrupted.code().into())
}

/// The display for people, on standard output.
pub(super) fn terminal(global: &Global) -> Terminal {
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, _) => Verbosity::Verbose,
    };
    let progress = !logging::is_chatty(global);
    let options = TerminalOptions { color: global.color, verbosity, progress };
    Terminal::new(options, Stream::Stdout)
}

/// What a command that runs one case again begins with: the flags without which it would be another one.
pub(super) fn command(global: &Global, settings: &Settings, subject: &Subject) -> String {
    let mut command = RunStarted::plain_command();
    let paths = [("--config", global.config.as_ref()), ("--fixtures", settings.server.fixtures.as_ref())];
    for (flag, path) in paths {
        if let Some(path) = path {
            command.push_str(&format!(" {flag} {}", shell_word(&path.display().to_string())));
        }
    }
    if let Some(target) = subject.named() {
        command.push_str(&format!(" --target {}", shell_word(target)));
    }
    command
}

/// Tells which reports could not be written, and gives the exit code.
pub(super) fn announce(finished: &Finished) -> ExitCode {
    for error in &finished.errors {
        complain(format_args!("error: {error}"));
    }
    finished.exit_code()
}
