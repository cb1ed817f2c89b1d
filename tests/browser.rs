//! Real browsers: they start, answer over BiDi, and leave nothing behind.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::time::Duration;

use lcw::browser::bidi::{
    AddPreloadScript, CallFunction, Create, CreateType, Event, GetTree, LocalValue, Navigate, PerformActions,
    ReadinessState, Subscribe,
};
use lcw::browser::{Browser, Session};
use lcw::config::{BrowserKind, Settings};
use rstest::rstest;
use serde_json::{Value, json};

async fn start(kind: BrowserKind) -> Browser {
    Browser::start(kind, &Settings::default()).await.unwrap_or_else(|error| panic!("failed to {error}"))
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
    browser.close().await.unwrap_or_else(|error| panic!("failed to {error}"));
    assert_eq!(group_members(group), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}

/// The living processes of a group, found without the library's help.
fn group_members(group: i32) -> Vec<i32> {
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            r#"for stat in /proc/[0-9]*/stat; do sed 's/^\([0-9]*\) (.*) /\1 /' "$stat" 2>/dev/null; done"#,
        ])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(' ').collect();
            (fields.get(1) != Some(&"Z") && fields.get(3)?.parse() == Ok(group))
                .then(|| fields[0].parse().ok())?
        })
        .collect()
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
