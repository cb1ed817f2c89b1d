//! The life of an invitation: shown by a call, and accepted, closed or forgotten after its minute.

use std::time::Duration;

use super::Claims;
use super::events;
use super::fact::{Fact, Pane};
use super::model::{Model, because};
use crate::contract::call::{DEFAULT_MESSAGE, ProactiveChatCall};
use crate::contract::requirement_ids as id;
use crate::contract::{PageKind, Part, RequirementId};

/// How long an invitation that nobody accepts stays; it cannot be configured.
///
/// Source: proactive chat administration page.
pub const INVITATION_LIFETIME: Duration = Duration::from_secs(60);

/// An invitation that is on the screen.
#[derive(Debug, Clone)]
pub(super) struct Invitation {
    call: ProactiveChatCall,
    /// Time passed since the call, known only when the clock was held before it.
    age: Option<Duration>,
    /// A later call was ignored, so what still holds of this one holds because of that.
    outlived_a_call: bool,
}

impl Invitation {
    /// The rule to blame when this call's words do not hold: `rule`, or that a later call changes nothing.
    pub(super) fn rule(&self, rule: RequirementId) -> RequirementId {
        if self.outlived_a_call { id::CALL_IGNORED_WHILE_ENGAGED } else { rule }
    }
}

impl Model<'_> {
    /// The effect of a call once the SDK can be used.
    pub(super) fn invite(&mut self, call: &ProactiveChatCall) {
        if !self.settings.proactive_chat || self.is_engaged() {
            // A widget may tell the page that its call leads to nothing.
            self.events.allow(events::ERROR);
        }
        if !self.settings.proactive_chat {
            self.shown = because(false, id::PROACTIVE_SETTING_OFF);
        } else if self.is_engaged() {
            let rule = id::CALL_IGNORED_WHILE_ENGAGED;
            if let Some(invitation) = &mut self.invitation {
                invitation.outlived_a_call = true;
            }
            self.shown.requirement = rule.clone();
            self.shown_count.requirement = rule.clone();
            self.page.requirement = rule;
        } else {
            self.invitation = Some(Invitation {
                call: call.clone(),
                age: self.held.then_some(Duration::ZERO),
                outlived_a_call: false,
            });
            self.shown = because(true, id::NOTIFICATION_SHOWN);
            self.shown_count = because(self.shown_count.value + 1, id::NOTIFICATION_ONLY_ON_CALL);
            self.focus = Some(because(Part::Accept, id::FOCUS_START_BUTTON));
        }
    }

    /// Whether an invitation, a survey or a chat is open or minimised.
    pub(super) fn is_engaged(&self) -> bool {
        let open = self.page.value != Pane::Nothing || !self.windows.is_empty();
        open || self.invitation.is_some() || self.chat.is_there()
    }

    pub(super) fn advance(&mut self, by: Duration) -> Result<(), String> {
        if !self.held {
            return Err("time moves by steps only after \"hold-clock\"".into());
        }
        let Some(invitation) = &mut self.invitation else { return Ok(()) };
        let Some(age) = &mut invitation.age else {
            return Err(
                "the invitation is older than the held clock, so its end cannot be told; put \"hold-clock\" before the call".into(),
            );
        };
        *age += by;
        self.shown.requirement = id::NOTIFICATION_ONE_MINUTE;
        if *age >= INVITATION_LIFETIME {
            self.invitation = None;
            self.shown.value = false;
            // What opens now was not accepted.
            self.page.requirement = id::NOTIFICATION_ONE_MINUTE;
        }
        Ok(())
    }

    fn take_invitation(&mut self) -> Result<Invitation, String> {
        self.invitation.take().ok_or_else(|| "no notification is shown at this point".to_owned())
    }

    pub(super) fn close(&mut self, rule: RequirementId) -> Result<(), String> {
        self.take_invitation()?;
        self.shown = because(false, rule.clone());
        self.page.requirement = rule;
        self.focus = Some(because(Part::ChatButton, id::FOCUS_RETURNS));
        Ok(())
    }

    pub(super) fn accept(&mut self) -> Result<(), String> {
        let invitation = self.take_invitation()?;
        let call = &invitation.call;
        self.shown = because(false, id::NOTIFICATION_ACCEPT_CLOSES);
        let (pane, prechat_rule) = self.first_pane(call);
        let in_new_window = call.options.and_then(|options| options.in_new_window);
        let rule = |rule| invitation.rule(rule);
        self.chat.opened_by = id::CHAT_OPENS;
        if in_new_window == Some(true) && !self.lets_windows_open(true) {
            self.open_blocked(because(pane, rule(prechat_rule)), id::CHAT_OPENS);
        } else if in_new_window == Some(true) {
            self.open_in_window(pane, rule(id::WINDOW_NEW));
        } else {
            let place = if in_new_window.is_some() { id::WINDOW_IN_PAGE } else { id::WINDOW_DEFAULT };
            self.opened.requirement = rule(place);
            self.open_in_page(because(pane, rule(prechat_rule)), id::CHAT_OPENS);
        }
        Ok(())
    }

    /// The text that an invitation shows, and the rule that decides it.
    fn message(call: &ProactiveChatCall) -> (String, RequirementId) {
        match call.message.as_deref() {
            None => (DEFAULT_MESSAGE.to_owned(), id::MESSAGE_DEFAULT),
            Some("") => (DEFAULT_MESSAGE.to_owned(), id::MESSAGE_EMPTY_IS_DEFAULT),
            Some(text) => (text.to_owned(), id::MESSAGE_VERBATIM),
        }
    }

    /// The text of the notification that is shown, and the rule that decides it.
    pub(super) fn text(&self) -> Option<(String, RequirementId)> {
        let invitation = self.invitation.as_ref()?;
        let (text, rule) = Self::message(&invitation.call);
        // Nobody says whether what every object of the page has counts as given.
        if invitation.call.message.is_none() && self.settings.page == PageKind::HostileGlobals {
            return Some((text, id::MESSAGE_INHERITED));
        }
        Some((text, invitation.rule(rule)))
    }

    /// What holds of the notification.
    pub(super) fn claim_invitation(&self, claims: &mut Claims) {
        claims.add(self.shown.requirement.clone(), Fact::Notification(self.shown.value));
        claims.add(self.shown_count.requirement.clone(), Fact::NotificationsShown(self.shown_count.value));
        let Some((text, rule)) = self.text() else { return };
        claims.add(id::MESSAGE_IS_TEXT, Fact::MessageIsText);
        claims.add(rule, Fact::Message(text));
        claims.add(id::NOTIFICATION_DIRECTION, Fact::Direction(self.settings.direction()));
        claims.add(id::NOTIFICATION_LABELLED, Fact::Labelled);
        claims.add(id::NOTIFICATION_REACHABLE, Fact::Reachable);
    }
}
