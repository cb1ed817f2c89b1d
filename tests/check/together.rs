//! What many tests want looked at, in one run of the program: most of a short run is the start of its browsers.
//!
//! A test that needs nothing of the command line writes a [`Part`], names it in [`CHECKED`] or [`AUDITED`], and looks at
//! what came of it. Each part has a folder of its own, and a visitor of one knows nothing of the others. Whoever asks for
//! tests by name, or runs each in a process of its own, has nothing but the parts of these run.

use std::cell::RefCell;
use std::fs;
use std::sync::OnceLock;

use serde_json::Value;
use toml::Table;

use crate::scratch::{Ended, Scratch, need_browsers};
use crate::{audit, folder, input, leaving, pages, told, turns, windows};

/// What one run of `lcw check` takes together.
static CHECKED: Batch = Batch {
    run: check,
    of_all: OnceLock::new(),
    parts: &[
        folder::ANY_NAME,
        folder::BESIDE,
        folder::CLICKABLE,
        folder::LETTERS,
        folder::MISSING,
        folder::NONE_BY_ITS_WORD,
        input::MOMENTS,
        input::SCROLLS,
        input::TYPED,
        leaving::GOES_ON,
        leaving::LEAVING,
        pages::DAILY,
        pages::FROZEN,
        pages::HARD,
        pages::NO_DATE,
        pages::PLACES,
        pages::REPEATS,
        pages::TOO_EARLY,
        pages::WATCHED,
        turns::TURNS,
        windows::INNER,
        windows::LEADING,
        windows::SLOW,
        windows::USED,
        windows::WITHOUT_OPENER,
    ],
};

/// What one run of `lcw audit` takes together, which looks at `index.html` of each.
static AUDITED: Batch = Batch {
    run: audit,
    of_all: OnceLock::new(),
    parts: &[
        audit::ASKS_FIRST,
        audit::BESIDE,
        audit::BLOCKED,
        audit::FAILS_IN_CHAT,
        audit::HANDLERS,
        audit::IN_A_WINDOW,
        audit::WAITS_FOR_LOAD,
    ],
};

/// What a test wants looked at.
pub(crate) struct Part {
    /// The folder of its pages.
    name: &'static str,
    /// Writes its pages, and its scenarios.
    write: fn(&Folder<'_>),
}

/// The folder of a part.
pub(crate) struct Folder<'a> {
    scratch: &'a Scratch,
    name: &'static str,
    scenarios: RefCell<Vec<Table>>,
}

/// What came of each scenario or page in each browser, or why nothing can be said.
type Results = Result<Vec<Value>, String>;

/// Parts of one run.
struct Batch {
    parts: &'static [Part],
    run: fn(&[Part]) -> Results,
    of_all: OnceLock<Results>,
}

impl Part {
    pub(crate) const fn new(name: &'static str, write: fn(&Folder<'_>)) -> Self {
        Self { name, write }
    }

    /// What came of its scenarios in every browser, which all were as expected.
    #[track_caller]
    pub(crate) fn as_expected(&self) -> Vec<Value> {
        let results = self.checked();
        for result in &results {
            assert!(result["expected"] == true, "{}", told(result));
        }
        results
    }

    /// What came of its scenarios in every browser, under the ids that it gave them.
    #[track_caller]
    pub(crate) fn checked(&self) -> Vec<Value> {
        CHECKED.results(self, "id")
    }

    /// What was found on its page in both browsers.
    #[track_caller]
    pub(crate) fn audited(&self) -> [Value; 2] {
        AUDITED.results(self, "page").try_into().unwrap()
    }
}

impl Batch {
    /// What came of this part, whose folder is before what this key holds.
    #[track_caller]
    fn results(&self, part: &Part, key: &str) -> Vec<Value> {
        assert!(self.parts.iter().any(|known| known.name == part.name), "{} is in no batch", part.name);
        let of_own;
        let results = if asked_for_by_name() {
            of_own = (self.run)(std::slice::from_ref(part));
            &of_own
        } else {
            self.of_all.get_or_init(|| (self.run)(self.parts))
        };
        let results = results.as_ref().unwrap_or_else(|error| panic!("{error}"));
        let own = results.iter().filter_map(|result| {
            let rest = result[key].as_str()?.strip_prefix(part.name)?.strip_prefix('/')?;
            let mut result = result.clone();
            result[key] = rest.into();
            Some(result)
        });
        let own: Vec<_> = own.collect();
        assert!(!own.is_empty(), "{} has nothing to be looked at", part.name);
        own
    }
}

impl Folder<'_> {
    /// Writes a page, or what it needs.
    pub(crate) fn write(&self, path: &str, text: &str) {
        self.scratch.write(&format!("{}/{path}", self.name), text);
    }

    /// Writes what is no text of today's.
    pub(crate) fn write_bytes(&self, path: &str, bytes: &[u8]) {
        self.write(path, "");
        fs::write(self.scratch.path(self.name).join(path), bytes).unwrap();
    }

    /// Adds these scenarios, whose ids and pages are this folder's.
    #[track_caller]
    pub(crate) fn scenarios(&self, text: &str) {
        let mut table: Table = text.parse().unwrap_or_else(|error| panic!("{text}\n{error}"));
        for scenario in table["scenario"].as_array_mut().unwrap() {
            let scenario = scenario.as_table_mut().unwrap();
            self.move_here(&mut scenario["id"]);
            let steps = scenario["steps"].as_array_mut().unwrap();
            steps.iter_mut().filter_map(|step| step.get_mut("visit")).for_each(|page| self.move_here(page));
            self.scenarios.borrow_mut().push(scenario.clone());
        }
    }

    fn move_here(&self, value: &mut toml::Value) {
        *value = format!("{}/{}", self.name, value.as_str().unwrap()).into();
    }
}

/// Whether somebody waits for a few tests and not for all: an argument is a filter if it is no option.
fn asked_for_by_name() -> bool {
    let is_alone = std::env::var_os("NEXTEST").is_some();
    is_alone || std::env::args().skip(1).any(|argument| !argument.starts_with('-'))
}

/// Writes these parts to a working folder; gives their scenarios.
fn write(parts: &[Part]) -> (Scratch, Vec<toml::Value>) {
    need_browsers();
    let scratch = Scratch::new();
    let scenarios = parts.iter().flat_map(|part| {
        let folder = Folder { scratch: &scratch, name: part.name, scenarios: RefCell::default() };
        (part.write)(&folder);
        folder.scenarios.into_inner().into_iter().map(toml::Value::Table)
    });
    let scenarios = scenarios.collect();
    (scratch, scenarios)
}

fn check(parts: &[Part]) -> Results {
    let (scratch, scenarios) = write(parts);
    let planned = scenarios.len() * 2;
    let file = Table::from_iter([("scenario".to_owned(), toml::Value::Array(scenarios))]);
    scratch.write("scenarios.toml", &file.to_string());
    let ended = scratch.run(["check", "scenarios.toml", "--json"]);
    let results = document(&ended)?["results"].as_array().cloned().unwrap_or_default();
    let as_expected = results.iter().all(|result| result["expected"] == true);
    in_full(results, planned, as_expected, &ended)
}

fn audit(parts: &[Part]) -> Results {
    let (scratch, _) = write(parts);
    let pages: Vec<_> = parts.iter().map(|part| format!("{}/index.html", part.name)).collect();
    let arguments = ["audit", "--root", ".", "--json"].into_iter().chain(audit::REPLY);
    let ended = scratch.run(arguments.chain(pages.iter().map(String::as_str)));
    let audits = document(&ended)?.as_array().cloned().unwrap_or_default();
    let all_good = audits.iter().all(audit::is_good);
    in_full(audits, pages.len() * 2, all_good, &ended)
}

fn document(ended: &Ended) -> Result<Value, String> {
    serde_json::from_str(&ended.stdout)
        .map_err(|error| format!("{error}\n{}\n{}", ended.stdout, ended.stderr))
}

/// These results, if there are as many as were planned and the program has ended as it should.
fn in_full(results: Vec<Value>, planned: usize, as_expected: bool, ended: &Ended) -> Results {
    if results.len() == planned && ended.code == Some(i32::from(!as_expected)) {
        return Ok(results);
    }
    Err(format!("{} of {planned} results, exit code {:?}\n{}", results.len(), ended.code, ended.stderr))
}
