//! A chat whose window was not let open, or was closed by the visitor: nobody says what becomes of it.

use super::fact::Pane;
use super::model::{Because, Model};
use crate::contract::requirement_ids as id;
use crate::contract::{PageKind, RequirementId, Step};

/// A chat of which nobody says where it is.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    /// What records what is seen of it.
    pub(super) recorded_as: RequirementId,
    /// A call was made since then, and nobody says whether it is heard.
    pub(super) called: bool,
}

impl Model<'_> {
    /// Refuses steps that would need to know what became of the chat.
    pub(super) fn check_lost(&self, step: &Step) -> Result<(), String> {
        let Some(lost) = &self.lost else { return Ok(()) };
        let closed = lost.recorded_as == id::WINDOW_CLOSED_BY_VISITOR && !lost.called;
        match step {
            Step::HoldClock | Step::Advance(_) => Ok(()),
            Step::Call(_) | Step::CloseChat if closed => Ok(()),
            _ => Err(
                "what becomes of a chat whose window was blocked or closed is not specified; make it the \
                      last step, or put \"close-chat\" after \"close-window\""
                    .into(),
            ),
        }
    }

    /// Whether the page's browser opens a window now.
    pub(super) fn lets_windows_open(&self, in_gesture: bool) -> bool {
        match self.settings.page {
            PageKind::NoPopups => false,
            PageKind::PopupBlocker => in_gesture,
            PageKind::Ordinary | PageKind::StrictPolicy | PageKind::HostileGlobals => true,
        }
    }

    /// A chat was to open in a window that the browser did not let open. What is recorded is whether it opens in
    /// the page then.
    pub(super) fn open_blocked(&mut self, pane: Because<Pane>, opened_by: RequirementId) {
        self.open_in_page(pane, opened_by);
        self.lost = Some(Lost { recorded_as: id::WINDOW_BLOCKED, called: false });
    }

    /// The visitor closes the chat's window.
    pub(super) fn close_window(&mut self) -> Result<(), String> {
        if self.windows.len() != 1 || self.chat.window_left {
            return Err("there is not one window of a chat, and no other, to be closed at this point".into());
        }
        self.windows.clear();
        self.lost = Some(Lost { recorded_as: id::WINDOW_CLOSED_BY_VISITOR, called: false });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::oracle::{Claim, Fact, SuiteBug, predict};
    use crate::contract::{ProactiveChatCall, Scenario, StartChatCall, WidgetSettings};

    fn last(page: PageKind, steps: &[Step]) -> Result<Vec<Claim>, SuiteBug> {
        let settings = WidgetSettings { page, prechat: false, ..WidgetSettings::default() };
        predict(&Scenario { settings, steps: steps.to_vec() })
            .map(|mut moments| moments.pop().unwrap().claims)
    }

    fn call() -> Step {
        Step::Call(ProactiveChatCall::with_message("Hello").in_new_window(true))
    }

    fn blamed(claims: &[Claim], fact: Fact) -> Vec<String> {
        let claims = claims.iter().filter(|claim| claim.fact == fact);
        claims.map(|claim| claim.requirement.to_string()).collect()
    }

    #[test]
    fn a_blocker_lets_a_window_open_that_the_visitor_asked_for() {
        let steps = [call(), Step::Accept];
        let (blocker, ordinary) = (last(PageKind::PopupBlocker, &steps), last(PageKind::Ordinary, &steps));
        assert_eq!(blocker.unwrap(), ordinary.unwrap());
    }

    #[test]
    fn without_its_window_an_accepted_chat_is_recorded_and_the_notification_is_not() {
        let claims = last(PageKind::NoPopups, &[call(), Step::Accept]).unwrap();
        assert_eq!(blamed(&claims, Fact::Notification(false)), ["notification.accept-closes"]);
        assert_eq!(blamed(&claims, Fact::NoErrors), ["page.no-errors"]);
        assert_eq!(blamed(&claims, Fact::Page(Pane::Chat)), ["window.blocked"]);
        assert_eq!(blamed(&claims, Fact::WindowsOpened(0)), ["window.blocked"]);
    }

    #[test]
    fn page_code_alone_opens_no_window_past_a_blocker() {
        let start = Step::StartChat(StartChatCall { in_new_window: Some(true), ..StartChatCall::default() });
        let claims = last(PageKind::PopupBlocker, std::slice::from_ref(&start)).unwrap();
        assert_eq!(blamed(&claims, Fact::Page(Pane::Chat)), ["window.blocked"]);
        assert!(last(PageKind::PopupBlocker, &[start, Step::Reload]).is_err());
    }

    #[test]
    fn a_closed_window_is_recorded_until_close_chat() {
        let closed = [call(), Step::Accept, Step::CloseWindow];
        let then = |steps: &[Step]| last(PageKind::Ordinary, &[&closed, steps].concat());
        let chat_button = Fact::ChatButton(true);
        assert_eq!(blamed(&then(&[]).unwrap(), chat_button.clone()), ["window.closed-by-visitor"]);
        // A call may be heard or not.
        let shown = Fact::Notification(true);
        assert_eq!(blamed(&then(&[call()]).unwrap(), shown.clone()), ["window.closed-by-visitor"]);
        assert!(then(&[call(), Step::Accept]).is_err());
        // After closeChat it is heard for sure.
        let ended = then(&[Step::CloseChat]).unwrap();
        assert_eq!(blamed(&ended, chat_button), ["chat-button.gives-way"]);
        assert_eq!(blamed(&then(&[Step::CloseChat, call()]).unwrap(), shown), ["notification.shown"]);
    }

    #[test]
    fn a_window_is_closed_only_while_there_is_just_one() {
        for steps in [
            vec![Step::CloseWindow],
            vec![call(), Step::CloseWindow],
            vec![call(), Step::Accept, Step::CloseWindow, Step::CloseWindow],
            vec![call(), Step::Accept, Step::CloseChat, call(), Step::Accept, Step::CloseWindow],
        ] {
            assert!(last(PageKind::Ordinary, &steps).is_err(), "{steps:?}");
        }
    }
}
