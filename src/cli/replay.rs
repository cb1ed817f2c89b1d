//! `lcw report`: renders reports again from a stored event stream, with no browser at hand.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::complain;
use super::run::{announce, terminal};
use super::{Failure, Global};
use crate::report::{ExitCode, RecordedRun, ReportSpec, Reports, read_events};
use crate::source::visible;

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The stream that `lcw run --report events=PATH` wrote
    #[arg(value_name = "EVENTS")]
    events: PathBuf,
    /// Also write a report: junit=PATH, json=PATH or events=PATH
    #[arg(long, value_name = "KIND=PATH")]
    report: Vec<ReportSpec>,
}

pub(super) fn replay(global: &Global, args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let recorded = read(&args.events)?;
    let mut reports = Reports::open(&args.report).map_err(|error| Failure::usage(error.to_string()))?;
    reports.add(Box::new(terminal(global)));
    for (at, event) in &recorded.events {
        reports.event_at(*at, event);
    }
    Ok(announce(&reports.finish()))
}

fn read(path: &Path) -> Result<RecordedRun, Failure> {
    read_events(path).map_err(|error| Failure::usage(error.to_string()))
}

/// Reads the stream of a run for whoever draws a conclusion from it and shows no summary: that it is cut off is told.
pub(super) fn read_to_conclude(path: &Path) -> Result<RecordedRun, Failure> {
    let recorded = read(path)?;
    if recorded.cut_off.is_some() {
        warn_of_cut_off(path);
    }
    Ok(recorded)
}

/// Tells that what is known of a run is not all of it.
pub(super) fn warn_of_cut_off(path: &Path) {
    let path = visible(&path.display().to_string());
    complain(format_args!(
        "warning: {path} is cut off before its run had ended; what came later is not known"
    ));
}
