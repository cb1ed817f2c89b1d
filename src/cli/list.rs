//! `lcw list`: the plan, without touching a browser.

use std::io::{self, Write};

use clap::Args;

use super::output::{finish_output, write_json};
use super::selection::{Selection, load, nothing_selected};
use super::{Failure, Global};
use crate::config::Overrides;
use crate::report::ExitCode;
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
