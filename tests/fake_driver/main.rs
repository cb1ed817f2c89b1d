//! Drivers and browsers that hang, lie, refuse or go away: every wait ends, and every error names its
//! subject and the next step.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../processes/mod.rs"]
mod processes;
mod program;
mod socket;

use std::future::Future;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use lcw::browser::{BidiError, Browser, BrowserError};
use lcw::config::{BrowserKind, BrowserSettings, Deadlines, Settings};
use rstest::rstest;
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use socket::browser_that;

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

#[rstest]
#[case::another_version(
    "This version of FakeDriver only supports Fake version 3\nCurrent version is 4\nStacktrace:\n#0 0x1",
    "`lcw doctor` checks that browser and driver fit together"
)]
#[case::somebody_has_it(
    "Session is already started",
    "serves one session at a time, and another test, page or program has it"
)]
#[tokio::test]
async fn a_refused_session_keeps_the_drivers_words(#[case] message: &'static str, #[case] advice: &str) {
    let url = driver_that_says(move || async move {
        let value = json!({ "error": "session not created", "message": message, "stacktrace": "" });
        (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "value": value }))).into_response()
    })
    .await;
    let error = refused(&settings(&url)).await;
    assert!(matches!(error, BrowserError::SessionRefused { .. }), "{error:?}");
    let text = error.to_string();
    let words = message.lines().next().unwrap();
    assert!(text.starts_with(&format!("open a firefox session: session not created: {words}")), "{text}");
    assert!(text.contains(advice), "{text}");
    assert_eq!(text.contains("lcw doctor"), advice.contains("lcw doctor"), "{text}");
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
