//! Reads a folder of suites, or the suites that the binary was built with.

use std::collections::BTreeMap;
use std::ops::Range;

use miette::Diagnostic;
use thiserror::Error;

use super::check;
use super::matrix::Matrix;
use super::shape::{self, CatalogueShape};
use crate::assets::{Assets, AssetsError};
use crate::contract::{Catalogue, Scenario};
use crate::source::{SourceError, SourceFile};

/// The file of a suites folder that holds the requirements; every other one holds cases.
pub const CATALOGUE_FILE: &str = "requirements.toml";

/// Where suites are in a fixtures folder.
const FOLDER: &str = "suites";

/// Why suites could not be read. Both are the suites' fault and never the widget's.
#[derive(Debug, Error, Diagnostic)]
pub enum SuiteError {
    /// A file or the folder cannot be read.
    #[error("failed to {0}")]
    Unreadable(#[from] AssetsError),
    /// A file is no text.
    #[error("cannot read {path}: it is not UTF-8 text")]
    #[diagnostic(help("save it as UTF-8"))]
    NotText {
        /// The file.
        path: String,
    },
    /// There are no suites.
    #[error("there is no suite in {folder}")]
    #[diagnostic(help("give a folder that holds `suites/*.toml`, laid out as the project's own `fixtures`"))]
    None {
        /// Where they were looked for.
        folder: String,
    },
    /// A file is written wrongly, or a case contradicts the contract.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
}

/// A case that is written out.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) span: Range<usize>,
    pub(super) scenario: Scenario,
}

/// One file of cases and matrices, checked.
#[derive(Debug, Clone)]
pub(super) struct Suite {
    pub(super) file: SourceFile,
    pub(super) cases: Vec<Case>,
    pub(super) matrices: Vec<Matrix>,
}

/// Everything that a folder of suites holds: the requirements, the cases and the matrices.
#[derive(Debug, Clone, Default)]
pub struct Suites {
    pub(super) catalogue: Catalogue,
    pub(super) suites: Vec<Suite>,
}

impl Suites {
    /// The suites of a fixtures folder or of the binary itself: every `suites/*.toml`.
    ///
    /// # Errors
    /// When the folder or a file cannot be read, or is written wrongly.
    pub fn load(assets: &Assets) -> Result<Self, SuiteError> {
        let mut files = Vec::new();
        for path in assets.list(FOLDER)?.into_iter().filter(|path| path.ends_with(".toml")) {
            files.push(Self::read(assets, &path)?);
        }
        if files.is_empty() {
            return Err(SuiteError::None { folder: assets.name(FOLDER) });
        }
        let mut all = Self::parse(files)?;
        // Whoever has cases alone means the requirements that everybody has: without them nothing would have a level.
        if all.catalogue.is_empty() {
            let built_in = Self::read(&Assets::embedded(), &format!("{FOLDER}/{CATALOGUE_FILE}"))?;
            read_catalogue(&built_in, &mut all.catalogue)?;
        }
        Ok(all)
    }

    fn read(assets: &Assets, path: &str) -> Result<SourceFile, SuiteError> {
        let content = assets.read(path)?.unwrap_or_default().into_owned();
        let name = assets.name(path);
        let text = String::from_utf8(content).map_err(|_| SuiteError::NotText { path: name.clone() })?;
        Ok(SourceFile::new(name, text))
    }

    /// The suites of these files, in the order of their names; a file called [`CATALOGUE_FILE`] holds the
    /// requirements.
    ///
    /// # Errors
    /// At the first place that is written wrongly.
    pub fn parse(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, SourceError> {
        let mut files: Vec<SourceFile> = files.into_iter().collect();
        files.sort_by(|left, right| left.name().cmp(right.name()));
        let mut all = Self::default();
        let mut taken = BTreeMap::new();
        for file in files {
            if file.name().rsplit(['/', '\\']).next() == Some(CATALOGUE_FILE) {
                read_catalogue(&file, &mut all.catalogue)?;
            } else {
                all.suites.push(read_suite(file, &mut taken)?);
            }
        }
        Ok(all)
    }

    /// All requirements.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
}

fn read_catalogue(file: &SourceFile, catalogue: &mut Catalogue) -> Result<(), SourceError> {
    let shape: CatalogueShape = shape::read(file)?;
    for requirement in shape.requirements {
        let span = requirement.span();
        catalogue.insert(requirement.into_inner()).map_err(|again| {
            let at = id_in(file, span, again.id.as_str());
            let message = format!("a second requirement has the id `{}`", again.id);
            file.error(at, message, "expected an id of its own")
        })?;
    }
    Ok(())
}

/// Where in the table that `span` covers the id stands; the whole table when it is written otherwise.
fn id_in(file: &SourceFile, span: Range<usize>, id: &str) -> Range<usize> {
    let quoted = format!("\"{id}\"");
    let table = file.text().get(span.start..).unwrap_or_default();
    table.find(&quoted).map_or(span.clone(), |at| span.start + at..span.start + at + quoted.len())
}

/// Reads one file; `taken` knows every id so far and where it is.
fn read_suite(file: SourceFile, taken: &mut BTreeMap<String, String>) -> Result<Suite, SourceError> {
    let shape = shape::read_suite(&file)?;
    let ids = shape.cases.iter().map(|case| &case.id).chain(shape.matrices.iter().map(|matrix| &matrix.id));
    for id in ids {
        check::check_id(&file, id)?;
        let place = format!("{}, line {}", file.name(), file.line(id.span().start));
        if let Some(first) = taken.insert(id.get_ref().clone(), place) {
            let message = format!("the id `{}` is taken", id.get_ref());
            return Err(file.error(id.span(), message, format!("first used in {first}")));
        }
    }
    let cases = shape.cases.into_iter().map(|case| Case {
        span: case.id.span(),
        id: case.id.into_inner(),
        title: case.title,
        scenario: Scenario { settings: case.settings, steps: case.steps },
    });
    let cases = cases.collect();
    let matrices =
        shape.matrices.into_iter().map(|matrix| check::matrix(&file, matrix)).collect::<Result<_, _>>()?;
    Ok(Suite { file, cases, matrices })
}
