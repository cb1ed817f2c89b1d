//! `lcw expect`: known divergences are written from a run.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::interrupts::Interrupts;
use super::output::{complain, finish_output};
use super::replay::{read_to_conclude, warn_of_cut_off};
use super::run::{Planned, announce, command, perform, terminal};
use super::selection::{
    Browsers, Pace, Selection, Subject, load_with_origins, nothing_selected, warn_of_idle_filters,
};
use super::{Failure, Global, block_on};
use crate::config::{BrowserKind, Overrides};
use crate::event::{CaseResult, EndReason, Event};
use crate::report::{ExitCode, Finished, Report, ReportEndReason, ReportKind, ReportSpec, Reports, count};
use crate::runner::judges;
use crate::source::{SourceFile, visible};
use crate::suite::Plan;
use crate::target::{Expectation, Update};

#[derive(Debug, Args)]
pub(super) struct ExpectArgs {
    #[command(subcommand)]
    command: ExpectCommand,
}

#[derive(Debug, Subcommand)]
enum ExpectCommand {
    /// Write an entry for each failure of a run, and remove those that no longer hold; comments stay
    Update(Box<UpdateArgs>),
}

#[derive(Debug, Args)]
struct UpdateArgs {
    /// The expectations file [default: that of the target]
    #[arg(value_name = "FILE", required_unless_present = "target")]
    file: Option<PathBuf>,
    #[command(flatten)]
    subject: Subject,
    /// Take the results of this run (`lcw run --report json=PATH`, or events=PATH), or those of them that
    /// --only and --browser select, and run nothing
    #[arg(long, value_name = "REPORT", required_unless_present = "target")]
    from: Option<PathBuf>,
    /// The reason that new entries give
    #[arg(long, value_name = "TEXT", default_value = "not explained yet", value_parser = reason)]
    reason: String,
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    /// Cases: as the filters of `lcw run`
    #[arg(long, value_name = "FILTER")]
    only: Vec<String>,
    #[command(flatten)]
    browsers: Browsers,
    #[command(flatten)]
    pace: Pace,
    /// A folder laid out as fixtures/, instead of the built-in one
    #[arg(long, value_name = "PATH")]
    fixtures: Option<String>,
}

/// A reason that the file can be read with.
fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("an entry needs a reason; say why the target differs there".to_owned());
    }
    Ok(text.to_owned())
}

/// The results of a run.
struct Outcome {
    results: Vec<CaseResult>,
    /// Whether it ran to its end.
    completed: bool,
    /// The widget under test; `None` when the stream ends before it is named.
    target: Option<String>,
}

pub(super) fn expect(global: &Global, args: &ExpectArgs) -> Result<ExitCode, Failure> {
    let ExpectCommand::Update(args) = &args.command;
    let overrides = Overrides { fixtures: args.fixtures.clone(), ..args.browsers.overrides() };
    let loaded = load_with_origins(global, args.pace.onto(overrides))?;
    let settings = loaded.settings;
    let selection = Selection::of(&args.only);
    let (plan, suites) = selection.plan(&settings)?;
    let target = args.subject.target(loaded.file.as_deref(), &suites)?;
    let path = match args.file.clone().or_else(|| target.expectations_path.clone()) {
        Some(path) => path,
        None => {
            return Err(Failure::usage(format!(
                "the target {} has no expectations; write `expectations = \"{}.expectations.toml\"` into its file",
                target.name, target.name
            )));
        }
    };
    let text = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        text => {
            text.map_err(|error| Failure::usage(format!("failed to read {}: {error}", path.display())))?
        }
    };
    let file = SourceFile::new(path.display().to_string(), text);
    // Whether it can be brought up to date at all is known before anything is run for it.
    let brought_up_to_date = |results: &[CaseResult], whole: bool, ran: &[BrowserKind]| {
        let judges = |entry: &Expectation| whole && judges(&plan, ran, entry);
        Update::of(&file, suites.catalogue(), results, whole, judges, &args.reason).map_err(Failure::place)
    };
    brought_up_to_date(&[], false, &[])?;
    if !args.dry_run {
        check_writable(&path)?;
    }
    let outcome = match &args.from {
        Some(report) => {
            let mut outcome = recorded(report)?;
            // A file that is named may be anybody's.
            if args.file.is_none() && outcome.target.as_ref().is_some_and(|of| *of != target.name) {
                return Err(Failure::usage(format!(
                    "{} tells of the target {}, and these are the expectations of {}; give a report of that, or the file to update",
                    report.display(),
                    visible(outcome.target.as_deref().unwrap_or_default()),
                    target.name
                )));
            }
            // The browsers of the configuration are about runs to come, those of the flag are meant.
            let is_meant = |kind| args.browsers.browser.is_none() || settings.browsers.contains(&kind);
            outcome.results.retain(|result| is_meant(result.browser));
            let known_by =
                |result: &CaseResult| (result.id.clone(), result.requirements.iter().cloned().collect());
            for word in selection.filter()?.retain(&mut outcome.results, known_by) {
                complain(format_args!("warning: the filter `{word}` fits no result"));
            }
            if outcome.results.is_empty() {
                complain(format_args!("no result of {} is selected", report.display()));
                return Ok(ExitCode::NothingSelected);
            }
            outcome
        }
        None if plan.cases.is_empty() => return Ok(nothing_selected(&plan, &suites)),
        None => {
            warn_of_idle_filters(&plan, &suites);
            let command = command(global, &settings, &args.subject);
            let catalogue = suites.catalogue().clone();
            let planned = Planned { settings, plan: plan.clone(), walks: None, catalogue, target, command };
            let (finished, outcome) = run(global, planned)?;
            if !outcome.completed {
                complain(format_args!(
                    "{} is left as it is, since the run did not come to its end",
                    path.display()
                ));
                return Ok(announce(&finished));
            }
            outcome
        }
    };
    let whole = outcome.completed && is_whole(&plan, &outcome.results);
    let mut ran = BrowserKind::ALL.to_vec();
    ran.retain(|kind| outcome.results.iter().any(|result| result.browser == *kind));
    let update = brought_up_to_date(&outcome.results, whole, &ran)?;
    if !args.dry_run && !update.is_empty() {
        write(&path, &update.text)?;
    }
    finish_output(told(&update, &path, args.dry_run))?;
    Ok(ExitCode::AllAsExpected)
}

/// Whether every case of the whole plan gave a result.
fn is_whole(plan: &Plan, results: &[CaseResult]) -> bool {
    let ran: BTreeSet<_> = results.iter().map(|result| result.id.as_str()).collect();
    !plan.is_filtered() && plan.cases.iter().all(|case| ran.contains(case.id.as_str()))
}

fn recorded(path: &Path) -> Result<Outcome, Failure> {
    // A stream of events is many documents, so it is not read as one.
    let document = std::fs::read(path).ok().and_then(|text| serde_json::from_slice::<Report>(&text).ok());
    if let Some(report) = document {
        if report.end_reason.is_none() {
            warn_of_cut_off(path);
        }
        return Ok(Outcome {
            results: report.results(),
            completed: report.end_reason == Some(ReportEndReason::Completed),
            target: Some(report.target),
        });
    }
    let recorded = read_to_conclude(path)?;
    let mut outcome = Outcome { results: Vec::new(), completed: false, target: None };
    for (_, event) in recorded.events {
        match event {
            Event::RunStarted(header) => outcome.target = Some(header.target),
            Event::CaseFinished(result) => outcome.results.push(result),
            Event::RunFinished { reason, .. } => outcome.completed = reason == EndReason::Completed,
            _ => {}
        }
    }
    Ok(outcome)
}

/// Runs the plan, and reads its events back.
fn run(global: &Global, planned: Planned) -> Result<(Finished, Outcome), Failure> {
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::usage(format!("failed to make a temporary folder: {error}; set TMPDIR")))?;
    let spec = ReportSpec { kind: ReportKind::Events, path: folder.path().join("run.jsonl") };
    let reports =
        Reports::open(std::slice::from_ref(&spec)).map_err(|error| Failure::usage(error.to_string()))?;
    let display = terminal(global);
    let finished = block_on(async {
        let interrupts = Interrupts::listen()?;
        perform(planned, reports, display, interrupts).await
    })??;
    Ok((finished, recorded(&spec.path)?))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| not_writable(path, &error))
}

/// Whether a file can be written, or made, which is not done.
fn check_writable(path: &Path) -> Result<(), Failure> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match OpenOptions::new().append(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::metadata(parent).map(drop).map_err(|error| not_writable(path, &error))
        }
        opened => opened.map(drop).map_err(|error| not_writable(path, &error)),
    }
}

fn not_writable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("failed to write {}: {error}; check that you may write there", path.display()))
}

fn told(update: &Update, path: &Path, dry_run: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for added in &update.added {
        writeln!(out, "+ {}", visible(added))?;
    }
    for removed in &update.removed {
        writeln!(out, "- {}", visible(removed))?;
    }
    let path = path.display();
    if update.is_empty() {
        return writeln!(out, "{path} is up to date");
    }
    let (came, went) = (update.added.len(), update.removed.len());
    let change = format!("{} added, {} removed", count(came, "expectation"), count(went, "expectation"));
    writeln!(out, "{path}: {change}{}", if dry_run { ", were this no dry run" } else { "" })?;
    if came > 0 && !dry_run {
        writeln!(out, "say in each new entry why it is so: `reason` and, if there is one, `link`")?;
    }
    Ok(())
}
