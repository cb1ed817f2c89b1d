//! Calls with arguments that nobody promised anything about: what they show is anybody's guess, but the page has to
//! live on.

use serde::Serialize;

use super::Claims;
use super::fact::Fact;
use super::model::{Model, because};
use crate::contract::requirement_ids as id;
use crate::contract::{Observation, OddCall, PageKind, Returned, Step};

/// A fact about a page whose widget was called with odd arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OddFact {
    /// This many calls have come back, and none with an exception.
    NothingThrown(usize),
    /// No built-in object got a property from an argument.
    NothingPolluted,
    /// The widget shows something that a visitor can use: a notification with its buttons, the chat button, a
    /// survey or a chat.
    Usable,
}

/// How much is known after odd calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Odd {
    /// An odd call was made, and the visitor has not cleared away yet what it may have led to.
    pending: Option<Pending>,
    /// The visitor accepted what there may have been: from here on anything may be shown.
    accepted: bool,
}

/// An odd call that may have led to something.
#[derive(Debug, Clone)]
struct Pending {
    /// What it shows, where that was observed.
    text: Option<&'static str>,
}

impl Model<'_> {
    /// Whether a step can be made while nobody knows what is shown.
    pub(super) fn check_odd(&self, step: &Step) -> Result<(), String> {
        let Some(odd) = &self.odd else { return Ok(()) };
        match step {
            Step::HoldClock => Ok(()),
            Step::OddCall(_) if !odd.accepted => Ok(()),
            Step::DismissIfShown | Step::AcceptIfShown if odd.pending.is_some() => Ok(()),
            _ if odd.accepted => {
                Err("after \"accept-if-shown\" nobody can tell what is shown; make it the last step".into())
            }
            _ if odd.pending.is_some() => Err(
                "nobody can tell whether the odd call shows a notification; put \"dismiss-if-shown\" first"
                    .into(),
            ),
            _ => Ok(()),
        }
    }

    pub(super) fn odd_call(&mut self, call: &OddCall) -> Result<(), String> {
        if let Some(reason) = call.contradiction() {
            return Err(reason.into());
        }
        if !self.raised {
            return Err("an odd call comes after lcw:ready, so that nothing else is odd about it".into());
        }
        if self.settings.page == PageKind::HostileGlobals {
            return Err("an odd call needs an ordinary page: on this one every object has a message".into());
        }
        if self.is_engaged() || self.chat.agent_ended || !self.settings.proactive_chat {
            return Err(
                "an odd call comes where any other call would be heard; close what is open first".into()
            );
        }
        self.returned += 1;
        let odd = self.odd.get_or_insert_default();
        // Whether a second one is heard depends on what the first shows.
        let text = if odd.pending.is_some() { None } else { call.observed_text() };
        odd.pending = Some(Pending { text });
        Ok(())
    }

    pub(super) fn if_shown(&mut self, accepted: bool) -> Result<(), String> {
        let Some(odd) = self.odd.as_mut().filter(|odd| odd.pending.is_some()) else {
            return Err("whether a notification is shown is known here; say \"accept\" or \"dismiss\"".into());
        };
        odd.pending = None;
        odd.accepted |= accepted;
        self.shown = because(false, id::ARGUMENTS_PAGE_USABLE);
        Ok(())
    }

    /// What holds after odd calls, in place of what holds otherwise.
    pub(super) fn claim_odd(&self, odd: &Odd, claims: &mut Claims) {
        let mut fact = |requirement, fact| claims.add(requirement, Fact::Odd(fact));
        fact(id::ARGUMENTS_NO_EXCEPTION, OddFact::NothingThrown(self.returned));
        fact(id::ARGUMENTS_NO_POLLUTION, OddFact::NothingPolluted);
        fact(id::ARGUMENTS_PAGE_USABLE, OddFact::Usable);
        claims.add(id::MESSAGE_IS_TEXT, Fact::MessageIsText);
        match odd.pending {
            Some(Pending { text: Some(text) }) => {
                claims.add(id::ARGUMENTS_OBSERVED_TEXT, Fact::Notification(true));
                claims.add(id::ARGUMENTS_OBSERVED_TEXT, Fact::Message(text.to_owned()));
            }
            Some(Pending { text: None }) => claims.add(id::ARGUMENTS_MEANING, Fact::Notification(true)),
            None if odd.accepted => {}
            // A well-formed call is heard again: the widget is not only to be looked at.
            None => {
                claims.add(id::ARGUMENTS_PAGE_USABLE, Fact::Notification(self.shown.value));
                if self.chat.unsure.is_none() && !self.sdk.failed {
                    claims.add(id::ARGUMENTS_PAGE_USABLE, Fact::Page(self.page.value));
                }
                if let Some((text, _)) = self.text() {
                    claims.add(id::ARGUMENTS_PAGE_USABLE, Fact::Message(text));
                    claims.add(id::ARGUMENTS_PAGE_USABLE, Fact::Reachable);
                }
            }
        }
    }
}

impl OddFact {
    /// Whether it holds; else what should have been seen and what was.
    pub(in crate::contract) fn check(&self, seen: &Observation) -> Result<(), (String, String)> {
        match self {
            Self::NothingThrown(times) => {
                let thrown = seen.returned.iter().find(|value| matches!(value, Returned::Threw(_)));
                match thrown {
                    Some(thrown) => Err(("no exception".into(), thrown.to_string())),
                    None if seen.returned.len() == *times => Ok(()),
                    None => Err((
                        format!("{times} calls have returned"),
                        format!("{} calls have returned", seen.returned.len()),
                    )),
                }
            }
            Self::NothingPolluted if seen.polluted => Err((
                "built-in objects as they were".into(),
                "every object has got a property from an argument".into(),
            )),
            Self::NothingPolluted => Ok(()),
            Self::Usable => {
                let reachable =
                    seen.notification.as_ref().is_some_and(|pane| pane.can_accept && pane.can_dismiss);
                let view = seen.view;
                if reachable || view.chat_button || view.survey_or_chat() {
                    return Ok(());
                }
                let actual = match seen.notification {
                    Some(_) => "a notification whose buttons cannot be pressed",
                    None => "neither notification, chat button, survey nor chat",
                };
                Err(("something of the widget that can be used".into(), actual.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::oracle::{Claim, StepPrediction, predict};
    use crate::contract::verdict::judge;
    use crate::contract::{ChatView, Notification, OddValue, ProactiveChatCall, Scenario};

    fn odd(value: OddValue) -> Step {
        Step::OddCall(OddCall { message: Some(value), ..OddCall::default() })
    }

    fn last(steps: Vec<Step>) -> Result<StepPrediction, String> {
        let scenario = Scenario { steps, ..Scenario::default() };
        predict(&scenario).map(|mut all| all.pop().unwrap()).map_err(|bug| bug.to_string())
    }

    fn blamed(steps: Vec<Step>, seen: &Observation) -> Vec<String> {
        let mut prediction = last(steps).unwrap();
        prediction.claims.retain(|claim| claim.requirement.as_str().starts_with("arguments"));
        judge(&prediction, seen).iter().map(|broken| broken.requirement.to_string()).collect()
    }

    #[test]
    fn a_page_lives_on_with_a_notification_or_without() {
        let idle = Observation {
            view: ChatView { chat_button: true, ..ChatView::default() },
            returned: vec![Returned::Undefined],
            ..Observation::default()
        };
        let meaning = ["arguments.meaning"];
        assert_eq!(blamed(vec![odd(OddValue::Symbol)], &idle), meaning, "recorded, not failed");
        let gone = Observation { view: ChatView::default(), ..idle.clone() };
        assert_eq!(
            blamed(vec![odd(OddValue::Symbol)], &gone),
            ["arguments.page-usable", "arguments.meaning"]
        );
        let thrown = Observation { returned: vec![Returned::Threw("no".into())], ..idle.clone() };
        assert_eq!(
            blamed(vec![odd(OddValue::Symbol)], &thrown),
            ["arguments.no-exception", "arguments.meaning"]
        );
        let polluted = Observation { polluted: true, ..idle };
        assert_eq!(
            blamed(vec![odd(OddValue::PollutingKeys)], &polluted),
            ["arguments.no-pollution", "arguments.meaning"]
        );
    }

    #[test]
    fn a_notification_whose_buttons_are_out_of_reach_is_of_no_use() {
        let shown = |reachable| Observation {
            notification: Some(Notification {
                can_accept: reachable,
                can_dismiss: reachable,
                ..Notification::default()
            }),
            returned: vec![Returned::Undefined],
            ..Observation::default()
        };
        assert_eq!(blamed(vec![odd(OddValue::True)], &shown(true)), Vec::<String>::new());
        assert_eq!(blamed(vec![odd(OddValue::True)], &shown(false)), ["arguments.page-usable"]);
    }

    #[test]
    fn what_the_open_source_widget_shows_is_expected_of_all_and_the_rest_of_nobody() {
        let text = |value, text: &str| {
            let claim =
                Claim { requirement: id::ARGUMENTS_OBSERVED_TEXT, fact: Fact::Message(text.to_owned()) };
            last(vec![odd(value)]).unwrap().claims.contains(&claim)
        };
        assert!(text(OddValue::Null, crate::contract::DEFAULT_MESSAGE));
        assert!(text(OddValue::Number, "42"));
        assert!(!text(OddValue::True, crate::contract::DEFAULT_MESSAGE));
        let both = last(vec![odd(OddValue::Number), odd(OddValue::Null)]).unwrap().claims;
        assert!(
            !both.iter().any(|claim| matches!(claim.fact, Fact::Message(_))),
            "the first may still be shown"
        );
    }

    #[test]
    fn a_well_formed_call_after_an_odd_one_has_to_be_heard() {
        let call = Step::Call(ProactiveChatCall::with_message("Hello"));
        let claim = Claim { requirement: id::ARGUMENTS_PAGE_USABLE, fact: Fact::Message("Hello".into()) };
        let steps = vec![odd(OddValue::Null), Step::DismissIfShown, call.clone()];
        assert!(last(steps).unwrap().claims.contains(&claim));
        let guess = last(vec![odd(OddValue::Null), call]).unwrap_err();
        assert!(guess.contains("dismiss-if-shown"), "{guess}");
        let after_all = last(vec![odd(OddValue::Null), Step::AcceptIfShown, Step::Dismiss]).unwrap_err();
        assert!(after_all.contains("last step"), "{after_all}");
        let again = vec![odd(OddValue::Null), Step::AcceptIfShown, odd(OddValue::Null)];
        assert!(last(again).is_err(), "nobody can tell whether it is heard");
        assert!(last(vec![Step::DismissIfShown]).is_err());
    }

    #[test]
    fn an_odd_call_comes_where_a_call_is_heard() {
        let begun = vec![Step::StartChat(Default::default()), odd(OddValue::Null)];
        let minimized = vec![begun[0].clone(), Step::Minimize, odd(OddValue::Null)];
        let settings = crate::contract::WidgetSettings { prechat: false, ..Default::default() };
        for steps in [begun, minimized] {
            assert!(predict(&Scenario { settings: settings.clone(), steps }).is_err());
        }
        let off = crate::contract::WidgetSettings { proactive_chat: false, ..settings };
        assert!(predict(&Scenario { settings: off, steps: vec![odd(OddValue::Null)] }).is_err());
    }
}
