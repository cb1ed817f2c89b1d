//! Files that are whole or not there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where a file goes that is written to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// A file, with its folder as the system calls it: two that are the same are one file.
    File(PathBuf),
    /// A device, a pipe or the like: it is written to as it is, and neither removed nor replaced.
    Stream,
}

impl Destination {
    /// What a path leads to, through links, too.
    fn of(path: &Path) -> io::Result<Self> {
        match fs::canonicalize(path) {
            Ok(real) if fs::metadata(&real)?.is_file() => Ok(Self::File(real)),
            // A pipe has no path, so links to one lead nowhere that could be named.
            _ if path.exists() => Ok(Self::Stream),
            _ => {
                let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
                Ok(Self::File(fs::canonicalize(folder(path))?.join(name)))
            }
        }
    }
}

/// Makes the folders that `path` needs and proves that a file can be written there, so that a wrong
/// path is found before an hour of browser work and not after it. Gives what the path leads to.
///
/// # Errors
/// When `path` is a folder, or its folder cannot be made or written to.
pub(super) fn prepare(path: &Path) -> io::Result<Destination> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    fs::create_dir_all(folder(path))?;
    let destination = Destination::of(path)?;
    if let Destination::File(file) = &destination {
        tempfile::NamedTempFile::new_in(folder(file))?.close()?;
    }
    Ok(destination)
}

/// Removes what an earlier run left, so that no run's report is taken for another's.
///
/// # Errors
/// When there is such a file and it cannot be removed.
pub(super) fn remove_stale(path: &Path) -> io::Result<()> {
    match Destination::of(path) {
        Ok(Destination::Stream) => Ok(()),
        // What a link leads to is emptied, so that the link still leads there.
        Ok(Destination::File(file)) if path.is_symlink() => fs::File::create(file).map(drop),
        Ok(Destination::File(file)) if file.exists() => fs::remove_file(file),
        Ok(Destination::File(_)) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes a file in one step: a reader finds the whole of it or nothing. What is no file is written to as it is.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written there.
pub(super) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder(path))?;
    let path = match Destination::of(path)? {
        Destination::File(file) => file,
        Destination::Stream => return fs::OpenOptions::new().write(true).open(path)?.write_all(content),
    };
    let folder = folder(&path);
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
