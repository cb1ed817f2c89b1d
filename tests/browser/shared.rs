//! Browsers that are handed from process to process.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use lcw::browser::bidi::{
    AddPreloadScript, CallFunction, Event, GetTree, LocalValue, Navigate, ReadinessState, Subscribe,
};
use lcw::browser::{Driver, Shared, provision};
use lcw::config::{BrowserKind, Settings};
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use std::time::Duration;

use crate::processes;

/// A process whose end ends the browsers of a run.
struct Run {
    guardian: Child,
    name: String,
}

impl Run {
    fn new(name: &str) -> Self {
        let guardian = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let name = format!("{name}-{}", guardian.id());
        Self { guardian, name }
    }

    fn folder(&self) -> PathBuf {
        std::env::temp_dir().join(format!("lcw-{}-{}", rustix::process::geteuid().as_raw(), self.name))
    }

    fn shared(&self) -> Shared {
        Shared::of_run(&self.name, self.guardian.id())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.guardian.kill();
        let _ = self.guardian.wait();
    }
}

/// The default settings, once what they need is there.
async fn provisioned(kind: BrowserKind) -> Settings {
    let settings = Settings::default();
    let provisioned = provision::for_tests(&[kind], &settings).await;
    provisioned.unwrap_or_else(|error| panic!("failed to {error}"));
    settings
}

#[rstest]
#[tokio::test]
async fn a_parked_browser_keeps_its_preload_script_and_ends_with_the_run(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let settings = provisioned(kind).await;
    let mut run = Run::new("park");

    let mut lease =
        run.shared().lease(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
    assert!(lease.is_fresh());
    assert!(lease.note().is_null());
    let bidi = lease.session().bidi();
    bidi.send(&Subscribe::to(["script.message"])).await.unwrap();
    let preload = AddPreloadScript {
        function_declaration: "(send) => send(location.href)".into(),
        arguments: vec![LocalValue::channel("probe")],
        ..AddPreloadScript::default()
    };
    let script = bidi.send(&preload).await.unwrap().script;
    lease.remember(json!({ "script": script })).unwrap();
    let id = lease.session().id().to_owned();
    let (group, folder) = (lease.group().unwrap(), lease.folder().unwrap().to_owned());
    lease.park().await.unwrap();

    for round in 0..2 {
        let lease =
            run.shared().lease(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
        assert!(!lease.is_fresh(), "round {round}");
        assert_eq!(lease.session().id(), id);
        assert_eq!(lease.note()["script"], json!(script));
        let bidi = lease.session().bidi();
        let mut events = bidi.events();
        bidi.send(&Subscribe::to(["script.message"])).await.unwrap();
        let window = bidi.send(&GetTree::default()).await.unwrap().contexts[0].context.clone();
        let url = format!("data:text/html,{round}");
        let navigate = Navigate { context: window.clone(), url: url.clone(), wait: ReadinessState::Complete };
        bidi.send(&navigate).await.unwrap();
        let call = CallFunction::in_context(&window, "() => document.body.textContent", []);
        assert_eq!(bidi.send(&call).await.unwrap().into_json().unwrap(), json!(round.to_string()));
        assert_eq!(lease.session().client().current_url().await.unwrap().as_str(), url);
        // Events and answers are not ordered among each other: the first one may still be on its way.
        let first = async {
            loop {
                if let Event::Message(message) = &*events.next().await.expect("the connection lives") {
                    return message.data.to_json();
                }
            }
        };
        let first = tokio::time::timeout(Duration::from_secs(15), first).await;
        let mut messages = vec![first.expect("the preload script speaks")];
        while let Some(event) = events.try_next() {
            if let Event::Message(message) = &*event {
                messages.push(message.data.to_json());
            }
        }
        assert_eq!(messages, [json!(url)], "the preload script and its channel are still there, once");
        lease.park().await.unwrap();
    }

    assert!(processes::members(group).len() > 2, "it lives on without a holder");
    let watchdog = processes::watchdog(&folder).unwrap();
    run.guardian.kill().unwrap();
    run.guardian.wait().unwrap();
    let ended = tokio::task::spawn_blocking(move || processes::ends(watchdog, Duration::from_secs(15)));
    assert!(ended.await.unwrap(), "the watchdog is still at it");
    assert_eq!(processes::members(group), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
    assert!(!run.folder().exists(), "{} is left", run.folder().display());
}

#[tokio::test]
async fn a_browser_that_died_or_was_dropped_is_replaced() {
    let settings = provisioned(BrowserKind::Chromium).await;
    let run = Run::new("replace");
    let lease = run.shared().lease(BrowserKind::Chromium, &settings).await.unwrap();
    let (first, first_folder) = (lease.group().unwrap(), lease.folder().unwrap().to_owned());
    lease.park().await.unwrap();
    kill_process_group(Pid::from_raw(first).unwrap(), Signal::KILL).unwrap();

    let lease = run.shared().lease(BrowserKind::Chromium, &settings).await.unwrap();
    let (second, second_folder) = (lease.group().unwrap(), lease.folder().unwrap().to_owned());
    assert!(lease.is_fresh());
    assert_ne!(second, first);
    assert!(!first_folder.exists(), "what the dead one left is removed");
    drop(lease);

    let lease = run.shared().lease(BrowserKind::Chromium, &settings).await.unwrap();
    assert!(lease.is_fresh(), "nobody knows what state a dropped one is in");
    assert_eq!(processes::members(second), Vec::<i32>::new());
    assert!(!second_folder.exists());
    let (third, third_folder) = (lease.group().unwrap(), lease.folder().unwrap().to_owned());
    lease.discard().await.unwrap();
    assert_eq!(processes::members(third), Vec::<i32>::new());
    assert!(!third_folder.exists());
}

#[tokio::test]
async fn who_finds_every_browser_taken_waits_for_the_first_that_is_free() {
    let settings = provisioned(BrowserKind::Chromium).await;
    let run = Run::new("wait");
    let lease = run.shared().lease(BrowserKind::Chromium, &settings).await.unwrap();
    let id = lease.session().id().to_owned();
    let shared = run.shared();
    let mut second =
        tokio::spawn(async move { shared.lease(BrowserKind::Chromium, &Settings::default()).await });
    let early = tokio::time::timeout(Duration::from_millis(300), &mut second).await;
    assert!(early.is_err(), "it is taken");
    lease.park().await.unwrap();
    let lease = tokio::time::timeout(Duration::from_secs(10), second).await.unwrap().unwrap().unwrap();
    assert_eq!(lease.session().id(), id);
    lease.discard().await.unwrap();
}

#[tokio::test]
async fn a_browser_that_cannot_be_started_leaves_no_trace() {
    let run = Run::new("missing");
    let mut settings = Settings::default();
    settings.firefox.driver = Some("/nowhere/geckodriver".into());
    let error = run.shared().lease(BrowserKind::Firefox, &settings).await.map(drop).unwrap_err();
    assert!(error.to_string().contains("/nowhere/geckodriver"), "{error}");
    assert!(!run.folder().exists(), "{} is left", run.folder().display());
}

#[tokio::test]
async fn on_somebody_elses_driver_processes_take_turns() {
    let mut settings = provisioned(BrowserKind::Chromium).await;
    let found = lcw::browser::discovery::find(BrowserKind::Chromium, &settings.chromium).unwrap();
    let driver = Driver::start(BrowserKind::Chromium, &found, &settings.deadlines).await.unwrap();
    settings.chromium.webdriver_url = Some(driver.url().clone());
    let mut run = Run::new("turns");

    let lease = run.shared().lease(BrowserKind::Chromium, &settings).await.unwrap();
    assert_eq!(lease.group(), None);
    let first = lease.session().id().to_owned();
    let is_of_chromium = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("chromium-");
    let mut names = std::fs::read_dir(run.folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let path = run.folder().join(names.find(is_of_chromium).unwrap());
    let keeper = processes::watchdog(&path).unwrap();
    lease.park().await.unwrap();
    let lease = run.shared().lease(BrowserKind::Chromium, &settings).await.unwrap();
    assert_ne!(lease.session().id(), first, "a session of its own");
    lease.park().await.unwrap();

    run.guardian.kill().unwrap();
    run.guardian.wait().unwrap();
    let ended = tokio::task::spawn_blocking(move || processes::ends(keeper, Duration::from_secs(15)));
    assert!(ended.await.unwrap() && !run.folder().exists(), "{} is left", run.folder().display());
    driver.stop().await.unwrap();
}
