//! `lcw config`: the configuration with the origin of each value.

use std::io;

use clap::{Args, Subcommand};

use super::list::finish_output;
use super::selection::load_with_origins;
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
    Show {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn config(global: &Global, args: &ConfigArgs) -> Result<ExitCode, Failure> {
    let ConfigCommand::Show { json } = args.command;
    let loaded = load_with_origins(global, Overrides::default())?;
    let mut out = io::stdout().lock();
    finish_output(if json { loaded.write_json(&mut out) } else { loaded.write_text(&mut out) })?;
    Ok(ExitCode::AllAsExpected)
}
