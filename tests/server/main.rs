//! The fixture server over real loopback connections: who is answered, with what, and who is not.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod conversations;
mod life;
mod pages;
mod refusals;

use std::net::SocketAddr;
use std::time::Duration;

use lcw::config::ServerSettings;
use lcw::contract::WidgetSettings;
use lcw::server::{CaseSite, FixtureServer};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BOOTSTRAPPER: &str = "/livechatwidget/scripts/LiveChatBootstrapper.js";
const CONFIG: &str = "/livechatconnector/config/org/app";

/// No test waits longer than this for anything.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends these very bytes and reads until the server closes, so no client tidies the request up.
async fn raw(address: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_ref()).await.unwrap();
        let mut answer = Vec::new();
        // What was answered before a reset counts; a refused body may well end in one.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    };
    let answer = tokio::time::timeout(PATIENCE, exchange).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

async fn get_at(address: SocketAddr, host: &str, path: &str) -> Answer {
    raw(address, format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
}

fn host(site: &CaseSite) -> String {
    format!("{}:{}", site.url().host_str().unwrap(), site.url().port().unwrap())
}

async fn get(server: &FixtureServer, site: &CaseSite, path: &str) -> Answer {
    get_at(server.address(), &host(site), path).await
}

async fn start() -> FixtureServer {
    FixtureServer::start(&ServerSettings::default()).await.unwrap()
}

fn default_case(server: &FixtureServer) -> CaseSite {
    server.open_case("a case", &WidgetSettings::default())
}
