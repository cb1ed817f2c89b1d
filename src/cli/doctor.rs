//! `lcw doctor`: looks at everything that a run needs, and says what to do about what is missing.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde_json::json;

use super::output::finish_output;
use super::selection::{Browsers, load};
use super::{Failure, Global, block_on};
use crate::browser::doctor::{Check, Status, examine};
use crate::config::Overrides;
use crate::report::ExitCode;

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    browsers: Browsers,
    /// Check for a run that shows the browsers' windows
    #[arg(long)]
    headed: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn doctor(global: &Global, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let settings = load(global, Overrides { headed: args.headed, ..args.browsers.overrides() })?;
    let checks = block_on(examine(&settings))?;
    let problems = checks.iter().filter(|check| check.status == Status::Problem).count();
    let mut out = anstream::AutoStream::new(io::stdout(), global.color.into());
    finish_output(if args.json {
        write_json(&mut out, &checks)
    } else {
        write_text(&mut out, &checks, problems)
    })?;
    Ok(if problems == 0 { ExitCode::AllAsExpected } else { ExitCode::NoBrowser })
}

fn write_text(out: &mut impl Write, checks: &[Check], problems: usize) -> io::Result<()> {
    let width = checks.iter().map(|check| check.subject.chars().count()).max().unwrap_or(0);
    for Check { subject, status, detail, next } in checks {
        let style: Style = match status {
            Status::Fine => AnsiColor::Green.on_default(),
            Status::Warning => AnsiColor::Yellow.on_default().bold(),
            Status::Problem => AnsiColor::Red.on_default().bold(),
        };
        writeln!(out, "{style}{status:<7}{style:#}  {subject:<width$}  {detail}")?;
        if let Some(next) = next {
            writeln!(out, "{:width$}  next: {next}", "", width = width + 9)?;
        }
    }
    match problems {
        0 => writeln!(out, "\nready: `lcw run`"),
        1 => writeln!(out, "\n1 problem; a run fails until it is solved"),
        _ => writeln!(out, "\n{problems} problems; a run fails until they are solved"),
    }
}

fn write_json(out: &mut impl Write, checks: &[Check]) -> io::Result<()> {
    let checks: Vec<_> = checks
        .iter()
        .map(|Check { subject, status, detail, next }| {
            json!({ "subject": subject, "status": status.to_string(), "detail": detail, "next": next })
        })
        .collect();
    writeln!(out, "{:#}", json!(checks))
}
