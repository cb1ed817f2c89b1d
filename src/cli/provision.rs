//! `lcw provision`: installs what is missing, and only when it is asked to.

use std::io::{self, Write as _};

use clap::Args;

use super::interrupts::Interrupts;
use super::output::{complain, finish_output};
use super::selection::{Browsers, load};
use super::{Failure, Global, block_on};
use crate::browser::provision::{self, Machine, Plan};
use crate::config::Settings;
use crate::report::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ProvisionArgs {
    #[command(flatten)]
    browsers: Browsers,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn provision(global: &Global, args: &ProvisionArgs) -> Result<ExitCode, Failure> {
    let settings = load(global, args.browsers.overrides())?;
    let plan = Plan::make(&settings.browsers, &settings, &Machine::look());
    if args.dry_run || plan.is_empty() {
        finish_output(writeln!(io::stdout(), "{plan}"))?;
        return Ok(ExitCode::AllAsExpected);
    }
    block_on(install(&settings))??;
    provision::complete(&settings.browsers, &settings).map_err(|error| Failure::no_browser(&error))?;
    finish_output(writeln!(io::stdout(), "everything is installed; `lcw doctor` looks it over"))?;
    Ok(ExitCode::AllAsExpected)
}

/// Does so before a command that needs browsers, when its flag or `LCW_PROVISION` asks for it. Gives whether
/// the command may go on: an interrupt ends it here, where nothing has begun that a report could tell of.
pub(super) async fn before(
    is_asked_for: bool,
    settings: &Settings,
    interrupts: &mut Interrupts,
) -> Result<bool, Failure> {
    if !(is_asked_for || provision::is_asked_for()) {
        return Ok(true);
    }
    tokio::select! {
        installed = install(settings) => installed.map(|()| true),
        () = interrupts.next() => Ok(false),
    }
}

/// Installs what is missing for the browsers of these settings, telling each command before it runs.
async fn install(settings: &Settings) -> Result<(), Failure> {
    provision::provision(&settings.browsers, settings, &mut |progress| complain(progress))
        .await
        .map_err(|error| Failure::no_browser(&error))
}
