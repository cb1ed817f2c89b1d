//! The life of a chat: where it begins, its survey, its messages.

use super::Claims;
use super::fact::{Fact, Pane};
use super::model::{Model, because};
use crate::contract::requirement_ids as id;
use crate::contract::{ProactiveChatCall, RequirementId};

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

    pub(super) fn submit_survey(&mut self) -> Result<(), String> {
        if self.page.value != Pane::Prechat {
            return Err("no pre-chat survey is shown in the page at this point".into());
        }
        self.page = because(Pane::Chat, id::PRECHAT_THEN_CHAT);
        self.chat_begins();
        Ok(())
    }

    pub(super) fn send(&mut self) -> Result<(), String> {
        if self.page.value != Pane::Chat {
            return Err("no chat is shown in the page at this point".into());
        }
        self.sent += 1;
        Ok(())
    }

    /// What holds of survey and chat, in the page and in windows.
    pub(super) fn claim_chat(&self, claims: &mut Claims) {
        claims.add(self.opened.requirement.clone(), Fact::WindowsOpened(self.opened.value));
        if self.page.value != Pane::Nothing {
            claims.add(id::CHAT_OPENS, Fact::Opened { in_window: false });
        }
        claims.add(self.page.requirement.clone(), Fact::Page(self.page.value));
        if !self.windows.is_empty() {
            claims.add(id::CHAT_OPENS, Fact::Opened { in_window: true });
            claims.add(id::WINDOW_PRECHAT, Fact::Windows(self.windows.clone()));
        }
        // Also before `lcw:ready`: so a case that holds it back goes on only when the widget is there.
        let idle = !self.shown.value && self.page.value == Pane::Nothing;
        claims.add(id::CHAT_BUTTON_GIVES_WAY, Fact::ChatButton(idle));
    }
}
