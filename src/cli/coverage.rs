//! `lcw coverage`: which requirement is covered by how many cases, and how it fared in a run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::{finish_output, write_json};
use super::replay::read_to_conclude;
use super::selection::{Selection, load, warn_of_idle_filters};
use super::{Failure, Global};
use crate::config::Overrides;
use crate::contract::RequirementId;
use crate::event::{CaseResult, Event, Outcome};
use crate::report::ExitCode;
use crate::suite::{CoverageTable, Fared, Filter};

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
    let filter = args.selection.filter()?;
    let run = args.run.as_deref().map(|events| fared(events, &filter)).transpose()?;
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

/// How each requirement fared in what is selected of a recorded run.
fn fared(events: &Path, filter: &Filter) -> Result<BTreeMap<RequirementId, Fared>, Failure> {
    let recorded = read_to_conclude(events)?;
    let finished = recorded.events.into_iter().filter_map(|(_, event)| match event {
        Event::CaseFinished(result) => Some(result),
        _ => None,
    });
    let mut results: Vec<CaseResult> = finished.collect();
    // Words that fit nothing of the plan are told already.
    filter.retain(&mut results, |result| (result.id.clone(), result.requirements.iter().cloned().collect()));
    let mut all: BTreeMap<RequirementId, Fared> = BTreeMap::new();
    for result in &results {
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
