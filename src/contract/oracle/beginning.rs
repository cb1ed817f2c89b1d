//! How a chat begins: by an invitation, by `startChat` or by the chat button, in the page or in a window, with a survey
//! before it or without.

use super::chat::Chat;
use super::events;
use super::fact::Pane;
use super::model::{Because, Model, because};
use crate::contract::requirement_ids as id;
use crate::contract::{ProactiveChatCall, RequirementId, StartChatCall};

impl Model<'_> {
    /// What an accepted invitation leads to first, and the rule that decides it.
    ///
    /// Source: `startProactiveChat` reference, `showPrechat`: shown if configured, default `true`.
    pub(super) fn first_pane(&self, call: &ProactiveChatCall) -> (Pane, RequirementId) {
        match (self.settings.prechat, call.show_prechat) {
            (false, _) => (Pane::Chat, id::PRECHAT_ONLY_IF_CONFIGURED),
            (true, None) => (Pane::Prechat, id::PRECHAT_DEFAULT),
            (true, Some(true)) => (Pane::Prechat, id::PRECHAT_SHOWN),
            (true, Some(false)) => (Pane::Chat, id::PRECHAT_NOT_WHEN_FALSE),
        }
    }

    /// A survey or a chat opens in the page.
    pub(super) fn open_in_page(&mut self, page: Because<Pane>, opened_by: RequirementId) {
        self.chat.opened_by = opened_by;
        if page.value == Pane::Chat {
            self.begin_conversation();
        } else {
            self.events.allow(events::START_CHAT);
            if self.chat.unsure.is_some() {
                // It may be a chat at once.
                self.events.allow(events::CHAT_QUEUED);
                self.events.allow(events::ON_MESSAGE_RECEIVED);
            }
        }
        self.page = page;
    }

    /// A survey or a chat opens in a window; no page says which events the page sees of it.
    pub(super) fn open_in_window(&mut self, pane: Pane, rule: RequirementId) {
        self.opened = because(self.opened.value + 1, rule.clone());
        self.windows.push(pane);
        self.chat.window_pane = id::WINDOW_PRECHAT;
        if pane == Pane::Chat {
            self.chat_begins();
        }
        self.page.requirement = rule;
        for name in [events::START_CHAT, events::CHAT_QUEUED, events::ON_MESSAGE_RECEIVED] {
            self.events.allow(name);
        }
    }

    /// The conversation end greets whoever begins a conversation.
    fn begin_conversation(&mut self) {
        self.chat.ongoing = true;
        self.chat.begun_unseen = self.held || self.odd.is_some();
        self.chat.forgotten = false;
        self.chat.begun += 1;
        self.chat_begins();
        for name in [events::START_CHAT, events::CHAT_QUEUED, events::ON_MESSAGE_RECEIVED] {
            // A widget may need time to get there, and a held clock gives it none.
            if self.held {
                self.events.allow(name);
            } else {
                self.events.cause(name);
            }
        }
    }

    pub(super) fn submit_survey(&mut self) -> Result<(), String> {
        self.certain()?;
        if self.page.value == Pane::Prechat {
            self.page = because(Pane::Chat, id::PRECHAT_THEN_CHAT);
            self.begin_conversation();
            return Ok(());
        }
        if self.windows != [Pane::Prechat] || self.chat.window_left {
            return Err(
                "no pre-chat survey is shown in the page, or in its only window, at this point".into()
            );
        }
        self.windows = vec![Pane::Chat];
        self.chat.window_pane = id::PRECHAT_THEN_CHAT;
        self.chat_begins();
        Ok(())
    }

    /// The effect of `startChat`.
    ///
    /// Source: `startChat` reference: opens an existing chat, else starts one.
    pub(super) fn start_chat(&mut self, call: &StartChatCall) -> Result<(), String> {
        if self.invitation.is_some() || !self.windows.is_empty() || self.chat.agent_ended {
            return Err(
                "what startChat does beside an invitation, a window or a chat that the agent ended is \
                        not specified; close it first"
                    .into(),
            );
        }
        if self.chat.ongoing {
            let rule = id::START_CHAT_OPENS_EXISTING;
            self.page = because(Pane::Chat, rule.clone());
            self.opened.requirement = rule.clone();
            self.chat = Chat {
                minimized: None,
                opened_by: rule,
                unsure: None,
                opened_again: true,
                ..self.chat.clone()
            };
            self.events.allow(events::START_CHAT);
            self.events.allow(events::ON_MAXIMIZE);
            return Ok(());
        }
        self.nothing_open("startChat")?;
        let first = self.unasked_pane();
        self.sdk.custom.clone_from(&call.custom_context);
        if call.in_new_window == Some(true) && !self.lets_windows_open(false) {
            self.open_blocked(first, id::START_CHAT_OPENS);
        } else if call.in_new_window == Some(true) {
            self.chat.opened_by = id::START_CHAT_OPENS;
            self.open_in_window(first.value, id::START_CHAT_NEW_WINDOW);
        } else {
            self.opened.requirement = id::START_CHAT_IN_PAGE;
            self.open_in_page(first, id::START_CHAT_OPENS);
        }
        // Its page says that the method raises it, whatever comes first.
        self.events.at_least(events::START_CHAT, 1);
        Ok(())
    }

    pub(super) fn open_chat(&mut self) -> Result<(), String> {
        if !self.raised || self.invitation.is_some() || !self.windows.is_empty() {
            return Err(
                "the chat button is not specified beside an invitation, a window, or before lcw:ready".into(),
            );
        }
        self.nothing_open("the chat button")?;
        let first = self.unasked_pane();
        self.open_in_page(first, id::CHAT_BUTTON_OPENS);
        Ok(())
    }

    fn nothing_open(&self, what: &str) -> Result<(), String> {
        if self.page.value == Pane::Nothing && !self.chat.is_there() && self.chat.unsure.is_none() {
            return Ok(());
        }
        Err(format!("what {what} does while a survey or chat is open is not specified"))
    }

    /// What a chat begins with that no invitation led to; nobody says that a configured survey comes first.
    fn unasked_pane(&mut self) -> Because<Pane> {
        if self.settings.prechat {
            self.chat.unsure = Some(id::START_CHAT_PRECHAT);
            because(Pane::Prechat, id::START_CHAT_PRECHAT)
        } else {
            because(Pane::Chat, id::PRECHAT_ONLY_IF_CONFIGURED)
        }
    }
}
