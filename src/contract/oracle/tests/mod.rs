//! Each documented sentence, said to the oracle and asked back.

use std::time::Duration;

mod chat;
mod sdk;

use super::fact::Pane;
use super::*;
use crate::contract::requirement_ids as id;
use crate::contract::{
    DEFAULT_MESSAGE, OddCall, OddValue, PageKind, ProactiveChatCall, Ready, StartChatCall, WidgetSettings,
    WindowOptions,
};

fn scenario(settings: WidgetSettings, steps: Vec<Step>) -> Scenario {
    Scenario { settings, steps }
}

/// The claims after the last step.
fn last(settings: WidgetSettings, steps: Vec<Step>) -> Vec<Claim> {
    predict(&scenario(settings, steps)).unwrap().pop().unwrap().claims
}

fn claims(claims: &[Claim], requirement: RequirementId, fact: Fact) -> bool {
    claims.contains(&Claim { requirement, fact })
}

fn hello() -> ProactiveChatCall {
    ProactiveChatCall::with_message("Hello")
}

fn configured(prechat: bool) -> WidgetSettings {
    WidgetSettings { prechat, ..WidgetSettings::default() }
}

#[test]
fn a_page_that_calls_nothing_sees_no_notification_and_one_ready() {
    let seen = last(configured(true), vec![]);
    assert!(claims(&seen, id::NOTIFICATION_ONLY_ON_CALL, Fact::Notification(false)));
    assert!(claims(&seen, id::READY_RAISED_ONCE, Fact::ReadyOnWindow(1)));
    assert!(claims(&seen, id::WINDOW_ONLY_ON_ACCEPT, Fact::WindowsOpened(0)));
}

#[test]
fn a_held_back_ready_is_raised_when_it_is_fired_and_not_before() {
    let held = WidgetSettings { ready: Ready::Harness, ..configured(true) };
    assert!(claims(&last(held.clone(), vec![]), id::READY_RAISED_ONCE, Fact::ReadyOnWindow(0)));
    assert!(claims(&last(held, vec![Step::FireReady]), id::READY_RAISED_ONCE, Fact::ReadyOnWindow(1)));
}

#[test]
fn only_a_handler_added_before_ready_is_called() {
    let held = WidgetSettings { ready: Ready::Harness, ..configured(true) };
    let before = last(held.clone(), vec![Step::OnReady(hello()), Step::FireReady]);
    assert!(claims(&before, id::NOTIFICATION_SHOWN, Fact::Notification(true)));
    let after = last(held.clone(), vec![Step::FireReady, Step::OnReady(hello())]);
    assert!(claims(&after, id::NOTIFICATION_ONLY_ON_CALL, Fact::Notification(false)));
    let never = last(held.clone(), vec![Step::OnReady(hello())]);
    assert!(claims(&never, id::NOTIFICATION_ONLY_ON_CALL, Fact::Notification(false)));
    // Of two in one dispatch the first wins in one widget and the second in another.
    let called = WidgetSettings { page_call: Some(hello()), ..held.clone() };
    for (settings, steps) in [(held, vec![Step::OnReady(hello()); 2]), (called, vec![Step::OnReady(hello())])]
    {
        assert!(predict(&scenario(settings, steps)).is_err());
    }
}

#[test]
fn the_message_is_the_given_one_or_the_documented_default() {
    let text = |call| last(configured(true), vec![Step::Call(call)]);
    let spaces = ProactiveChatCall::with_message("  two spaces\n");
    assert!(claims(&text(spaces), id::MESSAGE_VERBATIM, Fact::Message("  two spaces\n".into())));
    let default = "Hi! Have any questions? I'm here to help".to_owned();
    assert!(claims(&text(ProactiveChatCall::default()), id::MESSAGE_DEFAULT, Fact::Message(default.clone())));
    let empty = ProactiveChatCall::with_message("");
    assert!(claims(&text(empty), id::MESSAGE_EMPTY_IS_DEFAULT, Fact::Message(default)));
}

#[test]
fn show_prechat_decides_only_when_a_survey_is_configured_and_is_true_by_default() {
    let accepted = |prechat, call| last(configured(prechat), vec![Step::Call(call), Step::Accept]);
    for (prechat, show, requirement, pane) in [
        (true, None, id::PRECHAT_DEFAULT, Pane::Prechat),
        (true, Some(true), id::PRECHAT_SHOWN, Pane::Prechat),
        (true, Some(false), id::PRECHAT_NOT_WHEN_FALSE, Pane::Chat),
        (false, None, id::PRECHAT_ONLY_IF_CONFIGURED, Pane::Chat),
        (false, Some(true), id::PRECHAT_ONLY_IF_CONFIGURED, Pane::Chat),
        (false, Some(false), id::PRECHAT_ONLY_IF_CONFIGURED, Pane::Chat),
    ] {
        let call = ProactiveChatCall { show_prechat: show, ..hello() };
        assert!(claims(&accepted(prechat, call), requirement, Fact::Page(pane)), "{prechat} {show:?}");
    }
}

#[test]
fn a_new_window_opens_on_acceptance_only_and_keeps_the_prechat_rule() {
    for (show, pane) in [(true, Pane::Prechat), (false, Pane::Chat)] {
        let call = hello().show_prechat(show).in_new_window(true);
        let shown = last(configured(true), vec![Step::Call(call.clone())]);
        assert!(claims(&shown, id::WINDOW_ONLY_ON_ACCEPT, Fact::WindowsOpened(0)));
        let accepted = last(configured(true), vec![Step::Call(call), Step::Accept]);
        assert!(claims(&accepted, id::WINDOW_NEW, Fact::WindowsOpened(1)));
        assert!(claims(&accepted, id::WINDOW_NEW, Fact::Page(Pane::Nothing)));
        assert!(claims(&accepted, id::WINDOW_PRECHAT, Fact::Windows(vec![pane])));
    }
}

#[test]
fn without_in_new_window_the_chat_opens_in_the_page() {
    let empty = ProactiveChatCall { options: Some(WindowOptions::default()), ..hello() };
    for (call, requirement) in [
        (hello(), id::WINDOW_DEFAULT),
        (empty, id::WINDOW_DEFAULT),
        (hello().in_new_window(false), id::WINDOW_IN_PAGE),
    ] {
        let accepted = last(configured(false), vec![Step::Call(call), Step::Accept]);
        assert!(claims(&accepted, requirement, Fact::WindowsOpened(0)));
    }
}

#[test]
fn an_invitation_lives_for_exactly_one_minute() {
    let after = |millis| {
        let by = Step::Advance(Duration::from_millis(millis));
        last(configured(true), vec![Step::HoldClock, Step::Call(hello()), by])
    };
    assert!(claims(&after(59_999), id::NOTIFICATION_ONE_MINUTE, Fact::Notification(true)));
    assert!(claims(&after(60_000), id::NOTIFICATION_ONE_MINUTE, Fact::Notification(false)));
    assert!(
        claims(&after(60_000), id::NOTIFICATION_ONE_MINUTE, Fact::Page(Pane::Nothing)),
        "it leads nowhere"
    );
}

#[test]
fn an_accepted_invitation_has_no_minute_any_more() {
    let minute = Step::Advance(Duration::from_secs(60));
    let steps = vec![Step::HoldClock, Step::Call(hello()), Step::Accept, minute];
    let seen = last(configured(false), steps);
    assert!(claims(&seen, id::PRECHAT_ONLY_IF_CONFIGURED, Fact::Page(Pane::Chat)));
}

#[test]
fn the_visitor_can_close_the_invitation_and_be_invited_again() {
    for (step, requirement) in
        [(Step::Dismiss, id::NOTIFICATION_DISMISS_BUTTON), (Step::Escape, id::NOTIFICATION_DISMISS_ESCAPE)]
    {
        let closed = last(configured(true), vec![Step::Call(hello()), step.clone()]);
        assert!(claims(&closed, requirement.clone(), Fact::Notification(false)));
        assert!(claims(&closed, requirement, Fact::Page(Pane::Nothing)));
        let again = last(configured(true), vec![Step::Call(hello()), step, Step::Call(hello())]);
        assert!(claims(&again, id::NOTIFICATION_ONLY_ON_CALL, Fact::NotificationsShown(2)));
    }
}

#[test]
fn with_the_setting_off_a_call_shows_nothing() {
    let off = WidgetSettings { proactive_chat: false, ..configured(true) };
    let seen = last(off, vec![Step::Call(hello())]);
    assert!(claims(&seen, id::PROACTIVE_SETTING_OFF, Fact::Notification(false)));
    assert!(claims(&seen, id::CALL_RETURNS_NOTHING, Fact::ReturnedUndefined(1)));
}

#[test]
fn a_strict_policy_is_kept_and_nothing_else_changes() {
    let steps = vec![Step::Call(hello()), Step::Accept];
    let strict = WidgetSettings { page: PageKind::StrictPolicy, ..configured(true) };
    let mut seen = last(strict, steps.clone());
    assert!(claims(&seen, id::PAGE_POLICY_KEPT, Fact::NoPolicyViolations));
    seen.retain(|claim| claim.requirement != id::PAGE_POLICY_KEPT);
    assert_eq!(seen, last(configured(true), steps));
}

#[test]
fn an_inherited_message_is_recorded_and_not_judged() {
    let hostile = || WidgetSettings { page: PageKind::HostileGlobals, ..configured(true) };
    let text = Fact::Message(DEFAULT_MESSAGE.into());
    let seen = last(hostile(), vec![Step::Call(ProactiveChatCall::default())]);
    assert!(claims(&seen, id::MESSAGE_INHERITED, text));
    assert_eq!(last(hostile(), vec![Step::Call(hello())]), last(configured(true), vec![Step::Call(hello())]));
    let odd = Step::OddCall(OddCall { config: Some(OddValue::Null), ..OddCall::default() });
    assert!(predict(&scenario(hostile(), vec![odd])).is_err());
}

#[test]
fn a_call_before_ready_is_recorded_and_not_judged() {
    let held = WidgetSettings { ready: Ready::Harness, ..configured(true) };
    let seen = last(held, vec![Step::Call(hello())]);
    assert!(seen.iter().all(|claim| claim.requirement == id::CALL_BEFORE_READY), "{seen:?}");
}

#[test]
fn steps_that_cannot_happen_are_the_suites_fault() {
    let second = Duration::from_secs(1);
    for steps in [
        vec![Step::Accept],
        vec![Step::Dismiss],
        vec![Step::Escape],
        vec![Step::SubmitSurvey],
        vec![Step::Send("hi".into())],
        vec![Step::FireReady],
        vec![Step::Advance(second)],
        vec![Step::HoldClock, Step::HoldClock],
        vec![Step::Call(hello()), Step::HoldClock, Step::Advance(second)],
    ] {
        let bug = predict(&scenario(configured(true), steps.clone())).unwrap_err();
        assert!(bug.to_string().starts_with("BUG IN SUITE: step"), "{steps:?}: {bug}");
    }
}
