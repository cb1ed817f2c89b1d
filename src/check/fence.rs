//! A proxy that lets nothing out: browsers are pointed at it, so that what no interception sees (a WebSocket, a
//! connection opened in advance) does not leave the machine either.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::config::Settings;

/// What is answered to everybody.
const REFUSAL: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The longest first line of a request that is looked at.
const LONGEST_LINE: u64 = 8 * 1024;

/// A proxy on the loopback address that refuses everything.
#[derive(Debug)]
pub(super) struct Fence {
    port: u16,
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
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(refuse(stream));
            }
        });
        Ok(Self { port, task: task.abort_handle() })
    }

    /// Points the browsers of these settings at it, except for the hosts that are allowed, each with its port or with
    /// all of them. What else listens on this machine is behind the fence, too.
    pub(super) fn around(&self, settings: &mut Settings, allowed: &[String]) {
        let port = self.port;
        let chromium = &mut settings.chromium;
        chromium.args.push(format!("--proxy-server=http://127.0.0.1:{port}"));
        // Otherwise no proxy is asked for this machine.
        let bypass = std::iter::once("<-loopback>").chain(allowed.iter().map(String::as_str));
        chromium.args.push(format!("--proxy-bypass-list={}", bypass.collect::<Vec<_>>().join(";")));
        // A call between browsers would find its way around a proxy.
        chromium.args.push("--force-webrtc-ip-handling-policy=disable_non_proxied_udp".to_owned());
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
        prefer("network.proxy.allow_hijacking_localhost", true.into());
        prefer("media.peerconnection.ice.proxy_only", true.into());
        // Names are the proxy's to look up, and it looks up none.
        prefer("network.dns.disablePrefetch", true.into());
    }
}

impl Drop for Fence {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn refuse(stream: TcpStream) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut limited = tokio::io::AsyncReadExt::take(&mut stream, LONGEST_LINE);
    if limited.read_line(&mut line).await.is_ok()
        && let Some(target) = line.split(' ').nth(1)
    {
        tracing::debug!(target, "the fence refused a connection");
    }
    // Whoever asked may be gone already.
    let _ = stream.write_all(REFUSAL).await;
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn nothing_gets_out() {
        let fence = Fence::start().await.unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", fence.port)).await.unwrap();
        stream.write_all(b"CONNECT chat.example:443 HTTP/1.1\r\nHost: chat.example\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    }
}
