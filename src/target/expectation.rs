//! Known divergences: which cases are expected to fail, and why; strict both ways.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;
use serde::Deserialize;
use toml::Spanned;

use crate::config::BrowserKind;
use crate::contract::{Catalogue, RequirementId};
use crate::event::{CaseResult, Mismatch, Outcome};
use crate::source::{SourceError, SourceFile, glob};

/// One known divergence.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Where it is written, such as `acme.expectations.toml, line 3`.
    pub place: String,
    /// The cases, as a glob over their ids; every case when `None`.
    pub cases: Option<String>,
    matcher: Option<GlobMatcher>,
    /// The requirement that the cases cover and their failures blame; any when `None`.
    pub requirement: Option<RequirementId>,
    /// The browser; every one when `None`.
    pub browser: Option<BrowserKind>,
    /// How the cases end.
    pub outcome: Outcome,
    /// Why that is so.
    pub reason: String,
    /// Where more is said of it.
    pub link: Option<String>,
    /// A text that the failure contains.
    pub contains: Option<String>,
}

/// The known divergences of a target.
#[derive(Debug, Clone, Default)]
pub struct Expectations(Vec<Expectation>);

/// What expectations make of a result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the result is not what was expected.
    pub unexpected: bool,
    /// The reason to give: the divergence's, or why the result is not the expected one.
    pub reason: Option<String>,
    /// The entries that had to do with it, by their place in the file, from 0.
    pub used: BTreeSet<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileShape {
    #[serde(default)]
    expect: Vec<Spanned<EntryShape>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryShape {
    cases: Option<Spanned<String>>,
    requirement: Option<Spanned<String>>,
    browser: Option<BrowserKind>,
    #[serde(default)]
    outcome: ExpectedOutcome,
    reason: Spanned<String>,
    link: Option<String>,
    contains: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ExpectedOutcome {
    #[default]
    Failed,
    TimedOut,
}

impl Expectations {
    /// Reads an expectations file.
    ///
    /// # Errors
    /// At the first place that is written wrongly.
    pub fn parse(file: SourceFile, catalogue: &Catalogue) -> Result<Self, SourceError> {
        let shape: FileShape = toml::from_str(file.text()).map_err(|error| file.toml_error(&error))?;
        let entries = shape.expect.into_iter().map(|entry| read(&file, entry, catalogue));
        Ok(Self(entries.collect::<Result<_, _>>()?))
    }

    /// Each of them, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Expectation> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an entry explains that this claim breaks in a case, which covers these requirements, in a browser.
    pub fn explain(
        &self,
        case: &str,
        requirements: &BTreeSet<RequirementId>,
        browser: BrowserKind,
        mismatch: &Mismatch,
    ) -> bool {
        self.iter().any(|entry| {
            entry.outcome == Outcome::Failed
                && entry.is_about(case, browser, |wanted| requirements.contains(wanted))
                && entry.explains(mismatch)
        })
    }

    /// Holds a result against what is expected of its case.
    ///
    /// A failure is expected when each claim that did not hold is explained by an entry. A case that passes
    /// although an entry speaks of it is not expected to.
    pub fn judge(&self, result: &CaseResult) -> Judgement {
        self.judge_by(result, |_| true)
    }

    /// The same by some of the entries only.
    pub(super) fn judge_by(&self, result: &CaseResult, counts: impl Fn(usize) -> bool) -> Judgement {
        let by_itself = !matches!(result.outcome, Outcome::Passed | Outcome::Skipped);
        let plain =
            Judgement { unexpected: by_itself, reason: result.reason.clone(), ..Judgement::default() };
        let entries = self.0.iter().enumerate();
        let selected: BTreeMap<usize, &Expectation> =
            entries.filter(|(number, entry)| counts(*number) && entry.selects(result)).collect();
        let Some((_, first)) = selected.first_key_value() else { return plain };
        let all = || selected.keys().copied().collect();
        match result.outcome {
            // They say nothing of the widget; but what a broken browser kept from being seen may be as it was.
            Outcome::Skipped => plain,
            Outcome::Infra => Judgement { used: all(), ..plain },
            Outcome::Passed => Judgement {
                unexpected: true,
                reason: Some(format!(
                    "passed, although {} expects a failure ({}); remove the entry or narrow it, as `lcw expect update` does",
                    first.place, first.reason
                )),
                used: all(),
            },
            Outcome::Failed | Outcome::TimedOut => match explain(result, &selected) {
                Some(used) => {
                    let why = reasons(used.iter().filter_map(|number| selected.get(number).copied()));
                    // Where nothing else tells of the failure, its own words stay, so that the result can be
                    // held against the same entry again.
                    let own = result.reason.as_ref().filter(|_| result.mismatches.is_empty());
                    let reason = own.map_or(why.clone(), |own| format!("{why}: {own}"));
                    Judgement { unexpected: false, reason: Some(reason), used }
                }
                None => {
                    let other = format!("not the failure that {} expects", first.place);
                    let reason = match &result.reason {
                        Some(reason) => format!("{reason}; {other}"),
                        None => other,
                    };
                    Judgement { unexpected: true, reason: Some(reason), used: all() }
                }
            },
        }
    }
}

/// The entries that explain all of a failure; `None` when something is left unexplained.
fn explain(result: &CaseResult, selected: &BTreeMap<usize, &Expectation>) -> Option<BTreeSet<usize>> {
    let mut used = BTreeSet::new();
    if result.mismatches.is_empty() {
        let reason = result.reason.as_deref().unwrap_or_default();
        used.extend(explaining(selected, |entry| {
            entry.outcome == result.outcome && entry.requirement.is_none() && entry.is_in(reason)
        }));
        return (!used.is_empty()).then_some(used);
    }
    for mismatch in &result.mismatches {
        let explaining: Vec<_> =
            explaining(selected, |entry| entry.outcome == result.outcome && entry.explains(mismatch))
                .collect();
        if explaining.is_empty() {
            return None;
        }
        used.extend(explaining);
    }
    Some(used)
}

fn explaining<'a>(
    selected: &'a BTreeMap<usize, &Expectation>,
    does: impl Fn(&Expectation) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    selected.iter().filter(move |(_, entry)| does(entry)).map(|(number, _)| *number)
}

/// The reasons of entries, each once.
fn reasons<'a>(entries: impl Iterator<Item = &'a Expectation>) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for entry in entries {
        let reason = match &entry.link {
            Some(link) => format!("{} ({link})", entry.reason),
            None => entry.reason.clone(),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.join("; ")
}

impl Expectation {
    /// Whether it speaks of this result's case in its browser.
    pub(super) fn selects(&self, result: &CaseResult) -> bool {
        self.is_about(&result.id, result.browser, |wanted| result.requirements.contains(wanted))
    }

    fn is_about(&self, case: &str, browser: BrowserKind, covers: impl Fn(&RequirementId) -> bool) -> bool {
        self.matcher.as_ref().is_none_or(|glob| glob.is_match(case))
            && self.requirement.as_ref().is_none_or(covers)
            && self.speaks_of(browser)
    }

    /// Whether it speaks of the case with this id in particular, and not of any.
    pub fn names(&self, id: &str) -> bool {
        self.matcher.as_ref().is_some_and(|glob| glob.is_match(id))
    }

    /// Whether it speaks of this browser.
    pub fn speaks_of(&self, browser: BrowserKind) -> bool {
        self.browser.is_none_or(|own| own == browser)
    }

    /// Whether a failure that it speaks of is, as far as this requirement is blamed, the expected one.
    pub(super) fn has_to_do_with(&self, result: &CaseResult, blamed: Option<&RequirementId>) -> bool {
        let reason = result.reason.as_deref().unwrap_or_default();
        let mut of_it = result.mismatches.iter().filter(|each| Some(&each.requirement) == blamed);
        self.selects(result)
            && self.outcome == result.outcome
            && (of_it.any(|mismatch| self.explains(mismatch))
                || (blamed.is_none() && self.requirement.is_none() && self.is_in(reason)))
    }

    /// Whether it explains that this claim did not hold, in a failure that it speaks of.
    pub(super) fn explains(&self, mismatch: &Mismatch) -> bool {
        let Mismatch { requirement, step, expected, actual } = mismatch;
        self.requirement.as_ref().is_none_or(|own| own == requirement)
            && [step, expected, actual].into_iter().any(|text| self.is_in(text))
    }

    fn is_in(&self, text: &str) -> bool {
        self.contains.as_ref().is_none_or(|wanted| text.contains(wanted))
    }
}

fn read(
    file: &SourceFile,
    entry: Spanned<EntryShape>,
    catalogue: &Catalogue,
) -> Result<Expectation, SourceError> {
    let span = entry.span();
    let entry = entry.into_inner();
    if entry.cases.is_none() && entry.requirement.is_none() {
        let error = file.error(span, "an expectation of no case", "needs `cases` or `requirement`");
        return Err(error.with_help("write cases = \"*\" if every case is meant"));
    }
    for text in [Some(&entry.reason), entry.contains.as_ref(), entry.cases.as_ref()].into_iter().flatten() {
        if text.get_ref().trim().is_empty() {
            return Err(file.error(text.span(), "an empty text", "expected some text"));
        }
    }
    let matcher = match &entry.cases {
        Some(cases) => {
            let bad = |reason| file.error(cases.span(), "cannot use this as a glob over case ids", reason);
            Some(glob(cases.get_ref()).map_err(bad)?)
        }
        None => None,
    };
    let requirement = match &entry.requirement {
        Some(id) => {
            let requirement = RequirementId::from(id.get_ref().clone());
            if catalogue.get(&requirement).is_none() {
                let message = format!("there is no requirement `{requirement}`");
                let error = file.error(id.span(), message, "expected a requirement of the catalogue");
                let known = catalogue.iter().map(|requirement| requirement.id.as_str());
                return Err(error.with_nearest(id.get_ref(), known));
            }
            Some(requirement)
        }
        None => None,
    };
    Ok(Expectation {
        place: format!("{}, line {}", file.name(), file.line(span.start)),
        cases: entry.cases.map(Spanned::into_inner),
        matcher,
        requirement,
        browser: entry.browser,
        outcome: match entry.outcome {
            ExpectedOutcome::Failed => Outcome::Failed,
            ExpectedOutcome::TimedOut => Outcome::TimedOut,
        },
        reason: entry.reason.into_inner(),
        link: entry.link,
        contains: entry.contains.map(Spanned::into_inner),
    })
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: ", self.place)?;
        match (&self.cases, &self.requirement) {
            (Some(cases), Some(requirement)) => write!(out, "{cases}, {requirement}")?,
            (Some(cases), None) => out.write_str(cases)?,
            (None, Some(requirement)) => write!(out, "{requirement}")?,
            (None, None) => {}
        }
        match self.browser {
            Some(browser) => write!(out, " in {browser}"),
            None => Ok(()),
        }
    }
}
