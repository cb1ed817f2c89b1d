//! The files with which somebody begins who wants to check a page: scenarios, settings, and continuous integration.
//!
//! [`Site::of_file`] and [`Site::of_address`] look at the page, [`Site::files`] are the texts, and [`write()`] puts down what is
//! not there yet.

mod page;
mod texts;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;
use url::Url;

use crate::config::FILE_NAME;
use crate::report::shell_word;

/// The file of the scenarios.
pub const SCENARIOS: &str = "scenarios.toml";

/// The workflow for continuous integration, where GitHub looks for it.
pub const WORKFLOW: &str = ".github/workflows/lcw.yml";

/// Why there are no files to begin with.
#[derive(Debug, Error)]
pub enum InitError {
    /// There is no such page.
    #[error(
        "read the page {}: {source}; name a file of your site or an address, such as `lcw init dist/index.html`",
        path.display()
    )]
    Page {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A page that is not in the folder that is said to have it.
    #[error("find {} in {}; give a folder above the page with --root", page.display(), root.display())]
    Outside {
        /// The page.
        page: PathBuf,
        /// The folder.
        root: PathBuf,
    },
    /// A file cannot be written.
    #[error("write {}: {source}; check that you may write there", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Where pages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this folder; relative to where the files are written, or absolute.
    Folder(PathBuf),
    /// On this server.
    Server(Url),
}

/// A page, and the site to which it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where its pages are.
    pub place: Place,
    /// The page, relative to that.
    pub page: String,
    /// What the page calls itself.
    pub title: Option<String>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Written,
    /// One was there, and is as it was.
    LeftAlone,
}

impl Site {
    /// The site of the page in this file: the folder `root`, or the one in which the file is.
    ///
    /// # Errors
    /// When the file cannot be read, or is not below `root`.
    pub fn of_file(page: &Path, root: Option<&Path>) -> Result<Self, InitError> {
        let unreadable = |source| InitError::Page { path: page.to_owned(), source };
        let text = String::from_utf8_lossy(&fs::read(page).map_err(unreadable)?).into_owned();
        let root = root.or(page.parent()).unwrap_or(Path::new(""));
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let outside = || InitError::Outside { page: page.to_owned(), root: root.to_owned() };
        let below = match (page.canonicalize(), root.canonicalize()) {
            (Ok(page), Ok(root)) => page.strip_prefix(root).map(Path::to_owned).map_err(|_| outside())?,
            _ => return Err(outside()),
        };
        let page = as_path(&below);
        Ok(Self { place: Place::Folder(root.to_owned()), page, title: page::title(&text) })
    }

    /// The site of the page at this address. A page that does not answer, or only over TLS, has no title.
    pub async fn of_address(page: &Url) -> Self {
        let title = page::fetch(page).await.and_then(|text| page::title(&text));
        let mut server = page.clone();
        server.set_path("/");
        server.set_query(None);
        server.set_fragment(None);
        let path = page[url::Position::BeforePath..].to_owned();
        Self { place: Place::Server(server), page: path, title }
    }

    /// What checks the scenarios, with these flags at the command's end.
    pub fn command(&self, flags: &str) -> String {
        let place = match &self.place {
            Place::Folder(root) if root == Path::new(".") => String::new(),
            Place::Folder(root) => format!(" --root {}", shell_word(&root.display().to_string())),
            Place::Server(server) => format!(" --base-url {}", shell_word(server.as_str())),
        };
        format!("lcw check {SCENARIOS}{place}{flags}")
    }

    /// The files, each with its path.
    pub fn files(&self) -> [(&'static str, String); 3] {
        [
            (SCENARIOS, texts::scenarios(self)),
            (FILE_NAME, texts::SETTINGS.to_owned()),
            (WORKFLOW, texts::workflow(self)),
        ]
    }
}

/// A file's name as the path of an address.
pub(crate) fn as_path(name: &Path) -> String {
    let name = name.to_string_lossy();
    name.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}

/// Writes a file into this folder unless there is one.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, path: &str, text: &str) -> Result<Outcome, InitError> {
    let whole = folder.join(path);
    let unwritable = |source| InitError::Write { path: whole.clone(), source };
    if let Some(parent) = whole.parent() {
        fs::create_dir_all(parent).map_err(unwritable)?;
    }
    // Atomic: what somebody else writes in this moment is left alone, too.
    match OpenOptions::new().write(true).create_new(true).open(&whole) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).map_err(unwritable)?;
            Ok(Outcome::Written)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Outcome::LeftAlone),
        Err(error) => Err(unwritable(error)),
    }
}

#[cfg(test)]
mod tests;
