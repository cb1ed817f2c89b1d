//! The command line, one file a subcommand; each is thin and leaves the work to its room.

mod audit;
mod check;
mod completions;
mod config;
mod coverage;
mod doctor;
mod expect;
mod failure;
mod init;
mod interrupts;
mod list;
mod logging;
mod mutants;
mod output;
mod provision;
mod replay;
mod run;
mod selection;
mod serve;
mod target;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use failure::Failure;

use crate::report::{ColorChoice, ExitCode};

/// What follows the help of every command.
const EXIT_CODES: &str = "\
Exit codes:
  0    all as expected
  1    something was not as expected
  2    bad usage or configuration
  3    no browser or driver
  4    nothing selected
  130  interrupted";

/// The heading in every command's help over what is not its own.
const HEADING: &str = "Options of every command";

/// Sees in real browsers that a live chat widget's startProactiveChat does what is documented.
#[derive(Debug, Parser)]
#[command(name = "lcw", version, about, after_help = EXIT_CODES, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
struct Global {
    /// The configuration file; otherwise webdriver.toml here or in a folder above
    #[arg(long, global = true, value_name = "PATH", help_heading = HEADING)]
    config: Option<PathBuf>,
    /// Say more: -v results and notes, -vv what happens in the browser, -vvv every message
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = HEADING)]
    verbose: u8,
    /// Say only what is not as expected
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = HEADING)]
    quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN", help_heading = HEADING)]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the plan in real browsers
    Run(run::RunArgs),
    /// Print the plan: cases, requirements, and what is left out and why
    List(list::ListArgs),
    /// Print requirements, how many cases cover each, and how it fared
    Coverage(coverage::CoverageArgs),
    /// Try widgets with one seeded defect each: does the plan find it?
    Mutants(mutants::MutantsArgs),
    /// Check that a target loads and that its selectors find what they should
    Target(target::TargetArgs),
    /// Write the known divergences of a target from a run
    Expect(expect::ExpectArgs),
    /// Check pages of your own: do they invite their visitors as they promise?
    Check(check::CheckArgs),
    /// Look at pages without being told what they promise: what invites, and what is wrong
    Audit(audit::AuditArgs),
    /// Write what checking a page begins with: scenarios, settings, continuous integration
    Init(init::InitArgs),
    /// Serve the fixture pages, to look at the widget by hand
    Serve(serve::ServeArgs),
    /// Check browsers, drivers, ports and display, and say what to do about what is missing
    Doctor(doctor::DoctorArgs),
    /// Install the browsers and drivers that are missing
    Provision(provision::ProvisionArgs),
    /// Show the configuration and where each value comes from
    Config(config::ConfigArgs),
    /// Render reports again from a stored event stream
    Report(replay::ReplayArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}

/// Runs the command line of this process to its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a broken pipe is nobody's concern.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::Usage } else { ExitCode::AllAsExpected };
        }
    };
    let Cli { global, command } = cli;
    logging::start(&global);
    let ended = match command {
        Command::Run(args) => run::run(&global, args),
        Command::List(args) => list::list(&global, &args),
        Command::Coverage(args) => coverage::coverage(&global, &args),
        Command::Mutants(args) => mutants::mutants(&global, &args),
        Command::Expect(args) => expect::expect(&global, &args),
        Command::Target(args) => target::target(&global, &args),
        Command::Audit(args) => audit::audit(&global, &args),
        Command::Check(args) => check::check(&global, &args),
        Command::Init(args) => init::init(&global, &args),
        Command::Serve(args) => serve::serve(&global, &args),
        Command::Doctor(args) => doctor::doctor(&global, &args),
        Command::Provision(args) => provision::provision(&global, &args),
        Command::Config(args) => config::config(&global, &args),
        Command::Report(args) => replay::replay(&global, &args),
        Command::Completions(args) => completions::completions(&args),
    };
    ended.unwrap_or_else(|failure| failure.print(global.color))
}

/// A runtime for a command that waits for browsers or connections.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::usage(format!("failed to start the async runtime: {error}; free some memory"))
    })?;
    let ended = runtime.block_on(work);
    // What still runs is either done with or waits for a peer that will not answer.
    runtime.shutdown_background();
    Ok(ended)
}
