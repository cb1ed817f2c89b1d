//! Every typed command is understood by both browsers, and does what it says.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use lcw::browser::bidi::*;
use lcw::browser::{Browser, provision};
use lcw::config::{BrowserKind, Settings};
use rstest::rstest;
use serde_json::{Value, json};

/// A browser whose window shows this page.
struct Page {
    browser: Browser,
    window: ContextId,
}

impl Page {
    async fn open(kind: BrowserKind, html: &'static str) -> Self {
        let settings = Settings::default();
        provision::for_tests(&[kind], &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
        let serve = axum::routing::get(move || async move {
            ([("set-cookie", "seen=yes; Path=/")], axum::response::Html(html))
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://case.localhost:{}/", listener.local_addr().unwrap().port());
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/", serve)).await });

        let browser =
            Browser::start(kind, &settings).await.unwrap_or_else(|error| panic!("failed to {error}"));
        let bidi = browser.session().bidi();
        let window = bidi.send(&GetTree::default()).await.unwrap().contexts[0].context.clone();
        bidi.send(&Navigate { context: window.clone(), url, wait: ReadinessState::Complete }).await.unwrap();
        Self { browser, window }
    }

    fn bidi(&self) -> &lcw::browser::Bidi {
        self.browser.session().bidi()
    }

    async fn call(&self, function: &str) -> Value {
        let call = CallFunction::in_context(&self.window, function, []);
        self.bidi().send(&call).await.unwrap().into_json().unwrap()
    }

    async fn node(&self, selector: &str) -> SharedId {
        let function = "(selector) => document.querySelector(selector)";
        let call = CallFunction::in_context(&self.window, function, [selector.into()]);
        self.bidi().send(&call).await.unwrap().into_value().unwrap().shared_id().unwrap()
    }

    async fn close(self) {
        self.browser.close().await.unwrap_or_else(|error| panic!("failed to {error}"));
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

#[rstest]
#[tokio::test]
async fn pages(#[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind) {
    let page = Page::open(kind, "<!doctype html><p style='width:30px;height:20px'>x").await;
    let (bidi, window) = (page.bidi(), &page.window);

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
    page.close().await;
}

#[rstest]
#[tokio::test]
async fn containers(#[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind) {
    let page = Page::open(kind, "<!doctype html>").await;
    let bidi = page.bidi();
    let user_context = bidi.send(&CreateUserContext {}).await.unwrap().user_context;
    let create = Create { kind: CreateType::Tab, user_context: Some(user_context.clone()), background: true };
    let tab = bidi.send(&create).await.unwrap().context;
    let tree = bidi.send(&GetTree { root: Some(tab), max_depth: Some(0) }).await.unwrap();
    assert_eq!(tree.contexts[0].user_context, Some(user_context.clone()));
    assert!(!bidi.send(&GetClientWindows {}).await.unwrap().client_windows.is_empty());
    bidi.send(&RemoveUserContext { user_context }).await.unwrap();
    assert_eq!(bidi.send(&GetTree::default()).await.unwrap().contexts.len(), 1);
    page.close().await;
}

#[rstest]
#[tokio::test]
async fn prompts_and_the_console(#[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind) {
    let page = Page::open(kind, "<!doctype html>").await;
    let bidi = page.bidi();
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
    page.close().await;
}

#[rstest]
#[tokio::test]
async fn input(#[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind) {
    let page = Page::open(
        kind,
        "<!doctype html><input autofocus><button>go</button><script>
            window.seen = [];
            for (const name of ['keydown', 'click'])
                addEventListener(name, (event) => seen.push([name, event.key ?? '', event.isTrusted]));
        </script>",
    )
    .await;
    let (bidi, window) = (page.bidi(), &page.window);
    let button = page.node("button").await;
    bidi.send(&PerformActions::click_element(window, &button)).await.unwrap();
    bidi.send(&PerformActions::press(window, keys::ESCAPE)).await.unwrap();
    assert_eq!(page.call("() => seen").await, json!([["click", "", true], ["keydown", "Escape", true]]));
    let field = page.node("input").await;
    bidi.send(&PerformActions::click_element(window, &field)).await.unwrap();
    bidi.send(&PerformActions::press(window, "Grüße 你好")).await.unwrap();
    assert_eq!(page.call("() => document.querySelector('input').value").await, json!("Grüße 你好"));
    bidi.send(&ReleaseActions { context: window.clone() }).await.unwrap();
    page.close().await;
}

#[rstest]
#[tokio::test]
async fn scripts(#[values(BrowserKind::Firefox, BrowserKind::Chromium)] kind: BrowserKind) {
    let page = Page::open(kind, "<!doctype html>").await;
    let (bidi, window) = (page.bidi(), &page.window);

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
    page.close().await;
}
