//! Cleans up after a driver when the harness can no longer do so itself, SIGKILL included.
//!
//! A watchdog is a small shell that is started *before* the driver and holds the reading end of a
//! pipe. It learns the driver's process group before the driver may run. When the pipe closes
//! without a farewell, the harness is gone: the group is ended and its folder removed. Nothing has
//! to be done by the dying process, which is why this holds for SIGKILL, aborts and power cuts of
//! the harness alike. The shell has a process group of its own and ignores the signals of a
//! terminal, so Ctrl-C and a closed terminal do not take it along.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Pid;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

/// `$1` is the private folder, `$2` a process id to outlive, or empty for the pipe, `$3` a lease to
/// remove at the end, or empty.
///
/// The folder doubles as the sign that there is work left: whoever cleans up first removes it, and
/// a process group whose number has been given to somebody else is then never touched.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
folder=$1 watched=$2 lease=$3
living() {
    kill -s 0 -- "-$group" || return 1
    [ -e /proc/self/stat ] || return 0
    # Processes that have ended and wait to be collected are still in the group; they do not count.
    for stat in /proc/[0-9]*/stat; do
        # `pid (name) state parent group …`; the name may hold blanks and parentheses.
        read -r line <"$stat" || continue
        set -- ${line##*) }
        [ "$3" = "$group" ] && [ "$1" != Z ] && return 0
    done
    return 1
}
read -r group || { rm -rf -- "$folder"; exit 0; }
if [ -z "$watched" ]; then
    read -r word && [ "$word" = done ] && exit 0
else
    # Not every `tail` can wait for a process; the loop is for those that cannot.
    tail --pid="$watched" -f /dev/null
    while kill -s 0 "$watched"; do sleep 1; done
fi
if [ -d "$folder" ]; then
    kill -s TERM -- "-$group"
    # What is stopped hears of it only once it goes on.
    kill -s CONT -- "-$group"
    tries=0
    while [ $tries -lt 30 ] && living; do sleep 0.1; tries=$((tries + 1)); done
    kill -s KILL -- "-$group"
    tries=0
    until rm -rf -- "$folder" || [ $tries -ge 50 ]; do sleep 0.1; tries=$((tries + 1)); done
fi
if [ -n "$lease" ]; then
    # The folder goes with the last lease in it.
    rm -f -- "$lease"
    rmdir "${lease%/*}"
fi
"#;

/// Whose end a watchdog waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guardian {
    /// This process: the driver ends with it.
    ThisProcess,
    /// Another process: the driver outlives this process and ends with that one.
    Process {
        /// Its id.
        pid: u32,
        /// The file of the lease, removed together with its folder once that is empty.
        lease: PathBuf,
    },
}

/// The running watchdog of one driver.
#[derive(Debug)]
pub(super) struct Watchdog {
    shell: Child,
    pipe: ChildStdin,
    guardian: Guardian,
}

impl Watchdog {
    /// Starts a watchdog for a driver that does not run yet, with the folder that is the driver's own.
    pub(super) fn start(folder: &Path, guardian: Guardian) -> io::Result<Self> {
        let (watched, lease) = match &guardian {
            Guardian::ThisProcess => (String::new(), Path::new("")),
            Guardian::Process { pid, lease } => (pid.to_string(), lease.as_path()),
        };
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "lcw-watchdog"])
            .arg(folder)
            .arg(watched)
            .arg(lease)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let pipe = shell.stdin.take().ok_or_else(|| io::Error::other("the shell has no standard input"))?;
        Ok(Self { shell, pipe, guardian })
    }

    /// Tells it which process group to end. Only after this may the driver run.
    pub(super) async fn guard(&mut self, group: Pid) -> io::Result<()> {
        self.pipe.write_all(format!("{}\n", group.as_raw_nonzero()).as_bytes()).await?;
        self.pipe.flush().await
    }

    /// Tells it that everything is cleaned up, and waits for its end. A watchdog of another process
    /// stays until that one ends: it still has the lease to remove, and finds the rest done.
    pub(super) async fn stand_down(mut self) -> io::Result<()> {
        if self.guardian != Guardian::ThisProcess {
            return Ok(());
        }
        self.pipe.write_all(b"done\n").await?;
        self.pipe.flush().await?;
        drop(self.pipe);
        let _ = timeout(Duration::from_secs(2), self.shell.wait()).await;
        Ok(())
    }
}
