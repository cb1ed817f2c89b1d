//! The conversation end: who says what, who hears it, and when it ends.

use futures_util::{SinkExt, StreamExt};
use lcw::contract::WidgetSettings;
use lcw::server::{CaseSite, Conversation, ConversationMessage, FixtureServer, Speaker, SurveyAnswers};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::{PATIENCE, default_case, get, host, start};

const CONVERSATION: &str = "/livechatconnector/conversation/org/app";

pub(crate) type Chat = WebSocketStream<TcpStream>;

pub(crate) async fn join(server: &FixtureServer, site: &CaseSite) -> Chat {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let address = format!("ws://{}{CONVERSATION}", host(site));
    tokio_tungstenite::client_async(address, stream).await.unwrap().0
}

async fn say(chat: &mut Chat, message: Value) {
    chat.send(Message::text(message.to_string())).await.unwrap();
}

pub(crate) async fn next(chat: &mut Chat) -> Option<Message> {
    tokio::time::timeout(PATIENCE, chat.next()).await.unwrap().and_then(Result::ok)
}

async fn hear(chat: &mut Chat) -> Value {
    let message = next(chat).await.unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_conversation_is_greeted_answered_and_recorded() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    let survey = json!({"name": "Visitor", "question": "Which fern?"});
    say(&mut chat, json!({"type": "start", "locale": "en-US", "survey": survey})).await;
    assert_eq!(hear(&mut chat).await, json!({"type": "started", "id": 0}));
    let greeting = hear(&mut chat).await["text"].as_str().unwrap().to_owned();
    assert!(greeting.contains("Visitor") && greeting.contains("Which fern?"), "{greeting}");

    say(&mut chat, json!({"type": "message", "text": "<b>hello</b>"})).await;
    let reply = hear(&mut chat).await;
    assert_eq!((&reply["type"], &reply["from"]), (&json!("message"), &json!("Support")));
    let reply = reply["text"].as_str().unwrap().to_owned();
    assert!(reply.contains("<b>hello</b>"), "{reply}");

    say(&mut chat, json!({"type": "end"})).await;
    assert!(matches!(next(&mut chat).await, Some(Message::Close(_))));
    let agent = |text| ConversationMessage { from: Speaker::Agent, text };
    let visitor = ConversationMessage { from: Speaker::Visitor, text: "<b>hello</b>".to_owned() };
    let expected = Conversation {
        locale: "en-US".to_owned(),
        survey: Some(SurveyAnswers { name: "Visitor".to_owned(), question: "Which fern?".to_owned() }),
        messages: vec![agent(greeting), visitor, agent(reply)],
        ended: true,
        left: true,
        ..Conversation::default()
    };
    assert_eq!(site.conversations(), [expected]);
    let statuses: Vec<_> = site.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [101]);
}

#[tokio::test]
async fn a_conversation_is_taken_up_again_until_it_has_ended() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    say(&mut chat, json!({"type": "start"})).await;
    let id = hear(&mut chat).await["id"].clone();
    let greeting = hear(&mut chat).await["text"].clone();
    drop(chat);

    let mut again = join(&server, &site).await;
    say(&mut again, json!({"type": "resume", "id": id})).await;
    let past = json!([{"from": "Support", "text": greeting, "own": false}]);
    assert_eq!(hear(&mut again).await, json!({"type": "resumed", "messages": past}));
    assert_eq!(site.conversations().len(), 1);
    say(&mut again, json!({"type": "end"})).await;
    assert!(matches!(next(&mut again).await, Some(Message::Close(_))));

    let mut too_late = join(&server, &site).await;
    say(&mut too_late, json!({"type": "resume", "id": id})).await;
    assert_eq!(hear(&mut too_late).await, json!({"type": "gone"}));
}

#[tokio::test]
async fn an_agent_says_more_and_ends_the_conversation() {
    let server = start().await;
    let (site, other) = (default_case(&server), default_case(&server));
    assert_eq!(site.agent_says("Nobody is there"), 0);
    let mut chat = join(&server, &site).await;
    say(&mut chat, json!({"type": "start"})).await;
    hear(&mut chat).await;
    hear(&mut chat).await;
    assert_eq!((other.agent_ends(), site.agent_says("Still there?")), (0, 1));
    assert_eq!(hear(&mut chat).await, json!({"type": "message", "from": "Support", "text": "Still there?"}));
    assert_eq!(site.agent_ends(), 1);
    assert_eq!(hear(&mut chat).await, json!({"type": "ended"}));
    assert!(matches!(next(&mut chat).await, Some(Message::Close(_))));
    let [conversation] = &site.conversations()[..] else { panic!("one conversation") };
    assert!(conversation.ended && conversation.messages.len() == 2, "{conversation:?}");
}

#[tokio::test]
async fn who_waits_for_a_conversation_goes_on_when_it_begins() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    let mut begins = std::pin::pin!(site.conversation_begins());
    assert!(futures_util::poll!(begins.as_mut()).is_pending());
    say(&mut chat, json!({"type": "start"})).await;
    begins.await;
    assert_eq!(site.agent_says("Here I am"), 1);
    site.conversation_begins().await;
}

#[tokio::test]
async fn closing_a_case_ends_its_conversations_and_no_others() {
    let server = start().await;
    let (closing, staying) = (default_case(&server), default_case(&server));
    let mut ends = join(&server, &closing).await;
    let mut goes_on = join(&server, &staying).await;
    drop(closing);
    assert!(!matches!(next(&mut ends).await, Some(Message::Text(_))));
    say(&mut goes_on, json!({"type": "start"})).await;
    assert_eq!(hear(&mut goes_on).await, json!({"type": "started", "id": 0}));
}

#[rstest]
#[case::no_json("hello")]
#[case::unknown_type(r#"{"type": "shout"}"#)]
#[case::not_started(r#"{"type": "message", "text": "too early"}"#)]
#[tokio::test]
async fn nonsense_ends_a_conversation(#[case] text: &str) {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    chat.send(Message::text(text)).await.unwrap();
    let Some(Message::Close(Some(frame))) = next(&mut chat).await else {
        panic!("the server closes with a reason");
    };
    assert!(!frame.reason.is_empty());
    assert_eq!(site.conversations(), []);
}

#[tokio::test]
async fn a_message_over_the_limit_ends_a_conversation() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    say(&mut chat, json!({"type": "start"})).await;
    hear(&mut chat).await;
    hear(&mut chat).await;
    let text = "x".repeat(1024 * 1024);
    // The server may close while it is still being written.
    let _ = chat.send(Message::text(json!({"type": "message", "text": text}).to_string())).await;
    let Some(Message::Close(Some(frame))) = next(&mut chat).await else { panic!("no word of the limit") };
    assert_eq!(u16::from(frame.code), 1009, "the message is too big");
    assert_eq!(site.conversations()[0].messages.len(), 1, "only the greeting");
}

#[tokio::test]
async fn a_conversation_needs_a_web_socket() {
    let server = start().await;
    let site = default_case(&server);
    let answer = get(&server, &site, CONVERSATION).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
}

#[tokio::test]
async fn a_conversation_is_told_context_and_token() {
    let server = start().await;
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    let context = json!({"plant": {"value": "Fern", "isDisplayable": true}, "spent": {"value": 12.5}});
    say(&mut chat, json!({"type": "start", "context": context, "token": "e30.e30.c2lnbmVk"})).await;
    assert_eq!(hear(&mut chat).await["type"], json!("started"));
    let told = &site.conversations()[0];
    assert_eq!(told.token.as_deref(), Some("e30.e30.c2lnbmVk"));
    assert_eq!(serde_json::to_value(&told.context).unwrap(), context);
}

#[tokio::test]
async fn agents_are_there_within_operating_hours_and_each_answer_is_its_own() {
    let server = start().await;
    let path = "/livechatconnector/availability/org/app";
    let open = default_case(&server);
    let first = get(&server, &open, path).await.json();
    assert_eq!(first["isQueueAvailable"], json!(true));
    assert_ne!(get(&server, &open, path).await.json(), first);
    let settings = WidgetSettings { operating_hours: false, ..WidgetSettings::default() };
    let closed = server.open_case("closed", &settings);
    assert_eq!(get(&server, &closed, path).await.json()["isQueueAvailable"], json!(false));
}
