//! Brings an expectations file up to date with a run: entries that no longer hold go, failures that no entry
//! explains get one, and all else stays as it is written, comments included.

use std::collections::{BTreeMap, BTreeSet};

use miette::Diagnostic;
use thiserror::Error;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::{Expectation, Expectations};
use crate::config::BrowserKind;
use crate::contract::{Catalogue, RequirementId};
use crate::event::{CaseResult, Outcome};
use crate::source::{SourceError, SourceFile};

/// The key of the entries.
const ENTRIES: &str = "expect";

/// Their keys, as they are written here.
const ORDER: [&str; 7] = ["cases", "requirement", "browser", "outcome", "reason", "link", "contains"];

/// Why an expectations file could not be brought up to date.
#[derive(Debug, Error, Diagnostic)]
pub enum UpdateError {
    /// It is written wrongly.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
    /// Its entries are no `[[expect]]` tables, so they cannot be changed one by one.
    #[error("cannot change {file}: its entries are not written as `[[expect]]`")]
    #[diagnostic(help("write each entry as a table of its own, under [[expect]]"))]
    Form {
        /// The file.
        file: String,
    },
}

/// An expectations file brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The file's new text.
    pub text: String,
    /// The entries that came, each in one line.
    pub added: Vec<String>,
    /// The entries that went, each in one line with the reason.
    pub removed: Vec<String>,
}

/// An entry that is to come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct New {
    case: Option<String>,
    requirement: Option<RequirementId>,
    browser: Option<BrowserKind>,
    timed_out: bool,
    /// The entry that it takes the place of, whose reason it keeps.
    of: Option<usize>,
}

impl Update {
    /// Brings a file up to date with the results of a run. An entry that no result had to do with goes,
    /// too, if the run should have had one: `judges` knows. New entries give `reason`, and name the browser where the other
    /// did not fail likewise or did not run; unless the run was a `whole` one, they name the case, too. What is written
    /// directly above an entry goes with it; all other comments stay.
    ///
    /// # Errors
    /// When the file is written wrongly.
    pub fn of(
        file: &SourceFile,
        catalogue: &Catalogue,
        results: &[CaseResult],
        whole: bool,
        judges: impl Fn(&Expectation) -> bool,
        reason: &str,
    ) -> Result<Self, UpdateError> {
        let form = || UpdateError::Form { file: file.name().to_owned() };
        let expectations = Expectations::parse(file.clone(), catalogue)?;
        let form_of_lines = Lines::of(file.text());
        let mut document: DocumentMut = form_of_lines.plain(file.text()).parse().map_err(|_| form())?;
        if document.get(ENTRIES).and_then(Item::as_array).is_some_and(Array::is_empty) {
            let key = document.key(ENTRIES).and_then(|key| key.leaf_decor().prefix()?.as_str());
            let above = key.unwrap_or_default().to_owned();
            document.remove(ENTRIES);
            let behind = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(above + &behind);
        }

        // 1. What no longer holds goes.
        let going = Going::of(&expectations, results, judges);
        // 2. What the rest does not explain gets entries.
        let stays = |number: usize| !going.0.contains_key(&number);
        let unexplained: Vec<_> = results
            .iter()
            .filter(|result| matches!(result.outcome, Outcome::Failed | Outcome::TimedOut))
            .filter(|result| expectations.judge_by(result, stays).unexpected)
            .collect();
        let mut new = needed(&unexplained, results, whole, &expectations, &going);
        new.extend(elsewhere(&expectations, &going, results));

        // 3. Both are written down, what took the place of an entry there.
        let removed = going.0.iter().filter_map(|(number, why)| {
            expectations.iter().nth(*number).map(|entry| format!("{entry}: {why}"))
        });
        let removed = removed.collect();
        let added = new.iter().map(ToString::to_string).collect();
        if document.get(ENTRIES).is_none() {
            document.insert(ENTRIES, Item::ArrayOfTables(ArrayOfTables::new()));
        }
        // With no entry yet, the comments at the beginning are at the end, too.
        let mut comments = String::new();
        if expectations.is_empty() && !new.is_empty() {
            let above = document.trailing().as_str().unwrap_or_default().trim_end().to_owned();
            comments = if above.is_empty() { above } else { above + "\n\n" };
            document.set_trailing("");
        }
        let entries = document[ENTRIES].as_array_of_tables_mut().ok_or_else(form)?;
        let old: Vec<Table> = entries.iter().cloned().collect();
        entries.clear();
        for (number, table) in old.iter().enumerate() {
            let mut successors = new.iter().filter(|new| new.of == Some(number));
            if going.0.contains_key(&number) {
                match successors.next() {
                    Some(first) => put(entries, &mut comments, first.written_over(table.clone())),
                    // What a blank line parts from an entry is not about it.
                    None => comments += above(table),
                }
                for other in successors {
                    put(entries, &mut comments, other.written(Some(table), reason));
                }
            } else {
                put(entries, &mut comments, table.clone());
            }
        }
        for new in new.iter().filter(|new| new.of.is_none()) {
            put(entries, &mut comments, new.written(None, reason));
        }
        if !comments.is_empty() {
            let behind = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(format!("{}\n{behind}", comments.trim_end()));
        }
        Ok(Self { text: form_of_lines.applied(&document.to_string()), added, removed })
    }

    /// Whether nothing came and nothing went.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// How a file's lines end, and whether it says of itself how it is encoded: neither is ours to change.
struct Lines {
    mark: bool,
    carriage_return: bool,
}

impl Lines {
    const MARK: char = '\u{feff}';

    fn of(text: &str) -> Self {
        Self { mark: text.starts_with(Self::MARK), carriage_return: text.contains("\r\n") }
    }

    fn plain(&self, text: &str) -> String {
        text.strip_prefix(Self::MARK).unwrap_or(text).replace("\r\n", "\n")
    }

    fn applied(&self, text: &str) -> String {
        let text = if self.carriage_return { text.replace('\n', "\r\n") } else { text.to_owned() };
        if self.mark { format!("{}{text}", Self::MARK) } else { text }
    }
}

/// Adds an entry, with the comments above it that have lost theirs.
fn put(entries: &mut ArrayOfTables, comments: &mut String, mut table: Table) {
    let own = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or("\n").to_owned();
    let comments = std::mem::take(comments);
    let prefix = match (comments.is_empty(), entries.is_empty()) {
        (true, true) => own.trim_start_matches('\n').to_owned(),
        (true, false) => own,
        (false, is_first) => {
            let gap = if is_first || comments.starts_with('\n') { "" } else { "\n" };
            format!("{gap}{comments}{}", own.trim_start_matches('\n'))
        }
    };
    table.decor_mut().set_prefix(prefix);
    entries.push(table);
}

/// What stands above an entry, a blank line between.
fn above(table: &Table) -> &str {
    let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let end = prefix.rfind("\n\n").map_or(0, |at| at + 2);
    if prefix[..end].trim().is_empty() { "" } else { &prefix[..end] }
}

/// The entries that no longer hold, by their place in the file, each with the reason.
struct Going(BTreeMap<usize, &'static str>);

impl Going {
    fn of(
        expectations: &Expectations,
        results: &[CaseResult],
        judges: impl Fn(&Expectation) -> bool,
    ) -> Self {
        let mut going = BTreeMap::new();
        for (number, entry) in expectations.iter().enumerate() {
            let all = || results.iter().filter(|result| entry.selects(result));
            let selected =
                || all().filter(|result| !matches!(result.outcome, Outcome::Skipped | Outcome::Infra));
            // What a broken browser kept from being seen may be as it was.
            let is_judged = !all().any(|result| result.outcome == Outcome::Infra) && judges(entry);
            let is_used = selected().any(|result| {
                blamed(result).iter().any(|blamed| entry.has_to_do_with(result, blamed.as_ref()))
            });
            if selected().any(|result| result.outcome == Outcome::Passed) {
                going.insert(number, "a case that it speaks of passes");
            } else if !is_used && (is_judged || selected().next().is_some()) {
                going.insert(number, "no failure had to do with it");
            }
        }
        Self(going)
    }

    /// Whether the entries that stay explain all that a failure blames this requirement for.
    fn rest_explains(
        &self,
        expectations: &Expectations,
        result: &CaseResult,
        blamed: &RequirementId,
    ) -> bool {
        let entries = expectations.iter().enumerate();
        let staying = entries.filter(|(number, entry)| {
            !self.0.contains_key(number) && entry.selects(result) && entry.outcome == result.outcome
        });
        let staying: Vec<_> = staying.map(|(_, entry)| entry).collect();
        let mut of_it = result.mismatches.iter().filter(|mismatch| mismatch.requirement == *blamed);
        of_it.all(|mismatch| staying.iter().any(|entry| entry.explains(mismatch)))
    }

    /// The entry that used to explain this failure and was too wide.
    fn of_which(
        &self,
        expectations: &Expectations,
        result: &CaseResult,
        blamed: Option<&RequirementId>,
    ) -> Option<usize> {
        let entry = |number: usize| expectations.iter().nth(number);
        let explains =
            |number: &&usize| entry(**number).is_some_and(|entry| entry.has_to_do_with(result, blamed));
        self.0.keys().find(explains).copied()
    }
}

/// What a failure blames; `None` when it blames no requirement.
fn blamed(result: &CaseResult) -> BTreeSet<Option<RequirementId>> {
    let blamed: BTreeSet<_> = result.mismatches.iter().map(|each| Some(each.requirement.clone())).collect();
    if blamed.is_empty() { BTreeSet::from([None]) } else { blamed }
}

/// The entries that explain these failures: one for a requirement that breaks in every case that covers it, which only a
/// whole run can tell, else one for each case.
fn needed(
    unexplained: &[&CaseResult],
    results: &[CaseResult],
    whole: bool,
    expectations: &Expectations,
    going: &Going,
) -> BTreeSet<New> {
    let mut new = BTreeSet::new();
    for result in unexplained {
        for requirement in blamed(result) {
            // Only a part of the failure may be new.
            if requirement.as_ref().is_some_and(|own| going.rest_explains(expectations, result, own)) {
                continue;
            }
            let same = |other: &&&CaseResult| {
                other.outcome == result.outcome && blamed(other).contains(&requirement)
            };
            let with_it: Vec<_> = unexplained.iter().filter(same).collect();
            let timed_out = result.outcome == Outcome::TimedOut;
            let of = going.of_which(expectations, result, requirement.as_ref());
            let in_browser = |browser| {
                let covers = |other: &&CaseResult| {
                    other.browser == browser
                        && requirement.as_ref().is_some_and(|wanted| other.requirements.contains(wanted))
                        && !matches!(other.outcome, Outcome::Skipped | Outcome::Infra)
                };
                let all_fail = results.iter().filter(covers).all(|other| other.outcome == Outcome::Failed);
                let number = with_it.iter().filter(|other| other.browser == browser).count();
                whole && requirement.is_some() && !timed_out && all_fail && number > 1
            };
            let everywhere = BrowserKind::ALL.into_iter().all(in_browser);
            if everywhere || in_browser(result.browser) {
                let browser = (!everywhere).then_some(result.browser);
                new.insert(New { case: None, requirement, browser, timed_out, of });
            } else {
                let in_it = with_it.iter().filter(|other| other.id == result.id).map(|other| other.browser);
                let everywhere = in_it.collect::<BTreeSet<_>>().len() == BrowserKind::ALL.len();
                let browser = (!everywhere).then_some(result.browser);
                new.insert(New { case: Some(result.id.clone()), requirement, browser, timed_out, of });
            }
        }
    }
    new
}

/// What goes of entries for every browser stays for those that did not run, or broke wherever the entry speaks of.
fn elsewhere(expectations: &Expectations, going: &Going, results: &[CaseResult]) -> Vec<New> {
    let went = |number: &usize| going.0.contains_key(number);
    let of_all = expectations.iter().enumerate();
    let of_all = of_all.filter(|(number, entry)| went(number) && entry.browser.is_none());
    let stays = |(number, entry): (usize, &Expectation)| {
        let unseen = BrowserKind::ALL.into_iter().filter(|kind| is_unseen(entry, *kind, results));
        let stay = |browser| New {
            case: entry.cases.clone(),
            requirement: entry.requirement.clone(),
            browser: Some(browser),
            timed_out: entry.outcome == Outcome::TimedOut,
            of: Some(number),
        };
        unseen.map(stay).collect::<Vec<_>>()
    };
    of_all.flat_map(stays).collect()
}

/// Whether these results say nothing of an entry in this browser.
fn is_unseen(entry: &Expectation, browser: BrowserKind, results: &[CaseResult]) -> bool {
    let mut own = results.iter().filter(|result| result.browser == browser).peekable();
    let did_not_run = own.peek().is_none();
    let selected: Vec<_> = own.filter(|result| entry.selects(result)).collect();
    let broke = !selected.is_empty() && selected.iter().all(|result| result.outcome == Outcome::Infra);
    did_not_run || broke
}

impl New {
    /// What tells it apart from other entries, each key with its text.
    fn keys(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("cases", self.case.as_deref()),
            ("requirement", self.requirement.as_ref().map(RequirementId::as_str)),
            ("browser", self.browser.map(BrowserKind::name)),
            ("outcome", self.timed_out.then_some("timed-out")),
        ]
    }

    /// As an entry of its own, with the reason of the one whose place it takes.
    fn written(&self, of: Option<&Table>, reason: &str) -> Table {
        let mut table = Table::new();
        for (key, text) in self.keys() {
            if let Some(text) = text {
                table.insert(key, value(text));
            }
        }
        let kept = |key: &str| of.and_then(|of| of.get(key)?.as_str());
        table.insert("reason", value(kept("reason").unwrap_or(reason)));
        for key in ["link", "contains"] {
            if let Some(text) = kept(key) {
                table.insert(key, value(text));
            }
        }
        table
    }

    /// In the place of another one, with all that is written in it and above it.
    fn written_over(&self, mut table: Table) -> Table {
        let mut is_longer = false;
        for (key, text) in self.keys() {
            let Some(text) = text else {
                table.remove(key);
                continue;
            };
            match table.get_mut(key).and_then(Item::as_value_mut) {
                Some(old) if old.as_str() == Some(text) => {}
                Some(old) => {
                    let decor = old.decor().clone();
                    *old = Value::from(text);
                    *old.decor_mut() = decor;
                }
                None => {
                    table.insert(key, value(text));
                    is_longer = true;
                }
            }
        }
        if is_longer {
            let place = |key: &str| ORDER.iter().position(|known| *known == key);
            table.sort_values_by(|left, _, right, _| place(left.get()).cmp(&place(right.get())));
        }
        table
    }
}

impl std::fmt::Display for New {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = [self.case.as_deref(), self.requirement.as_ref().map(RequirementId::as_str)];
        out.write_str(&words.into_iter().flatten().collect::<Vec<_>>().join(", "))?;
        match self.browser {
            Some(browser) => write!(out, " in {browser}"),
            None => Ok(()),
        }
    }
}
