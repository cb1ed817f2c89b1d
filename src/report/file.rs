//! Files that are whole or not there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Makes the folders that `path` needs and proves that a file can be made there, so that a wrong
/// path is found before an hour of browser work and not after it.
///
/// # Errors
/// When `path` is a folder, or its folder cannot be made or written to.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let folder = folder(path);
    fs::create_dir_all(&folder)?;
    tempfile::NamedTempFile::new_in(&folder)?.close()
}

/// Removes what an earlier run left, so that no run's report is taken for another's.
///
/// # Errors
/// When there is such a file and it cannot be removed.
pub(super) fn remove_stale(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a file in one step: a reader finds the whole of it or nothing.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written there.
pub(super) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = folder(path);
    fs::create_dir_all(&folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lcw-report-");
    // A temporary file is private by default; a report is as readable as any other file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(&folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
