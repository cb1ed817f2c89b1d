//! The page in a second tab: a chat that is under way is found again there, and stays where it was in the first.

use super::Claims;
use super::events::CHAT_RETRIEVED;
use super::fact::Fact;
use super::model::Model;
use crate::contract::requirement_ids as id;
use crate::contract::{Ready, Step};

impl Model<'_> {
    /// Refuses steps after a second tab was opened: which of the two they would concern is not said.
    pub(super) fn check_second_tab(&self, step: &Step) -> Result<(), String> {
        match step {
            Step::HoldClock | Step::Advance(_) => Ok(()),
            _ if self.second_tab => {
                Err("what two tabs of one chat do to each other is not specified; make \"second-tab\" the last step"
                    .into())
            }
            _ => Ok(()),
        }
    }

    /// The visitor opens the page in a second tab.
    pub(super) fn open_second_tab(&mut self) -> Result<(), String> {
        self.can_be_found_again()?;
        let window = self.chat.window_left || !self.windows.is_empty();
        if window || self.survey_is_in_the_page() || self.chat.agent_ended || self.odd.is_some() {
            return Err(
                "what a second tab does beside a window, a survey, a chat that the agent ended or an odd \
                        call is not specified; close it first"
                    .into(),
            );
        }
        if self.settings.ready != Ready::Widget || self.settings.page_call.is_some() {
            return Err(
                "a second tab needs a widget that raises lcw:ready itself, and a page that makes no call \
                        of its own"
                    .into(),
            );
        }
        self.second_tab = true;
        Ok(())
    }

    /// What holds of the second tab.
    pub(super) fn claim_second_tab(&self, claims: &mut Claims) {
        if !self.second_tab {
            return;
        }
        let event = |name, raised| Fact::SecondTabEvent { name, raised };
        claims.add(id::READY_RAISED_ONCE, event("lcw:ready", true));
        let (rule, retrieved) = if self.chat.ongoing {
            (id::EVENT_CHAT_RETRIEVED, true)
        } else if self.chat.forgotten {
            (id::CLOSE_CHAT_FORGETS, false)
        } else {
            (id::EVENT_ONLY_WHEN_CAUSED, false)
        };
        claims.add(rule, event(CHAT_RETRIEVED, retrieved));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::oracle::{Claim, SuiteBug, predict};
    use crate::contract::{ProactiveChatCall, Scenario, WidgetSettings};

    fn last(steps: &[Step]) -> Result<Vec<Claim>, SuiteBug> {
        let settings = WidgetSettings { prechat: false, ..WidgetSettings::default() };
        predict(&Scenario { settings, steps: steps.to_vec() })
            .map(|mut moments| moments.pop().unwrap().claims)
    }

    fn call() -> Step {
        Step::Call(ProactiveChatCall::with_message("Hello"))
    }

    #[test]
    fn a_chat_under_way_is_retrieved_in_the_second_tab_and_stays_in_the_first() {
        let chat = [call(), Step::Accept];
        let mut claims = last(&[&chat[..], &[Step::SecondTab]].concat()).unwrap();
        let retrieved = Fact::SecondTabEvent { name: CHAT_RETRIEVED, raised: true };
        assert!(claims.contains(&Claim { requirement: id::EVENT_CHAT_RETRIEVED, fact: retrieved }));
        claims.retain(|claim| !matches!(claim.fact, Fact::SecondTabEvent { .. }));
        assert_eq!(claims, last(&chat).unwrap());
    }

    #[test]
    fn nothing_is_retrieved_where_there_is_no_chat() {
        let nothing = Fact::SecondTabEvent { name: CHAT_RETRIEVED, raised: false };
        for (steps, requirement) in [
            (vec![call(), Step::SecondTab], id::EVENT_ONLY_WHEN_CAUSED),
            (vec![call(), Step::Accept, Step::CloseChat, Step::SecondTab], id::CLOSE_CHAT_FORGETS),
        ] {
            let claims = last(&steps).unwrap();
            assert!(claims.contains(&Claim { requirement, fact: nothing.clone() }), "{claims:?}");
        }
    }

    #[test]
    fn what_two_tabs_do_to_each_other_is_the_suites_fault() {
        let window = Step::Call(ProactiveChatCall::default().in_new_window(true));
        for steps in [
            vec![Step::SecondTab, Step::SecondTab],
            vec![Step::SecondTab, call()],
            vec![window, Step::Accept, Step::SecondTab],
            vec![call(), Step::Accept, Step::AgentEnds, Step::SecondTab],
        ] {
            assert!(last(&steps).is_err(), "{steps:?}");
        }
        assert!(last(&[Step::SecondTab, Step::HoldClock]).is_ok());
    }
}
