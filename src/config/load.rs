//! Lays the layers over one another: defaults, file, environment, flags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;
use super::key::{Form, KEYS, Key};
use super::origin::Origin;
use super::overrides::Overrides;
use super::value::Value;
use super::{BrowserKind, Settings};
use crate::source::{SourceError, SourceFile, nearest};

/// The configuration file's name; the nearest one, from the current folder upwards, is used.
pub const FILE_NAME: &str = "webdriver.toml";

/// The variable that names a configuration file, as `--config` does.
pub const CONFIG_VARIABLE: &str = "LCW_CONFIG";

/// Variables that begin as the configuration's do and are read elsewhere.
const OTHER_VARIABLES: &[&str] = &[CONFIG_VARIABLE, "LCW_LOG", "LCW_PROVISION"];

/// The table of targets, which says what is tested and not how; who names one reads it.
const TARGETS: &str = "targets";

/// Where the layers come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The current folder: the search for a file starts in it, and relative paths of variables and
    /// flags count from it.
    pub folder: PathBuf,
    /// `--config`: the file to use instead of the nearest one.
    pub config: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The flags.
    pub overrides: Overrides,
}

/// The settings of a run and where each of them comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The configuration file, if there was one.
    pub file: Option<PathBuf>,
    /// Things that a person should know of and that stop nothing, in one line each.
    pub warnings: Vec<String>,
    pub(super) origins: BTreeMap<&'static str, Origin>,
}

impl Loaded {
    /// Loads the configuration of this process, with the file of `--config` and the other flags.
    ///
    /// # Errors
    /// When a file cannot be read, or a layer has an unknown key or an impossible value.
    pub fn from_process(config: Option<PathBuf>, overrides: Overrides) -> Result<Self, ConfigError> {
        let folder = std::env::current_dir()
            .map_err(|source| ConfigError::Unreadable { path: PathBuf::from("."), source })?;
        Self::load(&Sources { folder, config, environment: std::env::vars_os().collect(), overrides })
    }

    /// Loads the configuration of these sources and of nothing else but the file they lead to.
    ///
    /// # Errors
    /// As [`Loaded::from_process`].
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let mut loaded = Self {
            settings: Settings::default(),
            file: None,
            warnings: Vec::new(),
            origins: BTreeMap::new(),
        };
        if let Some(path) = sources.file() {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
            loaded.add_file(&path, &text, &sources.folder)?;
            loaded.file = Some(path);
        }
        loaded.add_environment(sources)?;
        loaded.add_flags(sources)?;
        Ok(loaded)
    }

    /// Where this key's value comes from, by the key's path such as `deadlines.step`.
    pub fn origin(&self, path: &str) -> &Origin {
        self.origins.get(path).unwrap_or(&Origin::Default)
    }

    fn add_file(&mut self, path: &Path, text: &str, folder: &Path) -> Result<(), SourceError> {
        let shown = path.strip_prefix(folder).unwrap_or(path).to_owned();
        let file = SourceFile::new(shown.display().to_string(), text);
        let table = DeTable::parse(text).map_err(|error| file.toml_error(&error))?;
        let base = path.parent().unwrap_or(folder);
        FileLayer { loaded: self, file: &file, shown, base }.add("", table.get_ref())
    }

    fn add_environment(&mut self, sources: &Sources) -> Result<(), ConfigError> {
        let keys: BTreeMap<String, &Key> = KEYS.iter().map(|key| (key.variable(), key)).collect();
        let mut environment = sources.environment.clone();
        environment.sort();
        for (name, text) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with("LCW_")) else { continue };
            let Some(key) = keys.get(name) else {
                if !OTHER_VARIABLES.contains(&name) {
                    let known = keys.keys().map(String::as_str).chain(OTHER_VARIABLES.iter().copied());
                    let meant = nearest(name, known).map(|meant| format!("; did you mean {meant}?"));
                    self.warnings
                        .push(format!("the variable {name} is not known{}", meant.unwrap_or_default()));
                }
                continue;
            };
            let origin = Origin::Variable(name.to_owned());
            let text = text.into_string().map_err(|text| ConfigError::Value {
                origin: name.to_owned(),
                found: text.to_string_lossy().into_owned(),
                expected: "expected Unicode text".to_owned(),
            })?;
            // An empty variable counts as one that is not set.
            if !text.is_empty() {
                self.add_text(key, &text, origin, &sources.folder)?;
            }
        }
        Ok(())
    }

    fn add_flags(&mut self, sources: &Sources) -> Result<(), ConfigError> {
        let mut flags = sources.overrides.values();
        // Which browser an address is for may depend on every other layer.
        let browsers: Vec<BrowserKind> = {
            let mut preview = self.clone();
            for (path, text, flag) in &flags {
                preview.add_flag(path, text, flag, &sources.folder)?;
            }
            preview.settings.browsers
        };
        let drivers = sources.overrides.drivers(&browsers);
        flags.extend(drivers.map_err(|url| ConfigError::AmbiguousDriver { url })?);
        for (path, text, flag) in flags {
            self.add_flag(path, &text, flag, &sources.folder)?;
        }
        Ok(())
    }

    fn add_flag(
        &mut self,
        path: &str,
        text: &str,
        flag: &'static str,
        base: &Path,
    ) -> Result<(), ConfigError> {
        match Key::find(path) {
            Some(key) => self.add_text(key, text, Origin::Flag(flag), base),
            None => Ok(()),
        }
    }

    /// Takes over a value that is written as the text of a variable or a flag.
    fn add_text(
        &mut self,
        key: &'static Key,
        text: &str,
        origin: Origin,
        base: &Path,
    ) -> Result<(), ConfigError> {
        let written = as_toml(key.form, text);
        let quoted = quote(text);
        // What is no TOML is a text, and the key says what it expects instead.
        let node = DeValue::parse(&written).or_else(|_| DeValue::parse(&quoted));
        let bad = |found: String, expected: String| ConfigError::Value {
            origin: origin.to_string(),
            found,
            expected,
        };
        let node = node.map_err(|error| bad(text.to_owned(), error.message().to_owned()))?;
        (key.apply)(&mut self.settings, Value::new(&node, base)).map_err(|it| bad(it.found, it.expected))?;
        self.origins.insert(key.path, origin);
        Ok(())
    }
}

/// The text of a variable or a flag as a TOML value.
fn as_toml(form: Form, text: &str) -> String {
    let array = |words: &mut dyn Iterator<Item = &str>| {
        format!("[{}]", words.map(quote).collect::<Vec<_>>().join(", "))
    };
    match (form, text.trim()) {
        (Form::Flag, "1") => "true".to_owned(),
        (Form::Flag, "0") => "false".to_owned(),
        (Form::Words, "all") => quote("all"),
        (Form::Words | Form::Texts, list) if list.starts_with('[') => list.to_owned(),
        (Form::Words, list) => array(&mut list.split([' ', ',']).filter(|word| !word.is_empty())),
        (Form::Texts, list) => array(&mut list.split_whitespace()),
        (Form::Text, _) => quote(text),
        (Form::Flag | Form::Number | Form::Table, bare) => bare.to_owned(),
    }
}

fn quote(text: &str) -> String {
    toml::Value::from(text).to_string()
}

impl Sources {
    /// The file to read: the one that was asked for, else the nearest.
    fn file(&self) -> Option<PathBuf> {
        let variable = || {
            let value =
                self.environment.iter().find(|(name, _)| name == CONFIG_VARIABLE).map(|(_, value)| value);
            value.filter(|value| !value.is_empty()).map(PathBuf::from)
        };
        match self.config.clone().or_else(variable) {
            Some(path) => Some(self.folder.join(path)),
            // One that cannot be read is told, and not passed over for another: a folder, a link that leads nowhere.
            None => {
                let mut files = self.folder.ancestors().map(|folder| folder.join(FILE_NAME));
                files.find(|path| path.symlink_metadata().is_ok())
            }
        }
    }
}

/// The file's values on their way into the settings.
struct FileLayer<'a> {
    loaded: &'a mut Loaded,
    file: &'a SourceFile,
    /// The file's path as it is shown.
    shown: PathBuf,
    /// The folder that relative paths start from.
    base: &'a Path,
}

impl FileLayer<'_> {
    /// Takes over a table; `prefix` is empty or the table's path and a dot.
    fn add(&mut self, prefix: &str, table: &DeTable<'_>) -> Result<(), SourceError> {
        for (name, node) in table {
            let path = format!("{prefix}{}", name.get_ref());
            if path == TARGETS {
                continue;
            }
            if let Some(key) = Key::find(&path) {
                (key.apply)(&mut self.loaded.settings, Value::new(node, self.base)).map_err(|bad| {
                    self.file.error(bad.span, format!("`{path}` cannot be {}", bad.found), bad.expected)
                })?;
                let line = self.file.line(name.span().start);
                self.loaded.origins.insert(key.path, Origin::File { path: self.shown.clone(), line });
            } else if KEYS.iter().any(|key| key.path.starts_with(&format!("{path}."))) {
                let Some(inner) = node.get_ref().as_table() else {
                    let message = format!("`{path}` is a table");
                    return Err(self.file.error(
                        node.span(),
                        message,
                        format!("expected keys under [{path}]"),
                    ));
                };
                self.add(&format!("{path}."), inner)?;
            } else {
                return Err(self.unknown(prefix, name));
            }
        }
        Ok(())
    }

    fn unknown(&self, prefix: &str, name: &Spanned<std::borrow::Cow<'_, str>>) -> SourceError {
        let mut known: Vec<&str> = Vec::new();
        for key in KEYS {
            if let Some(rest) = key.path.strip_prefix(prefix) {
                let first = rest.split('.').next().unwrap_or(rest);
                if !known.contains(&first) {
                    known.push(first);
                }
            }
        }
        let word = name.get_ref().as_ref();
        let message = format!("unknown key `{prefix}{word}`");
        let error =
            self.file.error(name.span(), message, format!("expected one of `{}`", known.join("`, `")));
        let elsewhere: Vec<&str> =
            KEYS.iter().map(|key| key.path).filter(|path| path.rsplit('.').next() == Some(word)).collect();
        match nearest(word, known.iter().copied()).map(|meant| format!("{prefix}{meant}")) {
            Some(meant) => error.with_help(format!("did you mean `{meant}`?")),
            None if elsewhere.is_empty() => error,
            None => error.with_help(format!("under another table there is `{}`", elsewhere.join("`, `"))),
        }
    }
}
