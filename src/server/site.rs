//! The hosts that the server answers for: one for each open case, and the plain one for people.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Method;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::contract::WidgetSettings;

use super::conversation::AgentAct;
use super::{Answer, Conversation, FixtureServer, Replacements};

/// What a case's host ends in, after its label: cases share a site but no origin, so that a browser that
/// gives each site a process of its own need not start one for each case.
pub(super) const CASE_SUFFIX: &str = ".lcw.localhost";

/// What the first label of the host begins with that delivers the unchanged widget to the pages of all cases.
const DELIVERY_PREFIX: &str = "widget-";

/// Entries that are kept of each kind, so that a page that asks without end cannot fill the memory.
const MAX_RECORDED: usize = 10_000;

/// One request that a case made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The method, such as `GET`.
    pub method: Method,
    /// The path with its query, as it was sent.
    pub path: String,
    /// The status that was answered; 101 for a conversation.
    pub status: u16,
}

/// A host of its own for one case; dropping it makes the server forget the host, and ends the
/// conversations that are still open on it.
///
/// Browsers resolve `*.localhost` to the loopback address, so the server must listen there.
pub struct CaseSite {
    server: FixtureServer,
    label: String,
    url: Url,
    state: Arc<CaseState>,
}

impl CaseSite {
    pub(super) fn new(server: FixtureServer, label: String, state: Arc<CaseState>) -> Self {
        let url = format!("http://{label}{CASE_SUFFIX}:{}/", server.address().port());
        #[expect(clippy::expect_used, reason = "a label is made of letters, digits and hyphens only")]
        let url = Url::parse(&url).expect("a case's host makes a URL");
        Self { server, label, url, state }
    }

    /// What fits the hosts of all cases of a server, as lists of hosts for which no proxy is asked have it.
    pub(crate) const ALL_HOSTS: &str = "*.lcw.localhost";

    /// The address of the default page, `index.html`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The address of another fixture page, such as `late.html`.
    pub fn page(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(name);
        url
    }

    /// Answers a request of this host without a connection: `path` with its query, for a page that believes to be
    /// talking to the organisation's own host.
    pub async fn answer(&self, path: &str) -> Answer {
        self.server.answer(&self.url, path).await
    }

    /// What this case asked so far, in the order of the answers; at most the first 10,000.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.requests().clone()
    }

    /// The conversations of this case so far, in the order in which they were started.
    pub fn conversations(&self) -> Vec<Conversation> {
        self.state.conversations().clone()
    }

    /// Waits until a conversation is under way: a widget may show its chat before the connection stands. Answers at once
    /// if there is one.
    pub async fn conversation_begins(&self) {
        let mut turns = self.turns();
        // The state that sends is held by this one.
        let _ = turns.wait_for(|()| self.state.is_conversing()).await;
    }

    /// Tells whenever a conversation begins or ends, from now on.
    pub(crate) fn turns(&self) -> watch::Receiver<()> {
        self.state.turns.subscribe()
    }

    /// Has the agent of every conversation that is under way say this; answers with how many there are.
    pub fn agent_says(&self, text: &str) -> usize {
        self.state.tell_agents(&AgentAct::Say(text.to_owned()))
    }

    /// Has the agent of every conversation that is under way end it; answers with how many there are.
    pub fn agent_ends(&self) -> usize {
        self.state.tell_agents(&AgentAct::End)
    }
}

impl Drop for CaseSite {
    fn drop(&mut self) {
        self.server.sites().close(&self.label);
    }
}

impl fmt::Debug for CaseSite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CaseSite").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// What one case is served and what it did.
#[derive(Debug)]
pub(super) struct CaseState {
    pub(super) settings: WidgetSettings,
    pub(super) replacements: Replacements,
    /// Cancelled when the case is closed.
    pub(super) closed: CancellationToken,
    requests: Mutex<Vec<RecordedRequest>>,
    availability_asked: AtomicU64,
    conversations: Mutex<Vec<Conversation>>,
    /// Whoever is in a conversation hears here what its agent is to do; by the conversation's number.
    agents: Mutex<HashMap<usize, UnboundedSender<AgentAct>>>,
    /// Told whenever a conversation begins or ends.
    turns: watch::Sender<()>,
}

impl CaseState {
    pub(super) fn record(&self, request: RecordedRequest) {
        let mut requests = self.requests();
        if requests.len() < MAX_RECORDED {
            requests.push(request);
        }
    }

    /// Counts the questions for the availability of agents, from 0.
    pub(super) fn ask_availability(&self) -> u64 {
        self.availability_asked.fetch_add(1, Ordering::Relaxed)
    }

    /// Records a new conversation and gives its number for [`CaseState::in_conversation`].
    pub(super) fn record_conversation(&self, conversation: Conversation) -> usize {
        let mut conversations = self.conversations();
        if conversations.len() < MAX_RECORDED {
            conversations.push(conversation);
            conversations.len() - 1
        } else {
            MAX_RECORDED
        }
    }

    /// A recorded conversation as it is now.
    pub(super) fn conversation(&self, number: usize) -> Option<Conversation> {
        self.conversations().get(number).cloned()
    }

    /// From here on this one hears what the agent of a conversation is to do.
    pub(super) fn set_agent(&self, number: usize, agent: UnboundedSender<AgentAct>) {
        if number < MAX_RECORDED {
            self.agents().insert(number, agent);
            self.turns.send_replace(());
        }
    }

    fn is_conversing(&self) -> bool {
        self.agents().values().any(|agent| !agent.is_closed())
    }

    fn tell_agents(&self, act: &AgentAct) -> usize {
        let mut agents = self.agents();
        agents.retain(|_, agent| agent.send(act.clone()).is_ok());
        agents.len()
    }

    /// Changes a recorded conversation.
    pub(super) fn in_conversation(&self, number: usize, change: impl FnOnce(&mut Conversation)) {
        if let Some(conversation) = self.conversations().get_mut(number) {
            let ended = conversation.ended;
            change(conversation);
            if conversation.ended != ended {
                self.turns.send_replace(());
            }
        }
    }

    // Records are whole after every push, so a poisoned lock guards nothing that is broken.
    fn requests(&self) -> MutexGuard<'_, Vec<RecordedRequest>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn conversations(&self) -> MutexGuard<'_, Vec<Conversation>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn agents(&self) -> MutexGuard<'_, HashMap<usize, UnboundedSender<AgentAct>>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cases that are open, by the first label of their host.
#[derive(Debug)]
pub(super) struct Sites {
    /// Tells this server's hosts from those of one that had the port before it, whose storage a
    /// browser may still hold.
    tag: u32,
    /// The first label of the host that delivers the widget, as a content delivery network does in production;
    /// no other server has had the same, so a browser may keep what comes from it.
    pub(super) delivery: String,
    opened: AtomicU64,
    open: Mutex<HashMap<String, Arc<CaseState>>>,
}

impl Sites {
    pub(super) fn new() -> Self {
        // The standard library's one source of randomness; nothing here is a secret.
        let tag = RandomState::new().hash_one(std::process::id()) as u32;
        let delivery = format!("{DELIVERY_PREFIX}{tag:x}");
        Self { tag, delivery, opened: AtomicU64::new(0), open: Mutex::default() }
    }

    pub(super) fn open(
        &self,
        slug: &str,
        settings: WidgetSettings,
        replacements: Replacements,
        closed: CancellationToken,
    ) -> (String, Arc<CaseState>) {
        let label = host_label(slug, self.tag, self.opened.fetch_add(1, Ordering::Relaxed));
        let state = Arc::new(CaseState {
            settings,
            replacements,
            closed,
            requests: Mutex::default(),
            availability_asked: AtomicU64::new(0),
            conversations: Mutex::default(),
            agents: Mutex::default(),
            turns: watch::Sender::new(()),
        });
        self.lock().insert(label.clone(), Arc::clone(&state));
        (label, state)
    }

    pub(super) fn find(&self, label: &str) -> Option<Arc<CaseState>> {
        self.lock().get(label).cloned()
    }

    fn close(&self, label: &str) {
        if let Some(state) = self.lock().remove(label) {
            state.closed.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<CaseState>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A host label for a case: readable, unique, and within the 63 characters that DNS allows.
fn host_label(slug: &str, tag: u32, number: u64) -> String {
    let mut label = String::from("case-");
    let words = slug.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for letter in words.flat_map(|word| word.chars().chain(['-'])).take(28) {
        label.push(letter.to_ascii_lowercase());
    }
    let label = label.trim_end_matches('-');
    format!("{label}-{tag:x}-{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_readable_and_legal_for_every_slug() {
        assert_eq!(host_label("message.default", 0xab, 7), "case-message-default-ab-7");
        assert_eq!(host_label("", 0xab, 7), "case-ab-7");
        assert_eq!(host_label("--Ünïcode / 消息--", 0xab, 7), "case-n-code-ab-7");
        for slug in ["x".repeat(200), "a-".repeat(200), "é".repeat(50)] {
            let label = host_label(&slug, u32::MAX, u64::MAX);
            assert!(label.len() <= 63, "{label}");
            let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(label.bytes().all(legal), "{label}");
        }
    }
}
