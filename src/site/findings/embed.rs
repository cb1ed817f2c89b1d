//! Mistakes with the widget's script element and `lcw:ready`.

use super::{Finding, FindingKind, Visit};
use crate::contract::EventTarget;
use crate::site::words::{self, listening_on, short, short_place, spot};
use crate::site::{Entry, Happening, RequestFate, Timeline};

/// The event that a page waits for before it uses the SDK, which is raised on the window.
const READY: &str = "lcw:ready";

/// How the address of the widget's script ends, whatever its host.
const BOOTSTRAPPER: &str = "/LiveChatBootstrapper.js";

/// Whether this is the address of the widget's script: that is what it is called, or what its element asks for among
/// these entries.
pub(super) fn is_widgets<'a>(entries: impl IntoIterator<Item = &'a Entry>, url: &str) -> bool {
    let embeds =
        |entry: &Entry| matches!(&entry.happening, Happening::Embed { url: asked, .. } if asked == url);
    is_bootstrapper(url) || entries.into_iter().any(embeds)
}

fn is_bootstrapper(url: &str) -> bool {
    url.split(['?', '#']).next().is_some_and(|url| url.ends_with(BOOTSTRAPPER))
}

pub(super) fn of_timeline(timeline: &Timeline) -> Vec<Finding> {
    let any = |what: fn(&Happening) -> bool| timeline.entries.iter().any(|entry| what(&entry.happening));
    let ready = timeline.entries.iter().any(|entry| entry.is_event(READY));
    if ready || !any(|happening| matches!(happening, Happening::Opened { .. })) {
        return Vec::new();
    }
    if !any(|happening| matches!(happening, Happening::Embed { .. })) {
        if any(is_of_a_widget) {
            return Vec::new();
        }
        let text = "the widget's script element was never in the page: there is no SDK to call";
        return vec![Finding::new(FindingKind::EmbedMissing, text, None)];
    }
    if timeline.entries.iter().any(|entry| not_loaded(&timeline.entries, &entry.happening)) {
        return Vec::new();
    }
    let mut text = "the widget's script element is there, and `lcw:ready` was never raised".to_owned();
    if let Some(said) = timeline.entries.iter().find_map(said_by_a_widget) {
        text.push_str(&format!("; on the console: {}", words::error(said)));
    }
    vec![Finding::new(FindingKind::NeverReady, text, None)]
}

/// Whether this comes of a widget, which then is somewhere, such as in a frame.
fn is_of_a_widget(happening: &Happening) -> bool {
    match happening {
        Happening::Event { name, .. } => name == READY,
        Happening::Request { url, .. } => is_bootstrapper(url),
        Happening::InvitationShown { .. } | Happening::PrechatShown | Happening::ChatShown => true,
        _ => false,
    }
}

/// What a widget wrote to the console: it says by which of its names it is called.
fn said_by_a_widget(entry: &Entry) -> Option<&str> {
    let Happening::Console { text } = &entry.happening else { return None };
    let lower = text.to_lowercase();
    ["live chat", "livechat", "lcw", "omnichannel"].iter().any(|name| lower.contains(name)).then_some(text)
}

/// Whether this is the widget's script not being loaded, among these entries.
fn not_loaded<'a>(entries: impl IntoIterator<Item = &'a Entry>, happening: &Happening) -> bool {
    match happening {
        Happening::ScriptFailed { url } | Happening::Request { url, fate: RequestFate::Blocked, .. } => {
            is_widgets(entries, url)
        }
        _ => false,
    }
}

pub(super) fn of_visit(visit: &Visit<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, entry) in visit.entries.iter().enumerate() {
        match &entry.happening {
            happening @ (Happening::ScriptFailed { url } | Happening::Request { url, .. })
                if not_loaded(visit.entries.iter().copied(), happening) =>
            {
                let text = format!("the widget's script could not be loaded from {}", short_place(url));
                found.push(Finding::new(FindingKind::WidgetNotLoaded, text, None));
            }
            Happening::Embed { number, .. } if *number > 1 => {
                let text =
                    format!("the widget's script element is in the page {number} times; once is enough");
                found.push(Finding::new(FindingKind::EmbedTwice, text, None));
            }
            Happening::Listens { event, target, added_at } if is_unheard(event, *target) => {
                found.extend(of_unheard(visit, event, *target, added_at.as_deref()));
            }
            Happening::Listens { event, added_at, .. } if event == READY && is_late(visit, place) => {
                let text = format!(
                    "the handler for `lcw:ready`{} was added after it had been raised, so it never runs",
                    spot(added_at.as_deref())
                );
                found.push(Finding::new(FindingKind::LateHandler, text, added_at.as_deref()));
            }
            _ => {}
        }
    }
    found
}

/// Whether this means to be a handler for `lcw:ready` and is none.
fn is_unheard(event: &str, target: Option<EventTarget>) -> bool {
    let plain: String = event.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    plain == "lcwready" && !is_handler(event, target)
}

/// Whether a listener for this event on this hears `lcw:ready` of the widget.
pub(in crate::site) fn is_handler(event: &str, target: Option<EventTarget>) -> bool {
    event == READY && target.is_none_or(|target| target == EventTarget::Window)
}

/// What is to be said of a handler that never runs: nothing, when the page has another way, or raises the event itself.
fn of_unheard(
    visit: &Visit<'_>,
    event: &str,
    target: Option<EventTarget>,
    added_at: Option<&str>,
) -> Option<Finding> {
    let has_another_way = visit.entries.iter().any(|entry| match &entry.happening {
        Happening::Listens { event, target, .. } => is_handler(event, *target),
        Happening::Event { name, on_window, .. } => name == event && (name != READY || !on_window),
        _ => invites(entry),
    });
    if has_another_way {
        return None;
    }
    let place = spot(added_at);
    Some(if event == READY {
        let text = format!(
            "`lcw:ready` is raised on the window: the handler{place} is{}, so it never runs",
            listening_on(target)
        );
        Finding::new(FindingKind::ReadyNotOnWindow, text, added_at)
    } else {
        let text = format!(
            "the handler{place} is for `{}`, so it never runs: the event is `lcw:ready`",
            short(event)
        );
        Finding::new(FindingKind::ReadyMisspelt, text, added_at)
    })
}

/// Whether the page calls for an invitation here.
fn invites(entry: &Entry) -> bool {
    entry.call().is_some_and(|call| call.method == "startProactiveChat")
}

/// Whether `lcw:ready` was raised before this place, and neither again after it nor needed: a page may look for the
/// SDK first, and listen only to be sure.
fn is_late(visit: &Visit<'_>, place: usize) -> bool {
    let after = &visit.entries[place..];
    let useful = |entry: &&Entry| entry.is_event(READY) || invites(entry);
    !visit.is_before_ready(place) && !after.iter().any(useful)
}
