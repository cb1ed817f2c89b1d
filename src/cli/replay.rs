//! `lcw report`: renders reports again from a stored event stream, with no browser at hand.

use std::path::PathBuf;

use clap::Args;

use super::run::{announce, terminal};
use super::{Failure, Global};
use crate::report::{ExitCode, ReportSpec, Reports, read_events};

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
    let recorded = read_events(&args.events).map_err(|error| Failure::usage(error.to_string()))?;
    let mut reports = Reports::open(&args.report).map_err(|error| Failure::usage(error.to_string()))?;
    reports.add(Box::new(terminal(global)));
    for (at, event) in &recorded.events {
        reports.event_at(*at, event);
    }
    Ok(announce(&reports.finish()))
}
