//! Real browsers: they start, answer over BiDi, and leave nothing behind.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod processes;

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use lcw::browser::bidi::{
    AddPreloadScript, CallFunction, Create, CreateType, Event, GetTree, LocalValue, Navigate, PerformActions,
    ReadinessState, Subscribe,
};
use lcw::browser::{Browser, Session, provision};
use lcw::config::{BrowserKind, Settings};
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

async fn start(kind: BrowserKind) -> Browser {
    let settings = Settings::default();
    let provisioned = provision::for_tests(&[kind], &settings).await;
    provisioned.unwrap_or_else(|error| panic!("failed to {error}"));
    Browser::start(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"))
}

/// The one window that a new session has.
async fn window(session: &Session) -> lcw::browser::bidi::ContextId {
    let tree = session.bidi().send(&GetTree::default()).await.unwrap();
    assert_eq!(tree.contexts.len(), 1, "{tree:?}");
    tree.contexts[0].context.clone()
}

#[rstest]
#[tokio::test]
async fn a_browser_answers_and_leaves_nothing_behind(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let browser = start(kind).await;
    let session = browser.session();
    let window = window(session).await;
    let call = CallFunction::in_context(
        &window,
        "async (first, second) => ({ sum: first + second, agent: navigator.userAgent })",
        [LocalValue::from(json!(20)), LocalValue::from(json!(22))],
    );
    let answer = session.bidi().send(&call).await.unwrap().into_json().unwrap();
    assert_eq!(answer["sum"], json!(42));
    assert!(!session.browser_version().is_empty());
    assert!(session.driver_version().starts_with(kind.driver_name()));
    assert!(session.driver_version().contains('.'), "{}", session.driver_version());
    assert_eq!(
        session.client().window().await.map(String::from).unwrap(),
        window.0,
        "one id in both protocols"
    );

    let driver = browser.driver().expect("a driver of our own");
    let (group, folder) = (driver.group(), driver.folder().unwrap().to_owned());
    assert!(driver.members().unwrap().len() > 2, "driver and browser share the group");
    let stopped = browser.close().await.unwrap_or_else(|error| panic!("failed to {error}"));
    assert_eq!(stopped.killed, [], "all of it ends when asked to");
    assert_eq!(processes::members(group), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}

/// A server for three small pages; its address.
async fn pages() -> String {
    use axum::response::Html;
    let app = axum::Router::new()
        .route(
            "/",
            axum::routing::get(|| async {
                Html(
                    "<!doctype html><title>page</title><script>window.early = window.probed</script>\
                     <button onclick=\"window.open('/popup', '_blank')\" style='width:200px;height:80px'>open</button>\
                     <iframe src='/frame'></iframe>",
                )
            }),
        )
        .route("/frame", axum::routing::get(|| async { Html("<!doctype html><title>frame</title>") }))
        .route("/popup", axum::routing::get(|| async { Html("<!doctype html><title>popup</title>") }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://case.localhost:{}/", address.port())
}

#[rstest]
#[tokio::test]
async fn a_preload_script_speaks_from_page_frame_and_popup(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let browser = start(kind).await;
    let bidi = browser.session().bidi();
    let address = pages().await;
    let window = window(browser.session()).await;
    let mut events = bidi.events();
    bidi.send(&Subscribe::to(["script.message", "browsingContext.contextCreated"])).await.unwrap();
    bidi.send(&AddPreloadScript {
        function_declaration: "(send) => { window.probed = true; \
             addEventListener('DOMContentLoaded', () => send({ path: location.pathname, title: document.title })); }"
            .into(),
        arguments: vec![LocalValue::channel("probe")],
        ..AddPreloadScript::default()
    })
    .await
    .unwrap();
    let navigate = Navigate { context: window.clone(), url: address, wait: ReadinessState::Complete };
    bidi.send(&navigate).await.unwrap();
    let early = CallFunction::in_context(&window, "() => window.early", []);
    assert_eq!(
        bidi.send(&early).await.unwrap().into_json().unwrap(),
        json!(true),
        "it ran before the page's script"
    );
    let find = CallFunction::in_context(&window, "() => document.querySelector('button')", []);
    let button = bidi.send(&find).await.unwrap().into_value().unwrap().shared_id().expect("a node");
    bidi.send(&PerformActions::click_element(&window, &button)).await.unwrap();

    let (mut seen, mut popup) = (Vec::<Value>::new(), None);
    let collect = async {
        while !["/", "/frame", "/popup"]
            .iter()
            .all(|path| seen.iter().any(|message| message["path"] == *path))
        {
            match &*events.next().await.expect("the connection lives") {
                Event::Message(message) => {
                    assert_eq!(message.channel, "probe");
                    seen.push(message.data.to_json());
                }
                Event::ContextCreated(info) if info.original_opener.is_some() => popup = Some(info.clone()),
                _ => {}
            }
        }
    };
    let complete = tokio::time::timeout(Duration::from_secs(20), collect).await;
    assert!(complete.is_ok(), "seen: {seen:?}, popup: {popup:?}");
    assert_eq!(popup.expect("the popup was announced").original_opener, Some(window));
    browser.close().await.unwrap_or_else(|error| panic!("failed to {error}"));
}

#[rstest]
#[tokio::test]
async fn windows_can_be_created_and_closed(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let browser = start(kind).await;
    let bidi = browser.session().bidi();
    let create = Create { kind: CreateType::Window, user_context: None, background: false };
    let created = bidi.send(&create).await.unwrap().context;
    assert_eq!(bidi.send(&GetTree::default()).await.unwrap().contexts.len(), 2);
    bidi.send(&lcw::browser::bidi::Close { context: created.clone(), prompt_unload: false }).await.unwrap();
    assert_eq!(bidi.send(&GetTree::default()).await.unwrap().contexts.len(), 1);
    let error = bidi.send(&lcw::browser::bidi::Activate { context: created }).await.unwrap_err();
    assert!(error.is_gone(), "{error}");
    browser.close().await.unwrap_or_else(|error| panic!("failed to {error}"));
}

/// The variable that names the browser which [`harness_that_is_killed`] starts.
const KILLED: &str = "LCW_TEST_KILLED";

/// No test: the process that [`whatever_kills_the_harness_its_browser_goes_too`] starts and kills.
#[tokio::test]
#[ignore = "a part of another test, which runs it in a process of its own"]
async fn harness_that_is_killed() {
    let Ok(kind) = std::env::var(KILLED) else { return };
    let kind = BrowserKind::ALL.into_iter().find(|known| known.name() == kind).expect("a browser");
    let browser = start(kind).await;
    let driver = browser.driver().expect("a driver of our own");
    println!("\nREADY {} {}", driver.group(), driver.folder().unwrap().display());
    std::future::pending::<()>().await;
}

#[rstest]
fn whatever_kills_the_harness_its_browser_goes_too(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
    #[values(Signal::KILL, Signal::INT, Signal::HUP)] signal: Signal,
) {
    // Whoever runs the tests in the background, or under `nohup`, has these signals ignored, and a
    // process inherits that.
    let mut harness = Command::new("/usr/bin/env")
        .arg("--default-signal=INT,HUP")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "harness_that_is_killed", "--ignored", "--nocapture"])
        .env(KILLED, kind.name())
        // As a terminal has it: Ctrl-C and hanging up reach the whole group.
        .process_group(0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(harness.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ready = lines.find_map(|line| line.strip_prefix("READY ").map(str::to_owned));
    let ready = ready.expect("the harness started its browser");
    let (group, folder) = ready.split_once(' ').unwrap();
    let (group, folder) = (group.parse::<i32>().unwrap(), PathBuf::from(folder));
    let watchdog = processes::watchdog(&folder).expect("a watchdog");
    assert!(processes::members(group).len() > 2 && folder.exists());

    kill_process_group(Pid::from_child(&harness), signal).unwrap();
    let id = harness.id().cast_signed();
    assert!(processes::ends(id, Duration::from_secs(10)), "the harness outlives {signal:?}");
    harness.wait().unwrap();
    assert!(processes::ends(watchdog, Duration::from_secs(10)), "the watchdog is still at it");
    assert_eq!(processes::members(group), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}

#[rstest]
#[tokio::test]
async fn a_browser_that_is_dropped_goes_too(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let browser = start(kind).await;
    let driver = browser.driver().expect("a driver of our own");
    let (group, folder) = (driver.group(), driver.folder().unwrap().to_owned());
    let watchdog = processes::watchdog(&folder).expect("a watchdog");
    drop(browser);
    let ended = tokio::task::spawn_blocking(move || processes::ends(watchdog, Duration::from_secs(10)));
    assert!(ended.await.unwrap(), "the watchdog is still at it");
    assert_eq!(processes::members(group), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}
