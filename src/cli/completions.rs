//! `lcw completions`: a script that teaches a shell the command line.

use std::io::Write as _;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::output::finish_output;
use super::{Cli, Failure};
use crate::report::ExitCode;

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    // Into memory first: the generator panics when its reader has seen enough.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lcw", &mut script);
    let mut out = std::io::stdout().lock();
    finish_output(out.write_all(&script).and_then(|()| out.flush()))?;
    Ok(ExitCode::AllAsExpected)
}
