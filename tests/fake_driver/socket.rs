//! A browser's socket: answers that never come, come late, or make no sense, and connections that go away.

use std::future::Future;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use lcw::browser::bidi::{CallFunction, Event, EventStream, GetTree, Navigate, ReadinessState};
use lcw::browser::{Bidi, BidiError};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use crate::SHORT;

type Socket = WebSocketStream<TcpStream>;

/// A browser's BiDi socket that behaves like this to its one visitor.
pub(crate) async fn browser_that<F: Future<Output = ()> + Send>(
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

/// Firefox writes a page's half surrogate pairs like this.
#[tokio::test]
async fn half_a_surrogate_pair_in_a_message_loses_nothing() {
    let url = browser_that(|mut socket| async move {
        let id = receive(&mut socket).await["id"].clone();
        let prompt = r#"{"context":"c1","handled":false,"message":"Hi \ud83d","type":"alert"}"#;
        let event =
            format!(r#"{{"type":"event","method":"browsingContext.userPromptOpened","params":{prompt}}}"#);
        socket.send(Message::text(event)).await.unwrap();
        let result = r#"{"type":"success","realm":"r1","result":{"type":"string","value":"\ude00!"}}"#;
        socket
            .send(Message::text(format!(r#"{{"type":"success","id":{id},"result":{result}}}"#)))
            .await
            .unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let (bidi, mut events) = connect(&url).await;
    let value = bidi.send(&CallFunction::in_context(&"c1".into(), "() => '😀!'.slice(1)", [])).await.unwrap();
    assert_eq!(value.into_json().unwrap(), json!("\u{fffd}!"));
    let event = events.next().await;
    assert!(
        matches!(event.as_deref(), Some(Event::PromptOpened(prompt)) if prompt.message == "Hi \u{fffd}"),
        "{event:?}"
    );
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
