//! Compares what was predicted with what was seen.

use serde::Serialize;

use super::oracle::{Claim, Fact, Pane, StepPrediction};
use super::{ChatView, EventTarget, Observation, RequirementId, Returned};

/// A claim that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The requirement that is broken.
    pub requirement: RequirementId,
    /// What should have been seen.
    pub expected: String,
    /// What was seen.
    pub actual: String,
}

/// Judges one moment: every claim of the prediction that does not hold, in the order of the claims.
///
/// A claim that cannot be judged because an earlier one already failed is left out: without a
/// notification nothing is said about its text, and when the wrong number of windows opened nothing
/// about what they show. A message that was parsed as markup has lost its text and may have run code, so
/// neither is told beside it. What a page's policy blocked is told alone, for nobody knows what it was
/// good for. While `lcw:ready` is wrong, handlers ran too often, too early or not at all: nothing is said
/// about what their calls did, and nothing of the errors they may have raised. Where it was never raised no handler ran, and
/// an error is rather why. So one defect gives one blame, not a shower of consequences.
pub fn judge(prediction: &StepPrediction, seen: &Observation) -> Vec<Violation> {
    let mut violations = Vec::new();
    // What raises errors itself is looked at first: they are claimed before it is.
    let fails = |is_cause: fn(&Fact) -> bool| {
        prediction.claims.iter().any(|claim| is_cause(&claim.fact) && check(claim, seen).is_some())
    };
    let markup = fails(|fact| *fact == Fact::MessageIsText);
    let policy = fails(|fact| *fact == Fact::NoPolicyViolations);
    let ready = fails(is_about_ready);
    let never_ready = ready && count_events(seen, "lcw:ready", None) == 0;
    let mut broken = Broken { policy, markup, ready, never_ready, ..Broken::default() };
    for claim in &prediction.claims {
        if broken.hides(&claim.fact) {
            continue;
        }
        if let Some(violation) = check(claim, seen) {
            broken.note(&claim.fact);
            violations.push(violation);
        }
    }
    violations
}

/// Which facts are already known to be wrong at this moment.
#[derive(Default)]
struct Broken {
    policy: bool,
    markup: bool,
    ready: bool,
    /// `lcw:ready` was to be raised and nowhere was.
    never_ready: bool,
    ready_elsewhere: bool,
    notification: bool,
    windows: bool,
    panes: bool,
}

impl Broken {
    fn note(&mut self, fact: &Fact) {
        match fact {
            Fact::ReadyNowhereElse => self.ready_elsewhere = true,
            Fact::Notification(_) => self.notification = true,
            Fact::WindowsOpened(_) => self.windows = true,
            Fact::Opened { .. } | Fact::Page(_) | Fact::Windows(_) => self.panes = true,
            _ => {}
        }
    }

    fn hides(&self, fact: &Fact) -> bool {
        match fact {
            Fact::NoPolicyViolations => false,
            _ if self.policy => true,
            Fact::NoErrors => self.markup || (self.ready && !self.never_ready),
            Fact::ReadyOnWindow(_) => self.ready_elsewhere,
            Fact::ReadyNowhereElse | Fact::ReadyWithMethods => false,
            _ if self.ready => true,
            Fact::Message(_) => self.markup || self.notification,
            Fact::NotificationsShown(_)
            | Fact::MessageIsText
            | Fact::Direction(_)
            | Fact::Labelled
            | Fact::Reachable => self.notification,
            Fact::Opened { .. } => self.notification || self.windows,
            Fact::Page(_) | Fact::Windows(_) => self.notification || self.windows || self.panes,
            Fact::ChatButton(_) | Fact::Focus(_) => self.notification || self.windows || self.panes,
            // A pane that is there or not against the rules begins or ends a chat with all its events.
            Fact::EventAtLeast(..)
            | Fact::EventAtMost(..)
            | Fact::NoEvents(_)
            | Fact::MessageTypes
            | Fact::ConversationEnded => self.notification || self.windows || self.panes,
            _ => false,
        }
    }
}

fn is_about_ready(fact: &Fact) -> bool {
    matches!(fact, Fact::ReadyOnWindow(_) | Fact::ReadyNowhereElse | Fact::ReadyWithMethods)
}

/// Whether one claim holds; the violation when it does not.
fn check(claim: &Claim, seen: &Observation) -> Option<Violation> {
    let differ = |holds: bool, expected: String, actual: String| {
        (!holds).then(|| Violation { requirement: claim.requirement.clone(), expected, actual })
    };
    let notification = seen.notification.as_ref();
    match &claim.fact {
        Fact::NoErrors => differ(seen.errors.is_empty(), "no uncaught error".into(), seen.errors.join("; ")),
        Fact::NoPolicyViolations => {
            let violations = &seen.policy_violations;
            differ(violations.is_empty(), "nothing that the policy blocks".into(), violations.join("; "))
        }
        Fact::ReadyOnWindow(times) => {
            let on_window = count_events(seen, "lcw:ready", Some(EventTarget::Window));
            differ(on_window == *times, count("lcw:ready", *times), count("lcw:ready", on_window))
        }
        Fact::ReadyNowhereElse => {
            let elsewhere: Vec<_> = seen
                .events
                .iter()
                .filter(|event| event.name == "lcw:ready" && event.target != EventTarget::Window)
                .map(|event| match event.target {
                    EventTarget::Document => "a document",
                    _ => "an element, or the window of a frame",
                })
                .collect();
            let actual = format!("lcw:ready on {}", elsewhere.join(", "));
            differ(elsewhere.is_empty(), "lcw:ready on the window only".into(), actual)
        }
        Fact::ReadyWithMethods => {
            let all = seen.events.iter().all(|event| event.name != "lcw:ready" || event.sdk_usable);
            let actual = "startProactiveChat is not a function when lcw:ready is raised";
            differ(all, "startProactiveChat is a function when lcw:ready is raised".into(), actual.into())
        }
        Fact::ReturnedUndefined(times) => {
            let holds = seen.returned.len() == *times
                && seen.returned.iter().all(|value| *value == Returned::Undefined);
            let expected = vec![Returned::Undefined; *times];
            differ(holds, returned(&expected), returned(&seen.returned))
        }
        Fact::Notification(shown) => {
            differ(notification.is_some() == *shown, notice(*shown), notice(notification.is_some()))
        }
        Fact::NotificationsShown(times) => differ(
            seen.notifications_shown == *times,
            count("notification", *times),
            count("notification", seen.notifications_shown),
        ),
        Fact::Message(text) => {
            let actual = notification.map(|pane| pane.message.clone()).unwrap_or_default();
            differ(actual == *text, text.clone(), actual)
        }
        Fact::MessageIsText => {
            let elements = notification.map_or(0, |pane| pane.elements_in_message);
            differ(
                elements == 0,
                "the message is text".into(),
                format!("the message holds {}", count("element", elements)),
            )
        }
        Fact::Direction(direction) => {
            let actual = notification.map(|pane| pane.direction.clone()).unwrap_or_default();
            differ(actual == *direction, (*direction).into(), actual)
        }
        Fact::Labelled => {
            let label = notification.map_or("", |pane| pane.label.trim());
            differ(!label.is_empty(), "a label for the notification".into(), "none".into())
        }
        Fact::Reachable => {
            let accept = notification.is_some_and(|pane| pane.can_accept);
            let dismiss = notification.is_some_and(|pane| pane.can_dismiss);
            let actual = match (accept, dismiss) {
                (false, false) => "neither button can be pressed",
                (false, true) => "the start button cannot be pressed",
                _ => "the close button cannot be pressed",
            };
            differ(accept && dismiss, "start and close button can be pressed".into(), actual.into())
        }
        Fact::WindowsOpened(times) => differ(
            seen.windows_opened == *times,
            count("window", *times) + " opened",
            count("window", seen.windows_opened) + " opened",
        ),
        Fact::Opened { in_window } => {
            let (opened, place) = if *in_window {
                let empty = seen.windows.iter().any(|window| pane(window.view) == Pane::Nothing);
                (!seen.windows.is_empty() && !empty, "the new window")
            } else {
                (pane(seen.view) != Pane::Nothing, "the page")
            };
            differ(opened, format!("a survey or the chat in {place}"), format!("neither in {place}"))
        }
        Fact::Page(expected) => {
            let actual = pane(seen.view);
            let place = |pane| format!("{} in the page", words(pane));
            differ(actual == *expected, place(*expected), place(actual))
        }
        Fact::Windows(expected) => {
            let mut expected = expected.clone();
            let mut actual: Vec<_> = seen.windows.iter().map(|window| pane(window.view)).collect();
            expected.sort_unstable();
            actual.sort_unstable();
            differ(actual == expected, in_windows(&expected), in_windows(&actual))
        }
        Fact::ChatButton(shown) => {
            let text = |shown| if shown { "the chat button" } else { "no chat button" };
            differ(seen.view.chat_button == *shown, text(*shown).into(), text(seen.view.chat_button).into())
        }
        Fact::Focus(part) => {
            let actual = seen.focus.map_or_else(|| "elsewhere".to_owned(), |part| format!("on {part}"));
            differ(seen.focus == Some(*part), format!("focus on {part}"), format!("focus {actual}"))
        }
        Fact::Sdk(fact) => match fact.check(seen) {
            Ok(()) => None,
            Err((expected, actual)) => differ(false, expected, actual),
        },
        Fact::Odd(fact) => match fact.check(seen) {
            Ok(()) => None,
            Err((expected, actual)) => differ(false, expected, actual),
        },
        Fact::EventAtLeast(name, times) => {
            let actual = count_events(seen, name, Some(EventTarget::Window));
            differ(
                actual >= *times,
                format!("{name} at least {}", count("time", *times)),
                count("time", actual),
            )
        }
        Fact::EventAtMost(name, times) => {
            let actual = count_events(seen, name, Some(EventTarget::Window));
            let expected = match times {
                0 => count(name, 0),
                _ => format!("at most {}", count(name, *times)),
            };
            differ(actual <= *times, expected, count(name, actual))
        }
        Fact::NoEvents(names) => {
            let raised: Vec<_> = names
                .iter()
                .map(|name| (name, count_events(seen, name, Some(EventTarget::Window))))
                .filter(|(_, times)| *times > 0)
                .collect();
            let expected: Vec<_> = raised.iter().map(|(name, _)| count(name, 0)).collect();
            let actual: Vec<_> = raised.iter().map(|(name, times)| count(name, *times)).collect();
            differ(raised.is_empty(), expected.join(", "), actual.join(", "))
        }
        Fact::SecondTabEvent { name, raised } => {
            let events = seen.second_tab.iter().flatten();
            let actual = events.filter(|event| event.name == *name).count();
            let expected = if *raised { (*name).to_owned() } else { count(name, 0) };
            let place = |what: String| format!("{what} in the second tab");
            differ((actual > 0) == *raised, place(expected), place(count(name, actual)))
        }
        Fact::ConversationEnded => {
            let ended = seen.conversations.last().is_none_or(|conversation| conversation.ended);
            differ(ended, "the conversation has ended".into(), "the conversation has not been ended".into())
        }
        Fact::MessageTypes => {
            let wrong = seen.events.iter().find(|event| {
                event.name == "lcw:onMessageReceived"
                    && !matches!(event.detail["messageType"].as_str(), Some("user" | "system"))
            });
            let actual = wrong.map(|event| format!("detail {}", event.detail)).unwrap_or_default();
            differ(wrong.is_none(), "detail.messageType \"user\" or \"system\"".into(), actual)
        }
    }
}

fn count_events(seen: &Observation, name: &str, target: Option<EventTarget>) -> usize {
    seen.events
        .iter()
        .filter(|event| event.name == name && target.is_none_or(|target| event.target == target))
        .count()
}

fn pane(view: ChatView) -> Pane {
    match (view.prechat, view.chat) {
        (false, false) => Pane::Nothing,
        (true, false) => Pane::Prechat,
        (false, true) => Pane::Chat,
        (true, true) => Pane::Both,
    }
}

fn words(pane: Pane) -> &'static str {
    match pane {
        Pane::Nothing => "neither survey nor chat",
        Pane::Prechat => "the pre-chat survey",
        Pane::Chat => "the chat",
        Pane::Both => "survey and chat at once",
    }
}

fn in_windows(panes: &[Pane]) -> String {
    if panes.is_empty() {
        return "no open window".into();
    }
    let shown: Vec<_> = panes.iter().map(|pane| words(*pane)).collect();
    format!("{} open, showing {}", count("window", panes.len()), shown.join(", "))
}

fn notice(shown: bool) -> String {
    if shown { "a notification".into() } else { "no notification".into() }
}

fn returned(values: &[Returned]) -> String {
    if values.is_empty() {
        return "no call has returned".into();
    }
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `1 window`, `2 windows`; an event's name stays as it is: `lcw:ready once`.
fn count(noun: &str, number: usize) -> String {
    if noun.starts_with("lcw:") {
        return match number {
            0 => format!("no {noun}"),
            1 => format!("{noun} once"),
            _ => format!("{noun} {number} times"),
        };
    }
    match number {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests;
