//! Looks at processes without the library's help.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// The living processes of a group.
pub(crate) fn members(group: i32) -> Vec<i32> {
    let living = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        (fields[0] != "Z" && fields[2].parse() == Ok(group)).then_some(pid)
    };
    all().into_iter().filter_map(living).collect()
}

/// The watchdog that looks after a folder or a lease.
pub(crate) fn watchdog(charge: &Path) -> Option<i32> {
    all().into_iter().find(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        words.contains(&b"lcw-watchdog".as_slice()) && words.contains(&charge.as_os_str().as_encoded_bytes())
    })
}

/// Waits for the end of a process; whether it came in time.
pub(crate) fn ends(pid: i32, patience: Duration) -> bool {
    let Ok(handle) = pidfd_open(Pid::from_raw(pid).expect("not 0"), PidfdFlags::empty()) else { return true };
    let deadline = Instant::now() + patience;
    loop {
        let left =
            Timespec::try_from(deadline.saturating_duration_since(Instant::now())).expect("a few seconds");
        match poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&left)) {
            // A signal, such as the end of another child.
            Err(Errno::INTR) => {}
            ready => return ready.expect("poll") == 1,
        }
    }
}

fn all() -> Vec<i32> {
    let entries = fs::read_dir("/proc").expect("Linux");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}
