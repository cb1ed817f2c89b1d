//! The events that tell of a chat: what has caused which, since the page was loaded.

use std::collections::BTreeMap;

use super::Claims;
use super::fact::Fact;
use crate::contract::RequirementId;
use crate::contract::requirement_ids as id;

pub(super) const START_CHAT: &str = "lcw:startChat";
pub(super) const CLOSE_CHAT: &str = "lcw:closeChat";
pub(super) const CHAT_QUEUED: &str = "lcw:chatQueued";
pub(super) const CHAT_RETRIEVED: &str = "lcw:chatRetrieved";
pub(super) const ON_CLOSE: &str = "lcw:onClose";
pub(super) const ON_MINIMIZE: &str = "lcw:onMinimize";
pub(super) const ON_MAXIMIZE: &str = "lcw:onMaximize";
pub(super) const ON_MESSAGE_SENT: &str = "lcw:onMessageSent";
pub(super) const ON_MESSAGE_RECEIVED: &str = "lcw:onMessageReceived";
pub(super) const THREAD_UPDATE: &str = "lcw:threadUpdate";
/// Raised when something fails; what is told of it then is claimed where it fails.
pub(super) const ERROR: &str = "lcw:error";

/// Every event of a chat, and the requirement that asks for it once it has been caused.
const EVENTS: [(&str, RequirementId); 10] = [
    (START_CHAT, id::EVENT_START_CHAT),
    (CHAT_QUEUED, id::EVENT_CHAT_QUEUED),
    (CHAT_RETRIEVED, id::EVENT_CHAT_RETRIEVED),
    (ON_MESSAGE_SENT, id::CHAT_MESSAGE_SENT),
    (ON_MESSAGE_RECEIVED, id::CHAT_MESSAGE_RECEIVED),
    (ON_MINIMIZE, id::EVENT_ON_MINIMIZE),
    (ON_MAXIMIZE, id::EVENT_ON_MAXIMIZE),
    (THREAD_UPDATE, id::EVENT_THREAD_UPDATE),
    (CLOSE_CHAT, id::EVENT_CLOSE_CHAT),
    (ON_CLOSE, id::EVENT_ON_CLOSE),
];

/// How often each event must have been raised at least. One that is not in here must not have been raised:
/// no page of the documentation says how often an event comes, only what raises it.
#[derive(Debug, Clone, Default)]
pub(super) struct Events(BTreeMap<&'static str, usize>);

impl Events {
    /// Something happened that raises this event.
    pub(super) fn cause(&mut self, name: &'static str) {
        *self.0.entry(name).or_default() += 1;
    }

    /// So often at least this event has been raised.
    pub(super) fn at_least(&mut self, name: &'static str, times: usize) {
        let known = self.0.entry(name).or_default();
        *known = (*known).max(times);
    }

    /// Something happened that may raise this event; nobody says whether it does.
    pub(super) fn allow(&mut self, name: &'static str) {
        self.0.entry(name).or_default();
    }

    /// What holds of the events, those in `elsewhere` being claimed by somebody else.
    pub(super) fn claim(&self, claims: &mut Claims, elsewhere: &[&str]) {
        let mut never = Vec::new();
        for (name, rule) in EVENTS {
            match self.0.get(name) {
                Some(0) => {}
                Some(times) => claims.add(rule, Fact::EventAtLeast(name, *times)),
                None if elsewhere.contains(&name) => {}
                None => never.push(name),
            }
        }
        if !self.0.contains_key(ERROR) {
            never.push(ERROR);
        }
        claims.add(id::EVENT_ONLY_WHEN_CAUSED, Fact::NoEvents(never));
        if self.0.contains_key(ON_MESSAGE_RECEIVED) {
            claims.add(id::EVENT_MESSAGE_TYPE, Fact::MessageTypes);
        }
    }
}
