//! One wrong fact gives one blame, and the right one.

use super::*;
use crate::contract::oracle::predict;
use crate::contract::{
    ConversationStart, Notification, PageKind, Part, ProactiveChatCall, Ready, Scenario, SeenEvent, Step,
    WidgetSettings, WindowObservation,
};

/// What a widget that keeps every rule looks like after these steps.
fn faithful(steps: &[Step]) -> Observation {
    let ready = SeenEvent {
        name: "lcw:ready".into(),
        target: EventTarget::Window,
        sdk_usable: true,
        detail: Default::default(),
    };
    let mut seen = Observation { events: vec![ready], ..Observation::default() };
    seen.view.chat_button = true;
    for step in steps {
        match step {
            Step::Call(call) => {
                seen.returned.push(Returned::Undefined);
                seen.notifications_shown += 1;
                seen.view.chat_button = false;
                seen.focus = Some(Part::Accept);
                seen.notification = Some(Notification {
                    message: call.message.clone().unwrap(),
                    direction: "ltr".into(),
                    label: "Proactive Chat Pane".into(),
                    can_accept: true,
                    can_dismiss: true,
                    ..Notification::default()
                });
            }
            Step::Accept => {
                seen.notification = None;
                seen.view.prechat = true;
            }
            _ => unreachable!("not needed here"),
        }
    }
    seen
}

fn blamed(steps: Vec<Step>, change: impl FnOnce(&mut Observation)) -> Vec<String> {
    let mut seen = faithful(&steps);
    change(&mut seen);
    let scenario = Scenario { steps, ..Scenario::default() };
    let prediction = predict(&scenario).unwrap().pop().unwrap();
    judge(&prediction, &seen).into_iter().map(|violation| violation.requirement.to_string()).collect()
}

fn call() -> Step {
    Step::Call(ProactiveChatCall::with_message("Hello"))
}

fn call_in_new_window() -> Step {
    Step::Call(ProactiveChatCall::with_message("Hello").in_new_window(true))
}

#[test]
fn a_faithful_widget_is_blamed_for_nothing() {
    assert_eq!(blamed(vec![], |_| {}), Vec::<String>::new());
    assert_eq!(blamed(vec![call()], |_| {}), Vec::<String>::new());
    assert_eq!(blamed(vec![call(), Step::Accept], |_| {}), Vec::<String>::new());
}

#[test]
fn a_missing_notification_is_one_blame_and_not_one_for_each_of_its_parts() {
    let none = |seen: &mut Observation| {
        seen.notification = None;
        seen.notifications_shown = 0;
        seen.focus = None;
    };
    assert_eq!(blamed(vec![call()], none), ["notification.shown"]);
}

#[test]
fn ready_is_judged_by_number_place_and_usability() {
    assert_eq!(blamed(vec![], |seen| seen.events.clear()), ["ready.raised-once"]);
    let twice = |seen: &mut Observation| seen.events.push(seen.events[0].clone());
    assert_eq!(blamed(vec![], twice), ["ready.raised-once"]);
    let elsewhere = |seen: &mut Observation| seen.events[0].target = EventTarget::Document;
    assert_eq!(blamed(vec![], elsewhere), ["ready.on-window"]);
    assert_eq!(blamed(vec![], |seen| seen.events[0].sdk_usable = false), ["ready.methods-usable"]);
}

#[test]
fn the_notification_is_judged_to_the_letter() {
    let pane = |change: fn(&mut Notification)| {
        blamed(vec![call()], |seen| change(seen.notification.as_mut().unwrap()))
    };
    assert_eq!(pane(|pane| pane.message.push(' ')), ["message.verbatim"]);
    assert_eq!(pane(|pane| pane.elements_in_message = 1), ["message.is-text"]);
    assert_eq!(pane(|pane| pane.direction = "rtl".into()), ["notification.direction"]);
    assert_eq!(pane(|pane| pane.label.clear()), ["notification.labelled"]);
    assert_eq!(pane(|pane| pane.can_dismiss = false), ["notification.reachable"]);
}

#[test]
fn a_return_value_or_an_exception_is_seen() {
    let value = |seen: &mut Observation| seen.returned[0] = Returned::Value("[object Promise]".into());
    assert_eq!(blamed(vec![call()], value), ["call.returns-nothing"]);
    let threw = |seen: &mut Observation| seen.returned[0] = Returned::Threw("oops".into());
    assert_eq!(blamed(vec![call()], threw), ["call.returns-nothing"]);
}

#[test]
fn the_wrong_pane_blames_the_prechat_rule_and_no_pane_the_chat() {
    let accepted = || vec![call(), Step::Accept];
    let chat = |seen: &mut Observation| seen.view = ChatView { chat: true, ..ChatView::default() };
    assert_eq!(blamed(accepted(), chat), ["prechat.default"]);
    assert_eq!(blamed(accepted(), |seen| seen.view.chat = true), ["prechat.default"]);
    assert_eq!(blamed(accepted(), |seen| seen.view.prechat = false), ["chat.opens"]);
}

#[test]
fn windows_are_judged_by_number_first_and_then_by_what_they_show() {
    let accepted = || vec![call_in_new_window(), Step::Accept];
    let with = |panes: &'static [(bool, bool)]| {
        move |seen: &mut Observation| {
            seen.view = ChatView { chat_button: true, ..ChatView::default() };
            seen.windows_opened = panes.len();
            seen.windows = panes
                .iter()
                .map(|&(prechat, chat)| WindowObservation {
                    view: ChatView { prechat, chat, chat_button: false },
                })
                .collect();
        }
    };
    assert_eq!(blamed(accepted(), with(&[(true, false)])), Vec::<String>::new());
    assert_eq!(blamed(accepted(), with(&[(false, true)])), ["window.prechat"]);
    assert_eq!(blamed(accepted(), with(&[(false, false)])), ["chat.opens"]);
    assert_eq!(blamed(accepted(), with(&[])), ["window.new"]);
    assert_eq!(blamed(accepted(), with(&[(true, false), (true, false)])), ["window.new"]);
    let early = |seen: &mut Observation| seen.windows_opened = 1;
    assert_eq!(blamed(vec![call_in_new_window()], early), ["window.only-on-accept"]);
}

#[test]
fn an_uncaught_error_in_the_page_is_a_finding() {
    assert_eq!(blamed(vec![], |seen| seen.errors.push("boom".into())), ["page.no-errors"]);
}

#[test]
fn a_message_that_was_parsed_is_blamed_for_the_text_it_lost_and_the_code_it_ran() {
    let blame = blamed(vec![call()], |seen| {
        let notification = seen.notification.as_mut().unwrap();
        notification.elements_in_message = 2;
        notification.message = "lo".into();
        seen.errors.push("Error: the message ran".into());
    });
    assert_eq!(blame, ["message.is-text"]);
}

/// Without `lcw:ready` no handler has run that could have failed: the error says why it was not raised.
#[test]
fn an_error_that_kept_the_widget_from_getting_ready_is_told() {
    let blame = blamed(vec![], |seen| {
        seen.events.clear();
        seen.errors.push("SyntaxError: unexpected token".into());
    });
    assert_eq!(blame, ["page.no-errors", "ready.raised-once"]);
}

#[test]
fn a_wrong_ready_is_blamed_and_not_what_became_of_the_calls_in_its_handlers() {
    let on_ready = || vec![Step::OnReady(ProactiveChatCall::with_message("Hello")), Step::FireReady];
    let blamed = |change: fn(&mut Observation)| {
        let scenario = Scenario {
            settings: WidgetSettings { ready: Ready::Harness, ..WidgetSettings::default() },
            steps: on_ready(),
        };
        let prediction = predict(&scenario).unwrap().pop().unwrap();
        let mut seen = faithful(&[call()]);
        change(&mut seen);
        judge(&prediction, &seen).into_iter().map(|violation| violation.requirement.to_string()).collect()
    };
    let nobody: Vec<String> = blamed(|_| {});
    assert_eq!(nobody, Vec::<String>::new());
    let never: Vec<String> = blamed(|seen| *seen = Observation::default());
    assert_eq!(never, ["ready.raised-once"]);
    let twice: Vec<String> = blamed(|seen| {
        seen.events.push(seen.events[0].clone());
        seen.returned.push(Returned::Undefined);
    });
    assert_eq!(twice, ["ready.raised-once"]);
    let too_early: Vec<String> = blamed(|seen| {
        seen.events[0].sdk_usable = false;
        seen.errors.push("TypeError: startProactiveChat is not a function".into());
        seen.notification = None;
    });
    assert_eq!(too_early, ["ready.methods-usable"]);
}

#[test]
fn events_are_judged_by_number_and_hidden_behind_a_pane_that_is_wrong() {
    let event = |name: &str, detail| SeenEvent {
        name: name.into(),
        target: EventTarget::Window,
        sdk_usable: true,
        detail,
    };
    let faithful = |seen: &mut Observation| {
        seen.returned.push(Returned::Undefined);
        seen.view = ChatView { chat: true, ..ChatView::default() };
        seen.events.push(event("lcw:startChat", serde_json::Value::Null));
        seen.events.push(event("lcw:chatQueued", serde_json::Value::Null));
        seen.events.push(event("lcw:onMessageReceived", serde_json::json!({ "messageType": "user" })));
    };
    let judged = |change: &dyn Fn(&mut Observation)| {
        let settings = WidgetSettings { prechat: false, ..WidgetSettings::default() };
        let scenario = Scenario { settings, steps: vec![Step::StartChat(Default::default())] };
        let mut seen = Observation { events: faithful_ready(), ..Observation::default() };
        faithful(&mut seen);
        change(&mut seen);
        let violations = judge(&predict(&scenario).unwrap().pop().unwrap(), &seen);
        violations.into_iter().map(|it| it.requirement.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(judged(&|_| {}), Vec::<String>::new());
    assert_eq!(judged(&|seen| drop(seen.events.remove(1))), ["event.start-chat"]);
    assert_eq!(judged(&|seen| seen.events[2].target = EventTarget::Document), ["event.chat-queued"]);
    assert_eq!(judged(&|seen| seen.events[3].detail = serde_json::Value::Null), ["event.message-type"]);
    let early = |seen: &mut Observation| seen.events.push(event("lcw:onClose", serde_json::Value::Null));
    assert_eq!(judged(&early), ["event.only-when-caused"]);
    let nothing = |seen: &mut Observation| {
        seen.view = ChatView::default();
        seen.events.truncate(1);
    };
    assert_eq!(judged(&nothing), ["start-chat.opens"]);
}

fn faithful_ready() -> Vec<SeenEvent> {
    faithful(&[]).events
}

#[test]
fn what_a_policy_blocked_is_told_and_not_what_came_of_it() {
    let settings = WidgetSettings { page: PageKind::StrictPolicy, ..WidgetSettings::default() };
    let mut seen = Observation { errors: vec!["EvalError".into()], ..Observation::default() };
    seen.policy_violations.push("script-src blocked eval".into());
    let prediction = predict(&Scenario { settings, steps: vec![call()] }).unwrap().pop().unwrap();
    let violations = judge(&prediction, &seen);
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(violations[0].requirement.to_string(), "page.policy-kept");
    assert_eq!(violations[0].actual, "script-src blocked eval");
}

#[test]
fn a_conversation_that_goes_on_is_told_and_one_that_nobody_heard_of_is_none() {
    let claim = Claim {
        requirement: crate::contract::requirement_ids::CLOSE_CHAT_ENDS,
        fact: Fact::ConversationEnded,
    };
    let mut seen = Observation::default();
    assert_eq!(check(&claim, &seen), None, "the widget talks to somebody else");
    seen.conversations = vec![ConversationStart::default()];
    assert_eq!(check(&claim, &seen).unwrap().actual, "the conversation has not been ended");
    seen.conversations[0].ended = true;
    assert_eq!(check(&claim, &seen), None);
}
