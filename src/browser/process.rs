//! Process groups: who is in one, and waiting until nobody is.

use std::fmt;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::time::Instant;

/// A living process of a driver's group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its process id.
    pub pid: i32,
    /// Its short name.
    pub name: String,
}

impl fmt::Display for Member {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.pid, self.name)
    }
}

/// Sends a signal to every process of the group; a group that is gone is no error.
pub(super) fn signal(group: Pid, signal: Signal) -> io::Result<()> {
    match kill_process_group(group, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What it took to end a group.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// Those that did not end when asked to.
    pub(super) killed: Vec<Member>,
    /// Those that did not even end when killed.
    pub(super) survivors: Vec<Member>,
}

/// Asks every process of the group to end, and kills those that have not after `grace`.
pub(super) async fn end_group(group: Pid, grace: Duration) -> io::Result<Ended> {
    signal(group, Signal::TERM)?;
    // What is stopped hears of it only once it goes on.
    signal(group, Signal::CONT)?;
    let killed = wait_until_empty(group, grace).await?;
    if killed.is_empty() {
        return Ok(Ended::default());
    }
    signal(group, Signal::KILL)?;
    let survivors = wait_until_empty(group, grace).await?;
    Ok(Ended { killed, survivors })
}

/// Waits until the group has no living process, and returns those that are left at the deadline.
pub(super) async fn wait_until_empty(group: Pid, patience: Duration) -> io::Result<Vec<Member>> {
    let deadline = Instant::now() + patience;
    loop {
        let living = members(group)?;
        if living.is_empty() || Instant::now() >= deadline {
            return Ok(living);
        }
        // The end of any one of them is worth another look; others may have been born meanwhile.
        one_ends(&living, deadline).await;
    }
}

/// The living processes of the group. Those that have ended and wait to be collected do not count:
/// in a container without a proper first process nobody may ever collect them.
#[cfg(target_os = "linux")]
pub(super) fn members(group: Pid) -> io::Result<Vec<Member>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Ok(entry) = entry else { continue };
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        // A process may end between the listing and the reading.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // `pid (name) state parent group …`; the name may hold blanks and parentheses.
        let Some((head, tail)) = stat.rsplit_once(')') else { continue };
        let mut fields = tail.split_ascii_whitespace();
        let (state, _parent, owner) = (fields.next(), fields.next(), fields.next());
        let ended = matches!(state, Some("Z" | "X"));
        if !ended && owner.and_then(|owner| owner.parse().ok()) == Some(group.as_raw_nonzero().get()) {
            let name = head.split_once('(').map_or("", |(_, name)| name).to_owned();
            found.push(Member { pid, name });
        }
    }
    Ok(found)
}

/// The living processes of the group, as `ps` tells them.
#[cfg(not(target_os = "linux"))]
pub(super) fn members(group: Pid) -> io::Result<Vec<Member>> {
    let output = std::process::Command::new("ps").args(["-A", "-o", "pid=,pgid=,stat=,comm="]).output()?;
    let group = group.as_raw_nonzero().get();
    let found = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            let pid = fields.next()?.parse().ok()?;
            let owner: i32 = fields.next()?.parse().ok()?;
            let ended = fields.next()?.starts_with('Z');
            let name = fields.next().unwrap_or_default().to_owned();
            (owner == group && !ended).then_some(Member { pid, name })
        })
        .collect();
    Ok(found)
}

/// Returns when one of the processes has ended, or at the deadline.
#[cfg(target_os = "linux")]
async fn one_ends(living: &[Member], deadline: Instant) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, pidfd_open};

    let mut handles = Vec::new();
    for member in living {
        let Some(pid) = Pid::from_raw(member.pid) else { continue };
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(handle) => handles.push(handle),
            // It has ended just now.
            Err(Errno::SRCH) => return,
            // An old kernel, a sandbox that does not know the call, or too many open files: there is nothing
            // to wait for, and looking again at once would only keep the processes from ending.
            Err(_) => return moment(deadline).await,
        }
    }
    let wait = move || {
        let mut ends: Vec<PollFd<'_>> =
            handles.iter().map(|handle| PollFd::new(handle, PollFlags::IN)).collect();
        let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).ok();
        // Whatever it says, the list of processes is read again.
        poll(&mut ends, left.as_ref())
    };
    let _ = tokio::task::spawn_blocking(wait).await;
}

/// Returns after a moment: there is no portable way to wait for a process that is not one's child.
#[cfg(not(target_os = "linux"))]
async fn one_ends(_living: &[Member], deadline: Instant) {
    moment(deadline).await;
}

/// Waits until it is worth while to look again, or for the deadline.
async fn moment(deadline: Instant) {
    tokio::time::sleep_until(deadline.min(Instant::now() + Duration::from_millis(20))).await;
}
