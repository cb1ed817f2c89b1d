//! A proxy that lets nothing out: browsers are pointed at it, so that what no interception sees (a WebSocket, a
//! connection opened in advance) does not leave the machine either.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::config::Settings;

/// What is answered to everybody.
const REFUSAL: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The longest first line of a request that is looked at.
const LONGEST_LINE: u64 = 8 * 1024;

/// A proxy on the loopback address that refuses everything, and remembers what.
#[derive(Debug)]
pub(super) struct Fence {
    port: u16,
    refused: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Fence {
    /// Starts it.
    ///
    /// # Errors
    /// When nothing can listen on the loopback address.
    pub(super) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let refused = Arc::<Mutex<Vec<String>>>::default();
        let list = Arc::clone(&refused);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(refuse(stream, Arc::clone(&list)));
            }
        });
        Ok(Self { port, refused, task: task.abort_handle() })
    }

    /// Points the browsers of these settings at it, except for what is on this machine and the hosts that are allowed.
    pub(super) fn around(&self, settings: &mut Settings, allowed: &[String]) {
        let port = self.port;
        let chromium = &mut settings.chromium;
        chromium.args.push(format!("--proxy-server=http://127.0.0.1:{port}"));
        if !allowed.is_empty() {
            chromium.args.push(format!("--proxy-bypass-list={}", allowed.join(";")));
        }
        let firefox = &mut settings.firefox.preferences;
        let mut prefer = |name: &str, value: serde_json::Value| {
            firefox.insert(name.to_owned(), value);
        };
        prefer("network.proxy.type", 1.into());
        for scheme in ["http", "ssl"] {
            prefer(&format!("network.proxy.{scheme}"), "127.0.0.1".into());
            prefer(&format!("network.proxy.{scheme}_port"), port.into());
        }
        prefer("network.proxy.no_proxies_on", allowed.join(", ").into());
        // Names are the proxy's to look up, and it looks up none.
        prefer("network.dns.disablePrefetch", true.into());
    }

    /// The hosts that were asked for and refused since this was asked last.
    pub(super) fn take_refused(&self) -> Vec<String> {
        std::mem::take(&mut self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Fence {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn refuse(stream: TcpStream, refused: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut limited = tokio::io::AsyncReadExt::take(&mut stream, LONGEST_LINE);
    if limited.read_line(&mut line).await.is_ok()
        && let Some(target) = line.split(' ').nth(1)
    {
        tracing::debug!(target, "the fence refused a connection");
        refused.lock().unwrap_or_else(PoisonError::into_inner).push(target.to_owned());
    }
    // Whoever asked may be gone already.
    let _ = stream.write_all(REFUSAL).await;
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn nothing_gets_out_and_what_wanted_to_is_known() {
        let fence = Fence::start().await.unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", fence.port)).await.unwrap();
        stream.write_all(b"CONNECT chat.example:443 HTTP/1.1\r\nHost: chat.example\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert_eq!(fence.take_refused(), ["chat.example:443"]);
    }
}
