//! Real browsers: they start, understand every typed command, do what it says, and leave nothing behind.
//!
//! A browser's start takes longer than all of that, so one browser of each kind serves one subject after
//! the other, each on an origin of its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use futures_util::FutureExt;
use lcw::browser::bidi::*;
use lcw::browser::{Bidi, Browser, Session, provision};
use lcw::config::{BrowserKind, Settings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::processes;

#[rstest]
#[tokio::test]
async fn a_browser_does_what_every_command_says_and_leaves_nothing_behind(
    #[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind,
) {
    let settings = Settings::default();
    provision::for_tests(&[kind], &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
    let browser = Browser::start(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
    let driver = browser.driver().expect("a driver of our own");
    let (group, folder) = (driver.group(), driver.folder().unwrap().to_owned());
    let watchdog = processes::watchdog(&folder).expect("a watchdog");
    assert!(driver.members().unwrap().len() > 2, "driver and browser share the group");

    let session = browser.session();
    let mut failed = Vec::new();
    macro_rules! subjects {
        ($($subject:ident),* $(,)?) => {$(
            // Its message has been printed by then, and the others are worth knowing, too.
            if AssertUnwindSafe($subject(session)).catch_unwind().await.is_err() {
                failed.push(stringify!($subject));
            }
        )*};
    }
    subjects![
        the_session,
        pages,
        containers,
        windows,
        preload_scripts_in_page_frame_and_popup,
        prompts_and_the_console,
        input,
        scripts,
    ];

    let closed = browser.close().await;
    assert_eq!(failed, Vec::<&str>::new(), "these fail in {kind}, the first one perhaps for all of them");
    let stopped = closed.unwrap_or_else(|error| panic!("failed to {error}"));
    assert_eq!(stopped.killed, [], "all of it ends when asked to");
    assert_eq!(processes::members(group), Vec::<i32>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
    assert!(processes::ends(watchdog, Duration::from_secs(10)), "the watchdog still waits");
}

async fn the_session(session: &Session) {
    let window = window(session.bidi()).await;
    let call = CallFunction::in_context(
        &window,
        "async (first, second) => ({ sum: first + second, agent: navigator.userAgent })",
        [LocalValue::from(json!(20)), LocalValue::from(json!(22))],
    );
    let answer = session.bidi().send(&call).await.unwrap().into_json().unwrap();
    assert_eq!(answer["sum"], json!(42));
    assert!(!session.browser_version().is_empty());
    assert!(session.driver_version().starts_with(session.kind().driver_name()));
    assert!(session.driver_version().contains('.'), "{}", session.driver_version());
    assert_eq!(
        session.client().window().await.map(String::from).unwrap(),
        window.0,
        "one id in both protocols"
    );
}

/// A server for these pages; its address.
async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://case.localhost:{}/", address.port())
}

/// The one window that there is at the beginning of a subject.
async fn window(bidi: &Bidi) -> ContextId {
    let tree = bidi.send(&GetTree::default()).await.unwrap();
    assert_eq!(tree.contexts.len(), 1, "{tree:?}");
    tree.contexts[0].context.clone()
}

/// A browser whose window shows this page.
struct Page<'a> {
    bidi: &'a Bidi,
    window: ContextId,
}

impl<'a> Page<'a> {
    async fn open(bidi: &'a Bidi, html: &'static str) -> Self {
        Self::open_served(bidi, Router::new().route("/", get(move || async move { Html(html) }))).await
    }

    async fn open_served(bidi: &'a Bidi, app: Router) -> Self {
        let (window, url) = (window(bidi).await, serve(app).await);
        bidi.send(&Navigate { context: window.clone(), url, wait: ReadinessState::Complete }).await.unwrap();
        Self { bidi, window }
    }

    async fn call(&self, function: &str) -> Value {
        let call = CallFunction::in_context(&self.window, function, []);
        self.bidi.send(&call).await.unwrap().into_json().unwrap()
    }

    async fn node(&self, selector: &str) -> SharedId {
        let function = "(selector) => document.querySelector(selector)";
        let call = CallFunction::in_context(&self.window, function, [selector.into()]);
        self.bidi.send(&call).await.unwrap().into_value().unwrap().shared_id().unwrap()
    }
}

/// The next event that this picks.
async fn next<T>(events: &mut EventStream, pick: impl Fn(&Event) -> Option<T>) -> T {
    let wait = async {
        loop {
            let event: Arc<Event> = events.next().await.expect("the connection lives");
            if let Some(picked) = pick(&event) {
                return picked;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(15), wait).await.expect("the event comes")
}

async fn pages(session: &Session) {
    let bidi = session.bidi();
    let html = "<!doctype html><p style='width:30px;height:20px'>x";
    let answer = move || async move { ([("set-cookie", "seen=yes; Path=/")], Html(html)) };
    let page = Page::open_served(bidi, Router::new().route("/", get(answer))).await;
    let window = &page.window;

    let viewport = Some(Viewport { width: 390, height: 700 });
    bidi.send(&SetViewport { context: window.clone(), viewport }).await.unwrap();
    assert_eq!(page.call("() => [innerWidth, innerHeight]").await, json!([390, 700]));
    bidi.send(&SetViewport { context: window.clone(), viewport: None }).await.unwrap();

    let paragraph = page.node("p").await;
    for clip in
        [None, Some(Clip::from(&paragraph)), Some(Clip::Box { x: 0.0, y: 0.0, width: 9.0, height: 9.0 })]
    {
        let origin = ScreenshotOrigin::Viewport;
        let shot = bidi.send(&CaptureScreenshot { context: window.clone(), origin, clip }).await.unwrap();
        assert!(shot.data.starts_with("iVBORw0KGgo"), "a PNG file");
    }

    let names =
        |cookies: Cookies| -> Vec<Value> { cookies.cookies.iter().map(|map| map["name"].clone()).collect() };
    let partition = || Some(Partition::Context { context: window.clone() });
    assert_eq!(names(bidi.send(&GetCookies { partition: partition() }).await.unwrap()), [json!("seen")]);
    bidi.send(&DeleteCookies { partition: partition() }).await.unwrap();
    assert_eq!(names(bidi.send(&GetCookies::default()).await.unwrap()), Vec::<Value>::new());

    page.call("() => { window.mark = 1 }").await;
    bidi.send(&Reload { context: window.clone(), wait: ReadinessState::Complete }).await.unwrap();
    assert_eq!(page.call("() => typeof window.mark").await, json!("undefined"));
    bidi.send(&Activate { context: window.clone() }).await.unwrap();
}

async fn containers(session: &Session) {
    let bidi = session.bidi();
    Page::open(bidi, "<!doctype html>").await;
    let user_context = bidi.send(&CreateUserContext {}).await.unwrap().user_context;
    let create = Create { kind: CreateType::Tab, user_context: Some(user_context.clone()), background: true };
    let tab = bidi.send(&create).await.unwrap().context;
    let tree = bidi.send(&GetTree { root: Some(tab), max_depth: Some(0) }).await.unwrap();
    assert_eq!(tree.contexts[0].user_context, Some(user_context.clone()));
    assert!(!bidi.send(&GetClientWindows {}).await.unwrap().client_windows.is_empty());
    bidi.send(&RemoveUserContext { user_context }).await.unwrap();
    assert_eq!(bidi.send(&GetTree::default()).await.unwrap().contexts.len(), 1);
}

async fn windows(session: &Session) {
    let bidi = session.bidi();
    let create = Create { kind: CreateType::Window, user_context: None, background: false };
    let created = bidi.send(&create).await.unwrap().context;
    assert_eq!(bidi.send(&GetTree::default()).await.unwrap().contexts.len(), 2);
    bidi.send(&Close { context: created.clone(), prompt_unload: false }).await.unwrap();
    assert_eq!(bidi.send(&GetTree::default()).await.unwrap().contexts.len(), 1);
    let error = bidi.send(&Activate { context: created }).await.unwrap_err();
    assert!(error.is_gone(), "{error}");
}

async fn preload_scripts_in_page_frame_and_popup(session: &Session) {
    let bidi = session.bidi();
    let app = Router::new()
        .route(
            "/",
            get(|| async {
                Html(
                    "<!doctype html><title>page</title><script>window.early = window.probed</script>\
                     <button onclick=\"window.open('/popup', '_blank')\" style='width:200px;height:80px'>open</button>\
                     <iframe src='/frame'></iframe>",
                )
            }),
        )
        .route("/frame", get(|| async { Html("<!doctype html><title>frame</title>") }))
        .route("/popup", get(|| async { Html("<!doctype html><title>popup</title>") }));
    let mut events = bidi.events();
    let names = ["script.message", "browsingContext.contextCreated"];
    let subscription = bidi.send(&Subscribe::to(names)).await.unwrap().subscription.unwrap();
    let preload = AddPreloadScript {
        function_declaration: "(send) => { window.probed = true; \
             addEventListener('DOMContentLoaded', () => send({ path: location.pathname, title: document.title })); }"
            .into(),
        arguments: vec![LocalValue::channel("probe")],
        ..AddPreloadScript::default()
    };
    let script = bidi.send(&preload).await.unwrap().script;
    let page = Page::open_served(bidi, app).await;
    assert_eq!(page.call("() => window.early").await, json!(true), "it ran before the page's script");
    let button = page.node("button").await;
    bidi.send(&PerformActions::click_element(&page.window, &button)).await.unwrap();

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
    let popup = popup.expect("the popup was announced");
    assert_eq!(popup.original_opener.as_ref(), Some(&page.window));

    bidi.send(&Close { context: popup.context, prompt_unload: false }).await.unwrap();
    bidi.send(&RemovePreloadScript { script }).await.unwrap();
    bidi.send(&Unsubscribe { subscriptions: vec![subscription] }).await.unwrap();
}

async fn prompts_and_the_console(session: &Session) {
    let bidi = session.bidi();
    let page = Page::open(bidi, "<!doctype html>").await;
    let mut events = bidi.events();
    let names = ["log.entryAdded", "browsingContext.userPromptOpened", "browsingContext.userPromptClosed"];
    let subscription = bidi.send(&Subscribe::to(names)).await.unwrap().subscription.unwrap();

    page.call(
        "() => { console.warn('careful', 7); setTimeout(() => { throw new Error('nobody catches me') }) }",
    )
    .await;
    let warning = next(&mut events, |event| match event {
        Event::Log(entry) if entry.kind == "console" => Some(entry.clone()),
        _ => None,
    })
    .await;
    assert_eq!((warning.level.as_str(), warning.text.as_deref()), ("warn", Some("careful 7")));
    assert_eq!(warning.source.context.as_ref(), Some(&page.window));
    let error = next(&mut events, |event| match event {
        Event::Log(entry) if entry.kind == "javascript" => Some(entry.clone()),
        _ => None,
    })
    .await;
    assert_eq!(error.level, "error");
    assert!(error.text.unwrap().contains("nobody catches me"));

    page.call("() => { setTimeout(() => { window.said = prompt('Your name?', 'none') }) }").await;
    let opened = next(&mut events, |event| match event {
        Event::PromptOpened(prompt) => Some(prompt.clone()),
        _ => None,
    })
    .await;
    assert_eq!((opened.kind.as_str(), opened.message.as_str()), ("prompt", "Your name?"));
    assert_eq!(opened.default_value.as_deref(), Some("none"));
    let answer =
        HandleUserPrompt { context: page.window.clone(), accept: true, user_text: Some("Ada".into()) };
    bidi.send(&answer).await.unwrap();
    let closed = next(&mut events, |event| match event {
        Event::PromptClosed(prompt) => Some(prompt.clone()),
        _ => None,
    })
    .await;
    assert!(closed.accepted);
    assert_eq!(page.call("() => window.said").await, json!("Ada"));

    bidi.send(&Unsubscribe { subscriptions: vec![subscription] }).await.unwrap();
    page.call("() => console.log('quiet')").await;
    assert_eq!(events.try_next(), None);
}

async fn input(session: &Session) {
    let bidi = session.bidi();
    let page = Page::open(
        bidi,
        "<!doctype html><input autofocus><button>go</button><script>
            window.seen = [];
            for (const name of ['keydown', 'click'])
                addEventListener(name, (event) => seen.push([name, event.key ?? '', event.isTrusted]));
        </script>",
    )
    .await;
    let window = &page.window;
    let button = page.node("button").await;
    bidi.send(&PerformActions::click_element(window, &button)).await.unwrap();
    bidi.send(&PerformActions::press(window, keys::ESCAPE)).await.unwrap();
    assert_eq!(page.call("() => seen").await, json!([["click", "", true], ["keydown", "Escape", true]]));
    let field = page.node("input").await;
    bidi.send(&PerformActions::click_element(window, &field)).await.unwrap();
    bidi.send(&PerformActions::press(window, "Grüße 你好")).await.unwrap();
    assert_eq!(page.call("() => document.querySelector('input').value").await, json!("Grüße 你好"));
    bidi.send(&ReleaseActions { context: window.clone() }).await.unwrap();
}

async fn scripts(session: &Session) {
    let bidi = session.bidi();
    let page = Page::open(bidi, "<!doctype html>").await;
    let window = &page.window;

    let value =
        json!({ "text": "ü\u{1F600}\"\n", "list": [1, -2.5, true, null], "deep": { "a": { "b": {} } } });
    let echo = CallFunction::in_context(window, "(value) => value", [LocalValue::from(value.clone())]);
    assert_eq!(bidi.send(&echo).await.unwrap().into_json().unwrap(), value);

    let thrown = CallFunction::in_context(window, "() => { throw new TypeError('not so') }", []);
    let exception = bidi.send(&thrown).await.unwrap().into_value().unwrap_err();
    assert!(exception.text.contains("TypeError: not so"), "{exception:?}");

    let mut events = bidi.events();
    bidi.send(&Subscribe::to(["script.message"])).await.unwrap();
    let through =
        CallFunction::in_context(window, "(send) => send({ hello: 1 })", [LocalValue::channel("c")]);
    bidi.send(&through).await.unwrap();
    let message = next(&mut events, |event| match event {
        Event::Message(message) => Some(message.clone()),
        _ => None,
    })
    .await;
    assert_eq!((message.channel.as_str(), message.data.to_json()), ("c", json!({ "hello": 1 })));

    let evaluate = Evaluate { expression: "6 * 7".into(), target: window.into(), await_promise: false };
    assert_eq!(bidi.send(&evaluate).await.unwrap().into_json().unwrap(), json!(42));

    let preload = AddPreloadScript {
        function_declaration: "() => { window.early = true }".into(),
        contexts: vec![window.clone()],
        ..AddPreloadScript::default()
    };
    let script = bidi.send(&preload).await.unwrap().script;
    bidi.send(&Reload { context: window.clone(), wait: ReadinessState::Complete }).await.unwrap();
    assert_eq!(page.call("() => window.early === true").await, json!(true));
    bidi.send(&RemovePreloadScript { script }).await.unwrap();
    bidi.send(&Reload { context: window.clone(), wait: ReadinessState::Complete }).await.unwrap();
    assert_eq!(page.call("() => window.early === true").await, json!(false));
}
