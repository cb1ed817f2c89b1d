//! Why there is an invitation, another one, at another time, or more of them.

use std::time::Duration;

use super::{FindingKind, Story, absent};
use crate::site::findings::{call_oddities, holes};
use crate::site::words::{quoted, script, seconds, spot};
use crate::site::{Call, Entry, Expect, Happening, Invitation, Shown};

/// How far apart two times may be that are the same.
const SAME: Duration = Duration::from_millis(1);

/// Why there is an invitation where none was expected.
pub(super) fn unexpected(story: &Story<'_>) -> Vec<String> {
    inviting(story).map(|call| called_at(story, &call)).into_iter().collect()
}

/// The call from which the last invitation came: one that was made while an invitation or a chat was there has no effect.
fn inviting<'a>(story: &Story<'a>) -> Option<Call<'a>> {
    let shown = story.timeline.invitations().next_back();
    let is_before = |call: &Call<'_>| shown.as_ref().is_none_or(|shown| call.entry.at <= shown.entry.at);
    story.calls().rfind(|call| !call.busy && is_before(call)).or_else(|| story.calls().rfind(is_before))
}

/// "startProactiveChat was called at 5 s at kb.html:20, by a timeout of 5 s".
fn called_at(story: &Story<'_>, call: &Call<'_>) -> String {
    let at = seconds(call.entry.since_visit);
    format!(
        "startProactiveChat was called {at} after the page was opened{}{}",
        spot(call.called_at),
        story.by(call)
    )
}

pub(super) fn other_text(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    let mut reasons = Vec::new();
    let shown = story.timeline.invitations().next_back();
    let call = inviting(story);
    for (kind, text) in call.iter().flat_map(|call| call_oddities(call.arguments)) {
        match kind {
            FindingKind::TextForObject => {
                let place = spot(call.as_ref().and_then(|call| call.called_at));
                reasons.push(format!(
                    "called with a string{place}: `message` is missing, so the default text was shown"
                ));
            }
            FindingKind::MessageMissing | FindingKind::MessageNoText => {
                reasons.push(format!("startProactiveChat was called {text}"));
            }
            _ => {}
        }
    }
    let text = shown.map(|shown| shown.message).unwrap_or_default();
    reasons.extend(
        holes(text)
            .map(|hole| format!("the text has {hole} in it: a variable had no value when the page called")),
    );
    if let Some(Shown::Like(like)) = &expect.invitation
        && let Some(whole) = &like.text
    {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if plain(whole) == plain(text) {
            reasons.push("the two texts differ only in spaces, or in small and capital letters".to_owned());
        }
        let says = |call: &Call<'_>| {
            call.arguments
                .first()
                .and_then(|config| config.get("message"))
                .is_some_and(|text| text == whole.as_str())
        };
        if let Some(call) = story.calls().find(|call| says(call) && call.busy) {
            let at = seconds(call.entry.since_visit);
            reasons.push(format!(
                "startProactiveChat was called with the expected text at {at}, while an invitation or a chat was there"
            ));
        }
    }
    if reasons.is_empty() {
        reasons.extend(call.map(|call| {
            let config = call.arguments.first().map(script).unwrap_or_default();
            format!("startProactiveChat was called{} with {config}", spot(call.called_at))
        }));
    }
    reasons
}

pub(super) fn other_time(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    let Some(Shown::Like(like)) = &expect.invitation else { return Vec::new() };
    let Some((expected, call)) = like.at.zip(inviting(story)) else { return Vec::new() };
    let at = call.entry.since_visit;
    let (place, by) = (spot(call.called_at), story.by(&call));
    let mut reasons =
        vec![format!("called at {}, expected at {}{place}{by}", short_time(at), short_time(expected))];
    let delays = story.timeline.of_visit(story.visit).filter_map(|entry| match &entry.happening {
        Happening::Timer { timer, delay, set_at, .. } if timer == "timeout" || timer == "interval" => {
            Some((entry, *delay, set_at.as_deref()))
        }
        _ => None,
    });
    let wanted = expected.as_secs_f64() * 1e3;
    let mut waited = false;
    for (entry, delay, set_at) in delays {
        if (delay * 1e3 - wanted).abs() <= 1.0 && delay > 0.0 {
            let place = spot(set_at);
            reasons
                .push(format!("a delay of {delay} ms was set{place}: delays are milliseconds, not seconds"));
        } else if (delay - wanted).abs() <= 1.0 && entry.at.abs_diff(call.entry.at) <= SAME {
            let late = at.saturating_sub(expected);
            reasons.push(format!(
                "the timer{} waits {}, and was set {} after the page was opened",
                spot(set_at),
                short_time(expected),
                short_time(late)
            ));
        }
        let set_with_the_call = entry.at.abs_diff(call.entry.at + milliseconds(delay)) <= SAME;
        if set_with_the_call && entry.since_visit.abs_diff(expected) <= SAME && at < expected {
            reasons.push(format!(
                "the timer{} waits {}: it was probably given what the call returned, and no function that calls",
                spot(set_at),
                short_time(milliseconds(delay))
            ));
            waited = true;
        }
        waited |= entry.at.abs_diff(call.entry.at) <= SAME && delay > 0.0;
    }
    if at < Duration::from_millis(2) && expected > at && !waited {
        reasons.push("no timer held the call back: a delay that is undefined is none".to_owned());
    }
    reasons
}

/// A timer's delay; none at all for one that is no time.
fn milliseconds(delay: f64) -> Duration {
    Duration::try_from_secs_f64(delay / 1e3).unwrap_or_default()
}

/// Milliseconds below a second, as page code has them.
fn short_time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", (time.as_secs_f64() * 1e6).round() / 1e3)
    } else {
        seconds(time)
    }
}

pub(super) fn other_number(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    let shown = story.timeline.invitations().count();
    if expect.invitations.is_some_and(|expected| shown < expected) {
        let mut reasons = story.found(&[FindingKind::CallWhileBusy, FindingKind::CookieInThePast]);
        if reasons.is_empty() && story.calls().next().is_none() {
            reasons = absent::never_called(story);
        }
        return reasons;
    }
    let entries = &story.timeline.entries;
    let reason = |shown: Invitation<'_>| {
        // The invitation appears after the call that made it.
        let place = entries.iter().position(|entry| std::ptr::eq(entry, shown.entry))?;
        let call = entries[..place].iter().rev().find_map(Entry::call)?;
        let (text, at) = (quoted(shown.message), seconds(shown.entry.at));
        Some(format!("{text} appeared at {at}: called{}{}", spot(call.called_at), story.by(&call)))
    };
    story.timeline.invitations().filter_map(reason).collect()
}

pub(super) fn other_calls(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    let expected = expect.calls.as_deref().unwrap_or_default();
    let made = story.calls().count();
    if made == 0 && expected.iter().any(|call| call.method == "startProactiveChat") {
        return absent::never_called(story);
    }
    let mut reasons = story.found(&[
        FindingKind::TextForObject,
        FindingKind::NewWindowSecond,
        FindingKind::OptionFirst,
        FindingKind::MessageMissing,
        FindingKind::MessageNoText,
        FindingKind::PrechatNoBoolean,
        FindingKind::OptionsUnknown,
    ]);
    if expected.len() < story.timeline.calls().count() {
        let surplus = story.timeline.calls().skip(expected.len());
        reasons.extend(surplus.map(|call| {
            let at = seconds(call.entry.since_visit);
            format!("{} was called at {at}{}{}", call.method, spot(call.called_at), story.by(&call))
        }));
    }
    reasons
}
