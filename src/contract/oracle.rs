//! Predicts what must be seen after each step of a scenario, and which requirement says so.
//!
//! This is the one place where expected values are written. The prediction is a list of [`Claim`]s a
//! step; a claim carries the requirement that made the fact so *last*: after a call the notification
//! is there because of `notification.shown`, after the minute it is gone because of
//! `notification.one-minute`. So whoever breaks a rule is blamed for that rule.

use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

use super::call::{DEFAULT_MESSAGE, ProactiveChatCall};
use super::requirement_ids as id;
use super::{Part, Ready, RequirementId, Scenario, Step, WidgetSettings};

/// How long an invitation that nobody accepts stays; it cannot be configured.
///
/// Source: proactive chat administration page.
pub const INVITATION_LIFETIME: Duration = Duration::from_secs(60);

/// What must hold after one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepPrediction {
    /// The step as number and words: `0: open the page`, `2: accept`.
    pub step: String,
    /// Everything that must be seen once the step has had its effect.
    pub claims: Vec<Claim>,
}

/// One fact that must be seen, and the requirement to blame when it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The requirement that asks for it.
    pub requirement: RequirementId,
    /// The fact.
    pub fact: Fact,
}

/// A fact about an [`Observation`](super::Observation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// No uncaught error has reached the page.
    NoErrors,
    /// `lcw:ready` has been raised on the window this many times.
    ReadyOnWindow(usize),
    /// `lcw:ready` has been raised on nothing but the window.
    ReadyNowhereElse,
    /// The SDK was usable whenever `lcw:ready` was raised.
    ReadyWithMethods,
    /// This many calls have come back, each with `undefined`.
    ReturnedUndefined(usize),
    /// Whether the notification is shown.
    Notification(bool),
    /// How many times a notification has appeared.
    NotificationsShown(usize),
    /// The text of the notification that is shown.
    Message(String),
    /// The message holds no elements.
    MessageIsText,
    /// The notification's writing direction.
    Direction(&'static str),
    /// The notification has a label.
    Labelled,
    /// Both buttons of the notification can be pressed.
    Reachable,
    /// How many windows the page has opened.
    WindowsOpened(usize),
    /// Accepting has led somewhere: to a survey or chat in the page (`false`) or in a window (`true`).
    Opened {
        /// Whether it is to be in a window.
        in_window: bool,
    },
    /// What the page shows of the chat.
    Page(Pane),
    /// What the open windows show of the chat, in no order.
    Windows(Vec<Pane>),
    /// Whether the chat button is shown.
    ChatButton(bool),
    /// Which part has the focus.
    Focus(Part),
    /// An event of this name has been raised on the window at least this often.
    EventAtLeast(&'static str, usize),
}

/// What is shown of the chat in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pane {
    /// Neither survey nor chat.
    Nothing,
    /// The pre-chat survey.
    Prechat,
    /// The conversation.
    Chat,
    /// Both at once, which no rule allows; only ever observed.
    Both,
}

/// A scenario that contradicts itself: a fault of the suite, never of a widget.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("BUG IN SUITE: step {step}: {reason}")]
pub struct SuiteBug {
    /// The step as number and words.
    pub step: String,
    /// What contradicts what, and what to write instead.
    pub reason: String,
}

/// Predicts a whole scenario: one prediction for the opening of the page and one for each step.
///
/// # Errors
/// When a step cannot happen at its place, such as accepting an invitation that is not there.
pub fn predict(scenario: &Scenario) -> Result<Vec<StepPrediction>, SuiteBug> {
    let mut model = Model::open(&scenario.settings);
    let mut predictions = vec![StepPrediction { step: step_label(0, None), claims: model.claims() }];
    for (index, step) in scenario.steps.iter().enumerate() {
        let label = step_label(index + 1, Some(step));
        model.focus = None;
        model.apply(step).map_err(|reason| SuiteBug { step: label.clone(), reason })?;
        predictions.push(StepPrediction { step: label, claims: model.claims() });
    }
    Ok(predictions)
}

/// A step as number and words; `None` is the opening of the page.
fn step_label(number: usize, step: Option<&Step>) -> String {
    match step {
        None => format!("{number}: open the page"),
        Some(step) => format!("{number}: {step}"),
    }
}

/// A value and the requirement that made it so.
#[derive(Debug, Clone)]
struct Because<T> {
    value: T,
    requirement: RequirementId,
}

impl Invitation {
    /// The rule to blame when this call's words do not hold: `rule`, or that a later call changes nothing.
    fn rule(&self, rule: RequirementId) -> RequirementId {
        if self.outlived_a_call { id::CALL_IGNORED_WHILE_ENGAGED } else { rule }
    }
}

fn because<T>(value: T, requirement: RequirementId) -> Because<T> {
    Because { value, requirement }
}

/// An invitation that is on the screen.
#[derive(Debug, Clone)]
struct Invitation {
    call: ProactiveChatCall,
    /// Time passed since the call, known only when the clock was held before it.
    age: Option<Duration>,
    /// A later call was ignored, so what still holds of this one holds because of that.
    outlived_a_call: bool,
}

/// The documented widget as a state machine, without a browser.
#[derive(Debug, Clone)]
struct Model<'a> {
    settings: &'a WidgetSettings,
    raised: bool,
    /// Calls of `lcw:ready` handlers that the page has added.
    handlers: Vec<ProactiveChatCall>,
    held: bool,
    invitation: Option<Invitation>,
    shown: Because<bool>,
    shown_count: Because<usize>,
    page: Because<Pane>,
    windows: Vec<Pane>,
    opened: Because<usize>,
    returned: usize,
    sent: usize,
    focus: Option<Because<Part>>,
    /// A call nobody specified was made: whatever follows is recorded and not judged.
    unspecified: bool,
}

impl<'a> Model<'a> {
    fn open(settings: &'a WidgetSettings) -> Self {
        let mut model = Self {
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
            sent: 0,
            focus: None,
            unspecified: false,
        };
        if settings.ready == Ready::Widget {
            model.raise_ready();
        }
        model
    }

    fn raise_ready(&mut self) {
        self.raised = true;
        if let Some(call) = &self.settings.page_call {
            self.invite(call);
        }
        for call in std::mem::take(&mut self.handlers) {
            self.returned += 1;
            self.invite(&call);
        }
    }

    /// The effect of a call once the SDK can be used.
    fn invite(&mut self, call: &ProactiveChatCall) {
        if !self.settings.proactive_chat {
            self.shown = because(false, id::PROACTIVE_SETTING_OFF);
        } else if self.invitation.is_some() || self.page.value != Pane::Nothing || !self.windows.is_empty() {
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

    fn apply(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::FireReady if self.settings.ready != Ready::Harness => {
                return Err("the widget raises lcw:ready itself; set settings.ready = \"harness\"".into());
            }
            Step::FireReady if self.raised => return Err("lcw:ready has been raised already".into()),
            Step::FireReady => self.raise_ready(),
            // A handler added after the event is not called: the event is raised once.
            Step::OnReady(_) if self.raised => {}
            Step::OnReady(call) => self.handlers.push(call.clone()),
            Step::Call(call) if self.raised => {
                self.returned += 1;
                self.invite(call);
            }
            Step::Call(_) => self.unspecified = true,
            Step::HoldClock if self.held => return Err("the clock is held already".into()),
            Step::HoldClock => self.held = true,
            Step::Advance(by) => self.advance(*by)?,
            Step::Accept => self.accept()?,
            Step::Dismiss => self.close(id::NOTIFICATION_DISMISS_BUTTON)?,
            Step::Escape => self.close(id::NOTIFICATION_DISMISS_ESCAPE)?,
            Step::SubmitSurvey if self.page.value == Pane::Prechat => {
                self.page = because(Pane::Chat, id::PRECHAT_THEN_CHAT);
            }
            Step::SubmitSurvey => return Err("no pre-chat survey is shown in the page at this point".into()),
            Step::Send(_) if self.page.value == Pane::Chat => self.sent += 1,
            Step::Send(_) => return Err("no chat is shown in the page at this point".into()),
        }
        Ok(())
    }

    fn advance(&mut self, by: Duration) -> Result<(), String> {
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
        }
        Ok(())
    }

    fn take_invitation(&mut self) -> Result<Invitation, String> {
        self.invitation.take().ok_or_else(|| "no notification is shown at this point".to_owned())
    }

    fn close(&mut self, rule: RequirementId) -> Result<(), String> {
        self.take_invitation()?;
        self.shown = because(false, rule.clone());
        self.page.requirement = rule;
        self.focus = Some(because(Part::ChatButton, id::FOCUS_RETURNS));
        Ok(())
    }

    fn accept(&mut self) -> Result<(), String> {
        let invitation = self.take_invitation()?;
        let call = &invitation.call;
        self.shown = because(false, id::NOTIFICATION_ACCEPT_CLOSES);
        let (pane, prechat_rule) = self.first_pane(call);
        let in_new_window = call.options.and_then(|options| options.in_new_window);
        let rule = |rule| invitation.rule(rule);
        if in_new_window == Some(true) {
            self.opened = because(self.opened.value + 1, rule(id::WINDOW_NEW));
            self.windows.push(pane);
            self.page.requirement = rule(id::WINDOW_NEW);
        } else {
            let place = if in_new_window.is_some() { id::WINDOW_IN_PAGE } else { id::WINDOW_DEFAULT };
            self.opened.requirement = rule(place);
            self.page = because(pane, rule(prechat_rule));
        }
        Ok(())
    }

    /// What an accepted invitation leads to first, and the rule that decides it.
    ///
    /// Source: `startProactiveChat` reference, `showPrechat`: shown if configured, default `true`.
    fn first_pane(&self, call: &ProactiveChatCall) -> (Pane, RequirementId) {
        match (self.settings.prechat, call.show_prechat) {
            (false, _) => (Pane::Chat, id::PRECHAT_ONLY_IF_CONFIGURED),
            (true, None) => (Pane::Prechat, id::PRECHAT_DEFAULT),
            (true, Some(true)) => (Pane::Prechat, id::PRECHAT_SHOWN),
            (true, Some(false)) => (Pane::Chat, id::PRECHAT_NOT_WHEN_FALSE),
        }
    }

    /// The text that an invitation shows, and the rule that decides it.
    fn message(call: &ProactiveChatCall) -> (String, RequirementId) {
        match call.message.as_deref() {
            None => (DEFAULT_MESSAGE.to_owned(), id::MESSAGE_DEFAULT),
            Some("") => (DEFAULT_MESSAGE.to_owned(), id::MESSAGE_EMPTY_IS_DEFAULT),
            Some(text) => (text.to_owned(), id::MESSAGE_VERBATIM),
        }
    }

    /// Everything that must be seen in this state.
    fn claims(&self) -> Vec<Claim> {
        let mut claims = Vec::new();
        let mut claim = |requirement: RequirementId, fact| {
            let requirement = if self.unspecified { id::CALL_BEFORE_READY } else { requirement };
            claims.push(Claim { requirement, fact });
        };
        claim(id::PAGE_NO_ERRORS, Fact::NoErrors);
        claim(id::READY_ON_WINDOW, Fact::ReadyNowhereElse);
        claim(id::READY_RAISED_ONCE, Fact::ReadyOnWindow(usize::from(self.raised)));
        claim(id::READY_METHODS_USABLE, Fact::ReadyWithMethods);
        if !self.unspecified {
            claim(id::CALL_RETURNS_NOTHING, Fact::ReturnedUndefined(self.returned));
        }
        claim(self.shown.requirement.clone(), Fact::Notification(self.shown.value));
        claim(self.shown_count.requirement.clone(), Fact::NotificationsShown(self.shown_count.value));
        if let Some(invitation) = &self.invitation {
            let (text, rule) = Self::message(&invitation.call);
            claim(id::MESSAGE_IS_TEXT, Fact::MessageIsText);
            claim(invitation.rule(rule), Fact::Message(text));
            claim(id::NOTIFICATION_DIRECTION, Fact::Direction(self.settings.direction()));
            claim(id::NOTIFICATION_LABELLED, Fact::Labelled);
            claim(id::NOTIFICATION_REACHABLE, Fact::Reachable);
        }
        claim(self.opened.requirement.clone(), Fact::WindowsOpened(self.opened.value));
        if self.page.value != Pane::Nothing {
            claim(id::CHAT_OPENS, Fact::Opened { in_window: false });
        }
        claim(self.page.requirement.clone(), Fact::Page(self.page.value));
        if !self.windows.is_empty() {
            claim(id::CHAT_OPENS, Fact::Opened { in_window: true });
            claim(id::WINDOW_PRECHAT, Fact::Windows(self.windows.clone()));
        }
        // Also before `lcw:ready`: so a case that holds it back goes on only when the widget is there.
        let idle = !self.shown.value && self.page.value == Pane::Nothing;
        claim(id::CHAT_BUTTON_GIVES_WAY, Fact::ChatButton(idle));
        if let Some(focus) = &self.focus {
            claim(focus.requirement.clone(), Fact::Focus(focus.value));
        }
        if self.sent > 0 {
            claim(id::CHAT_MESSAGE_SENT, Fact::EventAtLeast("lcw:onMessageSent", self.sent));
            // The conversation end greets once and answers each message.
            claim(id::CHAT_MESSAGE_RECEIVED, Fact::EventAtLeast("lcw:onMessageReceived", self.sent + 1));
        }
        claims
    }
}

#[cfg(test)]
mod tests;
