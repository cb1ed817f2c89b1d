//! How long a server and its cases live, and that they share nothing.

use lcw::config::ServerSettings;
use lcw::contract::{Ready, WidgetSettings};
use lcw::server::{CaseSite, FixtureServer, ServerError};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::conversations::{join, next};
use crate::{CONFIG, PATIENCE, default_case, get, get_at, host, start};

#[tokio::test]
async fn cases_share_no_settings_and_no_records() {
    let server = start().await;
    let first = default_case(&server);
    let settings = WidgetSettings {
        prechat: false,
        proactive_chat: false,
        ready: Ready::Harness,
        locale: "ar".to_owned(),
        ..WidgetSettings::default()
    };
    let second = server.open_case("a case", &settings);
    assert_ne!(first.url(), second.url());
    assert_eq!(
        get(&server, &first, CONFIG).await.json(),
        json!({"prechat": true, "proactiveChat": true, "ready": "widget", "locale": "en-US", "direction": "ltr", "authentication": false})
    );
    assert_eq!(
        get(&server, &second, CONFIG).await.json(),
        json!({"prechat": false, "proactiveChat": false, "ready": "harness", "locale": "ar", "direction": "rtl", "authentication": false})
    );
    get(&server, &second, "/nothing.html?x=1").await;
    let asked = |site: &CaseSite| {
        site.requests()
            .into_iter()
            .map(|request| format!("{} {} {}", request.method, request.path, request.status))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&first), [format!("GET {CONFIG} 200")]);
    assert_eq!(asked(&second), [format!("GET {CONFIG} 200"), "GET /nothing.html?x=1 404".to_owned()]);
}

#[tokio::test]
async fn a_dropped_case_is_forgotten() {
    let server = start().await;
    let site = default_case(&server);
    let host = host(&site);
    assert_eq!(get_at(server.address(), &host, "/").await.status, 200);
    drop(site);
    assert_eq!(get_at(server.address(), &host, "/").await.status, 404);
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_next_step() {
    let server = start().await;
    let settings = ServerSettings { port: server.address().port(), ..ServerSettings::default() };
    let error = FixtureServer::start(&settings).await.unwrap_err();
    assert!(matches!(error, ServerError::PortTaken { address } if address == server.address()), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&server.address().to_string()) && text.contains("`server.port`"), "{text}");
}

#[tokio::test]
async fn a_stopped_server_answers_nobody_and_frees_its_port() {
    let server = start().await;
    let address = server.address();
    let site = default_case(&server);
    let mut chat = join(&server, &site).await;
    tokio::time::timeout(PATIENCE, server.shutdown()).await.unwrap();
    server.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!matches!(next(&mut chat).await, Some(Message::Text(_))), "the conversation ends");
    let settings = ServerSettings { port: address.port(), ..ServerSettings::default() };
    FixtureServer::start(&settings).await.unwrap();
}

#[tokio::test]
async fn a_server_lives_as_long_as_one_of_its_handles() {
    let server = start().await;
    let address = server.address();
    let site = default_case(&server);
    let host = host(&site);
    drop(server);
    assert_eq!(get_at(address, &host, "/").await.status, 200, "a case keeps it");
    drop(site);
    // The listener goes with its task; connecting fails as soon as that has run.
    let gone = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
}
