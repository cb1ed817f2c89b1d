//! Requirements and the cases that cover them: what `lcw coverage` prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::plan::Plan;
use crate::contract::{Catalogue, Level, RequirementId};

/// How a requirement fared in a run, counted in results: a case in one browser each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Fared {
    /// It held to the end of the case.
    pub held: usize,
    /// It was blamed.
    pub broken: usize,
    /// The case ended for another reason before it could be said.
    pub unjudged: usize,
}

/// A requirement with the planned cases that cover it.
#[derive(Debug, Clone, Serialize)]
pub struct CoveredRequirement<'a> {
    /// Its id.
    pub id: &'a RequirementId,
    /// Its weight.
    pub level: Level,
    /// Where it comes from.
    pub source: &'a str,
    /// What it asks for.
    pub text: &'a str,
    /// The ids of the cases that cover it.
    pub cases: Vec<&'a str>,
    /// How it fared in the run that was given; `null` without one.
    pub run: Option<Fared>,
}

/// All requirements against all planned cases; as JSON the document of `lcw coverage --json`.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageTable<'a> {
    /// Every requirement of the catalogue, by id.
    pub requirements: Vec<CoveredRequirement<'a>>,
    /// The requirements that no case covers.
    pub without_a_case: Vec<&'a RequirementId>,
    /// The cases that cover no requirement.
    pub without_a_requirement: Vec<&'a str>,
    /// How many cases are planned.
    pub cases: usize,
}

impl<'a> CoverageTable<'a> {
    /// Lays a plan against a catalogue; `run` says how each requirement fared, if there was a run.
    pub fn new(
        plan: &'a Plan,
        catalogue: &'a Catalogue,
        run: Option<&BTreeMap<RequirementId, Fared>>,
    ) -> Self {
        let covering = |id: &RequirementId| {
            let cases = plan.cases.iter().filter(|case| case.requirements.contains(id));
            cases.map(|case| case.id.as_str()).collect::<Vec<_>>()
        };
        let requirements: Vec<_> = catalogue
            .iter()
            .map(|requirement| CoveredRequirement {
                id: &requirement.id,
                level: requirement.level,
                source: &requirement.source,
                text: &requirement.text,
                cases: covering(&requirement.id),
                run: run.map(|run| run.get(&requirement.id).copied().unwrap_or_default()),
            })
            .collect();
        let lonely = plan.cases.iter().filter(|case| case.requirements.is_empty());
        Self {
            without_a_case: requirements
                .iter()
                .filter(|requirement| requirement.cases.is_empty())
                .map(|requirement| requirement.id)
                .collect(),
            without_a_requirement: lonely.map(|case| case.id.as_str()).collect(),
            cases: plan.cases.len(),
            requirements,
        }
    }

    /// The table for people.
    pub fn to_text(&self) -> String {
        let width = self.requirements.iter().map(|each| each.id.as_str().len()).max().unwrap_or_default();
        let mut out = String::new();
        let run = if self.has_run() { "last run" } else { "" };
        let heading = format!("{:width$}  {:11}  cases  {run}", "requirement", "level");
        let _ = writeln!(out, "{}", heading.trim_end());
        for CoveredRequirement { id, level, cases, run, .. } in &self.requirements {
            let run = run.map(|run| run.to_string()).unwrap_or_default();
            let line = format!("{:width$}  {:11}  {:5}  {run}", id.as_str(), level.to_string(), cases.len());
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let _ = writeln!(out, "\n{}", self.total());
        for line in self.gaps() {
            let _ = writeln!(out, "{line}");
        }
        out
    }

    /// The same in Markdown, with each requirement's words and source.
    pub fn to_markdown(&self) -> String {
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        let with_run = self.has_run();
        let mut out = String::from("| requirement | level | asks for | source | cases |");
        out.push_str(if with_run { " last run |\n" } else { "\n" });
        out.push_str("| --- | --- | --- | --- | ---: |");
        out.push_str(if with_run { " --- |\n" } else { "\n" });
        for CoveredRequirement { id, level, source, text, cases, run } in &self.requirements {
            let (text, source) = (cell(text), cell(source));
            let _ = write!(out, "| `{id}` | {level} | {text} | {source} | {} |", cases.len());
            if let Some(run) = run {
                let _ = write!(out, " {run} |");
            }
            out.push('\n');
        }
        let _ = writeln!(out, "\n{}", self.total());
        for line in self.gaps() {
            let _ = writeln!(out, "\n{line}");
        }
        out
    }

    fn has_run(&self) -> bool {
        self.requirements.iter().any(|each| each.run.is_some())
    }

    fn total(&self) -> String {
        let covered = self.requirements.len() - self.without_a_case.len();
        format!("{covered} of {} requirements are covered by {} cases", self.requirements.len(), self.cases)
    }

    fn gaps(&self) -> Vec<String> {
        let ids: Vec<&str> = self.without_a_case.iter().map(|id| id.as_str()).collect();
        [("requirements without a case", &ids), ("cases without a requirement", &self.without_a_requirement)]
            .into_iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(what, ids)| format!("{what}: {}", ids.join(", ")))
            .collect()
    }
}

impl std::fmt::Display for Fared {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { held, broken, unjudged } = *self;
        let parts: Vec<String> = [(held, "held"), (broken, "broken"), (unjudged, "unjudged")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        out.write_str(if parts.is_empty() { "not run" } else { "" })?;
        out.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::PlannedCase;
    use super::*;
    use crate::contract::{Requirement, Scenario};

    fn case(id: &str, requirements: &[&'static str]) -> PlannedCase {
        PlannedCase {
            id: id.into(),
            title: String::new(),
            requirements: requirements.iter().map(|id| RequirementId::new(id)).collect(),
            scenario: Scenario::default(),
        }
    }

    fn requirement(id: &'static str, level: Level) -> Requirement {
        Requirement {
            id: RequirementId::new(id),
            level,
            source: "reference, a | note".into(),
            text: format!("The sentence of {id}."),
        }
    }

    #[test]
    fn requirements_stand_beside_their_cases_and_their_fate() {
        let mut catalogue = Catalogue::default();
        for (id, level) in
            [("a.held", Level::Must), ("b.broken", Level::Should), ("c.nowhere", Level::Observed)]
        {
            catalogue.insert(requirement(id, level)).unwrap();
        }
        let cases = vec![case("one", &["a.held"]), case("two", &["a.held", "b.broken"]), case("three", &[])];
        let plan = Plan { cases, ..Plan::default() };
        let fared = Fared { held: 2, ..Fared::default() };
        let run = BTreeMap::from([
            (RequirementId::new("a.held"), fared),
            (RequirementId::new("b.broken"), Fared { held: 1, broken: 1, unjudged: 1 }),
        ]);
        insta::assert_snapshot!(CoverageTable::new(&plan, &catalogue, None).to_text());
        let table = CoverageTable::new(&plan, &catalogue, Some(&run));
        insta::assert_snapshot!(table.to_text());
        insta::assert_snapshot!(table.to_markdown());
        assert_eq!(table.without_a_case, [&RequirementId::new("c.nowhere")]);
        assert_eq!(table.without_a_requirement, ["three"]);
    }
}
