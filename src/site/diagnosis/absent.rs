//! Why there is no invitation.

use super::{FindingKind, Story};
use crate::site::findings::{Cause, cause, is_handler};
use crate::site::provocation::read_words;
use crate::site::words::{self, quoted, seconds, short, spot};
use crate::site::{Call, Entry, Geolocation, Happening, RequestFate};

/// The minute after which an invitation closes by itself, in seconds.
///
/// Source: the administration page on proactive chat.
const MINUTE: u64 = 60;

pub(super) fn why(story: &Story<'_>) -> Vec<String> {
    match story.calls().next_back() {
        None => never_called(story),
        Some(call) => called(story, &call),
    }
}

fn called(story: &Story<'_>, call: &Call<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let of_visit = |entry: &Entry| entry.visit == story.visit;
    let shown = story.timeline.invitations().rfind(|shown| of_visit(shown.entry));
    if let Some(shown) = shown {
        let began = shown.entry.since_visit;
        let closed = story.timeline.last_closed().filter(|closed| of_visit(closed));
        if let Some(closed) = closed {
            let after = closed.since_visit.saturating_sub(began);
            let by = if after.as_secs() >= MINUTE {
                "it closes by itself after a minute".to_owned()
            } else {
                let step = story.scenario.steps.get(closed.step.saturating_sub(1));
                step.map_or_else(|| "somebody closed it".to_owned(), |step| format!("in the step \"{step}\""))
            };
            let (began, ended) = (seconds(began), seconds(closed.since_visit));
            reasons.push(format!("the invitation was shown from {began} to {ended}: {by}"));
        }
        return reasons;
    }
    if !story.scenario.widget.proactive_chat {
        reasons.push(
            "the scenario turns the widget's proactive-chat setting off, so calls have no effect".to_owned(),
        );
    }
    reasons.extend(story.found(&[
        FindingKind::CallThrew,
        FindingKind::CallBeforeReady,
        FindingKind::CallWhileBusy,
        FindingKind::WidgetNotLoaded,
        FindingKind::NeverReady,
    ]));
    if reasons.is_empty() {
        let at = seconds(call.entry.since_visit);
        reasons.push(format!(
            "startProactiveChat was called at {at}{}, and nothing appeared",
            spot(call.called_at)
        ));
    }
    reasons
}

/// Why nothing called `startProactiveChat` in the page that was opened last.
pub(super) fn never_called(story: &Story<'_>) -> Vec<String> {
    let mut reasons =
        story.found(&[FindingKind::EmbedMissing, FindingKind::WidgetNotLoaded, FindingKind::NeverReady]);
    reasons.extend(thrown(story));
    reasons.extend(story.found(&[
        FindingKind::ReadyNotOnWindow,
        FindingKind::ReadyMisspelt,
        FindingKind::LateHandler,
        FindingKind::BlockedByPolicy,
        FindingKind::Stuck,
    ]));
    let certain = !reasons.is_empty();
    reasons.extend(waits_for(story));
    reasons.extend(story.found(&[FindingKind::CookieInThePast, FindingKind::ScriptNotLoaded]));
    reasons.extend(story.found(&[FindingKind::DialogInTheWay]));
    if !certain {
        let (_, listens) = listeners(story);
        let why = if listens {
            ", though the page listens to `lcw:ready`: what it makes the invitation depend on was not so"
        } else {
            ": nothing in the page listens to `lcw:ready`"
        };
        reasons.push(format!("startProactiveChat was never called{why}"));
        reasons.extend(conditions(story));
    }
    reasons
}

/// The errors for which the page got no further, those first that say the most.
fn thrown(story: &Story<'_>) -> Vec<String> {
    const NEVER: &str = "startProactiveChat was never called";
    let (_, listens) = listeners(story);
    let registered = if listens { "" } else { " before it registered a handler" };
    let ready = story.timeline.of_visit(story.visit).find(|entry| entry.is_event("lcw:ready"));
    let before_ready = |entry| ready.is_none_or(|ready| story.timeline.is_earlier(entry, ready));
    let of_visit = story.timeline.errors().filter(|error| error.entry.visit == story.visit);
    let mut reasons: Vec<(u8, String)> = of_visit
        .map(|error| {
            let (place, text) = (spot(error.raised_at), words::error(error.text));
            match cause(error.text) {
                Cause::Syntax => {
                    (0, format!("{NEVER}; the page threw SyntaxError{place}{registered} ({text})"))
                }
                Cause::SdkMissing if before_ready(error.entry) => {
                    (1, format!("called before lcw:ready: the SDK was not defined{place} ({text})"))
                }
                Cause::NoMethod(name) => (1, format!("{NEVER}; the SDK has no method `{name}`{place}")),
                Cause::SdkMissing | Cause::Other => {
                    (2, format!("{NEVER}; the page threw{place}{registered}: {text}"))
                }
            }
        })
        .collect();
    reasons.sort_by_key(|(rank, _)| *rank);
    reasons.into_iter().map(|(_, reason)| reason).collect()
}

/// What the page asked for and did not get.
fn waits_for(story: &Story<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let entries: Vec<_> = story.timeline.of_visit(story.visit).collect();
    let asked = entries
        .iter()
        .any(|entry| matches!(&entry.happening, Happening::Reads { what, .. } if what == "geolocation"));
    if asked {
        match story.scenario.visitor.geolocation {
            None => reasons.push(
                "the page asked where the visitor is, and the scenario does not say: give `visitor.geolocation`"
                    .to_owned(),
            ),
            Some(Geolocation::Denied) => {
                reasons.push("the page asked where the visitor is, and the scenario denies it".to_owned());
            }
            Some(Geolocation::Granted { .. }) => {}
        }
    }
    let blocked = entries.iter().rev().filter_map(|entry| match &entry.happening {
        Happening::Request { method, url, fate: RequestFate::Blocked } => Some((entry, method, url)),
        _ => None,
    });
    for (entry, method, url) in blocked.take(2) {
        let at = seconds(entry.since_visit);
        reasons.push(format!(
            "{method} {} was blocked at {at}: if the page waits for its answer, give it with `replies`",
            short(url)
        ));
    }
    reasons
}

/// What the page looked at and listened to, on which its invitation may depend.
fn conditions(story: &Story<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    for entry in story.timeline.of_visit(story.visit) {
        let Happening::Reads { what, key } = &entry.happening else { continue };
        let reason = match (what.as_str(), &story.scenario.visitor.referrer) {
            ("geolocation", _) => continue,
            ("referrer", Some(referrer)) => {
                format!(
                    "the page read document.referrer, which was {}: compare it with that",
                    quoted(referrer)
                )
            }
            ("referrer", None) => {
                "the page read document.referrer, which was empty: the scenario gives no `visitor.referrer`"
                    .to_owned()
            }
            (what, _) => format!("the page {}", read_words(what, key.as_deref())),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    // The referrer says the most: its value is known.
    reasons.sort_by_key(|reason| !reason.contains("document.referrer"));
    let (events, _) = listeners(story);
    if !events.is_empty() {
        reasons.push(format!("the page also listens to {}: did the visitor do that?", events.join(", ")));
    }
    let passed = story.timeline.of_visit(story.visit).last().map(|entry| entry.since_visit);
    if let Some(passed) = passed {
        reasons.push(format!("the page was {} old; nothing moves its clock but `advance`", seconds(passed)));
    }
    reasons
}

/// What a visitor can do that the page listens to and that was not done since, and whether it listens to `lcw:ready`.
fn listeners(story: &Story<'_>) -> (Vec<String>, bool) {
    let mut events: Vec<String> = Vec::new();
    let mut ready = false;
    for entry in story.timeline.of_visit(story.visit) {
        if let Happening::Listens { event, target, .. } = &entry.happening {
            ready |= is_handler(event, *target);
            let by_visitor = !event.to_ascii_lowercase().starts_with("lcw")
                && !matches!(event.as_str(), "load" | "DOMContentLoaded");
            let done =
                || story.timeline.entries.iter().any(|later| later.at >= entry.at && makes(later, event));
            if by_visitor && !events.contains(event) && !done() {
                events.push(event.clone());
            }
        }
    }
    (events, ready)
}

/// Whether this is a step in which the visitor does what raises an event.
fn makes(entry: &Entry, event: &str) -> bool {
    let Happening::Step { words } = &entry.happening else { return false };
    let begins = match event {
        "mouseleave" | "mouseout" | "pointerleave" => "the mouse leaves",
        "mouseenter" | "mousemove" => "the mouse comes back",
        "scroll" => "scroll ",
        "click" => "click ",
        "visibilitychange" | "blur" => "go to another tab",
        "focus" => "come back to the tab",
        _ => return false,
    };
    words.starts_with(begins)
}
