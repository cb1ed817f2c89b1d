//! The documented widget as a state machine.

use super::chat::Chat;
use super::events::{self, Events};
use super::fact::{Fact, Pane};
use super::invitation::Invitation;
use super::lost::Lost;
use super::odd::Odd;
use super::sdk::Sdk;
use super::{Claim, Claims};
use crate::contract::requirement_ids as id;
use crate::contract::{PageKind, Part, ProactiveChatCall, Ready, RequirementId, Step, WidgetSettings};

/// A value and the requirement that made it so.
#[derive(Debug, Clone)]
pub(super) struct Because<T> {
    pub(super) value: T,
    pub(super) requirement: RequirementId,
}

pub(super) fn because<T>(value: T, requirement: RequirementId) -> Because<T> {
    Because { value, requirement }
}

/// The documented widget as a state machine, without a browser.
#[derive(Debug, Clone)]
pub(super) struct Model<'a> {
    pub(super) settings: &'a WidgetSettings,
    pub(super) raised: bool,
    /// Calls of `lcw:ready` handlers that the page has added.
    pub(super) handlers: Vec<ProactiveChatCall>,
    pub(super) held: bool,
    pub(super) invitation: Option<Invitation>,
    pub(super) shown: Because<bool>,
    pub(super) shown_count: Because<usize>,
    pub(super) page: Because<Pane>,
    pub(super) windows: Vec<Pane>,
    pub(super) opened: Because<usize>,
    pub(super) returned: usize,
    pub(super) chat: Chat,
    pub(super) events: Events,
    pub(super) focus: Option<Because<Part>>,
    /// A call nobody specified was made: whatever follows is recorded and not judged.
    pub(super) unspecified: bool,
    /// A call with odd arguments was made.
    pub(super) odd: Option<Odd>,
    pub(super) sdk: Sdk,
    /// Nobody says what became of the chat.
    pub(super) lost: Option<Lost>,
    /// The page is open in a second tab, too.
    pub(super) second_tab: bool,
}

impl<'a> Model<'a> {
    pub(super) fn open(settings: &'a WidgetSettings) -> Self {
        let mut model = Self::before_ready(settings);
        if settings.ready == Ready::Widget {
            model.raise_ready();
        }
        model
    }

    /// The page has been loaded, and `lcw:ready` has not been raised yet.
    pub(super) fn before_ready(settings: &'a WidgetSettings) -> Self {
        Self {
            settings,
            raised: false,
            handlers: Vec::new(),
            held: false,
            invitation: None,
            shown: because(false, id::NOTIFICATION_ONLY_ON_CALL),
            shown_count: because(0, id::NOTIFICATION_ONLY_ON_CALL),
            page: because(Pane::Nothing, id::NOTIFICATION_ONLY_ON_CALL),
            windows: Vec::new(),
            opened: because(0, id::WINDOW_ONLY_ON_ACCEPT),
            returned: 0,
            chat: Chat::default(),
            events: Events::default(),
            focus: None,
            unspecified: false,
            odd: None,
            sdk: Sdk::default(),
            lost: None,
            second_tab: false,
        }
    }

    pub(super) fn raise_ready(&mut self) {
        self.raised = true;
        if let Some(call) = &self.settings.page_call {
            self.invite(call);
        }
        for call in std::mem::take(&mut self.handlers) {
            self.returned += 1;
            self.invite(&call);
        }
    }

    pub(super) fn apply(&mut self, step: &Step) -> Result<(), String> {
        self.check_odd(step)?;
        self.check_failed(step)?;
        self.check_lost(step)?;
        self.check_second_tab(step)?;
        let surveyed = self.survey_is_open();
        if self.may_fail(step) {
            self.events.allow(events::ERROR);
        }
        match step {
            Step::FireReady if self.settings.ready != Ready::Harness => {
                return Err("the widget raises lcw:ready itself; set settings.ready = \"harness\"".into());
            }
            Step::FireReady if self.raised => return Err("lcw:ready has been raised already".into()),
            Step::FireReady => self.raise_ready(),
            // A handler added after the event is not called: the event is raised once.
            Step::OnReady(_) if self.raised => {}
            Step::OnReady(_) if self.settings.page_call.is_some() || !self.handlers.is_empty() => {
                return Err("which of two calls in handlers of lcw:ready wins is not specified".into());
            }
            Step::OnReady(call) => self.handlers.push(call.clone()),
            Step::Call(call) if self.raised => {
                self.check_call()?;
                self.returned += 1;
                self.invite(call);
                if let Some(lost) = &mut self.lost {
                    lost.called = true;
                }
            }
            Step::StartChat(call) if self.raised => {
                self.returned += 1;
                self.start_chat(call)?;
            }
            Step::CloseChat if self.raised => {
                self.returned += 1;
                self.close_chat()?;
                self.lost = None;
            }
            Step::Call(_) | Step::StartChat(_) | Step::CloseChat => self.unspecified = true,
            Step::Sdk(call) => self.sdk_call(call)?,
            Step::OddCall(call) => self.odd_call(call)?,
            Step::HoldClock if self.held => return Err("the clock is held already".into()),
            Step::HoldClock => self.held = true,
            Step::Advance(by) => {
                self.advance(*by)?;
                self.age_availability(*by);
            }
            Step::Accept => self.accept()?,
            Step::Dismiss => self.close(id::NOTIFICATION_DISMISS_BUTTON)?,
            Step::Escape => self.close(id::NOTIFICATION_DISMISS_ESCAPE)?,
            Step::DismissIfShown => self.if_shown(false)?,
            Step::AcceptIfShown => self.if_shown(true)?,
            Step::SubmitSurvey => self.submit_survey()?,
            Step::Send(_) => self.send()?,
            Step::OpenChat => self.open_chat()?,
            Step::Minimize => self.minimize()?,
            Step::Maximize => self.maximize()?,
            Step::CloseWidget => self.close_widget()?,
            Step::CloseWindow => self.close_window()?,
            Step::AgentSays(_) => self.agent_says()?,
            Step::AgentEnds => self.agent_ends()?,
            Step::SecondTab => self.open_second_tab()?,
            Step::Reload => self.reload()?,
        }
        if surveyed && !self.survey_is_open() && *step != Step::SubmitSurvey {
            self.sdk.leave_survey();
        }
        Ok(())
    }

    /// Whether something may go wrong in this step or after it, of which `lcw:error` may tell: a provider that is not what
    /// it should be, a window that does not open, a method that is called where nobody says what it does.
    fn may_fail(&self, step: &Step) -> bool {
        match step {
            Step::Sdk(_)
            | Step::OddCall(_)
            | Step::StartChat(_)
            | Step::CloseChat
            | Step::AgentEnds
            | Step::Reload => true,
            Step::Accept | Step::AcceptIfShown => {
                self.settings.authentication || !self.lets_windows_open(true)
            }
            Step::OpenChat | Step::SubmitSurvey => self.settings.authentication,
            _ => !self.raised,
        }
    }

    /// Whether a survey waits for the visitor, in the page or in a window.
    pub(super) fn survey_is_open(&self) -> bool {
        self.survey_is_in_the_page() || self.windows.contains(&Pane::Prechat)
    }

    /// Whether one waits in the page, be it minimised.
    pub(super) fn survey_is_in_the_page(&self) -> bool {
        self.page.value == Pane::Prechat || self.chat.minimized == Some(Pane::Prechat)
    }

    /// Everything that must be seen in this state.
    pub(super) fn claims(&self) -> Vec<Claim> {
        let unspecified = self.unspecified.then_some(id::CALL_BEFORE_READY);
        let mut claims = Claims { unspecified, ..Claims::default() };
        self.claim_page(&mut claims);
        if let Some(odd) = &self.odd {
            self.claim_odd(odd, &mut claims);
            return claims.list;
        }
        if let Some(lost) = self.lost.as_ref().filter(|lost| lost.called) {
            claims.unspecified = Some(lost.recorded_as.clone());
        }
        self.claim_invitation(&mut claims);
        if let Some(lost) = &self.lost {
            claims.unspecified = Some(lost.recorded_as.clone());
        }
        self.claim_sdk(&mut claims);
        if self.sdk.failed {
            claims.unspecified = Some(id::CONTEXT_AFTER_FAILURE);
        }
        self.claim_chat(&mut claims);
        if let Some(focus) = &self.focus {
            claims.add(focus.requirement.clone(), Fact::Focus(focus.value));
        }
        // Nobody waits for what is only recorded, so events of it would be told as late or not.
        if self.lost.is_none() {
            self.claim_events(&mut claims);
        }
        self.claim_second_tab(&mut claims);
        claims.list
    }

    /// What holds of the page itself: no errors, `lcw:ready`, and what calls gave back.
    fn claim_page(&self, claims: &mut Claims) {
        claims.add(id::PAGE_NO_ERRORS, Fact::NoErrors);
        if self.settings.page == PageKind::StrictPolicy {
            claims.add(id::PAGE_POLICY_KEPT, Fact::NoPolicyViolations);
        }
        claims.add(id::READY_ON_WINDOW, Fact::ReadyNowhereElse);
        claims.add(id::READY_RAISED_ONCE, Fact::ReadyOnWindow(usize::from(self.raised)));
        claims.add(id::READY_METHODS_USABLE, Fact::ReadyWithMethods);
        if !self.unspecified && self.odd.is_none() {
            claims.add(id::CALL_RETURNS_NOTHING, Fact::ReturnedUndefined(self.returned));
        }
    }
}
