//! Others whom a page may ask, on this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Somebody who listens, and notes everybody who connects.
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    connected: Receiver<TcpStream>,
}

impl Listener {
    /// One who never says anything.
    pub(crate) fn silent() -> Self {
        Self::with(|_| {})
    }

    /// A server with one page under every address.
    pub(crate) fn with_page(page: String) -> Self {
        Self::with_answers(move |_| ("text/html", page.clone()))
    }

    /// A server that answers each path with a content type and a body.
    pub(crate) fn with_answers(
        answers: impl Fn(&str) -> (&'static str, String) + Send + Sync + 'static,
    ) -> Self {
        let answers = Arc::new(answers);
        Self::with(move |stream| {
            let stream = stream.try_clone().unwrap();
            let answers = Arc::clone(&answers);
            std::thread::spawn(move || answer(&stream, "200 OK", &*answers));
        })
    }

    /// A server all of whose addresses lead here.
    pub(crate) fn that_leads_to(url: &str) -> Self {
        let moved = format!("301 Moved Permanently\r\nLocation: {url}");
        Self::with(move |stream| {
            let (stream, moved) = (stream.try_clone().unwrap(), moved.clone());
            std::thread::spawn(move || answer(&stream, &moved, &|_| ("text/html", String::new())));
        })
    }

    fn with(mut greet: impl FnMut(&TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, connected) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                greet(&stream);
                // The test may be over.
                let _ = sender.send(stream);
            }
        });
        Self { address, connected }
    }

    /// How many have connected since this was asked last.
    pub(crate) fn connections(&self) -> usize {
        self.connected.try_iter().count()
    }
}

fn answer(mut stream: &TcpStream, status: &str, answers: &dyn Fn(&str) -> (&'static str, String)) {
    let mut head = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(asked) = head.next() else { return };
    if head.any(|line| line.is_empty()) {
        let (kind, body) = answers(asked.split(' ').nth(1).unwrap_or_default());
        // Whoever asked may be gone.
        let _ = write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }
}
