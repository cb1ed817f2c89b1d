//! Finds drivers and browsers, and says where each was found.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use super::places::{names, usual_places, variables};
use crate::config::{BrowserKind, BrowserSettings};

/// A driver and a browser that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The WebDriver server.
    pub driver: Executable,
    /// The browser.
    pub browser: Executable,
}

/// An executable and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executable {
    /// Its path.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
}

/// Where an executable was found; earlier ones win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Named in the configuration.
    Settings,
    /// Named by this environment variable.
    Environment(&'static str),
    /// In a folder of `PATH`.
    Path,
    /// Put there by `lcw provision`.
    Provisioned,
    /// In a place where installers usually put it.
    UsualPlace,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => out.write_str("configuration"),
            Self::Environment(variable) => write!(out, "environment variable {variable}"),
            Self::Path => out.write_str("PATH"),
            Self::Provisioned => out.write_str("lcw provision"),
            Self::UsualPlace => out.write_str("usual install place"),
        }
    }
}

/// What of a browser is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The WebDriver server.
    Driver,
    /// The browser itself.
    Browser,
}

/// An executable that is needed and cannot be used. Texts read after "failed to …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Nothing was found anywhere.
    #[error(
        "find {what}, neither in {} nor on PATH nor in the usual places{}; install it with \
         `lcw provision --browser {kind}`, or name it in webdriver.toml",
        variables(*kind, *part).join(", "),
        but(snap.as_deref())
    )]
    NotFound {
        /// The browser that it is for.
        kind: BrowserKind,
        /// Driver or browser.
        part: Part,
        /// What was looked for, such as `geckodriver`.
        what: &'static str,
        /// The snap that was found and is of no use.
        snap: Option<PathBuf>,
    },

    /// The configuration or the environment names a file that does not exist or cannot be run.
    #[error(
        "use {path} as {what}, named by the {origin}: it is {problem}; correct the {origin}, or leave it out to \
         have {what} searched for",
        path = path.display()
    )]
    Unusable {
        /// What it should have been, such as `geckodriver`.
        what: &'static str,
        /// The path that is named.
        path: PathBuf,
        /// Who names it.
        origin: Origin,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Finds the driver and the browser: configuration, environment, `PATH`, usual places, in this order.
///
/// # Errors
/// [`Missing`] with the next command to type, for the driver first.
pub fn find(kind: BrowserKind, settings: &BrowserSettings) -> Result<Found, Missing> {
    Ok(Found {
        driver: find_part(kind, Part::Driver, settings)?,
        browser: find_part(kind, Part::Browser, settings)?,
    })
}

/// Finds the driver or the browser alone.
///
/// # Errors
/// [`Missing`] with the next command to type.
pub fn find_part(kind: BrowserKind, part: Part, settings: &BrowserSettings) -> Result<Executable, Missing> {
    let named = match part {
        Part::Driver => settings.driver.clone(),
        Part::Browser => settings.binary.clone(),
    };
    search(
        kind,
        part,
        named,
        |variable| env::var_os(variable).map(PathBuf::from),
        env::var_os("PATH").as_deref(),
    )
}

/// The search itself, with the process's environment as arguments.
fn search(
    kind: BrowserKind,
    part: Part,
    named: Option<PathBuf>,
    variable: impl Fn(&str) -> Option<PathBuf>,
    path: Option<&OsStr>,
) -> Result<Executable, Missing> {
    let what = what(kind, part);
    let names = names(kind, part);

    // 1. What a person names must be right: falling back to something else would hide the mistake.
    let variables = variables(kind, part).into_iter().filter_map(|name| {
        let value = variable(name).filter(|value| !value.as_os_str().is_empty())?;
        Some((value, Origin::Environment(name)))
    });
    if let Some((named, origin)) =
        named.map(|named| (named, Origin::Settings)).into_iter().chain(variables).next()
    {
        if !is_bare(&named) {
            return usable(named, names, origin, what);
        }
        let found = in_path(&named, path).next();
        return match found {
            Some(found) => usable(found, names, origin, what),
            // A folder of that name is what a variable may name.
            None if origin != Origin::Settings && named.is_dir() => usable(named, names, origin, what),
            None => Err(Missing::Unusable { what, path: named, origin, problem: "not in PATH" }),
        };
    }

    // 2. Search. The preferred name wins over the earlier folder.
    let on_path = names.iter().flat_map(|name| in_path(Path::new(name), path));
    let on_path = on_path.map(|path| (path, Origin::Path));
    let usual = usual_places(kind, part)
        .into_iter()
        .flat_map(|(folder, origin)| names.iter().map(move |name| (folder.join(name), origin.clone())));
    let mut snap = None;
    for (path, origin) in on_path.chain(usual) {
        match problem_with(&path) {
            None => return Ok(Executable { path, origin }),
            Some(SNAP) if snap.is_none() => snap = Some(path),
            Some(_) => {}
        }
    }
    Err(Missing::NotFound { kind, part, what, snap })
}

/// The programs of this name in the folders of `PATH`.
fn in_path(name: &Path, path: Option<&OsStr>) -> impl Iterator<Item = PathBuf> {
    path.and_then(|path| which::which_in_all(name, Some(path), "/").ok()).into_iter().flatten()
}

/// What is to be said beside "not found" of a snap that was.
pub(super) fn but(snap: Option<&Path>) -> String {
    snap.map(|path| format!(" ({} is {SNAP})", path.display())).unwrap_or_default()
}

/// Whether it is a program's name rather than a path.
fn is_bare(named: &Path) -> bool {
    named.file_name() == Some(named.as_os_str())
}

/// A path that somebody names: the file, or the folder that holds it, as CI images set it.
fn usable(path: PathBuf, names: &[&str], origin: Origin, what: &'static str) -> Result<Executable, Missing> {
    let mut candidates: Vec<PathBuf> = Vec::new();
    if path.is_dir() {
        candidates.extend(names.iter().map(|name| path.join(name)));
    } else {
        candidates.push(path.clone());
    }
    if let Some(found) = candidates.iter().find(|candidate| problem_with(candidate).is_none()) {
        return Ok(Executable { path: found.clone(), origin });
    }
    let problem =
        if path.is_dir() { "a folder without it" } else { problem_with(&path).unwrap_or("not usable") };
    Err(Missing::Unusable { what, path, origin, problem })
}

fn problem_with(path: &Path) -> Option<&'static str> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(path) {
        Err(_) => Some("not there"),
        Ok(data) if !data.is_file() => Some("not a file"),
        Ok(data) if data.permissions().mode() & 0o111 == 0 => Some("not executable"),
        // It is handed to the driver in JSON, which has no other texts.
        Ok(_) if path.to_str().is_none() => Some("not named in UTF-8"),
        Ok(data) if is_snap(path, data.len()) => Some(SNAP),
        Ok(_) => None,
    }
}

/// What is wrong with a snap.
const SNAP: &str = "a snap, which cannot see the private profile of a test";

/// Whether it is a snap, or the small script by which Ubuntu's packages call for one.
fn is_snap(path: &Path, size: u64) -> bool {
    const LARGEST_SCRIPT: u64 = 16 << 10;
    if std::fs::canonicalize(path)
        .is_ok_and(|real| real == Path::new("/usr/bin/snap") || real.starts_with("/snap"))
    {
        return true;
    }
    let calls_for_one = |script: Vec<u8>| {
        let script = String::from_utf8_lossy(&script);
        script.starts_with("#!") && script.contains("/snap/bin/")
    };
    size <= LARGEST_SCRIPT && std::fs::read(path).is_ok_and(calls_for_one)
}

/// What messages call it.
pub(super) fn what(kind: BrowserKind, part: Part) -> &'static str {
    match (kind, part) {
        (_, Part::Driver) => kind.driver_name(),
        (BrowserKind::Firefox, Part::Browser) => "Firefox",
        (BrowserKind::Chromium, Part::Browser) => "Chromium",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A folder with executables of these names and this script.
    pub(in crate::browser) fn folder(names: &[&str], script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        for name in names {
            // Written by another process: a file that this one has open for writing, if only in a child
            // that is just being started by another test, could not be run.
            let write = r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1""#;
            let mut shell = std::process::Command::new("sh");
            let status = shell.args(["-c", write, "sh"]).arg(folder.path().join(name)).arg(script).status();
            assert!(status.is_ok_and(|status| status.success()));
        }
        folder
    }

    fn firefox(
        named: Option<PathBuf>,
        variable: Option<&Path>,
        path: Option<&Path>,
    ) -> Result<Executable, Missing> {
        let variable = |name: &str| (name == "FIREFOX_BIN").then(|| variable.map(Path::to_owned)).flatten();
        search(BrowserKind::Firefox, Part::Browser, named, variable, path.map(Path::as_os_str))
    }

    #[test]
    fn configuration_beats_environment_beats_path() {
        let (a, b, c) =
            (folder(&["mine"], ""), folder(&["firefox"], ""), folder(&["firefox", "firefox-esr"], ""));
        let origin = |found: Result<Executable, Missing>| found.map(|found| (found.path, found.origin));
        let mine = a.path().join("mine");
        let found = firefox(Some(mine.clone()), Some(b.path()), Some(c.path()));
        assert_eq!(origin(found), Ok((mine, Origin::Settings)));
        let found = firefox(None, Some(b.path()), Some(c.path()));
        assert_eq!(origin(found), Ok((b.path().join("firefox"), Origin::Environment("FIREFOX_BIN"))));
        let found = firefox(None, Some(&b.path().join("firefox")), Some(c.path()));
        assert_eq!(origin(found), Ok((b.path().join("firefox"), Origin::Environment("FIREFOX_BIN"))));
        let found = firefox(None, None, Some(c.path()));
        assert_eq!(origin(found), Ok((c.path().join("firefox-esr"), Origin::Path)));
    }

    #[test]
    fn a_bare_name_is_looked_up_in_path_and_nowhere_else() {
        let folder = folder(&["firefox-nightly", "firefox"], "");
        let found = firefox(Some("firefox-nightly".into()), None, Some(folder.path()));
        let nightly = Executable { path: folder.path().join("firefox-nightly"), origin: Origin::Settings };
        assert_eq!(found, Ok(nightly));
        let found = firefox(None, Some(Path::new("firefox-nightly")), Some(folder.path())).unwrap();
        assert_eq!(found.origin, Origin::Environment("FIREFOX_BIN"));
        // The current folder has one of that name.
        for gone in ["firefox-beta", "src"] {
            let error = firefox(Some(gone.into()), None, Some(folder.path())).unwrap_err();
            assert!(error.to_string().contains("it is not in PATH"), "{error}");
        }
    }

    #[test]
    fn a_snap_is_passed_over_and_told_when_there_is_nothing_else() {
        let (snap, real) = (folder(&["firefox"], "exec /snap/bin/firefox \"$@\""), folder(&["firefox"], ""));
        let both = env::join_paths([snap.path(), real.path()]).unwrap();
        let found = firefox(None, None, Some(Path::new(&both))).unwrap();
        assert_eq!(found.path, real.path().join("firefox"));
        let named = firefox(None, Some(&snap.path().join("firefox")), None).unwrap_err().to_string();
        assert!(named.contains("it is a snap, which cannot see the private profile of a test"), "{named}");
        let part = Part::Driver;
        let snap = Some(PathBuf::from("/snap/bin/firefox"));
        let error = Missing::NotFound { kind: BrowserKind::Firefox, part, what: "geckodriver", snap };
        assert!(error.to_string().contains("usual places (/snap/bin/firefox is a snap, which"), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_path_that_no_driver_can_be_told_is_named() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = folder(&["firefox"], "");
        let odd = folder.path().join(OsStr::from_bytes(b"firefox-\xff"));
        std::fs::rename(folder.path().join("firefox"), &odd).unwrap();
        let error = firefox(Some(odd), None, None).unwrap_err().to_string();
        assert!(error.contains("it is not named in UTF-8"), "{error}");
    }

    #[test]
    fn what_a_person_names_wrongly_is_told_and_not_searched_for() {
        let good = folder(&["firefox"], "");
        let gone = PathBuf::from("/nowhere/firefox");
        for (named, variable) in [(Some(gone.clone()), None), (None, Some(gone.as_path()))] {
            let error = firefox(named, variable, Some(good.path())).err();
            assert!(matches!(&error, Some(Missing::Unusable { path, .. }) if *path == gone), "{error:?}");
        }
        let empty = folder(&[], "");
        let error = firefox(None, Some(empty.path()), Some(good.path())).err().map(|error| error.to_string());
        assert!(error.as_deref().is_some_and(|text| text.contains("a folder without it")), "{error:?}");
    }

    #[test]
    fn nothing_anywhere_names_the_next_command() {
        let error = Missing::NotFound {
            kind: BrowserKind::Firefox,
            part: Part::Driver,
            what: "geckodriver",
            snap: None,
        };
        let text = error.to_string();
        assert!(text.contains("find geckodriver, neither in GECKOWEBDRIVER nor on PATH"), "{text}");
        assert!(text.contains("`lcw provision --browser firefox`"), "{text}");
    }
}
