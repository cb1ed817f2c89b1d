//! Reads seeded defects, and makes sure that each still applies to the widget.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use miette::Diagnostic;
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::Mutant;
use crate::assets::{Assets, AssetsError};
use crate::contract::{Catalogue, RequirementId};
use crate::server::Replacements;
use crate::source::{SourceError, SourceFile};
use crate::suite::Filter;

/// Where mutants are in a fixtures folder.
const FOLDER: &str = "mutants";

/// Why mutants could not be read.
#[derive(Debug, Error, Diagnostic)]
pub enum MutantError {
    /// A fixture cannot be read.
    #[error("failed to {0}")]
    Unreadable(#[from] AssetsError),
    /// A file of the person's own cannot be read.
    #[error("failed to read {path}: {source}")]
    #[diagnostic(help("give the path of a file of mutants; docs/mutants.md says how it is written"))]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// A file is no text.
    #[error("cannot read {path}: it is not UTF-8 text")]
    #[diagnostic(help("save it as UTF-8"))]
    NotText {
        /// The file.
        path: String,
    },
    /// A file is written wrongly, or a mutant no longer applies.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
}

/// A file of mutants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileShape {
    #[serde(default, rename = "mutant")]
    mutants: Vec<MutantShape>,
}

/// `[[mutant]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MutantShape {
    id: Spanned<String>,
    title: String,
    requirement: Spanned<String>,
    #[serde(default)]
    also: Vec<Spanned<String>>,
    #[serde(default)]
    first: Vec<Spanned<String>>,
    file: Spanned<String>,
    find: Spanned<String>,
    replace: String,
}

/// Mutants, in the order of their files and of their places in them.
#[derive(Debug, Clone, Default)]
pub struct Mutants(Vec<Mutant>);

impl Mutants {
    /// The mutants of a fixtures folder or of the binary itself: every `mutants/*.toml`.
    ///
    /// # Errors
    /// When a file cannot be read, is written wrongly, or holds a mutant that does not apply.
    pub fn load(assets: &Assets, catalogue: &Catalogue) -> Result<Self, MutantError> {
        let mut files = Vec::new();
        for path in assets.list(FOLDER)?.into_iter().filter(|path| path.ends_with(".toml")) {
            let content = assets.read(&path)?.unwrap_or_default().into_owned();
            files.push(text_file(assets.name(&path), content)?);
        }
        Self::parse(&files, assets, catalogue)
    }

    /// The mutants of files that somebody names.
    ///
    /// # Errors
    /// As [`Mutants::load`].
    pub fn read<P: AsRef<Path>>(
        paths: &[P],
        assets: &Assets,
        catalogue: &Catalogue,
    ) -> Result<Self, MutantError> {
        let mut files = Vec::new();
        for path in paths.iter().map(AsRef::as_ref) {
            let name = path.display().to_string();
            let content =
                std::fs::read(path).map_err(|source| MutantError::File { path: name.clone(), source })?;
            files.push(text_file(name, content)?);
        }
        Self::parse(&files, assets, catalogue)
    }

    fn parse(files: &[SourceFile], assets: &Assets, catalogue: &Catalogue) -> Result<Self, MutantError> {
        let mut mutants = Vec::new();
        let mut taken = BTreeMap::new();
        for file in files {
            let shape: FileShape = toml::from_str(file.text()).map_err(|error| file.toml_error(&error))?;
            for mutant in shape.mutants {
                let place = format!("{}, line {}", file.name(), file.line(mutant.id.span().start));
                if let Some(first) = taken.insert(mutant.id.get_ref().clone(), place) {
                    let message = format!("the id `{}` is taken", mutant.id.get_ref());
                    return Err(file
                        .error(mutant.id.span(), message, format!("first used in {first}"))
                        .into());
                }
                mutants.push(seed(file, mutant, assets, catalogue)?);
            }
        }
        Ok(Self(mutants))
    }

    /// Adds one.
    pub fn push(&mut self, mutant: Mutant) {
        self.0.push(mutant);
    }

    /// Keeps those that the filter selects, by their ids and by the requirements that they break; gives the words that fit
    /// none.
    pub fn select(&mut self, filter: &Filter) -> Vec<String> {
        filter.retain(&mut self.0, |mutant| (mutant.id.clone(), mutant.requirement.iter().cloned().collect()))
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Mutant> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn text_file(name: String, content: Vec<u8>) -> Result<SourceFile, MutantError> {
    match String::from_utf8(content) {
        Ok(text) => Ok(SourceFile::new(name, text)),
        Err(_) => Err(MutantError::NotText { path: name }),
    }
}

/// Puts a defect into the widget.
fn seed(
    file: &SourceFile,
    shape: MutantShape,
    assets: &Assets,
    catalogue: &Catalogue,
) -> Result<Mutant, MutantError> {
    let requirement = known(file, &shape.requirement, catalogue)?;
    let also = shape.also.iter().map(|also| known(file, also, catalogue)).collect::<Result<_, _>>()?;
    let mut first = Filter::default();
    for word in &shape.first {
        first =
            first.or(word.get_ref()).map_err(|error| file.error(word.span(), error.to_string(), "here"))?;
    }
    let path = shape.file.get_ref();
    let Some(content) = assets.read(path)? else {
        let message = format!("there is no file `{path}` in {assets}");
        return Err(file.error(shape.file.span(), message, "expected a path such as `widget/sdk.js`").into());
    };
    let text = String::from_utf8_lossy(&content);
    let found = text.matches(shape.find.get_ref().as_str()).count();
    if found != 1 || shape.find.get_ref().is_empty() {
        let message = format!("the mutant `{}` does not apply", shape.id.get_ref());
        let label = format!("expected exactly once in {path}, found {found} times");
        let error = file.error(shape.find.span(), message, label);
        return Err(error.with_help("write a text that is there once; the widget has changed since").into());
    }
    if *shape.find.get_ref() == shape.replace {
        let message = format!("the mutant `{}` changes nothing", shape.id.get_ref());
        return Err(file.error(shape.find.span(), message, "is replaced by itself").into());
    }
    let changed = text.replacen(shape.find.get_ref().as_str(), &shape.replace, 1);
    Ok(Mutant {
        id: shape.id.into_inner(),
        title: shape.title,
        requirement: Some(requirement),
        also,
        first,
        replacements: Replacements::default().file(path, changed),
    })
}

/// A requirement that the catalogue knows.
fn known(
    file: &SourceFile,
    id: &Spanned<String>,
    catalogue: &Catalogue,
) -> Result<RequirementId, SourceError> {
    let requirement = RequirementId::from(id.get_ref().clone());
    if catalogue.get(&requirement).is_some() {
        return Ok(requirement);
    }
    let message = format!("there is no requirement `{requirement}`");
    let error = file
        .error(id.span(), message, "expected a requirement of the catalogue")
        .with_help("`lcw list --json` names them all");
    let ids: BTreeSet<&str> = catalogue.iter().map(|requirement| requirement.id.as_str()).collect();
    Err(error.with_nearest(id.get_ref(), ids))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Level;
    use crate::source::rendered;
    use crate::suite::{Plan, Suites};

    fn mutants_of(text: &str) -> Result<Mutants, MutantError> {
        let assets = Assets::embedded();
        let suites = Suites::load(&assets).unwrap();
        Mutants::parse(&[SourceFile::new("own.toml", text)], &assets, suites.catalogue())
    }

    const MUTANT: &str = r#"[[mutant]]
id = "a"
title = "the minute is over early"
requirement = "notification.one-minute"
file = "widget/widget.js"
find = "= 60_000;"
replace = "= 59_000;"
"#;

    #[test]
    fn every_promised_requirement_has_a_mutant_and_every_mutant_a_case() {
        let assets = Assets::embedded();
        let suites = Suites::load(&assets).unwrap();
        let mutants = Mutants::load(&assets, suites.catalogue()).unwrap();
        let broken: BTreeSet<_> = mutants.iter().filter_map(|mutant| mutant.requirement.clone()).collect();
        for requirement in suites.catalogue().iter() {
            let is_promised = matches!(requirement.level, Level::Must | Level::Should);
            assert!(!is_promised || broken.contains(&requirement.id), "nothing breaks {}", requirement.id);
        }
        let plan = Plan::build(&suites, Some(2), &Filter::default()).unwrap();
        for mutant in mutants.iter() {
            let is_id = |word: &str| plan.cases.iter().any(|case| case.id == word);
            let is_first =
                |case: &&crate::suite::PlannedCase| mutant.first.selects(&case.id, &case.requirements, is_id);
            assert!(plan.cases.iter().any(|case| is_first(&case)), "{} asks for no case", mutant.id);
        }
    }

    #[test]
    fn a_mutant_changes_its_file_and_knows_what_it_breaks() {
        let mutants = mutants_of(MUTANT).unwrap();
        let [mutant] = &mutants.iter().collect::<Vec<_>>()[..] else { panic!("{mutants:?}") };
        assert_eq!(mutant.requirement.as_ref().unwrap().as_str(), "notification.one-minute");
        let replaced = format!("{:?}", mutant.replacements);
        assert!(replaced.contains("widget/widget.js") && replaced.contains("= 59_000;"), "{replaced}");
        assert!(!replaced.contains("= 60_000;"), "{replaced}");
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let error = |from: &str, to: &str| match mutants_of(&MUTANT.replace(from, to)) {
            Err(error) => rendered(&error),
            Ok(mutants) => panic!("no error: {mutants:?}"),
        };
        insta::assert_snapshot!(error("60_000", "6_000"));
        insta::assert_snapshot!(error("widget/widget.js", "widget/wigdet.js"));
        insta::assert_snapshot!(error("one-minute", "one-minuet"));
        let twice = MUTANT.repeat(2);
        insta::assert_snapshot!(rendered(&mutants_of(&twice).unwrap_err()));
    }
}
