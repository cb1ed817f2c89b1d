//! Mistakes in calls of the SDK, and with what they lead to.

use serde_json::Value;

use super::{Finding, FindingKind, Visit};
use crate::contract::DEFAULT_MESSAGE;
use crate::site::words::{self, quoted, script, short, spot};
use crate::site::{Call, Entry, Gesture, Happening};
use crate::source::nearest;

/// The `errorCode` of `lcw:error` when the context provider fails, as documented for `setContextProvider`.
const CONTEXT_PROVIDER_FAILED: u8 = 1;

pub(super) fn of_visit(visit: &Visit<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, entry) in visit.entries.iter().enumerate() {
        if let Some(call) = entry.call() {
            of_call(visit, place, &call, &mut found);
        }
        if let Happening::InvitationShown { message } = &entry.happening {
            // "null" is a word, too: in German it is the number zero.
            found.extend(holes(message).filter(|hole| *hole != "null").map(|hole| {
                let text =
                    format!("the invitation {} has {hole} in it: a variable had no value", quoted(message));
                Finding::new(FindingKind::HoleInText, text, None)
            }));
        }
        match &entry.happening {
            Happening::InvitationShown { message } if in_chat(&visit.entries[..place]) => {
                let text = format!("the invitation {} appeared after a chat had begun", quoted(message));
                found.push(Finding::new(FindingKind::InvitationInChat, text, None));
            }
            Happening::InvitationShown { message } if passed(&visit.entries[..place], message) => {
                let call = visit.entries[..place].iter().rev().find_map(|entry| entry.call());
                let at = call.and_then(|call| call.called_at);
                let text = format!(
                    "the invitation {} came back{} after the visitor had let it pass",
                    quoted(message),
                    spot(at)
                );
                found.push(Finding::new(FindingKind::InvitedAgain, text, at));
            }
            Happening::Event { name, detail, .. }
                if name == "lcw:error" && detail["errorCode"] == CONTEXT_PROVIDER_FAILED =>
            {
                let mut earlier = visit.entries[..place].iter().rev().filter_map(|entry| entry.call());
                let at =
                    earlier.find(|call| call.method == "setContextProvider").and_then(|call| call.called_at);
                let text = format!(
                    "the context provider{} failed when the chat began, which so has no context",
                    spot(at)
                );
                found.push(Finding::new(FindingKind::ContextFailed, text, at));
            }
            Happening::WindowOpened { url, gesture: Gesture::No, .. } => {
                let text = format!(
                    "a window for {} was opened without a visitor's gesture: browsers block it",
                    short(url)
                );
                found.push(Finding::new(FindingKind::WindowWithoutGesture, text, None));
            }
            _ => {}
        }
    }
    found
}

fn of_call(visit: &Visit<'_>, place: usize, call: &Call<'_>, found: &mut Vec<Finding>) {
    let at = spot(call.called_at);
    let method = call.method;
    let mut add = |kind, text| found.push(Finding::new(kind, text, call.called_at));
    if let Some(threw) = call.threw {
        add(FindingKind::CallThrew, format!("`{method}`{at} threw {}", words::error(threw)));
    }
    if visit.is_before_ready(place) {
        add(FindingKind::CallBeforeReady, format!("`{method}` was called{at} before `lcw:ready`"));
    }
    let earlier = &visit.entries[..place];
    match method {
        "setContextProvider" if in_chat(earlier) => {
            let text =
                format!("`setContextProvider` was called{at} after the chat had begun, which has no use");
            add(FindingKind::ContextTooLate, text);
        }
        "startProactiveChat" => {
            for (kind, text) in of_arguments(call.arguments) {
                add(kind, format!("`startProactiveChat` was called{at} {text}"));
            }
            if call.busy {
                let there = if in_chat(earlier) { "a chat had begun" } else { "an invitation was shown" };
                add(FindingKind::CallWhileBusy, format!("`startProactiveChat` was called{at} while {there}"));
            }
        }
        _ => {}
    }
}

/// Whether a chat had begun and, as far as was seen, not ended.
pub(super) fn in_chat(earlier: &[&Entry]) -> bool {
    let mut chat = false;
    for entry in earlier {
        match &entry.happening {
            Happening::ChatShown | Happening::PrechatShown => chat = true,
            Happening::Event { name, .. } if matches!(name.as_str(), "lcw:closeChat" | "lcw:onClose") => {
                chat = false
            }
            _ => {}
        }
    }
    chat
}

/// Whether an invitation of this text appeared and went away again.
fn passed(earlier: &[&Entry], text: &str) -> bool {
    let shown = |entry: &&Entry| matches!(&entry.happening, Happening::InvitationShown { message } if message == text);
    let closed = |entry: &&Entry| entry.happening == Happening::InvitationClosed;
    earlier.iter().skip_while(|entry| !shown(entry)).any(closed)
}

/// What a text has in it where a variable had no value.
pub(in crate::site) fn holes(text: &str) -> impl Iterator<Item = &'static str> {
    let ends_a_word = |letter: char| letter.is_whitespace() || ".,;:!?\"'".contains(letter);
    let is_in = move |hole: &&str| {
        text.split(ends_a_word).any(|word| word == *hole) || (hole.contains(' ') && text.contains(*hole))
    };
    ["undefined", "null", "NaN", "[object Object]"].into_iter().filter(is_in)
}

/// A value that an argument does not have when the page left it out; what JSON has not arrives as its name.
fn left_out(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value == "undefined")
}

/// What is odd about the arguments of `startProactiveChat`; each text goes on after "was called".
pub(in crate::site) fn of_arguments(arguments: &[Value]) -> Vec<(FindingKind, String)> {
    let mut odd = Vec::new();
    let default = format!("so the default text {} is shown", quoted(DEFAULT_MESSAGE));
    match arguments.first() {
        first if left_out(first) => {
            odd.push((FindingKind::MessageMissing, format!("without its first argument, {default}")));
        }
        Some(Value::Object(config)) => match config.get("message") {
            message if left_out(message) => {
                let similar = config.keys().find(|key| nearest(key, ["message"]).is_some());
                let meant =
                    similar.or_else(|| config.iter().find(|(_, text)| text.is_string()).map(|(key, _)| key));
                let instead = meant.map_or_else(String::new, |key| format!(" (it has `{key}`)"));
                let text = format!("with an object without `message`{instead}, {default}");
                odd.push((FindingKind::MessageMissing, text));
            }
            Some(Value::String(message)) if message.is_empty() => {
                odd.push((FindingKind::MessageMissing, format!("with an empty `message`, {default}")));
            }
            Some(message) if !message.is_string() || message == "function" => {
                odd.push((FindingKind::MessageNoText, format!("with {} as `message`", script(message))));
            }
            _ => {}
        },
        Some(Value::String(text)) if text != "function" => {
            odd.push((FindingKind::TextForObject, format!("with a text: `message` is missing, {default}")));
        }
        Some(other) => {
            let text = format!("with {} in place of an object with `message`", script(other));
            odd.push((FindingKind::MessageMissing, text));
        }
        None => {}
    }
    for (key, place, whose) in
        [("showPrechat", 1, "the second, true or false"), ("inNewWindow", 2, "a part of the third")]
    {
        let has_it = arguments.first().and_then(|config| config.get(key)).is_some();
        if has_it && left_out(arguments.get(place)) {
            odd.push((
                FindingKind::OptionFirst,
                format!("with `{key}` in its first argument: it is {whose}"),
            ));
        }
    }
    match arguments.get(1) {
        second if left_out(second) => {}
        Some(Value::Bool(_)) | None => {}
        Some(Value::Object(options)) if options.contains_key("inNewWindow") => {
            let text =
                "with `inNewWindow` in its second argument: the options are the third, after `showPrechat`";
            odd.push((FindingKind::NewWindowSecond, text.to_owned()));
        }
        Some(other) => {
            let text = format!("with {} as `showPrechat`, which is true or false", script(other));
            odd.push((FindingKind::PrechatNoBoolean, text));
        }
    }
    match arguments.get(2) {
        third if left_out(third) => {}
        Some(Value::Object(options)) if options.is_empty() || options.contains_key("inNewWindow") => {}
        Some(other) => {
            let text = format!("with {} as options: they are an object with `inNewWindow`", script(other));
            odd.push((FindingKind::OptionsUnknown, text));
        }
        None => {}
    }
    odd
}
