//! `--report KIND=PATH` as a value.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A kind of report that is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// JUnit XML, which continuous integration shows.
    Junit,
    /// One JSON document, described by `schemas/report.schema.json`.
    Json,
    /// The event stream as JSON lines, from which every other report can be rendered again.
    Events,
}

impl ReportKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Junit, Self::Json, Self::Events];

    /// The name as `--report` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Json => "json",
            Self::Events => "events",
        }
    }
}

impl fmt::Display for ReportKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// A report and the file that it goes to, written `KIND=PATH`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportSpec {
    /// The kind.
    pub kind: ReportKind,
    /// The file; missing folders on the way are made.
    pub path: PathBuf,
}

impl fmt::Display for ReportSpec {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}={}", self.kind, self.path.display())
    }
}

impl FromStr for ReportSpec {
    type Err = ReportSpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, path) =
            text.split_once('=').ok_or_else(|| ReportSpecError::NoPath { text: text.to_owned() })?;
        let kind = ReportKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| ReportSpecError::UnknownKind { name: name.to_owned() })?;
        if path.is_empty() {
            return Err(ReportSpecError::NoPath { text: text.to_owned() });
        }
        Ok(Self { kind, path: path.into() })
    }
}

/// Why a `--report` value is not a [`ReportSpec`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportSpecError {
    /// There is no `=`, or nothing after it.
    #[error("`{text}` names no file; write KIND=PATH, KIND being {kinds}", kinds = kinds())]
    NoPath {
        /// What was written.
        text: String,
    },
    /// The word before `=` is no kind of report.
    #[error("`{name}` is no kind of report; the kinds are {kinds}", kinds = kinds())]
    UnknownKind {
        /// What was written.
        name: String,
    },
}

fn kinds() -> String {
    let names = ReportKind::ALL.map(|kind| format!("`{kind}`"));
    match names.as_slice() {
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
        [] => String::new(),
    }
}
