//! What a target offers, and which cases need more than that.

use std::collections::BTreeSet;
use std::fmt;

use crate::contract::oracle::{Fact, StepPrediction, predict};
use crate::contract::{Ready, Scenario, SdkCall, Step, WidgetSettings};

/// A setting that a target lets the harness choose, or a step that its widget can take part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// A pre-chat survey can be configured and left out, as the setting `prechat` says.
    Prechat,
    /// Proactive chat can be switched off.
    ProactiveChat,
    /// `lcw:ready` can be held back until the harness fires it.
    Ready,
    /// The widget's language can be chosen.
    Locale,
    /// The page can make a call in a `lcw:ready` handler of its own.
    PageCall,
    /// The page that embeds it can be of every [kind](crate::contract::PageKind).
    Page,
    /// An accepted chat can open in a new window.
    NewWindow,
    /// Escape closes the notification.
    Escape,
    /// The survey can be filled in and submitted.
    SubmitSurvey,
    /// A message can be written in the chat, and the other end answers.
    Send,
    /// The SDK's `startChat` opens a chat without an invitation.
    StartChat,
    /// The SDK's `closeChat` ends the chat.
    CloseChat,
    /// The visitor opens a chat by the chat button.
    ChatButton,
    /// The chat can be minimised and comes back by the chat button.
    Minimize,
    /// The chat has a close button.
    CloseButton,
    /// The chat is held with the harness's conversation end, whose agent says and ends what a case wants.
    Agent,
    /// The page can be loaded again and opened in a second tab, and a chat goes on then.
    Reload,
    /// The SDK's context providers are there, and the context travels to the harness's conversation end.
    Context,
    /// The widget's chats can be authenticated, by the SDK's token providers.
    Authentication,
    /// The SDK's `getAgentAvailability` tells what the harness's conversation end says.
    Availability,
}

impl Capability {
    /// Every capability, in the order in which they are told.
    pub const ALL: [Self; 20] = [
        Self::Prechat,
        Self::ProactiveChat,
        Self::Ready,
        Self::Locale,
        Self::PageCall,
        Self::Page,
        Self::NewWindow,
        Self::Escape,
        Self::SubmitSurvey,
        Self::Send,
        Self::StartChat,
        Self::CloseChat,
        Self::ChatButton,
        Self::Minimize,
        Self::CloseButton,
        Self::Agent,
        Self::Reload,
        Self::Context,
        Self::Authentication,
        Self::Availability,
    ];

    /// The word for it in a target file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prechat => "prechat",
            Self::ProactiveChat => "proactive-chat",
            Self::Ready => "ready",
            Self::Locale => "locale",
            Self::PageCall => "page-call",
            Self::Page => "page",
            Self::NewWindow => "new-window",
            Self::Escape => "escape",
            Self::SubmitSurvey => "submit-survey",
            Self::Send => "send",
            Self::StartChat => "start-chat",
            Self::CloseChat => "close-chat",
            Self::ChatButton => "chat-button",
            Self::Minimize => "minimize",
            Self::CloseButton => "close-button",
            Self::Agent => "agent",
            Self::Reload => "reload",
            Self::Context => "context",
            Self::Authentication => "authentication",
            Self::Availability => "availability",
        }
    }

    /// The capability with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// What a case needs. The survey is needed only where it changes what must be seen: an invitation that
    /// is dismissed is the same without one.
    pub fn needed_for(scenario: &Scenario) -> BTreeSet<Self> {
        let Scenario { settings, steps } = scenario;
        let defaults = WidgetSettings::default();
        let predicted = predict(scenario).unwrap_or_default();
        let mut needed: BTreeSet<_> = steps.iter().flat_map(Self::of_step).copied().collect();
        let mut need = |capability, is_needed| {
            if is_needed {
                needed.insert(capability);
            }
        };
        need(Self::ProactiveChat, settings.proactive_chat != defaults.proactive_chat);
        need(Self::Ready, settings.ready != Ready::Widget);
        need(Self::Locale, settings.locale != defaults.locale);
        need(Self::PageCall, settings.page_call.is_some());
        need(Self::Page, settings.page != defaults.page);
        need(Self::Authentication, settings.authentication != defaults.authentication);
        need(Self::Availability, settings.operating_hours != defaults.operating_hours);
        need(Self::NewWindow, facts(&predicted).any(|fact| matches!(fact, Fact::Windows(_))));
        if settings.prechat {
            let without = WidgetSettings { prechat: false, ..settings.clone() };
            let without = predict(&Scenario { settings: without, steps: steps.clone() });
            need(Self::Prechat, !without.is_ok_and(|without| facts(&without).eq(facts(&predicted))));
        }
        needed
    }

    fn of_step(step: &Step) -> &'static [Self] {
        match step {
            Step::FireReady => &[Self::Ready],
            Step::Escape => &[Self::Escape],
            Step::SubmitSurvey => &[Self::SubmitSurvey],
            Step::Send(_) => &[Self::Send],
            Step::StartChat(call) if call.custom_context.is_some() => &[Self::StartChat, Self::Context],
            Step::StartChat(_) => &[Self::StartChat],
            Step::CloseChat => &[Self::CloseChat],
            Step::OpenChat => &[Self::ChatButton],
            Step::Minimize | Step::Maximize => &[Self::Minimize],
            Step::CloseWidget => &[Self::CloseButton],
            Step::CloseWindow => &[Self::NewWindow],
            Step::AgentSays(_) | Step::AgentEnds => &[Self::Agent],
            Step::Reload | Step::SecondTab => &[Self::Reload],
            Step::Sdk(call) => match call {
                SdkCall::SetContextProvider(_)
                | SdkCall::GetContextProvider
                | SdkCall::RemoveContextProvider => &[Self::Context],
                SdkCall::SetAuthTokenProvider(_)
                | SdkCall::GetAuthTokenProvider
                | SdkCall::RemoveAuthTokenProvider => &[Self::Authentication],
                SdkCall::GetAgentAvailability => &[Self::Availability],
            },
            // What makes a widget one of this kind, and what the probe does by itself.
            Step::OnReady(_)
            | Step::Call(_)
            | Step::OddCall(_)
            | Step::HoldClock
            | Step::Advance(_)
            | Step::Accept
            | Step::Dismiss
            | Step::AcceptIfShown
            | Step::DismissIfShown => &[],
        }
    }
}

fn facts(predictions: &[StepPrediction]) -> impl Iterator<Item = &Fact> {
    predictions.iter().flat_map(|step| &step.claims).map(|claim| &claim.fact)
}

impl fmt::Display for Capability {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::ProactiveChatCall;

    fn needed(settings: WidgetSettings, steps: &[Step]) -> Vec<&'static str> {
        let needed = Capability::needed_for(&Scenario { settings, steps: steps.to_vec() });
        needed.into_iter().map(Capability::name).collect()
    }

    fn call() -> ProactiveChatCall {
        ProactiveChatCall::with_message("Hello")
    }

    #[test]
    fn a_survey_is_needed_only_where_it_is_seen() {
        let settings = WidgetSettings::default;
        let shown = Step::Call(call());
        assert_eq!(needed(settings(), &[shown.clone(), Step::Dismiss]), [""; 0]);
        assert_eq!(needed(settings(), &[shown.clone(), Step::Accept]), ["prechat"]);
        let without = Step::Call(call().show_prechat(false));
        assert_eq!(needed(settings(), &[without, Step::Accept]), [""; 0]);
        assert_eq!(
            needed(settings(), &[shown, Step::Accept, Step::SubmitSurvey]),
            ["prechat", "submit-survey"]
        );
    }

    #[test]
    fn a_window_is_needed_once_the_invitation_is_accepted() {
        let shown = Step::Call(call().show_prechat(false).in_new_window(true));
        assert_eq!(needed(WidgetSettings::default(), &[shown.clone(), Step::Escape]), ["escape"]);
        assert_eq!(needed(WidgetSettings::default(), &[shown, Step::Accept]), ["new-window"]);
    }

    #[test]
    fn settings_beyond_the_defaults_are_needed() {
        let settings = WidgetSettings {
            proactive_chat: false,
            ready: Ready::Harness,
            locale: "ar".into(),
            page_call: Some(call()),
            page: crate::contract::PageKind::StrictPolicy,
            ..WidgetSettings::default()
        };
        let expected = ["proactive-chat", "ready", "locale", "page-call", "page"];
        assert_eq!(needed(settings, &[Step::FireReady]), expected);
    }

    #[test]
    fn every_name_is_found_again() {
        for capability in Capability::ALL {
            assert_eq!(Capability::find(capability.name()), Some(capability));
        }
    }
}
