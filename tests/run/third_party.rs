//! A third party's script in the page, from a server of the test's own. So the test knows when a case
//! is in the middle of something, can hold it there, and can have one page load differ from the next.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::scratch::Scratch;

/// How long a browser may take until it asks.
const PATIENCE: Duration = Duration::from_secs(120);

/// The server.
pub(crate) struct ThirdParty {
    address: SocketAddr,
    requests: Receiver<Request>,
}

/// A request that waits for its answer; dropping it closes the connection without one.
pub(crate) struct Request {
    stream: TcpStream,
    line: String,
}

impl ThirdParty {
    /// One on a free port of this machine.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                // Browsers open connections that they may never use.
                std::thread::spawn(move || {
                    let mut head = BufReader::new(&stream).lines().map_while(Result::ok);
                    let line = head.next().unwrap_or_default();
                    if head.any(|line| line.is_empty()) {
                        // The test may be over.
                        let _ = sender.send(Request { stream, line });
                    }
                });
            }
        });
        Self { address, requests }
    }

    /// Its address, such as `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Has the fixture page load its script before anything else.
    pub(crate) fn join(&self, scratch: &Scratch) {
        let style = "<link rel=\"stylesheet\" href=\"/shop.css\">";
        let script = format!("<script src=\"{}/third-party.js\"></script>", self.url());
        scratch.edit("fixtures/pages/index.html", style, &format!("{style}{script}"));
    }

    /// Waits for the next request.
    pub(crate) fn request(&self) -> Request {
        self.requests.recv_timeout(PATIENCE).expect("somebody asks")
    }
}

impl Request {
    /// What is asked, such as `GET /status HTTP/1.1`.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// Answers with a script.
    pub(crate) fn answer(self, script: &str) {
        self.reply("text/javascript", script);
    }

    /// Answers with whatever this is.
    pub(crate) fn reply(mut self, kind: &str, body: &str) {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
            body.len()
        );
        // Whoever asked may be gone, and the test will see that elsewhere.
        let _ = self.stream.write_all(head.as_bytes()).and_then(|()| self.stream.write_all(body.as_bytes()));
    }
}
