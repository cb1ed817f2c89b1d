//! Why there is no survey, no chat, no window, or another context.

use serde_json::Value;

use super::{FindingKind, Story, absent};
use crate::site::words::{seconds, short, spot};
use crate::site::{Expect, Gesture, Happening, SiteStep};
use crate::source::nearest;

/// What makes `showPrechat` another one than was meant.
const ODD_PRECHAT: [FindingKind; 3] =
    [FindingKind::PrechatNoBoolean, FindingKind::NewWindowSecond, FindingKind::OptionFirst];

/// The `showPrechat` of the last call of `startProactiveChat`.
fn show_prechat(story: &Story<'_>) -> Option<Value> {
    story.calls().next_back().and_then(|call| call.arguments.get(1).cloned())
}

/// Why there is nothing behind the invitation: nobody accepted it, or there was none.
fn not_accepted(story: &Story<'_>) -> Option<Vec<String>> {
    let happened = |what: fn(&Happening) -> bool| {
        story.timeline.of_visit(story.visit).any(|entry| what(&entry.happening))
    };
    if happened(|happening| matches!(happening, Happening::PrechatShown | Happening::ChatShown)) {
        return None;
    }
    if story.timeline.invitations().next().is_none() {
        return Some(absent::why(story));
    }
    let last = story.timeline.entries.last().map_or(0, |entry| entry.step);
    let accepts = story.scenario.steps.iter().take(last).any(|step| matches!(step, SiteStep::Accept));
    (!accepts).then(|| vec!["nobody accepted the invitation: that is the step \"accept\"".to_owned()])
}

pub(super) fn survey(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    if expect.prechat == Some(false) {
        let mut reasons = story.found(&ODD_PRECHAT);
        if reasons.is_empty() && show_prechat(story).is_none() {
            let text = "`showPrechat` was not given, which means true: a configured survey is shown";
            reasons.push(text.to_owned());
        }
        return reasons;
    }
    if !story.scenario.widget.prechat {
        return vec![
            "the scenario's widget has no pre-chat survey (`widget = { prechat = false }`)".to_owned(),
        ];
    }
    if show_prechat(story) == Some(Value::Bool(false)) {
        let place = spot(story.calls().next_back().and_then(|call| call.called_at));
        return vec![format!("startProactiveChat was called{place} with `showPrechat` false")];
    }
    let mut reasons = not_accepted(story).unwrap_or_default();
    if !story.timeline.of_visit(story.visit).any(|entry| entry.happening == Happening::PrechatShown) {
        reasons.extend(story.found(&ODD_PRECHAT));
    }
    reasons
}

pub(super) fn chat(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    if expect.chat == Some(false) {
        return Vec::new();
    }
    if let Some(reasons) = not_accepted(story) {
        return reasons;
    }
    let shown = |what: &Happening| story.timeline.of_visit(story.visit).any(|entry| entry.happening == *what);
    if shown(&Happening::PrechatShown) && !shown(&Happening::ChatShown) {
        return vec![
            "the pre-chat survey waits to be submitted: that is the step \"submit-survey\"".to_owned(),
        ];
    }
    Vec::new()
}

pub(super) fn windows(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    let mut reasons = story.found(&[
        FindingKind::NewWindowSecond,
        FindingKind::OptionFirst,
        FindingKind::OptionsUnknown,
        FindingKind::WindowWithoutGesture,
    ]);
    let opened = story.timeline.of_visit(story.visit).filter_map(|entry| match &entry.happening {
        Happening::WindowOpened { url, gesture, opened } => Some((entry, url, gesture, opened)),
        _ => None,
    });
    for (entry, url, gesture, opened) in opened {
        let (url, at) = (short(url), seconds(entry.since_visit));
        match (opened, gesture) {
            (false, Gesture::No) => {}
            (false, _) => reasons.push(format!("the window for {url} was not opened at {at}")),
            (true, _) => reasons.push(format!("a window for {url} was opened at {at}")),
        }
    }
    if reasons.is_empty() && expect.windows.is_some_and(|expected| expected > 0) {
        reasons.extend(not_accepted(story).unwrap_or_default());
    }
    reasons
}

pub(super) fn context(story: &Story<'_>, expect: &Expect) -> Vec<String> {
    let mut reasons = story.found(&[FindingKind::ContextFailed, FindingKind::ContextTooLate]);
    let Some(given) = story.timeline.context() else {
        let provided = story.timeline.calls().any(|call| call.method == "setContextProvider");
        reasons.push(if provided {
            "a context provider was set, and no chat has begun that would ask it".to_owned()
        } else {
            "setContextProvider was never called".to_owned()
        });
        if provided {
            reasons.extend(not_accepted(story).unwrap_or_default());
        }
        return reasons;
    };
    for name in
        expect.context.iter().flatten().map(|(name, _)| name).filter(|name| !given.contains_key(*name))
    {
        let names = || given.keys().map(String::as_str);
        let same = names().find(|other| other.eq_ignore_ascii_case(name));
        if let Some(meant) = same.or_else(|| nearest(name, names())) {
            reasons.push(format!("the chat was given `{meant}`, and not `{name}`"));
        } else {
            let names = names().collect::<Vec<_>>().join("`, `");
            let what = if names.is_empty() { "an empty context".to_owned() } else { format!("`{names}`") };
            reasons.push(format!("the chat was given {what}"));
        }
    }
    let odd = given.iter().filter(|(_, variable)| !variable.is_primitive());
    reasons.extend(odd.map(|(name, _)| {
        format!("the value of `{name}` is no text, number or boolean: write {{ value: …, isDisplayable: … }}")
    }));
    reasons
}
