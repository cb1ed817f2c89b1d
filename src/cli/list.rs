//! `lcw list`: the plan, without touching a browser.

use std::io::{self, Write};

use clap::Args;

use super::selection::{Selection, load, nothing_selected};
use super::{Failure, Global};
use crate::config::Overrides;
use crate::report::{ColorChoice, ExitCode};
use crate::suite::Listing;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    selection: Selection,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn list(global: &Global, args: &ListArgs) -> Result<ExitCode, Failure> {
    let settings = load(global, args.selection.onto(Overrides::default()))?;
    let (plan, suites) = args.selection.plan(&settings)?;
    if plan.cases.is_empty() && !args.json {
        return Ok(nothing_selected(&plan, &suites));
    }
    let listing = Listing::new(&plan, suites.catalogue());
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if args.json {
        write_json(&mut out, &listing)
    } else {
        listing.write_text(&mut out, global.verbose > 0)
    };
    finish_output(written.and_then(|()| out.flush()))?;
    Ok(if plan.cases.is_empty() { ExitCode::NothingSelected } else { ExitCode::AllAsExpected })
}

/// Writes one JSON document and the end of its last line.
pub(super) fn write_json(out: &mut dyn Write, document: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

/// Prints what is for people; a reader that is gone is no reason to stop.
pub(super) fn print(color: ColorChoice, text: &str) {
    let _ = write!(anstream::AutoStream::new(io::stdout(), color.into()), "{text}");
}

/// A reader that has seen enough, such as `head`, is no failure.
pub(super) fn finish_output(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::usage(format!("failed to write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
