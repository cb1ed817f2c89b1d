//! The plan for people and for programs: what `lcw list` prints.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::plan::{LeftOut, LeftOutReason, Plan, PlannedCase};
use crate::contract::{Catalogue, Level, Requirement, RequirementId};

/// A plan, with what it covers; as JSON the document of `lcw list --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Listing<'a> {
    /// How many cases run, and how many do not.
    pub summary: Summary,
    /// The cases that run, in this order.
    pub cases: Vec<ListedCase<'a>>,
    /// Every requirement, with the number of planned cases that cover it.
    pub requirements: Vec<Coverage<'a>>,
    /// The cases that do not run.
    pub left_out: &'a [LeftOut],
    /// The filter's words that fit no case.
    pub idle_filters: &'a [String],
}

/// The counts of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Cases that run, in each browser.
    pub cases: usize,
    /// Cases that do not.
    pub left_out: usize,
    /// Requirements that a planned case covers.
    pub requirements_covered: usize,
    /// Requirements in the catalogue.
    pub requirements: usize,
    /// The covering arrays' strength; `null` when matrices run in full.
    pub strength: Option<usize>,
}

/// A planned case without its steps' details.
#[derive(Debug, Clone, Serialize)]
pub struct ListedCase<'a> {
    /// Its id, to be given to `lcw run`.
    pub id: &'a str,
    /// What it is about.
    pub title: &'a str,
    /// The requirements that it covers.
    pub requirements: Vec<&'a RequirementId>,
    /// Its steps in words.
    pub steps: Vec<String>,
}

/// A requirement and how many planned cases cover it.
#[derive(Debug, Clone, Serialize)]
pub struct Coverage<'a> {
    /// The requirement's id.
    pub id: &'a RequirementId,
    /// Its weight; `null` when the catalogue does not know it, which is a fault of the suite.
    pub level: Option<Level>,
    /// What it asks for.
    pub text: Option<&'a str>,
    /// Where it comes from.
    pub source: Option<&'a str>,
    /// How many planned cases cover it.
    pub cases: usize,
}

impl<'a> Listing<'a> {
    /// Lists a plan against all requirements.
    pub fn new(plan: &'a Plan, catalogue: &'a Catalogue) -> Self {
        let mut counts: BTreeMap<&RequirementId, usize> =
            catalogue.iter().map(|requirement| (&requirement.id, 0)).collect();
        for requirement in plan.cases.iter().flat_map(|case| &case.requirements) {
            *counts.entry(requirement).or_default() += 1;
        }
        let requirements: Vec<Coverage<'_>> = counts
            .into_iter()
            .map(|(id, cases)| {
                let known: Option<&Requirement> = catalogue.get(id);
                Coverage {
                    id,
                    level: known.map(|requirement| requirement.level),
                    text: known.map(|requirement| requirement.text.as_str()),
                    source: known.map(|requirement| requirement.source.as_str()),
                    cases,
                }
            })
            .collect();
        Self {
            summary: Summary {
                cases: plan.cases.len(),
                left_out: plan.left_out.len(),
                requirements_covered: requirements.iter().filter(|coverage| coverage.cases > 0).count(),
                requirements: requirements.len(),
                strength: plan.strength,
            },
            cases: plan.cases.iter().map(ListedCase::new).collect(),
            requirements,
            left_out: &plan.left_out,
            idle_filters: &plan.idle_filters,
        }
    }

    /// Writes the listing for people: cases, requirements with their counts, and the left-out cases
    /// counted by reason. `in_full` also names each left-out case, and each case's requirements.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_text(&self, out: &mut dyn Write, in_full: bool) -> io::Result<()> {
        for case in &self.cases {
            writeln!(out, "{}", case.id)?;
            writeln!(out, "    {}", case.title)?;
            if in_full {
                writeln!(out, "    {}", joined(&case.requirements))?;
            }
        }
        if !self.cases.is_empty() {
            writeln!(out)?;
        }
        self.write_requirements(out)?;
        self.write_left_out(out, in_full)?;
        for word in self.idle_filters {
            writeln!(out, "the filter `{word}` fits no case of the plan")?;
        }
        let Summary { cases, left_out, requirements_covered, requirements, strength } = self.summary;
        let matrices = match strength {
            Some(strength) => format!("matrices covered at strength {strength}"),
            None => "matrices in full".to_owned(),
        };
        writeln!(
            out,
            "{cases} {}, {requirements_covered} of {requirements} requirements, {left_out} left out, {matrices}",
            if cases == 1 { "case" } else { "cases" }
        )
    }

    fn write_requirements(&self, out: &mut dyn Write) -> io::Result<()> {
        let width = self.requirements.iter().map(|coverage| coverage.id.as_str().len()).max().unwrap_or(0);
        writeln!(out, "requirements")?;
        for Coverage { id, level, cases, text, .. } in &self.requirements {
            let level = level.map_or_else(|| "unknown".to_owned(), |level| level.to_string());
            let text = text.unwrap_or("not in the catalogue of requirements");
            writeln!(out, "    {:width$}  {level:11}  {cases:5}  {text}", id.as_str())?;
        }
        writeln!(out)
    }

    fn write_left_out(&self, out: &mut dyn Write, names: bool) -> io::Result<()> {
        let mut by_reason: BTreeMap<&LeftOutReason, Vec<&str>> = BTreeMap::new();
        for LeftOut { id, reason } in self.left_out {
            by_reason.entry(reason).or_default().push(id);
        }
        if by_reason.is_empty() {
            return Ok(());
        }
        writeln!(out, "left out")?;
        for (reason, ids) in by_reason {
            writeln!(out, "    {:5}  {reason}", ids.len())?;
            for id in ids.iter().filter(|_| names) {
                writeln!(out, "           {id}")?;
            }
        }
        writeln!(out)
    }
}

impl<'a> ListedCase<'a> {
    fn new(case: &'a PlannedCase) -> Self {
        Self {
            id: &case.id,
            title: &case.title,
            requirements: case.requirements.iter().collect(),
            steps: case.scenario.steps.iter().map(ToString::to_string).collect(),
        }
    }
}

fn joined(ids: &[&RequirementId]) -> String {
    ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ")
}
