//! Drivers and browsers that hang, lie, refuse or go away: every wait ends, and every error names its
//! subject and the next step.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod processes;

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use futures_util::{SinkExt, StreamExt};
use lcw::browser::bidi::{CallFunction, Event, EventStream, GetTree, Navigate, ReadinessState};
use lcw::browser::{Bidi, BidiError, Browser, BrowserError, Missing};
use lcw::config::{BrowserKind, BrowserSettings, Deadlines, Settings};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

/// Long enough for an answer on a busy machine, short enough to wait for in a test.
const SHORT: Duration = Duration::from_millis(400);

/// Settings that use a running driver, with short deadlines.
fn settings(driver: &Url) -> Settings {
    let deadlines = Deadlines { driver: SHORT, session: SHORT, command: SHORT, ..Deadlines::default() };
    let browser = BrowserSettings { webdriver_url: Some(driver.clone()), ..BrowserSettings::default() };
    Settings { deadlines, firefox: browser.clone(), chromium: browser, ..Settings::default() }
}

async fn serve(app: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// A driver that is ready and answers the request for a session like this.
async fn driver_that_says<F, R>(session: F) -> Url
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response> + Send,
{
    let ready = || async { Json(json!({ "value": { "ready": true, "message": "" } })) };
    serve(Router::new().route("/status", get(ready)).route("/session", post(session))).await
}

/// A session whose BiDi socket is at `websocket`.
fn session(websocket: &str) -> Response {
    let capabilities = json!({ "browserName": "fake", "browserVersion": "1.0", "webSocketUrl": websocket });
    Json(json!({ "value": { "sessionId": "s1", "capabilities": capabilities } })).into_response()
}

async fn refused(settings: &Settings) -> BrowserError {
    let began = Instant::now();
    let result = Browser::start(BrowserKind::Firefox, settings).await;
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    result.map(drop).unwrap_err()
}

#[tokio::test]
async fn nobody_at_the_configured_address() {
    // Bound and released: for the moment nobody listens there.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = Url::parse(&format!("http://{address}")).unwrap();
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&address.to_string()), "{text}");
    assert!(text.contains(&format!("`geckodriver --port {}`", address.port())), "{text}");
}

#[rstest]
#[case::never(None, "no answer to /status within 400ms")]
#[case::a_web_page(Some("<h1>hello</h1>"), "the answer is no JSON: <h1>hello</h1>")]
#[tokio::test]
async fn something_else_at_the_configured_address(#[case] body: Option<&'static str>, #[case] reason: &str) {
    let answer = move || async move {
        match body {
            Some(body) => axum::response::Html(body),
            None => std::future::pending().await,
        }
    };
    let url = serve(Router::new().route("/status", any(answer))).await;
    let error = refused(&settings(&url)).await.to_string();
    assert!(error.contains(reason) && error.contains("remove `webdriver-url`"), "{error}");
}

#[tokio::test]
async fn a_refused_session_keeps_the_drivers_words() {
    let url = driver_that_says(|| async {
        let message = "This version of FakeDriver only supports Fake version 3\nCurrent version is 4\nStacktrace:\n#0 0x1";
        let value = json!({ "error": "session not created", "message": message, "stacktrace": "" });
        (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "value": value }))).into_response()
    })
    .await;
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::SessionRefused { .. }), "{error:?}");
    let text = error.to_string();
    assert!(
        text.starts_with("open a firefox session: session not created: This version of FakeDriver"),
        "{text}"
    );
    assert!(text.contains("lcw doctor"), "{text}");
}

#[rstest]
#[case::no_json("oops", "no JSON")]
#[case::no_session("{\"value\": {}}", "not what WebDriver prescribes")]
#[case::no_value("[]", "not what WebDriver prescribes")]
#[tokio::test]
async fn a_nonsense_answer_to_the_request_for_a_session(#[case] body: &'static str, #[case] reason: &str) {
    let url = driver_that_says(move || async move {
        let kind = if body.starts_with('o') { "text/plain" } else { "application/json" };
        ([("content-type", kind)], body).into_response()
    })
    .await;
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::SessionRefused { .. }), "{error:?}");
    assert!(error.to_string().contains(reason), "{error}");
}

#[tokio::test]
async fn a_session_that_never_comes() {
    let url = driver_that_says(std::future::pending).await;
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::SessionTimeout { waited: SHORT, .. }), "{error:?}");
    assert!(
        error.to_string().contains("within 400ms") && error.to_string().contains("deadlines.session"),
        "{error}"
    );
}

#[tokio::test]
async fn a_driver_too_old_for_bidi() {
    let url = driver_that_says(|| async {
        Json(json!({ "value": { "sessionId": "s1", "capabilities": {} } })).into_response()
    })
    .await;
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::NoBidi { .. }), "{error:?}");
    assert!(error.to_string().contains("lcw provision"), "{error}");
}

#[tokio::test]
async fn a_socket_that_nobody_serves() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = driver_that_says(move || async move { session(&format!("ws://{gone}/session/s1")) }).await;
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::Bidi(BidiError::Connect { .. })), "{error:?}");
    assert!(error.to_string().contains(&gone.to_string()), "{error}");
}

#[tokio::test]
async fn a_session_that_cannot_be_deleted_does_not_hang_the_end() {
    let socket = browser_that(|mut socket| async move { while socket.next().await.is_some() {} }).await;
    let ready = || async { Json(json!({ "value": { "ready": true, "message": "" } })) };
    let app = Router::new()
        .route("/status", get(ready))
        .route("/session", post(move || async move { session(socket.as_str()) }))
        .route("/session/s1", any(std::future::pending::<()>));
    let settings = settings(&serve(app).await);
    let browser = Browser::start(BrowserKind::Chromium, &settings).await.unwrap();
    assert_eq!(browser.session().browser_version(), "1.0");
    let error = browser.close().await.unwrap_err();
    assert!(matches!(error, BrowserError::CommandTimeout { command: "delete session", .. }), "{error:?}");
}

type Socket = WebSocketStream<TcpStream>;

/// A browser's BiDi socket that behaves like this to its one visitor.
async fn browser_that<F: Future<Output = ()> + Send>(
    behaves: impl FnOnce(Socket) -> F + Send + 'static,
) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("ws://{}/session/s1", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        behaves(tokio_tungstenite::accept_async(stream).await.unwrap()).await;
    });
    url
}

async fn receive(socket: &mut Socket) -> Value {
    let message = socket.next().await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

async fn send(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

async fn connect(url: &Url) -> (Bidi, EventStream) {
    let bidi = Bidi::connect(url, SHORT).await.unwrap();
    let events = bidi.events();
    (bidi, events)
}

#[tokio::test]
async fn a_command_that_is_never_answered_ends_and_the_next_one_works() {
    let url = browser_that(|mut socket| async move {
        let first = receive(&mut socket).await;
        let second = receive(&mut socket).await;
        // The late answer comes before the other one and must not be taken for it.
        send(&mut socket, json!({ "type": "success", "id": first["id"], "result": { "contexts": [1] } }))
            .await;
        send(&mut socket, json!({ "type": "success", "id": second["id"], "result": { "contexts": [] } }))
            .await;
        while socket.next().await.is_some() {}
    })
    .await;
    let (bidi, _) = connect(&url).await;
    let navigate =
        Navigate { context: "c1".into(), url: "about:blank".into(), wait: ReadinessState::Complete };
    let error = bidi.send(&navigate).await.unwrap_err();
    assert!(
        matches!(error, BidiError::Timeout { method: "browsingContext.navigate", waited: SHORT }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("browsingContext.navigate") && error.to_string().contains("400ms"),
        "{error}"
    );
    assert!(!error.is_lost());
    assert!(bidi.send(&GetTree::default()).await.unwrap().contexts.is_empty());
}

#[tokio::test]
async fn a_lost_connection_fails_everything_at_once() {
    let url = browser_that(|mut socket| async move {
        send(&mut socket, json!({ "type": "event", "method": "late.event", "params": {} })).await;
        receive(&mut socket).await;
        receive(&mut socket).await;
        // No goodbye: the process was killed.
        drop(socket);
    })
    .await;
    let bidi = Bidi::connect(&url, Duration::from_secs(60)).await.unwrap();
    let mut events = bidi.events();
    let began = Instant::now();
    let tree = GetTree::default();
    let (first, second) = tokio::join!(bidi.send(&tree), bidi.send(&tree));
    for error in [first.unwrap_err(), second.unwrap_err(), bidi.send(&tree).await.unwrap_err()] {
        assert!(matches!(error, BidiError::Closed { method: "browsingContext.getTree", .. }), "{error:?}");
        assert!(error.is_lost());
    }
    // What came before is still there; then the stream ends.
    let before = events.next().await;
    assert!(
        matches!(before.as_deref(), Some(Event::Other { method, .. }) if method == "late.event"),
        "{before:?}"
    );
    assert_eq!(events.next().await, None);
    assert!(bidi.closed().is_some());
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_goodbye_is_told_with_its_reason() {
    let url = browser_that(|mut socket| async move {
        receive(&mut socket).await;
        let code = tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode::Away;
        let frame =
            tokio_tungstenite::tungstenite::protocol::CloseFrame { code, reason: "going down".into() };
        socket.close(Some(frame)).await.unwrap();
    })
    .await;
    let (bidi, _) = connect(&url).await;
    let error = bidi.send(&GetTree::default()).await.unwrap_err();
    assert!(error.to_string().contains("closed the connection: going down"), "{error}");
}

#[tokio::test]
async fn nonsense_between_the_answers_is_passed_over() {
    let url = browser_that(|mut socket| async move {
        let request = receive(&mut socket).await;
        socket.send(Message::text("{")).await.unwrap();
        send(&mut socket, json!([1, 2])).await;
        send(&mut socket, json!({ "type": "success", "id": 4711, "result": {} })).await;
        send(&mut socket, json!({ "type": "error", "id": null, "error": "invalid argument", "message": "" }))
            .await;
        send(&mut socket, json!({ "type": "surprise" })).await;
        send(&mut socket, json!({ "type": "success", "id": request["id"], "result": { "contexts": [] } }))
            .await;
        while socket.next().await.is_some() {}
    })
    .await;
    let (bidi, _) = connect(&url).await;
    assert!(bidi.send(&GetTree::default()).await.unwrap().contexts.is_empty());
}

#[tokio::test]
async fn refusals_misshapen_answers_and_exceptions_are_told_apart() {
    let url = browser_that(|mut socket| async move {
        let answers = [
            json!({ "type": "error", "error": "no such frame", "message": "gone" }),
            json!({ "type": "success", "result": { "contexts": "none" } }),
            json!({ "type": "success", "result": {
                "type": "exception", "realm": "r1",
                "exceptionDetails": { "text": "Error: no", "lineNumber": 0, "columnNumber": 6 },
            } }),
        ]
        .into_iter();
        for mut answer in answers {
            answer["id"] = receive(&mut socket).await["id"].clone();
            send(&mut socket, answer).await;
        }
        while socket.next().await.is_some() {}
    })
    .await;
    let (bidi, _) = connect(&url).await;
    let error = bidi.send(&GetTree::default()).await.unwrap_err();
    assert!(error.is_gone(), "{error:?}");
    assert_eq!(error.to_string(), "run browsingContext.getTree: no such frame: gone");
    let error = bidi.send(&GetTree::default()).await.unwrap_err();
    assert!(matches!(&error, BidiError::Shape { answer, .. } if answer.contains("none")), "{error:?}");
    let call = CallFunction::in_context(&"c1".into(), "() => { throw Error('no') }", []);
    let exception = bidi.send(&call).await.unwrap().into_json().unwrap_err();
    assert_eq!(exception.to_string(), "Error: no (line 1, column 7)");
}

#[tokio::test]
async fn every_subscriber_gets_every_event_in_order() {
    const COUNT: u64 = 2000;
    let url = browser_that(|mut socket| async move {
        receive(&mut socket).await;
        for number in 0..COUNT {
            let params = json!({ "channel": "c", "data": { "type": "number", "value": number },
                                 "source": { "realm": "r1" } });
            send(&mut socket, json!({ "type": "event", "method": "script.message", "params": params })).await;
        }
    })
    .await;
    let (bidi, mut first) = connect(&url).await;
    let mut second = bidi.events();
    // Nobody reads until all have come and the connection is gone.
    assert!(bidi.send_within(&GetTree::default(), Duration::from_secs(20)).await.unwrap_err().is_lost());
    for events in [&mut first, &mut second] {
        for number in 0..COUNT {
            let event = events.next().await;
            let Some(Event::Message(message)) = event.as_deref() else { panic!("{event:?}") };
            assert_eq!(message.data.to_json(), json!(number));
        }
        assert_eq!(events.next().await, None);
    }
}

/// Settings whose driver is this shell script.
fn scripted(folder: &Path, script: &str) -> Settings {
    let driver = folder.join("fakedriver");
    // Written by another process: a file that this one has open for writing, if only in a child that
    // is just being started by another test, could not be run.
    let write = r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1""#;
    let written =
        std::process::Command::new("sh").args(["-c", write, "sh"]).arg(&driver).arg(script).status();
    assert!(written.unwrap().success());
    let browser =
        BrowserSettings { binary: Some(driver.clone()), driver: Some(driver), ..BrowserSettings::default() };
    // Long enough for a shell to start on a busy machine.
    let deadlines = Deadlines { driver: Duration::from_secs(2), ..Deadlines::default() };
    Settings { deadlines, firefox: browser, ..Settings::default() }
}

#[tokio::test]
async fn a_driver_that_ends_early_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = scripted(folder.path(), "echo 'cannot find libfake.so' >&2; exit 127");
    let error = refused(&settings).await;
    assert!(matches!(error, BrowserError::Start { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("exit status: 127") && text.contains("    cannot find libfake.so"), "{text}");
}

/// chromedriver chooses a port in two steps, between which another process may get it.
#[rstest]
#[case::once(
    "[ -s {0}/starts ] && [ $(wc -l < {0}/starts) -gt 1 ] && echo Listening on 127.0.0.1:9 && exec sleep 600",
    2,
    "Connection refused"
)]
#[case::always("", 4, "Address already in use")]
#[tokio::test]
async fn a_driver_whose_port_was_taken_is_started_again(
    #[case] then: &str,
    #[case] starts: usize,
    #[case] words: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "echo >> {{0}}/starts; {then}\necho 'bind() failed: Address already in use (98)' >&2; exit 1"
    );
    let script = script.replace("{0}", &folder.path().display().to_string());
    let error = refused(&scripted(folder.path(), &script)).await.to_string();
    assert!(error.contains(words), "{error}");
    let started = std::fs::read_to_string(folder.path().join("starts")).unwrap();
    assert_eq!(started.lines().count(), starts);
}

#[rstest]
#[case::says_nothing("echo hello; exec sleep 600", "it did not say its port")]
#[case::lies("echo Listening on 127.0.0.1:9; exec sleep 600", "Connection refused")]
#[tokio::test]
async fn a_driver_that_never_gets_ready_is_given_up(#[case] script: &str, #[case] words: &str) {
    let folder = tempfile::tempdir().unwrap();
    // The driver tells where its private folder is, so that its end can be seen.
    let settings = scripted(
        folder.path(),
        &format!("echo \"$TMPDIR\" > {0}/told; echo $$ > {0}/group; {script}", folder.path().display()),
    );
    let error = refused(&settings).await;
    assert!(matches!(error, BrowserError::NotReady { .. } | BrowserError::Start { .. }), "{error:?}");
    assert!(error.to_string().contains(words), "{error}");
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    let private = Path::new(told.trim()).parent().unwrap();
    if let Some(watchdog) = processes::watchdog(private) {
        assert!(processes::ends(watchdog, Duration::from_secs(10)), "the watchdog is still at it");
    }
    assert!(!private.exists(), "{} is left", private.display());
    let group = std::fs::read_to_string(folder.path().join("group")).unwrap().trim().parse().unwrap();
    assert_eq!(processes::members(group), Vec::<i32>::new());
}

#[tokio::test]
async fn a_driver_that_is_named_but_not_there() {
    let path = std::path::PathBuf::from("/nowhere/geckodriver");
    let browser = BrowserSettings { driver: Some(path.clone()), ..BrowserSettings::default() };
    let error = refused(&Settings { firefox: browser, ..Settings::default() }).await;
    assert!(matches!(&error, BrowserError::Missing(Missing::Unusable { path: named, .. }) if *named == path));
    assert!(error.to_string().contains("/nowhere/geckodriver as geckodriver"), "{error}");
}
