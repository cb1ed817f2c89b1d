//! Others whom a page may ask, on this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
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
        Self::with(move |stream| {
            let stream = stream.try_clone().unwrap();
            let page = page.clone();
            std::thread::spawn(move || answer(&stream, &page));
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

fn answer(mut stream: &TcpStream, page: &str) {
    let mut head = BufReader::new(stream).lines().map_while(Result::ok);
    if head.any(|line| line.is_empty()) {
        // Whoever asked may be gone.
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
    }
}
