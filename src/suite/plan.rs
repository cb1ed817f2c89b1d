//! The plan: which cases run, which do not, and why. Made before any browser is touched.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::Serialize;

use super::covering::Row;
use super::filter::{BoundFilter, Filter};
use super::load::{Suite, SuiteError, Suites};
use super::matrix::Matrix;
use crate::contract::oracle::{self, SuiteBug};
use crate::contract::{RequirementId, Scenario};

/// A case that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedCase {
    /// Its stable name; see `docs/suites.md` for how it is made.
    pub id: String,
    /// What it is about, in one line.
    pub title: String,
    /// The requirements of which the oracle makes a claim in it.
    pub requirements: BTreeSet<RequirementId>,
    /// The widget's settings and the steps.
    pub scenario: Scenario,
}

impl PlannedCase {
    /// A case that stands in no suite.
    ///
    /// # Errors
    /// When the scenario contradicts the contract.
    pub fn new(id: String, title: String, scenario: Scenario) -> Result<Self, SuiteBug> {
        let requirements = requirements_of(&scenario)?;
        Ok(Self { id, title, requirements, scenario })
    }
}

/// A case that does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its stable name; given whole as a filter it runs after all, unless the suite excludes it.
    pub id: String,
    /// Why it does not run.
    pub reason: LeftOutReason,
}

/// Why a case does not run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LeftOutReason {
    /// The suite says that this combination makes no sense.
    Excluded {
        /// In the suite's words.
        reason: String,
    },
    /// The covering array does without this row of a matrix.
    NotSampled {
        /// The array's strength.
        strength: usize,
    },
    /// The filter does not select it.
    Filtered,
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Excluded { reason } => write!(out, "excluded by the suite: {reason}"),
            Self::NotSampled { strength } => {
                write!(out, "beyond the covering array of strength {strength}; --all runs every one")
            }
            Self::Filtered => out.write_str("not selected by the filter"),
        }
    }
}

/// All that a run will do, in this order, and all that it will not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The cases that run.
    pub cases: Vec<PlannedCase>,
    /// The cases that do not.
    pub left_out: Vec<LeftOut>,
    /// The filter's words that fit no case.
    pub idle_filters: Vec<String>,
    /// The covering arrays' strength, `None` for full products.
    pub strength: Option<usize>,
}

impl Plan {
    /// Makes the plan: the cases that are written out, then each matrix's rows, first its full products,
    /// then what a covering array of `strength` (`None`: the whole product) still needs; then the filter.
    ///
    /// A row given by its whole id as a filter is in the plan even if the covering array does without it.
    ///
    /// # Errors
    /// When a case contradicts the contract, that is when the oracle refuses it: a bug of the suite,
    /// never of a widget.
    pub fn build(suites: &Suites, strength: Option<usize>, filter: &Filter) -> Result<Self, SuiteError> {
        Self::build_with(suites, strength, filter, requirements_of)
    }

    /// The plan of cases that stand in no suite: those of them that the filter selects, in this order.
    pub fn of(cases: Vec<PlannedCase>, filter: &Filter) -> Self {
        let ids: BTreeSet<String> = cases.iter().map(|case| case.id.clone()).collect();
        let filter = filter.bind(|word| ids.contains(word));
        Self { cases, ..Self::default() }.filtered(&filter)
    }

    /// The same with another way to ask which requirements a scenario bears on.
    pub(super) fn build_with(
        suites: &Suites,
        strength: Option<usize>,
        filter: &Filter,
        requirements_of: impl Fn(&Scenario) -> Result<BTreeSet<RequirementId>, SuiteBug>,
    ) -> Result<Self, SuiteError> {
        let ids = suites.ids();
        let filter = filter.bind(|word| ids.contains(word));
        let mut builder = Builder { plan: Self { strength, ..Self::default() }, filter, requirements_of };
        for suite in &suites.suites {
            for case in &suite.cases {
                builder.add(suite, case.span.clone(), &case.id, &case.title, Ok(case.scenario.clone()))?;
            }
            for matrix in &suite.matrices {
                builder.add_matrix(suite, matrix, strength)?;
            }
        }
        Ok(builder.finish())
    }

    fn filtered(mut self, filter: &BoundFilter<'_>) -> Self {
        self.idle_filters = filter.idle(self.cases.iter().map(|case| (case.id.as_str(), &case.requirements)));
        let (kept, dropped): (_, Vec<PlannedCase>) =
            self.cases.into_iter().partition(|case| filter.selects(&case.id, &case.requirements));
        self.cases = kept;
        let dropped = dropped.into_iter();
        self.left_out.extend(dropped.map(|case| LeftOut { id: case.id, reason: LeftOutReason::Filtered }));
        self
    }
}

impl Plan {
    /// Whether a filter has left something out.
    pub fn is_filtered(&self) -> bool {
        self.left_out.iter().any(|left_out| left_out.reason == LeftOutReason::Filtered)
    }

    /// Whether the covering array does without all cases of which this holds, and there are some.
    pub fn only_leaves_out(&self, holds: impl Fn(&str) -> bool) -> bool {
        let is_unsampled = |left_out: &&LeftOut| matches!(left_out.reason, LeftOutReason::NotSampled { .. });
        !self.cases.iter().any(|case| holds(&case.id))
            && self.left_out.iter().filter(is_unsampled).any(|left_out| holds(&left_out.id))
    }
}

impl Suites {
    /// The ids of all cases, rows that are left out included.
    pub fn ids(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for suite in &self.suites {
            ids.extend(suite.cases.iter().map(|case| case.id.clone()));
            for matrix in &suite.matrices {
                ids.extend(matrix.space.product().map(|row| matrix.row_id(&row)));
            }
        }
        ids
    }
}

/// The requirements of which the oracle makes a claim.
pub(super) fn requirements_of(scenario: &Scenario) -> Result<BTreeSet<RequirementId>, SuiteBug> {
    let claims = oracle::predict(scenario)?.into_iter().flat_map(|step| step.claims);
    Ok(claims.map(|claim| claim.requirement).collect())
}

struct Builder<'a, F> {
    /// Its cases are not filtered yet.
    plan: Plan,
    filter: BoundFilter<'a>,
    requirements_of: F,
}

impl<F: Fn(&Scenario) -> Result<BTreeSet<RequirementId>, SuiteBug>> Builder<'_, F> {
    fn add(
        &mut self,
        suite: &Suite,
        span: Range<usize>,
        id: &str,
        title: &str,
        scenario: Result<Scenario, String>,
    ) -> Result<(), SuiteError> {
        let bug = |reason: String| {
            let message = format!("BUG IN SUITE: the case `{id}` contradicts the contract");
            let help = "correct the case; nothing is said about the widget";
            SuiteError::from(suite.file.error(span.clone(), message, reason).with_help(help))
        };
        let scenario = scenario.map_err(bug)?;
        let requirements = (self.requirements_of)(&scenario)
            .map_err(|error| bug(format!("step {}: {}", error.step, error.reason)))?;
        self.plan.cases.push(PlannedCase {
            id: id.to_owned(),
            title: title.to_owned(),
            requirements,
            scenario,
        });
        Ok(())
    }

    fn add_matrix(
        &mut self,
        suite: &Suite,
        matrix: &Matrix,
        strength: Option<usize>,
    ) -> Result<(), SuiteError> {
        let mut rows = matrix.planned_rows(strength);
        let planned: BTreeSet<Row> = rows.iter().cloned().collect();
        for row in matrix.space.product().filter(|row| !planned.contains(row)) {
            let id = matrix.row_id(&row);
            let reason = match (matrix.space.forbidden_by(&row), strength) {
                (Some(number), _) => LeftOutReason::Excluded { reason: matrix.reasons[number].clone() },
                (None, Some(_)) if self.filter.names(&id) => {
                    rows.push(row);
                    continue;
                }
                // Without a strength every row that is not excluded is planned.
                (None, strength) => LeftOutReason::NotSampled { strength: strength.unwrap_or_default() },
            };
            self.plan.left_out.push(LeftOut { id, reason });
        }
        for row in rows {
            let (id, title) = (matrix.row_id(&row), matrix.row_title(&row));
            self.add(suite, matrix.span.clone(), &id, &title, matrix.scenario(&row))?;
        }
        Ok(())
    }

    fn finish(self) -> Plan {
        self.plan.filtered(&self.filter)
    }
}
