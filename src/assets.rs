//! The fixture files: those that the binary was built with, or a folder's, read anew every time.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rust_embed::Embed;
use thiserror::Error;

/// The folder that this binary was built beside; it need not exist where the binary runs.
const CHECKOUT: &str = env!("CARGO_MANIFEST_DIR");

#[derive(Embed)]
#[folder = "fixtures/"]
struct Embedded;

/// Fixture files by their path under `fixtures/`, such as `suites/start-proactive-chat.toml`.
#[derive(Debug, Clone)]
pub struct Assets(Source);

#[derive(Debug, Clone)]
enum Source {
    Embedded,
    /// Canonical.
    Folder(PathBuf),
}

/// Why fixture files cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AssetsError {
    /// The folder that was asked for cannot be used.
    #[error(
        "use the fixtures folder {}: {source}; point `server.fixtures` at a folder laid out as `fixtures/`, or leave it out",
        path.display()
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// A file is there but cannot be read.
    #[error("read the fixture {}: {source}; check that it is a file that you may read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
}

impl Assets {
    /// The files that the binary was built with.
    pub const fn embedded() -> Self {
        Self(Source::Embedded)
    }

    /// The files of a folder laid out as `fixtures/`; an edit shows at the next read.
    ///
    /// # Errors
    /// [`AssetsError::Folder`] when it is not a folder that can be used.
    pub fn folder(path: &Path) -> Result<Self, AssetsError> {
        let fail = |source| AssetsError::Folder { path: path.to_owned(), source };
        let canonical = path.canonicalize().map_err(fail)?;
        if !canonical.is_dir() {
            return Err(fail(io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self(Source::Folder(canonical)))
    }

    /// The folder that is given; without one the checkout's own `fixtures/` when run inside the
    /// checkout that built the binary, and the embedded files everywhere else.
    ///
    /// # Errors
    /// [`AssetsError::Folder`] when the given folder cannot be used.
    pub fn discover(given: Option<&Path>) -> Result<Self, AssetsError> {
        if let Some(path) = given {
            return Self::folder(path);
        }
        let inside = std::env::current_dir()
            .and_then(|here| Ok(here.canonicalize()?.starts_with(Path::new(CHECKOUT).canonicalize()?)));
        match inside {
            Ok(true) => Self::folder(&Path::new(CHECKOUT).join("fixtures")).or(Ok(Self::embedded())),
            _ => Ok(Self::embedded()),
        }
    }

    /// A file's content; `None` when there is no such file, and for every path that is not plainly
    /// one below the folder.
    ///
    /// # Errors
    /// [`AssetsError::Read`] when the file is there but cannot be read.
    pub fn read(&self, path: &str) -> Result<Option<Cow<'static, [u8]>>, AssetsError> {
        if !is_plain(path) {
            return Ok(None);
        }
        let root = match &self.0 {
            Source::Embedded => return Ok(Embedded::get(path).map(|file| file.data)),
            Source::Folder(root) => root,
        };
        match within(root, path).and_then(|file| file.map(std::fs::read).transpose()) {
            Ok(content) => Ok(content.map(Cow::Owned)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(source) => Err(AssetsError::Read { path: root.join(path), source }),
        }
    }

    /// How a file or folder is called to a person: its whole path in a folder, and below `fixtures/` in
    /// the binary.
    pub fn name(&self, path: &str) -> String {
        match &self.0 {
            Source::Embedded => format!("fixtures/{path}"),
            Source::Folder(root) => {
                let file = root.join(path);
                let here = std::env::current_dir().and_then(|here| here.canonicalize());
                let short = here.as_ref().ok().and_then(|here| file.strip_prefix(here).ok());
                short.unwrap_or(&file).display().to_string()
            }
        }
    }

    /// The paths of all files below a folder such as `suites`, sorted.
    ///
    /// # Errors
    /// [`AssetsError::Read`] when a folder cannot be listed.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, AssetsError> {
        if !is_plain(folder) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        match &self.0 {
            Source::Embedded => {
                let prefix = format!("{folder}/");
                found.extend(Embedded::iter().filter(|path| path.starts_with(&prefix)).map(Cow::into_owned));
            }
            Source::Folder(root) => list_below(root, folder, &mut found)?,
        }
        found.sort_unstable();
        Ok(found)
    }
}

impl fmt::Display for Assets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Embedded => out.write_str("the files built into this program"),
            Source::Folder(root) => write!(out, "the folder {}", root.display()),
        }
    }
}

/// The file that a path below the folder leads to: elsewhere inside the folder, if it is a link, and nowhere else.
fn within(root: &Path, path: &str) -> io::Result<Option<PathBuf>> {
    let file = root.join(path).canonicalize()?;
    Ok((file.starts_with(root) && file.is_file()).then_some(file))
}

fn list_below(root: &Path, folder: &str, found: &mut Vec<String>) -> Result<(), AssetsError> {
    let path = root.join(folder);
    let fail = |source| AssetsError::Read { path: path.clone(), source };
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(fail(error)),
    };
    for entry in entries {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| is_plain(name)) else { continue };
        let below = format!("{folder}/{name}");
        match entry.file_type().map_err(fail)? {
            kind if kind.is_dir() => list_below(root, &below, found)?,
            kind if kind.is_file() => found.push(below),
            // What is not read is not listed. A link to a folder is not followed, since one to a parent would go on
            // forever.
            kind if kind.is_symlink() && within(root, &below).is_ok_and(|file| file.is_some()) => {
                found.push(below)
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a path consists of names alone, so that no reading of it can leave the folder: no `..`, no separator but
/// `/`. Nothing hidden either, but for what sites publish in `.well-known`.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|name| {
        !name.is_empty()
            && (!name.starts_with('.') || name == ".well-known")
            && !name.contains(|letter: char| letter == '\\' || letter.is_control())
    })
}

// Here, as in all tests, `unwrap` is how a test fails (clippy.toml); nothing of it is built into the program.
#[cfg(test)]
mod tests {
    use super::*;

    const BOOTSTRAPPER: &str = "widget/LiveChatBootstrapper.js";

    fn folder_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Assets) {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let assets = Assets::folder(folder.path()).unwrap();
        (folder, assets)
    }

    #[test]
    fn embedded_files_are_those_of_the_checkout() {
        let built_in = Assets::embedded();
        let checkout = Assets::folder(&Path::new(CHECKOUT).join("fixtures")).unwrap();
        assert!(built_in.read(BOOTSTRAPPER).unwrap().is_some());
        assert_eq!(built_in.list("widget").unwrap(), checkout.list("widget").unwrap());
        assert_eq!(built_in.read(BOOTSTRAPPER).unwrap(), checkout.read(BOOTSTRAPPER).unwrap());
    }

    #[test]
    fn an_edit_in_a_folder_shows_at_the_next_read() {
        let (folder, assets) = folder_with(&[("pages/a.html", "one")]);
        assert_eq!(assets.read("pages/a.html").unwrap().unwrap().as_ref(), b"one");
        std::fs::write(folder.path().join("pages/a.html"), "two").unwrap();
        assert_eq!(assets.read("pages/a.html").unwrap().unwrap().as_ref(), b"two");
    }

    #[test]
    fn no_path_leaves_the_folder() {
        let (folder, assets) = folder_with(&[("fixtures/a.txt", "inside"), ("secret.txt", "outside")]);
        let assets_below = Assets::folder(&folder.path().join("fixtures")).unwrap();
        for path in [
            "../secret.txt",
            "./a.txt",
            "..",
            ".",
            "",
            "/",
            "/etc/passwd",
            "a.txt/",
            "a.txt/../../secret.txt",
            "..\\secret.txt",
            "%2e%2e/secret.txt",
            ".%2e/secret.txt",
            "a.txt\0",
            "C:/a.txt",
        ] {
            assert_eq!(assets_below.read(path).unwrap(), None, "{path:?}");
            assert_eq!(Assets::embedded().read(path).unwrap(), None, "{path:?}");
        }
        assert_eq!(assets.read("fixtures").unwrap(), None, "a folder is not a file");
        let (_folder, hidden) = folder_with(&[(".env", "secret"), (".git/config", "secret")]);
        for path in [".env", ".git/config"] {
            assert_eq!(hidden.read(path).unwrap(), None, "{path:?}");
        }
        assert!(assets_below.read("a.txt").unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leaves_the_folder_is_not_followed() {
        let (folder, assets) = folder_with(&[("pages/a.html", "inside")]);
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("pages/out.html")).unwrap();
        std::os::unix::fs::symlink("a.html", folder.path().join("pages/in.html")).unwrap();
        assert_eq!(assets.read("pages/out.html").unwrap(), None);
        assert!(assets.read("pages/in.html").unwrap().is_some());
        assert_eq!(assets.list("pages").unwrap(), ["pages/a.html", "pages/in.html"]);
    }

    #[test]
    fn a_folder_is_listed_with_all_below_it() {
        let (_folder, assets) = folder_with(&[
            ("suites/b.toml", ""),
            ("suites/a/c.toml", ""),
            ("suites/.hidden", ""),
            ("x.toml", ""),
        ]);
        assert_eq!(assets.list("suites").unwrap(), ["suites/a/c.toml", "suites/b.toml"]);
        assert_eq!(assets.list("nowhere").unwrap(), [""; 0]);
    }

    #[test]
    fn a_missing_folder_says_what_to_set() {
        let error = Assets::discover(Some(Path::new("/nowhere/at/all"))).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("/nowhere/at/all") && text.contains("`server.fixtures`"), "{text}");
    }
}
