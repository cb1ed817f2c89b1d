//! Browsers that are handed from one short-lived process to the next.
//!
//! `cargo nextest run` gives every test a process of its own. Starting a browser for each would cost
//! more than the tests, so the processes of one run share a few: a folder that belongs to the run
//! holds one file for each browser, and whoever holds the lock on a file has the browser that it
//! describes. The kernel releases the lock when a process ends, in whatever way. A watchdog outlives
//! the processes and ends the browsers together with the run.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use url::Url;

use super::bidi::GetTree;
use super::discovery::Found;
use super::driver::{Driver, GRACE, LOG, tail};
use super::error::{BrowserError, LogTail};
use super::launch::{Browser, prepare};
use super::process::{self, Ended};
use super::session::Session;
use super::watchdog::{Guardian, Watchdog};
use crate::config::{BrowserKind, Settings};

/// The variable by which nextest tells all processes of one run that they belong together.
const RUN: &str = "NEXTEST_RUN_ID";

/// What a watchdog gets for a folder when there is none to remove: nothing is there, so nothing is
/// ended either.
const NO_FOLDER: &str = "/nonexistent/lcw";

/// The browsers that the processes of one run share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    folder: PathBuf,
    /// The process with whose end the browsers end.
    guardian: u32,
}

/// A browser that this process has until it parks or discards it.
///
/// A lease that is merely dropped, as by a panic, ends the browser: nobody knows what state it is in.
#[derive(Debug)]
pub struct Lease {
    session: Option<Session>,
    /// When it was started by this process.
    driver: Option<Driver>,
    /// How another process finds it; `None` for a driver that somebody else started, and once the
    /// browser is given back.
    parked: Option<Parked>,
    /// Holds the lock.
    file: File,
    fresh: bool,
}

/// This process's turn on a driver that somebody else started; the next one's when it is dropped.
#[derive(Debug)]
pub struct SharedTurn {
    /// Holds the lock.
    file: File,
}

/// What one process must tell the next about a browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Parked {
    driver: Url,
    session: String,
    websocket: Url,
    capabilities: Map<String, Value>,
    group: i32,
    folder: PathBuf,
    note: Value,
}

impl Shared {
    /// The browsers of the nextest run that this process belongs to; `None` outside of nextest.
    ///
    /// They end with the parent process, which is nextest itself unless a wrapper script stands between;
    /// then every test starts a browser of its own.
    pub fn from_environment() -> Option<Self> {
        let run = std::env::var(RUN).ok().filter(|run| !run.is_empty())?;
        let guardian = rustix::process::getppid()?.as_raw_nonzero().get().cast_unsigned();
        Some(Self::of_run(&run, guardian))
    }

    /// The browsers of a run, which end with the process `guardian`. Every process that names the same
    /// run shares them.
    pub fn of_run(run: &str, guardian: u32) -> Self {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        // The name of a folder: nothing in it may lead elsewhere.
        let run: String = run.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
        let user = rustix::process::geteuid().as_raw();
        Self { folder: std::env::temp_dir().join(format!("lcw-{user}-{run}")), guardian }
    }

    /// Waits for a free browser, attaches to it, or starts one if there is none yet or it does not
    /// answer. There are as many as the settings have workers. The wait for a free one has no deadline
    /// of its own: it is as long as the other tests take.
    ///
    /// On a driver that somebody else started (`webdriver-url`) the processes take turns, each with a
    /// session of its own.
    ///
    /// # Errors
    /// As [`Browser::start`], and when the run's folder cannot be used.
    pub async fn lease(&self, kind: BrowserKind, settings: &Settings) -> Result<Lease, BrowserError> {
        if settings.browser(kind).webdriver_url.is_some() {
            return Lease::on_running_driver(kind, settings, self.turn(kind, settings).await?).await;
        }
        // 1. Nothing is created for a browser that cannot be started anyway.
        let found = prepare(kind, settings)?;

        // 2. Whoever has the lock has the browser.
        let (file, guardian) = self.lock(kind, settings).await?;

        // 3. Use what is there, or start anew.
        if let Some(parked) = read(&file) {
            match attach(kind, &parked, settings).await {
                Ok(session) => {
                    let (session, parked) = (Some(session), Some(parked));
                    return Ok(Lease { session, driver: None, parked, file, fresh: false });
                }
                Err(error) => tracing::debug!("starting another {kind}, as it failed to {error}"),
            }
            discard(&parked).await?;
        }
        Lease::fresh(kind, settings, &found, file, guardian).await
    }

    /// Waits for this process's turn on the driver that somebody else started and these settings name
    /// (`webdriver-url`); the wait is as long as the other tests take. A process that has the turn already, or a
    /// lease there, would wait for itself.
    ///
    /// # Errors
    /// When the run's folder cannot be used.
    pub async fn turn(&self, kind: BrowserKind, settings: &Settings) -> Result<SharedTurn, BrowserError> {
        let failed = || BrowserError::io("write the file of a shared browser");
        let (mut file, guardian) = self.lock(kind, settings).await?;
        if file.metadata().map_err(failed())?.len() == 0 {
            // There is no driver to watch, but the file has to go when the run ends.
            let group = rustix::process::getpid();
            let mut watchdog = Watchdog::start(Path::new(NO_FOLDER), guardian).map_err(failed())?;
            watchdog.guard(group).await.map_err(failed())?;
            file.write_all(b"null").map_err(failed())?;
        }
        Ok(SharedTurn { file })
    }

    /// Waits for the lock on the file of a browser.
    async fn lock(&self, kind: BrowserKind, settings: &Settings) -> Result<(File, Guardian), BrowserError> {
        private_folder(&self.folder)?;
        // Crates of a workspace may have settings of their own, and with them other browsers.
        let (browser, mut hasher) = (settings.browser(kind), DefaultHasher::new());
        format!("{browser:?} {}", settings.headless).hash(&mut hasher);
        let name = format!("{kind}-{:016x}", hasher.finish());
        let slots = 0..settings.workers_at_once(kind).max(1);
        let slots = slots.map(|slot| self.folder.join(format!("{name}-{slot}.json"))).collect();
        let (path, file) = lock_one(slots).await.map_err(BrowserError::io("lock a shared browser"))?;
        Ok((file, Guardian::Process { pid: self.guardian, lease: path }))
    }
}

impl Lease {
    /// Takes a turn on a driver that somebody else started.
    async fn on_running_driver(
        kind: BrowserKind,
        settings: &Settings,
        SharedTurn { file }: SharedTurn,
    ) -> Result<Self, BrowserError> {
        let (session, _) = Browser::start(kind, settings).await?.into_parts();
        Ok(Self { session: Some(session), driver: None, parked: None, file, fresh: true })
    }

    /// Starts a browser that ends with the run.
    async fn fresh(
        kind: BrowserKind,
        settings: &Settings,
        found: &Found,
        file: File,
        guardian: Guardian,
    ) -> Result<Self, BrowserError> {
        let driver = Driver::start_guarded(kind, found, &settings.deadlines, guardian).await?;
        let (group, folder) = (driver.group(), driver.folder().map(Path::to_owned).unwrap_or_default());
        let (session, driver) = Browser::on_driver(driver, &found.browser.path, settings).await?.into_parts();
        let parked = driver.as_ref().map(|driver| Parked {
            driver: driver.url().clone(),
            session: session.id().to_owned(),
            websocket: session.websocket().clone(),
            capabilities: session.capabilities().clone(),
            group,
            folder,
            note: Value::Null,
        });
        let mut lease = Self { session: Some(session), driver, parked, file, fresh: true };
        // At once: if this process dies, the next one finds what there is to end.
        lease.write()?;
        Ok(lease)
    }

    /// The session.
    pub fn session(&self) -> &Session {
        #[expect(clippy::expect_used, reason = "taken only by `park` and `discard`, which consume the lease")]
        self.session.as_ref().expect("a lease has its session until it is given back")
    }

    /// Whether the browser was started just now, so that nothing has been set up in it.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The id of the process group that holds driver and browser; `None` when somebody else started
    /// them.
    pub fn group(&self) -> Option<i32> {
        self.parked.as_ref().map(|parked| parked.group)
    }

    /// The private folder of driver and browser; `None` when somebody else started them.
    pub fn folder(&self) -> Option<&Path> {
        self.parked.as_ref().map(|parked| parked.folder.as_path())
    }

    /// The end of what driver and browser printed; empty when somebody else started them.
    pub fn log_tail(&self) -> LogTail {
        self.folder().map(|folder| tail(&folder.join(LOG))).unwrap_or_default()
    }

    /// What an earlier process left word of, such as the preload scripts that it added; `null` at first.
    pub fn note(&self) -> &Value {
        self.parked.as_ref().map_or(&Value::Null, |parked| &parked.note)
    }

    /// Leaves word for the processes that come later. Written at once, so it also holds when this
    /// process dies.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn remember(&mut self, note: Value) -> Result<(), BrowserError> {
        if let Some(parked) = &mut self.parked {
            parked.note = note;
        }
        self.write()
    }

    /// Gives the browser back for the next process. A session on somebody else's driver is closed.
    ///
    /// # Errors
    /// When the session cannot be let go; the browser is ended then.
    pub async fn park(mut self) -> Result<(), BrowserError> {
        if let Some(session) = self.session.take() {
            if self.parked.is_none() {
                return session.close().await;
            }
            session.detach().await?;
        }
        if let Some(driver) = self.driver.take() {
            driver.leave();
        }
        // With this `Drop` has nothing to end.
        self.parked = None;
        Ok(())
    }

    /// Ends the browser; the next process starts another one.
    ///
    /// # Errors
    /// [`BrowserError::Leak`] when something is left behind.
    pub async fn discard(mut self) -> Result<(), BrowserError> {
        let (session, parked) = (self.session.take(), self.parked.take());
        match session {
            // As with a browser of one's own: a driver that hangs would never answer.
            session if parked.is_some() => drop(session),
            Some(session) => {
                if let Err(error) = session.close().await {
                    tracing::debug!("failed to {error}");
                }
            }
            None => {}
        }
        match (self.driver.take(), parked) {
            (Some(driver), _) => driver.stop().await.map(drop)?,
            (None, Some(parked)) => discard(&parked).await?,
            (None, None) => {}
        }
        self.file.set_len(0).map_err(BrowserError::io("empty the file of a shared browser"))
    }

    fn write(&mut self) -> Result<(), BrowserError> {
        let failed = || BrowserError::io("write the file of a shared browser");
        let text = serde_json::to_vec(&self.parked).map_err(io::Error::other).map_err(failed())?;
        self.file.set_len(0).map_err(failed())?;
        self.file.rewind().map_err(failed())?;
        self.file.write_all(&text).map_err(failed())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(group) = self.parked.as_ref().and_then(|parked| Pid::from_raw(parked.group)) {
            // The next process, or the watchdog, removes the folder.
            let _ = process::signal(group, Signal::KILL);
        }
    }
}

/// Attaches to a parked browser and sees that it answers.
async fn attach(kind: BrowserKind, parked: &Parked, settings: &Settings) -> Result<Session, BrowserError> {
    let capabilities = parked.capabilities.clone();
    let (driver, id, websocket) = (&parked.driver, &parked.session, &parked.websocket);
    let session = Session::attach(kind, driver, id, websocket, capabilities, &settings.deadlines).await?;
    match session.bidi().send(&GetTree { max_depth: Some(0), ..GetTree::default() }).await {
        Ok(_) => Ok(session),
        Err(error) => {
            // Its client must not close what may not be ours any more.
            let _ = session.detach().await;
            Err(error.into())
        }
    }
}

/// Ends a browser that another process started.
async fn discard(parked: &Parked) -> Result<(), BrowserError> {
    // The folder is the sign that the group is still what it was: whoever ends it removes the folder.
    if !parked.folder.exists() {
        return Ok(());
    }
    let Some(group) = Pid::from_raw(parked.group) else { return Ok(()) };
    let ended = process::end_group(group, GRACE).await;
    let Ended { survivors, .. } = ended.map_err(BrowserError::io("end a shared browser"))?;
    let removed = std::fs::remove_dir_all(&parked.folder).is_ok() || !parked.folder.exists();
    if survivors.is_empty() && removed {
        return Ok(());
    }
    let folder = (!removed).then(|| parked.folder.clone());
    Err(BrowserError::Leak { survivors, folder })
}

fn read(mut file: &File) -> Option<Parked> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    // An empty or half-written file describes no browser.
    serde_json::from_str(&text).ok()
}

/// Locks one of the files: a free one at once, else the first that becomes free.
async fn lock_one(slots: Vec<PathBuf>) -> io::Result<(PathBuf, File)> {
    let open = |path: &Path| {
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
    };
    for path in &slots {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => return Ok((path.clone(), file)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    // One thread waits for each. Those that come too late find nobody to give their lock to, and
    // dropping the file releases it. A runtime's own thread would be waited for at its end.
    let (sender, mut receiver) = mpsc::channel(1);
    for path in slots {
        let (file, sender) = (open(&path)?, sender.clone());
        std::thread::Builder::new().name("lcw-lease".into()).spawn(move || {
            let locked = file.lock().map(|()| (path, file));
            // Full or closed: somebody else was first.
            let _ = sender.try_send(locked);
        })?;
    }
    drop(sender);
    receiver.recv().await.ok_or_else(|| io::Error::other("the waiting threads are gone"))?
}

/// Creates a folder that only this user can enter, or makes sure that an existing one is such.
fn private_folder(path: &Path) -> Result<(), BrowserError> {
    let action = format!("use {} as a private folder", path.display());
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(BrowserError::io(action)(error)),
    }
    let data = std::fs::symlink_metadata(path).map_err(BrowserError::io(action.clone()))?;
    let problem = if !data.is_dir() {
        "it is no folder; remove it"
    } else if data.uid() != rustix::process::geteuid().as_raw() {
        "it belongs to somebody else; set TMPDIR to a folder of your own"
    } else if data.mode() & 0o077 != 0 {
        "others can enter it; remove it"
    } else {
        return Ok(());
    };
    Err(BrowserError::io(action)(io::Error::other(problem)))
}
