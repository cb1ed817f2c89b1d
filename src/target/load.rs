//! Reads a target from a file of its own or from `webdriver.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Diagnostic;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use toml::Spanned;

use super::{Capability, Expectations, PageAddress, Subject, Target, selector};
use crate::assets::Assets;
use crate::config::FILE_NAME;
use crate::contract::Catalogue;
use crate::probe::Selectors;
use crate::server::Replacements;
use crate::source::{SourceError, SourceFile, nearest};

/// Why there is no target to test.
#[derive(Debug, Error, Diagnostic)]
pub enum TargetError {
    /// A file cannot be read.
    #[error("failed to read {}: {source}", path.display())]
    #[diagnostic(help(
        "give the path of a target file, or the name of a `[targets.NAME]` of webdriver.toml"
    ))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is no target of this name.
    #[error("there is no target `{name}`")]
    #[diagnostic(help("{help}"))]
    Unknown {
        /// The name.
        name: String,
        /// What to do.
        help: String,
    },
    /// A file is written wrongly.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Source(#[from] SourceError),
}

/// A target as it is written; `S` is how selectors are held.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "S: DeserializeOwned + Default")]
struct TargetShape<S = BTreeMap<String, Spanned<String>>> {
    name: Option<Spanned<String>>,
    script: Option<Spanned<String>>,
    root: Option<Spanned<String>>,
    page: Option<Spanned<String>>,
    capabilities: Option<Vec<Spanned<String>>>,
    expectations: Option<Spanned<String>>,
    #[serde(default)]
    selectors: S,
}

/// The part of `webdriver.toml` that this room reads.
#[derive(Debug, Deserialize)]
#[serde(bound = "S: DeserializeOwned + Default")]
struct ConfigShape<S = BTreeMap<String, Spanned<String>>> {
    #[serde(default)]
    targets: BTreeMap<Spanned<String>, TargetShape<S>>,
}

impl Target {
    /// The target that a person names: a file, or a `[targets.NAME]` of the configuration file.
    ///
    /// # Errors
    /// When there is none, or it is written wrongly.
    pub fn find(wanted: &str, config: Option<&Path>, catalogue: &Catalogue) -> Result<Self, TargetError> {
        if wanted.contains(['/', '\\']) || wanted.ends_with(".toml") {
            return Self::read(Path::new(wanted), catalogue);
        }
        let unknown = |help: String| TargetError::Unknown { name: wanted.to_owned(), help };
        let Some(config) = config else {
            return Err(unknown(format!(
                "write `[targets.{wanted}]` in a {FILE_NAME}, or give a target file"
            )));
        };
        let file = open(config)?;
        // Read twice: once with the selectors' own names, so that a misspelt one gets its caret.
        let _checked: ConfigShape<Selectors> = parse(&file).map_err(misplaced)?;
        let shape: ConfigShape = parse(&file)?;
        let names: Vec<String> = shape.targets.keys().map(|name| name.get_ref().clone()).collect();
        let found = shape.targets.into_iter().find(|(name, _)| name.get_ref() == wanted);
        let Some((name, mut shape)) = found else {
            let meant = nearest(wanted, names.iter().map(String::as_str));
            return Err(unknown(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if names.is_empty() => {
                    format!("write `[targets.{wanted}]` in {}, or give a target file", file.name())
                }
                None => format!("{} has `{}`", file.name(), names.join("`, `")),
            }));
        };
        let name = shape.name.take().unwrap_or(name);
        Writing { file: &file, base: folder_of(config), catalogue }.target(shape, name)
    }

    /// Reads a target file.
    ///
    /// # Errors
    /// As [`Target::find`].
    pub fn read(path: &Path, catalogue: &Catalogue) -> Result<Self, TargetError> {
        let file = open(path)?;
        let _checked: TargetShape<Selectors> = parse(&file).map_err(misplaced)?;
        let mut shape: TargetShape = parse(&file)?;
        let Some(name) = shape.name.take() else {
            let error = file.error(0..0, "the key `name` is missing", "needs `name`");
            return Err(error.with_help("reports call the target by it: name = \"acme-chat\"").into());
        };
        Writing { file: &file, base: folder_of(path), catalogue }.target(shape, name)
    }
}

fn open(path: &Path) -> Result<SourceFile, TargetError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| TargetError::Unreadable { path: path.to_owned(), source })?;
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    Ok(SourceFile::new(shown.display().to_string(), text))
}

fn parse<T: DeserializeOwned>(file: &SourceFile) -> Result<T, SourceError> {
    toml::from_str(file.text()).map_err(|error| file.toml_error(&error))
}

/// A key of the target that stands below `[selectors]` is read as one of those.
fn misplaced(error: SourceError) -> SourceError {
    let keys = ["name", "script", "root", "page", "capabilities", "expectations"];
    match keys.iter().any(|key| error.message() == format!("unknown key `{key}`")) {
        true => error.with_help("write it above `[selectors]`: what is below is a selector"),
        false => error,
    }
}

/// Where relative paths of a file start.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A target on its way from text.
struct Writing<'a> {
    file: &'a SourceFile,
    base: &'a Path,
    catalogue: &'a Catalogue,
}

impl Writing<'_> {
    fn target(&self, shape: TargetShape, name: Spanned<String>) -> Result<Target, TargetError> {
        if name.get_ref().trim().is_empty() {
            return Err(self.file.error(name.span(), "a target has a name", "expected some text").into());
        }
        let subject = self.subject(&shape, &name)?;
        let capabilities = match &shape.capabilities {
            Some(written) => written.iter().map(|name| self.capability(name)).collect::<Result<_, _>>()?,
            None => offered_by(&subject),
        };
        let expectations = match &shape.expectations {
            Some(path) => {
                let at = self.base.join(path.get_ref());
                let text = std::fs::read_to_string(&at).map_err(|error| {
                    let message = format!("cannot read the expectations {}: {error}", at.display());
                    self.file
                        .error(path.span(), message, "expected a file")
                        .with_help("an empty file will do; `lcw expect update` fills it from a run")
                })?;
                Expectations::parse(SourceFile::new(at.display().to_string(), text), self.catalogue)?
            }
            None => Expectations::default(),
        };
        Ok(Target {
            name: name.into_inner(),
            subject,
            capabilities,
            selectors: self.selectors(shape.selectors)?,
            expectations: Arc::new(expectations),
            expectations_path: shape.expectations.map(|path| self.base.join(path.into_inner())),
        })
    }

    fn subject(&self, shape: &TargetShape, name: &Spanned<String>) -> Result<Subject, SourceError> {
        match (&shape.script, &shape.root, &shape.page) {
            (Some(script), None, None) => {
                let path = self.base.join(script.get_ref());
                let content = std::fs::read(&path).map_err(|error| {
                    self.no_path(script, &format!("cannot read the script {}: {error}", path.display()))
                })?;
                Ok(Subject::Script(Replacements::default().widget_script(content)))
            }
            (None, Some(root), Some(page)) => {
                let path = self.base.join(root.get_ref());
                if !path.is_dir() {
                    return Err(self.no_path(root, &format!("{} is not a folder", path.display())));
                }
                let folder = Assets::folder(&path)
                    .map_err(|error| self.no_path(root, &format!("failed to {error}")))?;
                let address = PageAddress::on_host(page.get_ref()).map_err(|bad| self.bad_page(page, bad))?;
                Ok(Subject::Folder { root: folder, page: address })
            }
            (None, None, Some(page)) => PageAddress::elsewhere(page.get_ref())
                .map(Subject::Page)
                .map_err(|bad| self.bad_page(page, bad)),
            (None, Some(root), None) => {
                let error = self.file.error(root.span(), "a folder without its `page`", "which page of it?");
                Err(error.with_help("write the page beside it: page = \"index.html\""))
            }
            (None, None, None) => {
                let message = "the target does not say what is under test";
                let error =
                    self.file.error(name.span(), message, "needs `script`, `root` and `page`, or `page`");
                Err(error.with_help("write one: script = \"widget.js\", root = \"dist\" with page = \"index.html\", or page = \"https://…\""))
            }
            (Some(script), ..) => {
                let message = "the target says twice what is under test";
                let error = self.file.error(script.span(), message, "expected nothing else beside `script`");
                Err(error.with_help("leave out `root` and `page`, or leave out `script`"))
            }
        }
    }

    fn no_path(&self, path: &Spanned<String>, message: &str) -> SourceError {
        let error = self.file.error(path.span(), message, "expected a path from this file's folder");
        error.with_help(format!("that folder is {}", self.base.display()))
    }

    fn bad_page(&self, page: &Spanned<String>, expected: String) -> SourceError {
        self.file.error(page.span(), format!("cannot open the page {:?}", page.get_ref()), expected)
    }

    fn capability(&self, name: &Spanned<String>) -> Result<Capability, SourceError> {
        Capability::find(name.get_ref()).ok_or_else(|| {
            let known = Capability::ALL.map(Capability::name);
            let message = format!("unknown capability `{}`", name.get_ref());
            let label = format!("expected one of `{}`", known.join("`, `"));
            self.file.error(name.span(), message, label).with_nearest(name.get_ref(), known)
        })
    }

    fn selectors(&self, written: BTreeMap<String, Spanned<String>>) -> Result<Selectors, SourceError> {
        let mut table = toml::Table::new();
        for (part, selector) in written {
            if let Some(mistake) = selector::mistake(selector.get_ref()) {
                let message = format!("the selector of `{part}` finds nothing");
                return Err(self.file.error(selector.span(), message, mistake));
            }
            table.insert(part, selector.into_inner().into());
        }
        // Its names were checked before.
        toml::Value::Table(table).try_into().map_err(|error| self.file.toml_error(&error))
    }
}

/// What a target offers that does not say so itself. A script can do all that the reference widget does; of
/// a page it is only known what its address lets the harness choose, and what every widget can do.
fn offered_by(subject: &Subject) -> BTreeSet<Capability> {
    let (page, on_host) = match subject {
        Subject::Reference | Subject::Script(_) => return Capability::ALL.into(),
        Subject::Folder { page, .. } => (page, true),
        Subject::Page(page) => (page, false),
    };
    let mut offered: BTreeSet<_> = page.capabilities().collect();
    offered.extend([Capability::NewWindow, Capability::Escape]);
    if on_host {
        offered.insert(Capability::PageCall);
    }
    if offered.contains(&Capability::Prechat) {
        offered.insert(Capability::SubmitSurvey);
    }
    offered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::rendered;
    use crate::suite::Suites;

    /// A target file in a folder with a script and a page beside it.
    fn read(text: &str) -> Result<Target, TargetError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("widget.js"), "").unwrap();
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        let path = folder.path().join("target.toml");
        std::fs::write(&path, text).unwrap();
        let suites = Suites::load(&Assets::embedded()).unwrap();
        Target::read(&path, suites.catalogue())
    }

    /// The error's words in one line, however they were wrapped.
    fn error(text: &str) -> String {
        let text = match read(text) {
            Ok(target) => panic!("no error: {target:?}"),
            Err(error) => rendered(&error),
        };
        text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn offered(target: &Target) -> Vec<&'static str> {
        target.capabilities.iter().map(|capability| capability.name()).collect()
    }

    #[test]
    fn what_a_target_does_not_say_has_a_sensible_default() {
        let script = read("name = \"a\"\nscript = \"widget.js\"\n").unwrap();
        assert_eq!(offered(&script), Capability::ALL.map(Capability::name));
        assert_eq!(script.selectors, Selectors::default());
        let folder = read("name = \"a\"\nroot = \"dist\"\npage = \"?survey={prechat}\"\n").unwrap();
        assert_eq!(offered(&folder), ["prechat", "page-call", "new-window", "escape", "submit-survey"]);
        let page = read("name = \"a\"\npage = \"https://example.com\"\n").unwrap();
        assert_eq!(offered(&page), ["new-window", "escape"]);
        let own = read(
            "name = \"a\"\nscript = \"widget.js\"\ncapabilities = []\n[selectors]\nchat_button = \"x\"\n",
        )
        .unwrap();
        assert_eq!(offered(&own), [""; 0]);
        assert_eq!(own.selectors, Selectors { chat_button: "x".into(), ..Selectors::default() });
    }

    #[test]
    fn a_target_of_the_configuration_is_called_as_it_says_or_by_its_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("webdriver.toml");
        let text = "[targets.acme]\nname = \"Acme Chat 2\"\npage = \"https://example.com\"\n\n\
                    [targets.other]\npage = \"https://example.com\"\n";
        std::fs::write(&path, text).unwrap();
        let suites = Suites::load(&Assets::embedded()).unwrap();
        let called = |wanted| Target::find(wanted, Some(&path), suites.catalogue()).unwrap().name;
        assert_eq!([called("acme"), called("other")], ["Acme Chat 2", "other"]);
    }

    #[test]
    fn mistakes_are_pointed_at_and_end_in_the_next_step() {
        for (text, hints) in [
            ("script = \"widget.js\"\n", ["the key `name` is missing", "name = \"acme-chat\""]),
            ("name = \"a\"\n", ["does not say what is under test", "script = \"widget.js\""]),
            ("name = \"a\"\nroot = \"dist\"\n", ["a folder without its `page`", "page = \"index.html\""]),
            (
                "name = \"a\"\nscript = \"widget.js\"\npage = \"x\"\n",
                ["says twice", "leave out `root` and `page`"],
            ),
            ("name = \"a\"\nscript = \"widgte.js\"\n", ["cannot read the script", "from this file's folder"]),
            ("name = \"a\"\nroot = \"dits\"\npage = \"\"\n", ["is not a folder", "that folder is"]),
            ("name = \"a\"\npage = \"index.html\"\n", ["cannot open the page", "write `root` beside `page`"]),
            ("name = \"a\"\nscirpt = \"widget.js\"\n", ["unknown key `scirpt`", "did you mean `script`?"]),
            (
                "name = \"a\"\nscript = \"widget.js\"\ncapabilities = [\"prechta\"]\n",
                ["unknown capability `prechta`", "did you mean `prechat`?"],
            ),
            (
                "name = \"a\"\nscript = \"widget.js\"\n[selectors]\naccpet = \"x\"\n",
                ["unknown key `accpet`", "did you mean `accept`?"],
            ),
            (
                "name = \"a\"\nscript = \"widget.js\"\n[selectors]\nsend = \"x\"\ncapabilities = [\"send\"]\n",
                ["unknown key `capabilities`", "write it above `[selectors]`"],
            ),
            (
                "name = \"a\"\nscript = \"widget.js\"\nexpectations = \"none.toml\"\n",
                ["cannot read the expectations", "an empty file will do"],
            ),
        ] {
            let error = error(text);
            for hint in hints {
                assert!(error.contains(hint), "no {hint:?} in {error}");
            }
        }
    }
}
