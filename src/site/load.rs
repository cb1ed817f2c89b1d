//! Reads a file of scenarios.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::check::Check;
use super::place::Places;
use super::{Reply, SiteScenario, SiteStep};
use crate::source::{SourceError, SourceFile};

/// Why scenarios could not be read.
#[derive(Debug, Error, Diagnostic)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("failed to read {}: {source}", path.display())]
    #[diagnostic(help("give the path of a file with `[[scenario]]` tables"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that a reply names cannot be read.
    #[error("failed to read {}, which a reply names: {source}", path.display())]
    #[diagnostic(help("paths are relative to the file of the scenarios"))]
    Reply {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is written wrongly.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
}

/// The scenarios of one file, in its order.
#[derive(Debug, Clone)]
pub struct Scenarios {
    /// The file, for errors that are found later.
    pub file: SourceFile,
    /// Each scenario; there is at least one.
    pub loaded: Vec<Loaded>,
}

/// A scenario, and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The scenario.
    pub scenario: SiteScenario,
    /// The line, from 1, on which its id is.
    pub line: usize,
    /// The line of each of its steps.
    pub step_lines: Vec<usize>,
}

/// What the pages of a site promise, and the visits that show whether they keep it: a file for `lcw check`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "Scenarios")]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioFile {
    /// The scenarios, in this order.
    #[serde(default, rename = "scenario")]
    pub(super) scenarios: Vec<SiteScenario>,
}

impl Scenarios {
    /// The JSON Schema of a file, as `schemas/scenarios.schema.json` has it, for editors and other programs.
    pub fn schema() -> schemars::Schema {
        let settings = schemars::generate::SchemaSettings::draft2020_12();
        settings.into_generator().into_root_schema_for::<ScenarioFile>()
    }

    /// The scenarios of the file at this path.
    ///
    /// # Errors
    /// When the file cannot be read, or is written wrongly.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let unreadable = |source| ScenarioError::Unreadable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let mut scenarios = Self::parse(SourceFile::new(path.display().to_string(), text))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for reply in scenarios.loaded.iter_mut().flat_map(|loaded| replies(&mut loaded.scenario)) {
            if let Some(file) = reply.file.take() {
                let path = folder.join(file);
                let text = std::fs::read_to_string(&path);
                reply.text = Some(text.map_err(|source| ScenarioError::Reply { path, source })?);
            }
        }
        Ok(scenarios)
    }

    /// The scenarios of this text.
    ///
    /// # Errors
    /// At the first place that is written wrongly: an unknown key, an id that is taken, a pattern that is none, a
    /// date that is none, an `expect` that says nothing.
    pub fn parse(file: SourceFile) -> Result<Self, SourceError> {
        let read: ScenarioFile = toml::from_str(file.text()).map_err(|error| in_words(&file, &error))?;
        if read.scenarios.is_empty() {
            return Err(file
                .error(0..0, "there is no scenario", "expected a [[scenario]]")
                .with_help("begin with `[[scenario]]`, an `id`, a `promise` and `steps`"));
        }
        let places = Places::of(file.text());
        let mut taken = BTreeMap::new();
        let mut loaded = Vec::new();
        for (number, scenario) in read.scenarios.into_iter().enumerate() {
            let check = Check::new(&file, &places, number);
            check.scenario(&scenario)?;
            let line = check.line(&["id".into()]);
            if let Some(first) = taken.insert(scenario.id.clone(), line) {
                let message = format!("the id `{}` is taken", scenario.id);
                return Err(check.error(&["id".into()], message, format!("first used in line {first}")));
            }
            let step = |at: usize| check.line(&["steps".into(), at.into()]);
            let step_lines = (0..scenario.steps.len()).map(step).collect();
            loaded.push(Loaded { scenario, line, step_lines });
        }
        drop(places);
        Ok(Self { file, loaded })
    }
}

impl Loaded {
    /// The line of the step with this number, from 1.
    pub fn line_of(&self, number: usize) -> Option<usize> {
        self.step_lines.get(number.checked_sub(1)?).copied()
    }
}

/// All replies of a scenario.
fn replies(scenario: &mut SiteScenario) -> impl Iterator<Item = &mut Reply> {
    let later = scenario.steps.iter_mut().filter_map(|step| match step {
        SiteStep::Reply(reply) => Some(reply),
        _ => None,
    });
    scenario.replies.iter_mut().chain(later)
}

/// The TOML reader's error; what it says of steps is in words that only those know who wrote the reader.
fn in_words(file: &SourceFile, error: &toml::de::Error) -> SourceError {
    let span = error.span().unwrap_or(0..0);
    let text = error.message();
    let lacks_value = text.contains("unit variant, expected");
    if !Places::of(file.text()).is_in("steps", &span) {
        return match lacks_value {
            true => {
                file.error(span, "this needs a value", "expected a table with it as the key, and its value")
            }
            false => file.toml_error(error),
        };
    }
    if lacks_value {
        return file.error(
            span,
            "this step needs a value",
            "expected a table such as `{ advance = \"20s\" }`",
        );
    }
    if text.starts_with("expected table, found") {
        return file.error(
            span,
            "this step has no value",
            "expected the step alone, such as `\"mouse-leave\"`",
        );
    }
    if text.contains("wanted exactly 1 element") {
        return file
            .error(span, "a step is one thing", "expected one key")
            .with_help("write two steps, one after the other");
    }
    file.toml_error(error)
}
