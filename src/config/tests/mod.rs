//! Every layer, what wins, and what a mistake gets.

mod layers;
mod mistakes;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{FILE_NAME, Loaded, Sources};

/// A folder with this configuration file.
fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), text).unwrap();
    folder
}

fn sources(folder: &Path) -> Sources {
    Sources { folder: folder.to_owned(), ..Sources::default() }
}

fn with_variables(folder: &Path, variables: &[(&str, &str)]) -> Sources {
    let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Sources { environment, ..sources(folder) }
}

fn load_text(text: &str) -> Loaded {
    let folder = folder(text);
    Loaded::load(&sources(folder.path())).unwrap()
}
