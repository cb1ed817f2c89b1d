//! What a run may leave behind: driver, browser, watchdog, and their private folders.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::processes;

/// How long a watchdog may take: it asks politely first.
const PATIENCE: Duration = Duration::from_secs(30);

/// A driver that runs, with its browser.
#[derive(Debug)]
pub(crate) struct Driver {
    /// Its process group.
    pub(crate) group: i32,
    folder: PathBuf,
    watchdog: i32,
}

/// The drivers whose private folders are in `temporary`.
pub(crate) fn drivers(temporary: &Path) -> Vec<Driver> {
    let folders = fs::read_dir(temporary).unwrap().map(|entry| entry.unwrap().path());
    folders.map(Driver::of).collect()
}

impl Driver {
    fn of(folder: PathBuf) -> Self {
        let watchdog = processes::watchdog(&folder).unwrap_or_else(|| panic!("a watchdog of {folder:?}"));
        // The driver leads its group and got a folder for its temporary files.
        let variable = [b"TMPDIR=", folder.join("tmp").as_os_str().as_bytes()].concat();
        let is_driver = |pid: &i32| {
            let environment = environment(*pid);
            environment.split(|byte| *byte == 0).any(|word| word == variable)
                && processes::members(*pid).contains(pid)
        };
        let group = all().into_iter().find(is_driver);
        Self { group: group.unwrap_or_else(|| panic!("a driver of {folder:?}")), folder, watchdog }
    }

    /// Its browser: the processes of its group with this name.
    pub(crate) fn browser(&self) -> Vec<i32> {
        let driver = |pid: &i32| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            name.trim_end().ends_with("driver")
        };
        processes::members(self.group).into_iter().filter(|pid| !driver(pid)).collect()
    }

    /// Waits until its watchdog is done, and makes sure that nothing is left then.
    pub(crate) fn is_gone(&self) {
        assert!(processes::ends(self.watchdog, PATIENCE), "the watchdog is still at it: {self:?}");
        // Its last means is SIGKILL, of which a process may still be dying on a busy machine.
        for pid in processes::members(self.group) {
            assert!(processes::ends(pid, PATIENCE), "process {pid} is left: {self:?}");
        }
        assert_eq!(processes::members(self.group), Vec::<i32>::new(), "{self:?}");
        assert!(!self.folder.exists(), "{self:?}");
    }
}

/// Waits until the watchdogs of a run that has ended are done, and makes sure that nothing is left then.
pub(crate) fn are_gone(temporary: &Path) {
    // What one of them starts to get its work done has to end, too.
    loop {
        let left = users(temporary);
        if left.is_empty() {
            break;
        }
        for pid in left {
            assert!(processes::ends(pid, PATIENCE), "process {pid} is left: {:?}", users(temporary));
        }
    }
    are_none(temporary);
}

/// What outlives the harness by a moment on a busy machine, by the names that the system has for them: a watchdog, which
/// hears of the end only then, and the crash handlers of Chromium, which are in no group of ours and end when they hear
/// that the browser has.
const OUTLIVE: [&str; 2] = ["sh", "chrome_crashpad"];

/// Makes sure that nothing is left now, but for what [outlives](OUTLIVE) the harness by a moment.
pub(crate) fn are_none(temporary: &Path) {
    let files = fs::read_dir(temporary).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(files, Vec::<PathBuf>::new());
    let outlives = |pid: &i32| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm"));
        // It may have ended just now.
        name.is_ok_and(|name| OUTLIVE.contains(&name.trim_end()))
    };
    let (late, others): (Vec<i32>, Vec<i32>) = users(temporary).into_iter().partition(outlives);
    let alive = |pid: &i32| !environment(*pid).is_empty();
    assert_eq!(others.into_iter().filter(alive).collect::<Vec<_>>(), Vec::<i32>::new());
    for pid in late {
        assert!(processes::ends(pid, PATIENCE), "process {pid} is left");
    }
}

/// The processes that were told to put their temporary files there.
fn users(temporary: &Path) -> Vec<i32> {
    let name = temporary.as_os_str().as_bytes();
    let mentions = |pid: &i32| environment(*pid).windows(name.len()).any(|window| window == name);
    all().into_iter().filter(mentions).collect()
}

fn all() -> Vec<i32> {
    let entries = fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

fn environment(pid: i32) -> Vec<u8> {
    // It may have ended just now.
    fs::read(format!("/proc/{pid}/environ")).unwrap_or_default()
}
