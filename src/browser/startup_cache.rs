//! What Firefox has compiled of itself, kept from one fresh profile for the next.
//!
//! A profile that Firefox has never seen costs it a second at every start: it reads and compiles its own scripts anew. In
//! its first profile it writes down what came of that, in the folder `startupCache`, and takes it from there as long as
//! `compatibility.ini` beside it names the build that wrote it. These two are all that a profile is given here. They hold
//! nothing of a page: no storage, no cookies, no history.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::places::cache_folder;

/// Names the build that wrote the cache. Without it, or when it names another build, Firefox throws the cache away.
const BUILD: &str = "compatibility.ini";

/// The folder of the cache within a profile.
const CACHE: &str = "startupCache";

/// A profile for one Firefox, in a folder that goes with its driver.
#[derive(Debug)]
pub(super) struct Profile {
    folder: PathBuf,
    /// Where the cache of this Firefox is kept, or would be.
    kept: PathBuf,
}

impl Profile {
    /// Makes a profile in the driver's private folder, with what this Firefox has left; `None` when the user has no
    /// folder for caches, or the profile cannot be made: geckodriver makes one of its own then.
    pub(super) async fn create(driver: &Path, binary: &Path) -> Option<Self> {
        let profile = Self { folder: driver.join("profile"), kept: place(binary)? };
        blocking(move || {
            let (folder, kept) = (&profile.folder, &profile.kept);
            let made = fs::create_dir(folder);
            let made = made.and_then(|()| if kept.exists() { copy(kept, folder) } else { Ok(()) });
            match made {
                Ok(()) => Some(profile),
                Err(error) => {
                    tracing::debug!("{} is left alone: {error}", kept.display());
                    let _ = fs::remove_dir_all(folder);
                    None
                }
            }
        })
        .await
        .flatten()
    }

    /// Its folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there was no cache for this build. Firefox writes its own when it is closed, not when it is ended.
    pub(super) fn is_cold(&self) -> bool {
        let build = |folder: &Path| fs::read(folder.join(BUILD)).ok();
        build(&self.folder) != build(&self.kept)
    }

    /// Keeps the cache of a Firefox that was closed, in place of an older one.
    pub(super) async fn keep(self) {
        blocking(move || {
            // Another one may have been closed meanwhile.
            if self.is_cold()
                && let Err(error) = replace(&self.kept, &self.folder)
            {
                tracing::debug!("{} is not kept: {error}", self.kept.display());
            }
        })
        .await;
    }

    /// Forgets what was kept: a Firefox did not start with it.
    pub(super) fn forget(self) {
        let _ = fs::remove_dir_all(&self.kept);
    }
}

/// Where the cache of this Firefox is kept.
fn place(binary: &Path) -> Option<PathBuf> {
    let binary = fs::canonicalize(binary).ok()?;
    let name = binary.to_string_lossy().trim_start_matches('/').replace('/', "-");
    Some(cache_folder()?.join("firefox").join(name))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// Copies the cache, and the name of the build that wrote it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from.join(BUILD), to.join(BUILD))?;
    fs::create_dir(to.join(CACHE))?;
    for entry in fs::read_dir(from.join(CACHE))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(CACHE).join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Puts what a profile has in place of what is kept. Whoever copies meanwhile finds one or the other, or fails.
fn replace(kept: &Path, profile: &Path) -> io::Result<()> {
    let parent = kept.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(parent)?;
    let whole = tempfile::Builder::new().prefix(".new-").tempdir_in(parent)?;
    copy(profile, whole.path())?;
    if fs::rename(whole.path(), kept).is_err() {
        // A folder takes the place of an empty one only.
        fs::remove_dir_all(kept)?;
        fs::rename(whole.path(), kept)?;
    }
    // There is nothing left under its first name.
    let _ = whole.keep();
    Ok(())
}
