//! One driver process: its group, its private folder, its log and its end.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::discovery::Found;
use super::error::{BrowserError, LogTail, explain};
use super::process::{self, Ended, Member};
use super::watchdog::{Guardian, Watchdog};
use crate::config::{BrowserKind, Deadlines};

/// How long the group may take to end after it was asked to (SIGTERM), and again after SIGKILL.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// The name of the log in the driver's private folder.
pub(super) const LOG: &str = "driver.log";

/// Waits for one line, then becomes the driver in the same process: until the watchdog knows the
/// group nothing runs that would have to be cleaned up, and if the harness dies before that, the
/// line never comes.
const GATE: &str = r#"read -r go && exec "$@" </dev/null"#;

/// A running driver in a process group of its own.
///
/// End it with [`Driver::stop`]. A driver that is merely dropped is killed with its browser at once,
/// and its watchdog removes what is left.
#[derive(Debug)]
pub struct Driver {
    kind: BrowserKind,
    url: Url,
    group: Pid,
    process: Child,
    log: PathBuf,
    /// `None` once the driver is stopped or left to its watchdog.
    owned: Option<Owned>,
}

#[derive(Debug)]
struct Owned {
    folder: TempDir,
    watchdog: Watchdog,
}

/// How a driver ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Processes that did not end when asked to and had to be killed.
    pub killed: Vec<Member>,
}

/// How many ports a driver may choose for itself until it has one.
const MOST_PORTS: u32 = 4;

/// What a driver says that chose a port which is taken.
const PORT_TAKEN: &str = "Address already in use";

/// The folder in which a driver's private one is made. Chromium binds a socket in its profile, and dies where that has a
/// longer path than a socket may have.
fn room(kind: BrowserKind, temporary: PathBuf) -> PathBuf {
    const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
    const WITHIN: &str = "/lcw-chromium-123456/tmp/org.chromium.Chromium.123456/SingletonSocket";
    let short = PathBuf::from("/tmp");
    if kind == BrowserKind::Chromium && temporary.as_os_str().len() + WITHIN.len() > LONGEST && short.is_dir()
    {
        return short;
    }
    temporary
}

impl Driver {
    /// Starts a driver that ends with this process, and waits until it is ready.
    ///
    /// # Errors
    /// [`BrowserError::Start`] when it cannot be started or ends early, [`BrowserError::NotReady`]
    /// when `deadlines.driver` passes first. Nothing is left behind then.
    pub async fn start(
        kind: BrowserKind,
        found: &Found,
        deadlines: &Deadlines,
    ) -> Result<Self, BrowserError> {
        Self::start_guarded(kind, found, deadlines, Guardian::ThisProcess).await
    }

    /// Starts a driver that ends with `guardian`.
    ///
    /// # Errors
    /// As [`Driver::start`].
    pub(super) async fn start_guarded(
        kind: BrowserKind,
        found: &Found,
        deadlines: &Deadlines,
        guardian: Guardian,
    ) -> Result<Self, BrowserError> {
        let mut tries = MOST_PORTS;
        loop {
            tries -= 1;
            match Self::start_once(kind, found, deadlines, guardian.clone()).await {
                // chromedriver takes a port that is free for IPv6 and then wants the same for IPv4, which another may
                // have got meanwhile. It chooses another one when it is started again.
                Err(BrowserError::Start { log, .. }) if tries > 0 && log.0.contains(PORT_TAKEN) => {
                    tracing::debug!("starting {} again, as its port was taken", kind.driver_name());
                }
                started => return started,
            }
        }
    }

    async fn start_once(
        kind: BrowserKind,
        found: &Found,
        deadlines: &Deadlines,
        guardian: Guardian,
    ) -> Result<Self, BrowserError> {
        let deadline = Instant::now() + deadlines.driver;
        let name = kind.driver_name();
        let failed =
            |reason: String, log: &Path| BrowserError::Start { driver: name, reason, log: tail(log) };

        let folder = tempfile::Builder::new()
            .prefix(&format!("lcw-{kind}-"))
            .tempdir_in(room(kind, std::env::temp_dir()))
            .map_err(|source| BrowserError::NoFolder { driver: name, source })?;
        let log = folder.path().join(LOG);
        // A folder for temporary files beside the log: browsers put their profiles there.
        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary)
            .map_err(BrowserError::io(format!("create {}", temporary.display())))?;

        let mut watchdog = Watchdog::start(folder.path(), guardian)
            .map_err(BrowserError::io(format!("start the watchdog of {name} (`sh`)")))?;
        let (mut process, group) =
            spawn_gate(kind, found, &temporary, &log).map_err(|error| failed(error.to_string(), &log))?;
        let go = process.stdin.take();
        // From here on `Drop` cleans up.
        let lines = follow(&log, group);
        let told = watchdog.guard(group).await;
        let mut driver = Self {
            kind,
            // Replaced as soon as the port is known.
            url: Url::parse("http://127.0.0.1/").map_err(|error| failed(error.to_string(), &log))?,
            group,
            process,
            log: log.clone(),
            owned: Some(Owned { folder, watchdog }),
        };
        told.map_err(|error| failed(format!("its watchdog is gone: {error}"), &log))?;
        let (mut follower, mut lines) =
            lines.map_err(|error| failed(format!("cannot follow its log: {error}"), &log))?;
        if let Some(mut go) = go {
            go.write_all(b"go\n").await.map_err(|error| failed(error.to_string(), &log))?;
        }

        let port = tokio::select! {
            port = port_from(kind, &mut lines) => {
                port.map_err(|error| failed(format!("cannot read its log: {error}"), &log))?
            }
            status = driver.process.wait() => {
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                return Err(failed(format!("it ended before it was ready ({status})"), &log));
            }
            () = tokio::time::sleep_until(deadline) => {
                return Err(BrowserError::NotReady {
                    driver: name, waited: deadlines.driver, waiting_for: "it did not say its port", log: tail(&log),
                });
            }
        };
        let _ = follower.kill().await;
        // A fixed scheme and address with a number: always a valid port of a valid address.
        let _ = driver.url.set_port(Some(port));

        match timeout_at(deadline, status(&driver.url)).await {
            Ok(Ok(())) => Ok(driver),
            Ok(Err(reason)) => Err(failed(reason, &log)),
            Err(_) => Err(BrowserError::NotReady {
                driver: name,
                waited: deadlines.driver,
                waiting_for: "it did not answer /status",
                log: tail(&log),
            }),
        }
    }

    /// Which browser it drives.
    pub fn kind(&self) -> BrowserKind {
        self.kind
    }

    /// Its address, such as `http://127.0.0.1:40123/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The id of its process group, which holds the driver and its browser.
    pub fn group(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Its private folder: log, profiles and all other temporary files.
    pub fn folder(&self) -> Option<&Path> {
        self.owned.as_ref().map(|owned| owned.folder.path())
    }

    /// The end of what driver and browser printed.
    pub fn log_tail(&self) -> LogTail {
        tail(&self.log)
    }

    /// The living processes of its group.
    ///
    /// # Errors
    /// When the system's list of processes cannot be read.
    pub fn members(&self) -> Result<Vec<Member>, BrowserError> {
        process::members(self.group).map_err(BrowserError::io("list processes"))
    }

    /// Leaves the driver to its watchdog: it outlives this value, and ends with its guardian.
    pub(super) fn leave(mut self) {
        if let Some(Owned { folder, .. }) = &mut self.owned {
            folder.disable_cleanup(true);
        }
        // Its watchdog does not listen to this process any more.
        self.owned = None;
    }

    /// Ends the driver with everything in its group and removes its folder. Close the session first,
    /// so that the browser can end in its own way.
    ///
    /// # Errors
    /// [`BrowserError::Leak`] when something is still there after all that.
    pub async fn stop(mut self) -> Result<Stopped, BrowserError> {
        let Ended { killed, survivors } = process::end_group(self.group, GRACE)
            .await
            .map_err(BrowserError::io("end the driver's group"))?;
        // Collected last: until then its id cannot be given to anyone else.
        let _ = timeout(GRACE, self.process.wait()).await;
        let mut leftover = None;
        if let Some(Owned { folder, watchdog }) = self.owned.take() {
            let path = folder.path().to_owned();
            if survivors.is_empty() && remove(folder).await {
                let _ = watchdog.stand_down().await;
            } else {
                // Dropping the watchdog without a farewell makes it try once more, after us.
                leftover = path.exists().then_some(path);
            }
        }
        if survivors.is_empty() && leftover.is_none() {
            Ok(Stopped { killed })
        } else {
            Err(BrowserError::Leak { survivors, folder: leftover })
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(Owned { mut folder, watchdog }) = self.owned.take() {
            let _ = process::signal(self.group, Signal::KILL);
            // The processes need a moment to end and may write until then: the folder is the watchdog's.
            folder.disable_cleanup(true);
            drop(watchdog);
        }
    }
}

/// The address to which the paths of a driver's commands are joined: without the slash its last part would be lost.
pub(super) fn base(url: &Url) -> Url {
    let mut base = url.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", url.path()));
    }
    base
}

/// Asks a WebDriver server whether it is there.
pub(super) async fn status(url: &Url) -> Result<(), String> {
    let url = base(url);
    // A client needs a session id to be made without a session; `/status` does not use it.
    let client = Client::with_existing_session(url.as_str(), "none", HttpConnector::new())
        .await
        .map_err(|error| error.to_string())?;
    // Without this the client would delete the made-up session at its end.
    client.persist().await.map_err(|error| explain(&error))?;
    client.status().await.map(drop).map_err(|error| explain(&error))
}

fn spawn_gate(kind: BrowserKind, found: &Found, temporary: &Path, log: &Path) -> io::Result<(Child, Pid)> {
    let output = std::fs::File::create(log)?;
    let mut command = Command::new("sh");
    command.args(["-c", GATE, "lcw-driver"]).arg(&found.driver.path);
    match kind {
        // Port 0 lets the system choose; without a port of its own for BiDi every geckodriver's
        // Firefox wants 9222.
        BrowserKind::Firefox => {
            command.args(["--host", "127.0.0.1", "--port", "0", "--websocket-port", "0"]);
            // Under remote control a preference points Firefox's settings service at nobody; a release
            // believes it only with this variable, and asks Mozilla's servers otherwise.
            command.env("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1");
        }
        // It listens on loopback unless told otherwise.
        BrowserKind::Chromium => {
            command.arg("--port=0");
        }
    }
    let process = command
        .env("TMPDIR", temporary)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()?;
    let group = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let group = group.ok_or_else(|| io::Error::other("the process ended at once"))?;
    Ok((process, group))
}

type Lines = tokio::io::Lines<BufReader<tokio::process::ChildStdout>>;

/// Follows a growing file from its beginning: an event for every line, on every Unix. The driver
/// itself writes to a file, not to a pipe of ours, so that it can outlive this process.
fn follow(log: &Path, group: Pid) -> io::Result<(Child, Lines)> {
    let mut follower = Command::new("tail")
        .args(["-n", "+1", "-f"])
        .arg(log)
        // In the driver's group, so that nothing of it can be left over.
        .process_group(group.as_raw_nonzero().get())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let output = follower.stdout.take().ok_or_else(|| io::Error::other("`tail` has no output"))?;
    Ok((follower, BufReader::new(output).lines()))
}

async fn port_from(kind: BrowserKind, lines: &mut Lines) -> io::Result<u16> {
    while let Some(line) = lines.next_line().await? {
        if let Some(port) = port_in(kind, &line) {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// The port in the line with which a driver says that it listens.
fn port_in(kind: BrowserKind, line: &str) -> Option<u16> {
    let (_, rest) = match kind {
        BrowserKind::Firefox => line.split_once("Listening on 127.0.0.1:")?,
        BrowserKind::Chromium => line.split_once("started successfully on port ")?,
    };
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok().filter(|port| *port != 0)
}

/// The last lines of a log, at most 20 lines and 4 KiB.
pub(super) fn tail(log: &Path) -> LogTail {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4096)..]).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    LogTail(lines[lines.len().saturating_sub(20)..].join("\n"))
}

/// Removes a folder; whether it is gone.
async fn remove(folder: TempDir) -> bool {
    tokio::task::spawn_blocking(move || folder.close().is_ok()).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_from_the_line_that_says_listening() {
        let gecko = "1795372479178\tgeckodriver\tINFO\tListening on 127.0.0.1:42571";
        assert_eq!(port_in(BrowserKind::Firefox, gecko), Some(42571));
        let chrome = "ChromeDriver was started successfully on port 41591.";
        assert_eq!(port_in(BrowserKind::Chromium, chrome), Some(41591));
        let early = "Starting ChromeDriver 156.0.8078.79 (a21ce95c) on port 0";
        assert_eq!(port_in(BrowserKind::Chromium, early), None);
    }
}
