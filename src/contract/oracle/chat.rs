//! The life of a chat from where it has begun: its messages, what hides it, and how it ends.

use super::Claims;
use super::events::{self, Events};
use super::fact::{Fact, Pane};
use super::model::{Model, because};
use crate::contract::requirement_ids as id;
use crate::contract::{Ready, RequirementId};

/// What is known of the chat in the page; what its panes show is [`Model::page`].
#[derive(Debug, Clone)]
pub(super) struct Chat {
    /// A conversation is under way, shown or not.
    pub(super) ongoing: bool,
    /// It was begun while nobody waits for it to get under way: the clock was held, and a widget that needs time to begin
    /// one may still be about to, or an odd call was made, after which nothing is claimed of a chat.
    pub(super) begun_unseen: bool,
    /// What was minimised.
    pub(super) minimized: Option<Pane>,
    /// Who asked for the pane that is open now, to be blamed if there is none.
    pub(super) opened_by: RequirementId,
    /// Nobody says what the page shows of the chat now; this requirement records it.
    pub(super) unsure: Option<RequirementId>,
    /// Conversations that were begun since the page was loaded.
    pub(super) begun: usize,
    /// `startChat` was called although there was a chat, so no further conversation may have begun.
    pub(super) opened_again: bool,
    pub(super) agent_ended: bool,
    /// What the windows show, it shows by this rule.
    pub(super) window_pane: RequirementId,
    /// `closeChat` was called beside a window, which may be open or not since then.
    pub(super) window_left: bool,
    /// The last chat was ended by `closeChat`.
    pub(super) forgotten: bool,
    /// It was so when the page was loaded, so there was nothing to retrieve.
    pub(super) nothing_kept: bool,
    /// `closeChat` has ended it in this very step; what begins later may be a conversation that goes on.
    pub(super) just_ended: bool,
}

impl Default for Chat {
    fn default() -> Self {
        Self {
            ongoing: false,
            begun_unseen: false,
            minimized: None,
            opened_by: id::CHAT_OPENS,
            unsure: None,
            begun: 0,
            opened_again: false,
            agent_ended: false,
            window_pane: id::WINDOW_PRECHAT,
            window_left: false,
            forgotten: false,
            nothing_kept: false,
            just_ended: false,
        }
    }
}

impl Chat {
    /// Whether there is anything of a chat in the page beside its open pane.
    pub(super) fn is_there(&self) -> bool {
        self.ongoing || self.minimized.is_some()
    }
}

impl Model<'_> {
    /// Refuses steps on a chat of which nobody says whether it is shown.
    pub(super) fn certain(&self) -> Result<(), String> {
        match self.chat.unsure {
            None => Ok(()),
            Some(_) => {
                Err("what the page shows of the chat is not specified here; \"start-chat\" opens it".into())
            }
        }
    }

    pub(super) fn send(&mut self) -> Result<(), String> {
        self.certain()?;
        if self.page.value != Pane::Chat {
            return Err("no chat is shown in the page at this point".into());
        }
        // The conversation end answers each message.
        self.events.cause(events::ON_MESSAGE_SENT);
        self.events.cause(events::ON_MESSAGE_RECEIVED);
        Ok(())
    }

    /// The effect of `closeChat`.
    ///
    /// Source: `closeChat` reference: ends the conversation and deletes what the browser keeps of it.
    pub(super) fn close_chat(&mut self) -> Result<(), String> {
        if self.survey_is_in_the_page() || self.invitation.is_some() {
            return Err("what closeChat does to an invitation or a survey is not specified".into());
        }
        if self.chat.ongoing || self.chat.agent_ended {
            self.end_chat(id::CLOSE_CHAT_ENDS);
            self.chat.forgotten = true;
            self.chat.just_ended = true;
        } else {
            // Nobody says what becomes of a window, nor what there is to tell when there is no chat.
            self.chat.window_left |= !self.windows.is_empty();
            self.windows.clear();
            // What was unsure was in the window.
            self.chat.unsure = None;
            self.events.allow(events::CLOSE_CHAT);
            self.events.allow(events::ON_CLOSE);
        }
        Ok(())
    }

    pub(super) fn close_widget(&mut self) -> Result<(), String> {
        self.certain()?;
        if self.page.value != Pane::Chat {
            return Err("no chat is shown in the page at this point".into());
        }
        self.end_chat(id::CHAT_CLOSE_BUTTON);
        Ok(())
    }

    fn end_chat(&mut self, rule: RequirementId) {
        // One that comes now is not the accepted invitation, which has been closed long since.
        self.shown.requirement = id::NOTIFICATION_ONLY_ON_CALL;
        self.page = because(Pane::Nothing, rule);
        let Chat { begun, opened_again, nothing_kept, window_left, .. } = self.chat;
        self.chat = Chat { begun, opened_again, nothing_kept, window_left, ..Chat::default() };
        self.events.cause(events::CLOSE_CHAT);
        self.events.cause(events::ON_CLOSE);
    }

    pub(super) fn minimize(&mut self) -> Result<(), String> {
        self.certain()?;
        if self.page.value == Pane::Nothing {
            return Err("no survey or chat is shown in the page at this point".into());
        }
        self.chat.minimized = Some(self.page.value);
        self.page = because(Pane::Nothing, id::CHAT_MINIMIZE);
        self.events.cause(events::ON_MINIMIZE);
        Ok(())
    }

    pub(super) fn maximize(&mut self) -> Result<(), String> {
        self.certain()?;
        let Some(pane) = self.chat.minimized.take() else {
            return Err("nothing is minimised at this point".into());
        };
        self.page = because(pane, id::CHAT_MAXIMIZE);
        self.chat.opened_by = id::CHAT_MAXIMIZE;
        self.events.cause(events::ON_MAXIMIZE);
        Ok(())
    }

    pub(super) fn agent_says(&mut self) -> Result<(), String> {
        self.agent()?;
        self.events.cause(events::ON_MESSAGE_RECEIVED);
        Ok(())
    }

    pub(super) fn agent_ends(&mut self) -> Result<(), String> {
        self.agent()?;
        self.chat.ongoing = false;
        self.chat.agent_ended = true;
        self.chat.unsure = Some(id::CHAT_AFTER_AGENT_ENDED);
        self.events.cause(events::THREAD_UPDATE);
        // A system message may tell the visitor of it, or the widget be closed.
        for name in [events::ON_MESSAGE_RECEIVED, events::CLOSE_CHAT, events::ON_CLOSE] {
            self.events.allow(name);
        }
        Ok(())
    }

    fn agent(&self) -> Result<(), String> {
        if self.chat.ongoing && !self.held {
            return Ok(());
        }
        Err("an agent needs a conversation that is under way, and a clock that is not held".into())
    }

    /// Refuses calls of which nobody says what they do.
    pub(super) fn check_call(&self) -> Result<(), String> {
        if self.chat.agent_ended {
            return Err(
                "a call beside a chat that the agent ended is not specified; close the chat first".into()
            );
        }
        Ok(())
    }

    /// Refuses to look for a chat elsewhere that may not have got under way.
    pub(super) fn can_be_found_again(&self) -> Result<(), String> {
        if self.chat.ongoing && self.chat.begun_unseen {
            return Err(
                "whether a chat that begins while the clock is held, or after an odd call, gets under way is not \
                 specified; begin it before \"hold-clock\" and \"odd-call\""
                    .into(),
            );
        }
        Ok(())
    }

    /// The page is loaded again, and counts anew.
    pub(super) fn reload(&mut self) -> Result<(), String> {
        self.can_be_found_again()?;
        let window = self.chat.window_left || !self.windows.is_empty();
        if window || self.chat.agent_ended || self.survey_is_in_the_page() {
            return Err(
                "what a reload does beside a window, a survey or a chat that the agent ended is not \
                        specified; close it first"
                    .into(),
            );
        }
        let fresh = Self::before_ready(self.settings);
        let invitation = self.invitation.is_some();
        let mut chat =
            Chat { begun: 0, opened_again: false, nothing_kept: self.chat.forgotten, ..self.chat.clone() };
        let mut events = Events::default();
        if chat.ongoing {
            chat.unsure = Some(id::CHAT_AFTER_RELOAD);
            events.cause(events::CHAT_RETRIEVED);
        }
        let page = if chat.ongoing {
            self.page.clone()
        } else if chat.forgotten {
            because(Pane::Nothing, id::CLOSE_CHAT_FORGETS)
        } else {
            fresh.page.clone()
        };
        *self = Self { chat, events, page, unspecified: self.unspecified, ..fresh };
        if invitation {
            self.shown.requirement = id::NOTIFICATION_GONE_AFTER_RELOAD;
            self.shown_count.requirement = id::NOTIFICATION_GONE_AFTER_RELOAD;
        }
        if self.settings.ready == Ready::Widget {
            self.raise_ready();
        }
        Ok(())
    }

    /// What holds of survey and chat, in the page and in windows.
    pub(super) fn claim_chat(&self, claims: &mut Claims) {
        let sure = |rule: &RequirementId| self.chat.unsure.clone().unwrap_or_else(|| rule.clone());
        // With a chat in a window, of which one may be unsure, the page shows none for sure.
        let in_page = |rule: &RequirementId| if self.windows.is_empty() { sure(rule) } else { rule.clone() };
        claims.add(self.opened.requirement.clone(), Fact::WindowsOpened(self.opened.value));
        // Of a chat that was just begun it is known that it is there, if not with what.
        let begun = self.chat.unsure.as_ref().is_none_or(|unsure| *unsure == id::START_CHAT_PRECHAT);
        if self.page.value != Pane::Nothing && begun {
            claims.add(self.chat.opened_by.clone(), Fact::Opened { in_window: false });
        }
        claims.add(in_page(&self.page.requirement), Fact::Page(self.page.value));
        if !self.windows.is_empty() {
            claims.add(self.chat.opened_by.clone(), Fact::Opened { in_window: true });
            // One that was left may be open beside them.
            if !self.chat.window_left {
                claims.add(sure(&self.chat.window_pane), Fact::Windows(self.windows.clone()));
            }
        }
        if self.chat.just_ended {
            claims.add(id::CLOSE_CHAT_ENDS, Fact::ConversationEnded);
        }
        // Also before `lcw:ready`: so a case that holds it back goes on only when the widget is there.
        let idle = !self.shown.value && self.page.value == Pane::Nothing;
        claims.add(in_page(&id::CHAT_BUTTON_GIVES_WAY), Fact::ChatButton(idle));
    }

    /// What holds of the events beside `lcw:ready`.
    pub(super) fn claim_events(&self, claims: &mut Claims) {
        let mut elsewhere = Vec::new();
        if self.chat.nothing_kept {
            elsewhere.push(events::CHAT_RETRIEVED);
            claims.add(id::CLOSE_CHAT_FORGETS, Fact::EventAtMost(events::CHAT_RETRIEVED, 0));
        }
        if self.chat.opened_again {
            elsewhere.push(events::CHAT_QUEUED);
            claims
                .add(id::START_CHAT_OPENS_EXISTING, Fact::EventAtMost(events::CHAT_QUEUED, self.chat.begun));
        }
        self.events.claim(claims, &elsewhere);
    }
}
