//! `lcw coverage`: which requirement is covered by how many cases, and how it fared in a run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::output::{finish_output, write_json};
use super::replay::read_to_conclude;
use super::selection::{Selection, load, warn_of_idle_filters};
use super::{Failure, Global};
use crate::config::Overrides;
use crate::contract::RequirementId;
use crate::event::{Event, Outcome};
use crate::report::ExitCode;
use crate::suite::{CoverageTable, Fared};

#[derive(Debug, Args)]
pub(super) struct CoverageArgs {
    #[command(flatten)]
    selection: Selection,
    /// Say how each requirement fared in the run whose stream this is (`lcw run --report events=PATH`)
    #[arg(long, value_name = "EVENTS")]
    run: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print a table in Markdown, with the requirements' words and sources
    #[arg(long)]
    markdown: bool,
}

pub(super) fn coverage(global: &Global, args: &CoverageArgs) -> Result<ExitCode, Failure> {
    let settings = load(global, args.selection.onto(Overrides::default()))?;
    let (plan, suites) = args.selection.plan(&settings)?;
    warn_of_idle_filters(&plan, &suites);
    let run = args.run.as_deref().map(fared).transpose()?;
    let table = CoverageTable::new(&plan, suites.catalogue(), run.as_ref());
    let mut out = std::io::stdout().lock();
    let written = if args.json {
        write_json(&mut out, &table)
    } else {
        let text = if args.markdown { table.to_markdown() } else { table.to_text() };
        out.write_all(text.as_bytes())
    };
    finish_output(written)?;
    Ok(if plan.cases.is_empty() { ExitCode::NothingSelected } else { ExitCode::AllAsExpected })
}

/// How each requirement fared in a recorded run.
fn fared(events: &std::path::Path) -> Result<BTreeMap<RequirementId, Fared>, Failure> {
    let recorded = read_to_conclude(events)?;
    let mut all: BTreeMap<RequirementId, Fared> = BTreeMap::new();
    for (_, event) in &recorded.events {
        let Event::CaseFinished(result) = event else { continue };
        for id in &result.requirements {
            let fared = all.entry(id.clone()).or_default();
            let is_blamed = result.mismatches.iter().any(|mismatch| mismatch.requirement == *id);
            *(match result.outcome {
                Outcome::Passed => &mut fared.held,
                _ if is_blamed => &mut fared.broken,
                _ => &mut fared.unjudged,
            }) += 1;
        }
    }
    Ok(all)
}
