//! `lcw check`: does a page invite its visitors as it promises?

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use tokio::sync::mpsc;
use tokio::task::JoinError;
use url::Url;

use super::interrupts::Interrupts;
use super::output::{complain, finish_output, print, write_json};
use super::selection::{Browsers, load};
use super::{Failure, Global, block_on, provision};
use crate::check::{
    Base, Check, CheckError, CheckEvent, CheckOptions, Report, ScenarioResult, host, server_address,
};
use crate::config::{Overrides, Settings};
use crate::report::{ExitCode, count, shell_word};
use crate::runner::Stop;
use crate::site::{Loaded, Scenarios};
use crate::suite::Filter;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The file of the scenarios
    #[arg(value_name = "SCENARIOS.toml")]
    file: PathBuf,
    /// Scenarios: a part of an id, a whole id, or a glob with * and ?
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// The folder of the pages [default: that of the file]
    #[arg(long, value_name = "FOLDER", conflicts_with = "base_url")]
    root: Option<PathBuf>,
    /// A server that has the pages
    #[arg(long, value_name = "URL", value_parser = server_address)]
    base_url: Option<Url>,
    /// A host that pages may ask; all others are blocked
    #[arg(long, value_name = "HOST", value_parser = host)]
    allow: Vec<String>,
    /// Leave the real widget alone, with all that it asks for; nothing is blocked
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    browsers: Browsers,
    /// Show the browsers' windows
    #[arg(long)]
    headed: bool,
    /// Install what is missing first
    #[arg(long)]
    provision: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn check(global: &Global, args: &CheckArgs) -> Result<ExitCode, Failure> {
    let overrides = Overrides { headed: args.headed, ..args.browsers.overrides() };
    let settings = load(global, overrides)?;
    let mut scenarios = Scenarios::load(&args.file).map_err(Failure::place)?;
    let filter = Filter::new(args.filters.iter().map(String::as_str), []).map_err(Failure::place)?;
    let known_by = |loaded: &Loaded| (loaded.scenario.id.clone(), Default::default());
    for word in filter.retain(&mut scenarios.loaded, known_by) {
        complain(format_args!("warning: the filter `{word}` fits no scenario"));
    }
    if scenarios.loaded.is_empty() {
        complain("no scenario is selected; without a filter all of them are");
        return Ok(ExitCode::NothingSelected);
    }
    let base = match (&args.base_url, &args.root) {
        (Some(url), _) => Base::Url(url.clone()),
        (None, Some(root)) => Base::Root(root.clone()),
        (None, None) => Base::Root(beside(&args.file)),
    };
    let options = CheckOptions { live: args.live, allow: args.allow.clone() };
    block_on(async {
        let mut interrupts = Interrupts::listen()?;
        if !provision::before(args.provision, &settings, &mut interrupts).await? {
            return Ok(ExitCode::Interrupted);
        }
        let display = Display::new(global, args, &scenarios, &settings);
        let check = Check { scenarios: scenarios.loaded, base, options, settings };
        watch(check, interrupts, display).await
    })?
}

/// The folder in which the file is.
fn beside(file: &std::path::Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != std::path::Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

async fn watch(check: Check, interrupts: Interrupts, mut display: Display) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    let stop = Stop::default();
    let (sender, mut events) = mpsc::unbounded_channel();
    let running = tokio::spawn(check.start(stop.clone(), sender));
    interrupts.follow(&mut events, &stop, |event| display.event(event)).await;
    // What was seen until a browser could not be replaced is worth telling, too.
    let ended = match ended(running.await) {
        Err(failure) if display.report.results.is_empty() => return Err(failure),
        ended => ended,
    };
    display.end(began.elapsed())?;
    exit_code(&stop, ended, display.report.all_as_expected())
}

/// How a command ends that looks at pages: interrupted, without a browser, or with what was seen.
pub(super) fn exit_code(
    stop: &Stop,
    ended: Result<(), Failure>,
    as_expected: bool,
) -> Result<ExitCode, Failure> {
    if stop.is_requested() {
        return Ok(ExitCode::Interrupted);
    }
    ended.map(|()| if as_expected { ExitCode::AllAsExpected } else { ExitCode::Unexpected })
}

/// Why pages could not be looked at, if that is so.
pub(super) fn ended(work: Result<Result<(), CheckError>, JoinError>) -> Result<(), Failure> {
    match work {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error @ CheckError::Root { .. })) => Err(Failure::usage(format!("failed to {error}"))),
        Ok(Err(error)) => Err(Failure::no_browser(&error)),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Shows scenarios as they end.
struct Display {
    report: Report,
    /// What checks again, but for the scenario.
    command: String,
    json: bool,
    quiet: bool,
    whole: bool,
    color: crate::report::ColorChoice,
}

impl Display {
    fn new(global: &Global, args: &CheckArgs, scenarios: &Scenarios, settings: &Settings) -> Self {
        let planned = scenarios.loaded.len() * settings.browsers.len();
        let report = Report::new(scenarios.file.name(), planned);
        let display = Self {
            report,
            command: command(global, args),
            json: args.json,
            quiet: global.quiet,
            whole: global.verbose > 0,
            color: global.color,
        };
        let header = count(scenarios.loaded.len(), "scenario");
        display.show(!global.quiet, &format!("{header} of {}\n\n", args.file.display()));
        display
    }

    fn event(&mut self, event: CheckEvent<ScenarioResult>) {
        match event {
            CheckEvent::Started(info) => self.report.browsers.push(info),
            CheckEvent::Ended(result) => {
                let text = self.report.text_of(&result, &self.command, self.whole);
                self.show(!(self.quiet && result.expected), &text);
                self.report.results.push(*result);
            }
            CheckEvent::Note(note) => complain(format_args!("note: {note}")),
        }
    }

    fn end(&mut self, took: std::time::Duration) -> Result<(), Failure> {
        if !self.json {
            self.show(true, &format!("\n{}", self.report.summary(took)));
            return Ok(());
        }
        // Browsers work beside each other; whoever compares two documents wants one order.
        self.report.results.sort_by_key(|result| (result.line, result.browser));
        finish_output(write_json(&mut std::io::stdout().lock(), &self.report))
    }

    /// Prints what is for people.
    fn show(&self, wanted: bool, text: &str) {
        if wanted && !self.json {
            print(self.color, text);
        }
    }
}

/// What a command that checks one of these scenarios again begins with.
fn command(global: &Global, args: &CheckArgs) -> String {
    let mut command = "lcw check".to_owned();
    let mut flag = |flag: &str, value: &str| {
        command.push_str(&format!(" {flag} {}", shell_word(value)));
    };
    for (name, path) in [("--config", &global.config), ("--root", &args.root)] {
        if let Some(path) = path {
            flag(name, &path.display().to_string());
        }
    }
    if let Some(url) = &args.base_url {
        flag("--base-url", url.as_str());
    }
    for host in &args.allow {
        flag("--allow", host);
    }
    if args.live {
        command.push_str(" --live");
    }
    format!("{command} {}", shell_word(&args.file.display().to_string()))
}
