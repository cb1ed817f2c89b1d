//! The files that are served: the fixtures, some of them replaced.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;

use crate::assets::{Assets, AssetsError};

/// Contents to serve in place of fixture files: another widget's script, or a widget with a defect.
#[derive(Debug, Clone, Default)]
pub struct Replacements {
    files: Arc<BTreeMap<String, Bytes>>,
    folder: Option<Assets>,
    as_it_is: bool,
}

impl Replacements {
    /// Serves `content` as the file with this path under `fixtures/`, such as `widget/labels.js`; the
    /// file need not exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Arc::make_mut(&mut self.files).insert(path.into(), Bytes::from(content.into()));
        self
    }

    /// Serves `content` as the script that pages embed.
    #[must_use]
    pub fn widget_script(self, content: impl Into<Vec<u8>>) -> Self {
        self.file("widget/LiveChatBootstrapper.js", content)
    }

    /// Serves the pages of a folder, and all that is in it, in place of the fixture pages; `/` is its
    /// `index.html`. What it does not have of the widget is served as before.
    #[must_use]
    pub fn folder(mut self, folder: Assets) -> Self {
        self.folder = Some(folder);
        self
    }

    /// As [`Replacements::folder`], with nothing filled in and nothing of the fixtures beside it: pages as their owner
    /// has them.
    #[must_use]
    pub fn folder_as_it_is(self, folder: Assets) -> Self {
        Self { as_it_is: true, ..self.folder(folder) }
    }

    /// Whether pages are served as they are.
    pub(super) fn are_as_they_are(&self) -> bool {
        self.as_it_is
    }

    /// The folder that stands in place of the fixture pages.
    pub(super) fn pages(&self) -> Option<&Assets> {
        self.folder.as_ref()
    }

    /// Whether any file of the widget is replaced.
    pub(super) fn touch_widget(&self) -> bool {
        self.files.keys().any(|path| path.starts_with("widget/"))
    }

    fn get(&self, path: &str) -> Option<Bytes> {
        self.files.get(path).cloned()
    }
}

/// Reads a file: the first replacement of it, else the fixture.
///
/// A fixture is a few kilobytes in the page cache at worst, so it is read where it is needed and not on
/// a thread for blocking work.
pub(super) fn read(
    assets: &Assets,
    replacements: &[&Replacements],
    path: &str,
) -> Result<Option<Bytes>, AssetsError> {
    if let Some(content) = replacements.iter().find_map(|each| each.get(path)) {
        return Ok(Some(content));
    }
    Ok(assets.read(path)?.map(|content| match content {
        std::borrow::Cow::Borrowed(content) => Bytes::from_static(content),
        std::borrow::Cow::Owned(content) => Bytes::from(content),
    }))
}

/// How much of a page browsers search for its encoding, in bytes.
const HEAD: usize = 1024;

/// The `Content-Type` of a file that is served as it is, by its name. What is said of its encoding outranks what the page
/// itself says, so of one that says it, and of what cannot be UTF-8, nothing is said.
pub(super) fn content_type_as_it_is(path: &str, content: &[u8]) -> String {
    let whole = content_type(path);
    let head = String::from_utf8_lossy(&content[..content.len().min(HEAD)]).to_ascii_lowercase();
    let speaks_for_itself = whole.starts_with("text/html") && head.contains("charset");
    match whole.split_once("; charset") {
        Some((kind, _)) if speaks_for_itself || std::str::from_utf8(content).is_err() => kind.to_owned(),
        _ => whole,
    }
}

/// The `Content-Type` of a file by its name.
pub(super) fn content_type(path: &str) -> String {
    // What describes a script's source is JSON, whatever stands before its last dot.
    let kind = if path.ends_with(".map") {
        mime_guess::mime::APPLICATION_JSON
    } else {
        mime_guess::from_path(path).first_or_octet_stream()
    };
    if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}
