//! Whether what is expected at one moment is so.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::words::{count, property, quoted, seconds};
use super::{CallExpectation, Expect, InvitationExpectation, Shown, Timeline};
use crate::contract::{CustomContext, Observation};

/// How far apart two times may be that are the same: a held clock is exact to the rounding of an animation frame.
const TOLERANCE: Duration = Duration::from_millis(1);

/// Something that is expected and is not so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What kind of thing it is about.
    pub aspect: Aspect,
    /// What it is about, in words.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What is so.
    pub actual: String,
}

/// What a difference can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Whether an invitation is shown.
    Invitation,
    /// The invitation's text.
    Text,
    /// When the invitation appeared.
    Time,
    /// How many invitations there were.
    Invitations,
    /// Whether a pre-chat survey is shown.
    Prechat,
    /// Whether a conversation is shown.
    Chat,
    /// How many windows were opened.
    Windows,
    /// A context variable.
    Context,
    /// The calls of the SDK.
    Calls,
    /// How many errors nobody caught.
    PageErrors,
    /// How many dialogs were opened.
    Dialogs,
}

impl fmt::Display for Aspect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Invitation => "the invitation",
            Self::Text => "the invitation's text",
            Self::Time => "the invitation's time",
            Self::Invitations => "the number of invitations",
            Self::Prechat => "the pre-chat survey",
            Self::Chat => "the chat",
            Self::Windows => "the number of opened windows",
            Self::Context => "the context",
            Self::Calls => "the calls of the SDK",
            Self::PageErrors => "the number of page errors",
            Self::Dialogs => "the number of dialogs",
        })
    }
}

/// Judges one moment: what of the expectation does not hold, in the order of its keys.
///
/// `timeline` is what happened up to now, `seen` what can be seen now. Of an invitation that is not there neither
/// text nor time are told beside it.
pub fn judge(expect: &Expect, timeline: &Timeline, seen: &Observation) -> Vec<Difference> {
    let mut all = Differences::default();
    if let Some(shown) = &expect.invitation {
        all.invitation(shown, timeline, seen);
    }
    all.number(Aspect::Invitations, "invitation", expect.invitations, timeline.invitations().count());
    let views = || std::iter::once(seen.view).chain(seen.windows.iter().map(|window| window.view));
    all.pane(Aspect::Prechat, "pre-chat survey", expect.prechat, views().any(|view| view.prechat));
    all.pane(Aspect::Chat, "chat", expect.chat, views().any(|view| view.chat));
    all.number(Aspect::Windows, "window", expect.windows, seen.windows_opened);
    if let Some(expected) = &expect.context {
        all.context(expected, timeline.context());
    }
    if let Some(expected) = &expect.calls {
        all.calls(expected, timeline);
    }
    all.number(Aspect::PageErrors, "page error", expect.page_errors, timeline.errors().count());
    all.number(Aspect::Dialogs, "dialog", expect.dialogs, timeline.dialogs().count());
    all.0
}

#[derive(Default)]
struct Differences(Vec<Difference>);

impl Differences {
    fn differ(&mut self, aspect: Aspect, holds: bool, expected: String, actual: String) {
        if !holds {
            self.0.push(Difference { aspect, what: aspect.to_string(), expected, actual });
        }
    }

    fn number(&mut self, aspect: Aspect, of: &str, expected: Option<usize>, actual: usize) {
        if let Some(expected) = expected {
            self.differ(aspect, expected == actual, count(expected, of), count(actual, of));
        }
    }

    fn pane(&mut self, aspect: Aspect, of: &str, expected: Option<bool>, actual: bool) {
        let words = |there: bool| format!("{} {of}", if there { "a" } else { "no" });
        if let Some(expected) = expected {
            self.differ(aspect, expected == actual, words(expected), words(actual));
        }
    }

    fn invitation(&mut self, expected: &Shown, timeline: &Timeline, seen: &Observation) {
        let holds = (*expected != Shown::Any(false)) == seen.notification.is_some();
        self.differ(Aspect::Invitation, holds, expected.to_string(), invitation(timeline, seen));
        let (Shown::Like(like), Some(notification)) = (expected, &seen.notification) else { return };
        let message = &notification.message;
        self.differ(Aspect::Text, has_text(like, message), expected_text(like), whole(message));
        if let Some(at) = like.at {
            let actual = timeline.invitations().last().map(|shown| shown.entry.since_visit);
            let holds = actual.is_some_and(|actual| actual.abs_diff(at) <= TOLERANCE);
            let actual = actual.map_or_else(|| "nobody saw it appear".to_owned(), seconds);
            self.differ(Aspect::Time, holds, seconds(at), actual);
        }
    }

    fn context(&mut self, expected: &BTreeMap<String, Value>, given: Option<&CustomContext>) {
        for (name, expected) in expected {
            let actual = given.and_then(|given| given.get(name)).map(|variable| &variable.value);
            if actual.is_some_and(|actual| same(expected, actual)) {
                continue;
            }
            let actual = match (given, actual) {
                (_, Some(value)) => whole_value(value),
                (Some(_), None) => "not given".to_owned(),
                (None, None) => "no chat was given a context".to_owned(),
            };
            let what = format!("the context variable `{name}`");
            self.0.push(Difference {
                aspect: Aspect::Context,
                what,
                expected: whole_value(expected),
                actual,
            });
        }
    }

    fn calls(&mut self, expected: &[CallExpectation], timeline: &Timeline) {
        let made: Vec<_> = timeline.calls().collect();
        let holds = made.len() == expected.len()
            && expected.iter().zip(&made).all(|(call, made)| is_call(call, made.method, made.arguments));
        let made = list(made.iter().map(|made| whole_call(made.method, Some(made.arguments))));
        let expected = expected.iter().map(|call| whole_call(&call.method, call.arguments.as_deref()));
        self.differ(Aspect::Calls, holds, list(expected), made);
    }
}

/// What is to be said of the invitation now.
fn invitation(timeline: &Timeline, seen: &Observation) -> String {
    let last = timeline.invitations().last();
    let at =
        last.as_ref().map(|shown| format!(" since {}", seconds(shown.entry.since_visit))).unwrap_or_default();
    match (&seen.notification, last) {
        (Some(notification), _) => format!("the invitation {}{at}", quoted(&notification.message)),
        (None, None) => "no invitation".to_owned(),
        (None, Some(_)) => match timeline.last_closed() {
            Some(closed) => {
                format!("no invitation any more; the last one was closed at {}", seconds(closed.since_visit))
            }
            None => "no invitation any more".to_owned(),
        },
    }
}

fn has_text(like: &InvitationExpectation, text: &str) -> bool {
    let fits = |pattern: &String| regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text));
    like.text.as_ref().is_none_or(|whole| whole == text)
        && like.contains.as_ref().is_none_or(|part| text.contains(part.as_str()))
        && like.pattern.as_ref().is_none_or(fits)
}

fn expected_text(like: &InvitationExpectation) -> String {
    let text = like.text.as_ref().map(|text| whole(text));
    let part = like.contains.as_ref().map(|part| format!("a text with {}", whole(part)));
    let pattern = like.pattern.as_ref().map(|pattern| format!("a text that fits /{pattern}/"));
    text.into_iter().chain(part).chain(pattern).collect::<Vec<_>>().join(" and ")
}

/// A text to the letter: two that differ must not look the same.
fn whole(text: &str) -> String {
    format!("{text:?}")
}

/// A value as page code would write it, likewise.
fn whole_value(value: &Value) -> String {
    match value {
        // What JSON has not arrives as its name.
        Value::String(name) if name == "function" || name == "undefined" => name.clone(),
        Value::String(text) => whole(text),
        Value::Array(values) => format!("[{}]", whole_values(values)),
        Value::Object(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("{}: {}", property(key), whole_value(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn whole_values(values: &[Value]) -> String {
    values.iter().map(whole_value).collect::<Vec<_>>().join(", ")
}

fn whole_call(method: &str, arguments: Option<&[Value]>) -> String {
    format!("{method}({})", arguments.map_or_else(|| "…".to_owned(), whole_values))
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", then ") }
}

fn is_call(expected: &CallExpectation, method: &str, arguments: &[Value]) -> bool {
    expected.method == method
        && expected.arguments.as_ref().is_none_or(|expected| {
            expected.len() == arguments.len()
                && expected.iter().zip(arguments).all(|(expected, actual)| same(expected, actual))
        })
}

/// Whether two values are the same for JavaScript, which has one kind of number: 1 is 1.0.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        _ => left == right,
    }
}
