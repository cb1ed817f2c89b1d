//! Browsers that nobody closes: they go all the same, and leave nothing behind.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use lcw::browser::{Browser, Driver, provision};
use lcw::config::{BrowserKind, Deadlines, Settings};
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::processes;

async fn start(kind: BrowserKind) -> Browser {
    start_with(kind, Settings::default()).await
}

async fn start_with(kind: BrowserKind, settings: Settings) -> Browser {
    let provisioned = provision::for_tests(&[kind], &settings).await;
    provisioned.unwrap_or_else(|error| panic!("failed to {error}"));
    Browser::start(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"))
}

/// The variable that tells [`harness_that_is_killed`] which browsers to start.
const KILLED: &str = "LCW_TEST_KILLED";

/// No test: the process that [`whatever_kills_the_harness_its_browsers_go_too`] starts and kills.
#[tokio::test]
#[ignore = "a part of another test, which runs it in a process of its own"]
async fn harness_that_is_killed() {
    let Ok(kinds) = std::env::var(KILLED) else { return };
    let kinds = BrowserKind::ALL.into_iter().filter(|kind| kinds.contains(kind.name()));
    let browsers = futures_util::future::join_all(kinds.map(start)).await;
    for browser in &browsers {
        let driver = browser.driver().expect("a driver of our own");
        println!("\nREADY {} {}", driver.group(), driver.folder().unwrap().display());
    }
    std::future::pending::<()>().await;
}

#[rstest]
fn whatever_kills_the_harness_its_browsers_go_too(
    #[values(Signal::KILL, Signal::INT, Signal::HUP)] signal: Signal,
) {
    // Who kills does not matter to a browser; one is enough for the others.
    let kinds: &[_] = if signal == Signal::KILL { &BrowserKind::ALL } else { &[BrowserKind::Chromium] };
    // Whoever runs the tests in the background, or under `nohup`, has these signals ignored, and a
    // process inherits that.
    let mut harness = Command::new("/usr/bin/env")
        .arg("--default-signal=INT,HUP")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "ends::harness_that_is_killed", "--ignored", "--nocapture"])
        .env(KILLED, kinds.iter().map(|kind| kind.name()).collect::<String>())
        // As a terminal has it: Ctrl-C and hanging up reach the whole group.
        .process_group(0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(harness.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ready = lines.filter_map(|line| line.strip_prefix("READY ").map(str::to_owned));
    let started: Vec<_> = ready.take(kinds.len()).map(|line| Started::parse(&line)).collect();
    assert_eq!(started.len(), kinds.len(), "the harness started its browsers");

    kill_process_group(Pid::from_child(&harness), signal).unwrap();
    let id = harness.id().cast_signed();
    assert!(processes::ends(id, Duration::from_secs(10)), "the harness outlives {signal:?}");
    harness.wait().unwrap();
    started.into_iter().for_each(Started::assert_gone);
}

/// A driver with its browser, as it was while it ran.
struct Started {
    group: i32,
    folder: PathBuf,
    watchdog: i32,
}

impl Started {
    fn of(driver: &Driver) -> Self {
        Self::parse(&format!("{} {}", driver.group(), driver.folder().unwrap().display()))
    }

    /// Group and folder of a driver that runs now.
    fn parse(line: &str) -> Self {
        let (group, folder) = line.split_once(' ').unwrap();
        let (group, folder) = (group.parse().unwrap(), PathBuf::from(folder));
        let watchdog = processes::watchdog(&folder).expect("a watchdog");
        assert!(processes::members(group).len() > 2 && folder.exists());
        Self { group, folder, watchdog }
    }

    /// Waits for the end of its watchdog, after which nothing may be left.
    fn assert_gone(self) {
        assert!(processes::ends(self.watchdog, Duration::from_secs(10)), "the watchdog is still at it");
        assert_eq!(processes::members(self.group), Vec::<i32>::new());
        assert!(!self.folder.exists(), "{} is left", self.folder.display());
    }
}

#[rstest]
#[tokio::test]
async fn a_browser_that_is_dropped_goes_too(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let browser = start(kind).await;
    let started = Started::of(browser.driver().expect("a driver of our own"));
    drop(browser);
    tokio::task::spawn_blocking(move || started.assert_gone()).await.unwrap();
}

#[tokio::test]
async fn a_browser_that_hangs_is_discarded_without_being_asked() {
    // Whoever waited for an answer would wait longer than this test does.
    let deadlines = Deadlines { command: Duration::from_secs(600), ..Deadlines::default() };
    let browser = start_with(BrowserKind::Chromium, Settings { deadlines, ..Settings::default() }).await;
    let started = Started::of(browser.driver().expect("a driver of our own"));
    kill_process_group(Pid::from_raw(started.group).unwrap(), Signal::STOP).unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(60), browser.discard()).await;
    let stopped =
        stopped.expect("it waits for no answer").unwrap_or_else(|error| panic!("failed to {error}"));
    assert_eq!(stopped.killed, [], "it goes on to hear that it has to end");
    started.assert_gone();
}
