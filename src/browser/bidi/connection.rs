//! One socket: commands out, answers and events in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use url::Url;

use super::Command;
use super::error::BidiError;
use super::events::Event;
use super::prompt::PromptStream;
use super::well_formed::well_formed;
use crate::browser::error::{chain, excerpt};

/// A screenshot of a long page is one message.
const LARGEST_MESSAGE: usize = 256 << 20;

/// A BiDi connection. Clones are handles to the same connection, which ends with the last of them.
#[derive(Debug, Clone)]
pub struct Bidi {
    connection: Arc<Connection>,
}

#[derive(Debug)]
struct Connection {
    outgoing: mpsc::UnboundedSender<Message>,
    shared: Arc<Shared>,
    last_id: AtomicU64,
    deadline: Duration,
    reader: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The writer says goodbye by itself when its queue is closed.
        self.reader.abort();
        self.shared.close("the harness closed the connection");
    }
}

/// What the tasks of the connection and its users share.
#[derive(Debug, Default)]
struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    pending: HashMap<u64, oneshot::Sender<Answer>>,
    subscribers: Vec<mpsc::UnboundedSender<Arc<Event>>>,
    /// Why the connection ended, once it has.
    closed: Option<String>,
}

type Answer = Result<Value, Failure>;

/// Why there is no result, without the method's name, which the asker adds.
#[derive(Debug)]
enum Failure {
    Refused { code: String, message: String },
    Closed { reason: String },
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can leave the maps half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails everything that waits, and ends the event streams.
    fn close(&self, reason: &str) {
        let mut state = self.state();
        if state.closed.is_some() {
            return;
        }
        state.closed = Some(reason.to_owned());
        state.subscribers.clear();
        for (_, asker) in state.pending.drain() {
            let _ = asker.send(Err(Failure::Closed { reason: reason.to_owned() }));
        }
    }
}

#[derive(Serialize)]
struct Request<'a, C> {
    id: u64,
    method: &'static str,
    params: &'a C,
}

/// What comes in; which of the three it is says `type`.
#[derive(Deserialize)]
struct Incoming {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<u64>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<String>,
    message: Option<String>,
}

impl Bidi {
    /// Connects to a session's socket. `deadline` holds for connecting and for every command.
    ///
    /// # Errors
    /// [`BidiError::Connect`].
    pub async fn connect(url: &Url, deadline: Duration) -> Result<Self, BidiError> {
        let failed = |reason: String| BidiError::Connect { url: url.clone(), reason };
        let limits = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE))
            .max_frame_size(Some(LARGEST_MESSAGE));
        let connecting = async {
            let host = url.host_str().ok_or("the address names no host")?;
            let port = url.port_or_known_default().ok_or("the address names no port")?;
            let stream = PromptStream::connect(host, port).await.map_err(|error| error.to_string())?;
            let handshake = client_async_with_config(url.as_str(), stream, Some(limits)).await;
            handshake.map(|(socket, _)| socket).map_err(|error| chain(&error))
        };
        let socket = match timeout(deadline, connecting).await {
            Ok(Ok(socket)) => socket,
            Ok(Err(reason)) => return Err(failed(reason)),
            Err(_) => {
                return Err(failed(format!("no answer within {}", humantime::format_duration(deadline))));
            }
        };
        let (sink, stream) = socket.split();
        let shared = Arc::<Shared>::default();
        let (outgoing, queue) = mpsc::unbounded_channel();
        tokio::spawn(write(sink, queue, Arc::clone(&shared)));
        let reader = tokio::spawn(read(stream, Arc::clone(&shared))).abort_handle();
        let connection = Connection { outgoing, shared, last_id: AtomicU64::new(0), deadline, reader };
        Ok(Self { connection: Arc::new(connection) })
    }

    /// How long a command may take.
    pub fn deadline(&self) -> Duration {
        self.connection.deadline
    }

    /// Sends a command and waits for its answer, for as long as a command may take.
    ///
    /// # Errors
    /// [`BidiError`]; each names the command.
    pub async fn send<C: Command>(&self, command: &C) -> Result<C::Returns, BidiError> {
        self.send_within(command, self.connection.deadline).await
    }

    /// As [`Bidi::send`], with a deadline of its own: for navigations and other commands that take as
    /// long as the page does.
    ///
    /// # Errors
    /// [`BidiError`]; each names the command.
    pub async fn send_within<C: Command>(
        &self,
        command: &C,
        deadline: Duration,
    ) -> Result<C::Returns, BidiError> {
        let method = C::METHOD;
        let id = self.connection.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let text = serde_json::to_string(&Request { id, method, params: command }).map_err(|error| {
            BidiError::Shape {
                method,
                reason: format!("the command cannot be written: {error}"),
                answer: String::new(),
            }
        })?;
        tracing::trace!(target: "lcw::bidi", "-> {}", excerpt(&text));

        let answer = self.expect_answer(id, method)?;
        // When the queue is closed the connection is too, and has answered or will answer `answer`.
        let _ = self.connection.outgoing.send(Message::text(text));
        let result = match timeout(deadline, answer.receiver()).await {
            Err(_) => return Err(BidiError::Timeout { method, waited: deadline }),
            Ok(Ok(Ok(result))) => result,
            Ok(Ok(Err(Failure::Refused { code, message }))) => {
                return Err(BidiError::Refused { method, code, message });
            }
            Ok(Ok(Err(Failure::Closed { reason }))) => return Err(BidiError::Closed { method, reason }),
            Ok(Err(_)) => {
                return Err(BidiError::Closed { method, reason: "the connection was dropped".into() });
            }
        };
        C::Returns::deserialize(&result).map_err(|error| BidiError::Shape {
            method,
            reason: error.to_string(),
            answer: excerpt(&result.to_string()),
        })
    }

    /// Everything that the browser says from now on, in order and without loss, until the connection
    /// ends. What it says is chosen with [`Subscribe`](super::Subscribe).
    pub fn events(&self) -> EventStream {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut state = self.connection.shared.state();
        if state.closed.is_none() {
            state.subscribers.push(sender);
        }
        EventStream { receiver }
    }

    /// Why the connection ended; `None` while it lives.
    pub fn closed(&self) -> Option<String> {
        self.connection.shared.state().closed.clone()
    }

    /// Ends the connection for all handles: what waits for an answer fails, event streams end. The
    /// session lives on.
    pub fn disconnect(&self) {
        self.connection.shared.close("the harness closed the connection");
        let _ = self.connection.outgoing.send(Message::Close(None));
    }

    fn expect_answer(&self, id: u64, method: &'static str) -> Result<Expected<'_>, BidiError> {
        let mut state = self.connection.shared.state();
        if let Some(reason) = &state.closed {
            return Err(BidiError::Closed { method, reason: reason.clone() });
        }
        let (sender, receiver) = oneshot::channel();
        state.pending.insert(id, sender);
        Ok(Expected { shared: &self.connection.shared, id, receiver })
    }
}

/// An answer that is waited for; given up when dropped.
struct Expected<'a> {
    shared: &'a Shared,
    id: u64,
    receiver: oneshot::Receiver<Answer>,
}

impl Expected<'_> {
    async fn receiver(mut self) -> Result<Answer, oneshot::error::RecvError> {
        (&mut self.receiver).await
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.shared.state().pending.remove(&self.id);
    }
}

/// Events of a connection in the order in which they came.
#[derive(Debug)]
pub struct EventStream {
    receiver: mpsc::UnboundedReceiver<Arc<Event>>,
}

impl EventStream {
    /// The next event; `None` when the connection has ended. Cancelling it loses nothing.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        self.receiver.recv().await
    }

    /// The next event if it is already here.
    pub fn try_next(&mut self) -> Option<Arc<Event>> {
        self.receiver.try_recv().ok()
    }
}

async fn write(
    mut sink: impl Sink<Message, Error = SocketError> + Unpin,
    mut queue: mpsc::UnboundedReceiver<Message>,
    shared: Arc<Shared>,
) {
    while let Some(message) = queue.recv().await {
        let last = matches!(message, Message::Close(_));
        if let Err(error) = sink.send(message).await {
            shared.close(&chain(&error));
            return;
        }
        if last {
            return;
        }
    }
    let _ = sink.close().await;
}

async fn read(mut stream: impl Stream<Item = Result<Message, SocketError>> + Unpin, shared: Arc<Shared>) {
    let reason = loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => receive(&text, &shared),
            Some(Ok(Message::Close(frame))) => {
                break match frame.filter(|frame| !frame.reason.is_empty()) {
                    Some(frame) => format!("the browser closed the connection: {}", frame.reason),
                    None => "the browser closed the connection".to_owned(),
                };
            }
            // Pings are answered by the library; the protocol has no binary messages.
            Some(Ok(_)) => {}
            Some(Err(error)) => break format!("the connection broke: {}", chain(&error)),
            None => break "the connection ended".to_owned(),
        }
    };
    shared.close(&reason);
}

fn receive(text: &str, shared: &Shared) {
    tracing::trace!(target: "lcw::bidi", "<- {}", excerpt(text));
    let read = serde_json::from_str(text).or_else(|_| serde_json::from_str(&well_formed(text)));
    let incoming: Incoming = match read {
        Ok(incoming) => incoming,
        Err(error) => {
            tracing::warn!(target: "lcw::bidi", "not a message of the protocol ({error}): {}", excerpt(text));
            return;
        }
    };
    match (incoming.kind.as_deref(), incoming.id, incoming.method) {
        (Some("success"), Some(id), _) => answer(shared, id, Ok(incoming.result)),
        (Some("error"), Some(id), _) => {
            let code = incoming.error.unwrap_or_else(|| "unknown error".into());
            let message = incoming.message.unwrap_or_default();
            answer(shared, id, Err(Failure::Refused { code, message }));
        }
        (Some("event"), _, Some(method)) => {
            let event = Arc::new(Event::parse(method, incoming.params));
            shared.state().subscribers.retain(|subscriber| subscriber.send(Arc::clone(&event)).is_ok());
        }
        _ => tracing::warn!(target: "lcw::bidi", "neither answer nor event: {}", excerpt(text)),
    }
}

fn answer(shared: &Shared, id: u64, answer: Answer) {
    let asker = shared.state().pending.remove(&id);
    match asker {
        Some(asker) => {
            let _ = asker.send(answer);
        }
        None => tracing::debug!(target: "lcw::bidi", "an answer to command {id} came after it was given up"),
    }
}
