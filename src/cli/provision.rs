//! `lcw provision`: installs what is missing, and only when it is asked to.

use std::io::{self, Write as _};

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::interrupts::Interrupts;
use super::output::{complain, finish_output};
use super::selection::{Browsers, load};
use super::{Failure, Global, block_on};
use crate::browser::provision::{self, Machine, Plan, Progress};
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
    let installed = block_on(async { install(&settings, &mut Interrupts::listen()?).await })??;
    if !installed {
        return Ok(ExitCode::Interrupted);
    }
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
    install(settings, interrupts).await
}

/// Installs what is missing for the browsers of these settings, telling each command before it runs. Gives whether that
/// was done: the first signal ends it, but not in the middle of packages, and the second ends the process at once.
async fn install(settings: &Settings, interrupts: &mut Interrupts) -> Result<bool, Failure> {
    let stop = CancellationToken::new();
    let tell = &mut |progress: Progress<'_>| complain(progress);
    let install = provision::provision(&settings.browsers, settings, tell, &stop);
    let listen = async {
        interrupts.next().await;
        complain("interrupted: packages that are being installed come to their end; once more stops at once");
        stop.cancel();
        interrupts.next().await;
        std::process::exit(ExitCode::Interrupted.code().into())
    };
    tokio::select! {
        biased;
        installed = install => installed.map_err(|error| Failure::no_browser(&error)),
        never = listen => never,
    }
}
