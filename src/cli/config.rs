//! `lcw config`: the configuration with the origin of each value.

use std::io;

use clap::{Args, Subcommand};

use super::output::finish_output;
use super::selection::{Browsers, Extent, Pace, load_with_origins};
use super::{Failure, Global};
use crate::config::Overrides;
use crate::report::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print each value and whether it is a default or comes from the file, a variable or a flag
    Show(Box<ShowArgs>),
}

/// The flags of `lcw run` that are a layer of the configuration, so that it can be asked what they change.
#[derive(Debug, Args)]
struct ShowArgs {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    browsers: Browsers,
    #[command(flatten)]
    pace: Pace,
    /// Show the browsers' windows
    #[arg(long)]
    headed: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn config(global: &Global, args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let ConfigCommand::Show(show) = &args.command;
    let browsers = Overrides { headed: show.headed, ..show.browsers.overrides() };
    let flags = show.extent.onto(show.pace.onto(browsers));
    let loaded = load_with_origins(global, flags)?;
    let mut out = io::stdout().lock();
    finish_output(if show.json { loaded.write_json(&mut out) } else { loaded.write_text(&mut out) })?;
    Ok(ExitCode::AllAsExpected)
}
