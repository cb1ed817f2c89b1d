//! Mistakes with the widget's script element and `lcw:ready`.

use super::{Finding, FindingKind, Visit};
use crate::site::words::{short, spot};
use crate::site::{Happening, RequestFate, Timeline};

/// How the address of the widget's script ends, whatever its host.
const BOOTSTRAPPER: &str = "/LiveChatBootstrapper.js";

/// Whether this is the address of the widget's script.
pub(super) fn is_bootstrapper(url: &str) -> bool {
    url.split(['?', '#']).next().is_some_and(|url| url.ends_with(BOOTSTRAPPER))
}

pub(super) fn of_timeline(timeline: &Timeline) -> Vec<Finding> {
    let any = |what: fn(&Happening) -> bool| timeline.entries.iter().any(|entry| what(&entry.happening));
    let ready = timeline.entries.iter().any(|entry| entry.is_event("lcw:ready"));
    if ready || !any(|happening| matches!(happening, Happening::Opened { .. })) {
        return Vec::new();
    }
    if !any(|happening| matches!(happening, Happening::Embed { .. })) {
        let text = "the widget's script element was never in the page: there is no SDK to call";
        return vec![Finding::new(FindingKind::EmbedMissing, text, None)];
    }
    if any(not_loaded) {
        return Vec::new();
    }
    let text = "the widget's script element is there, and `lcw:ready` was never raised";
    vec![Finding::new(FindingKind::NeverReady, text, None)]
}

/// Whether this is the widget's script not being loaded.
fn not_loaded(happening: &Happening) -> bool {
    match happening {
        Happening::ScriptFailed { url } => is_bootstrapper(url),
        Happening::Request { url, fate: RequestFate::Blocked, .. } => is_bootstrapper(url),
        _ => false,
    }
}

pub(super) fn of_visit(visit: &Visit<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, entry) in visit.entries.iter().enumerate() {
        match &entry.happening {
            happening @ (Happening::ScriptFailed { url } | Happening::Request { url, .. })
                if not_loaded(happening) =>
            {
                let text = format!("the widget's script could not be loaded from {}", short(url));
                found.push(Finding::new(FindingKind::WidgetNotLoaded, text, None));
            }
            Happening::Embed { number, .. } if *number > 1 => {
                let text =
                    format!("the widget's script element is in the page {number} times; once is enough");
                found.push(Finding::new(FindingKind::EmbedTwice, text, None));
            }
            Happening::Listens { event, added_at } if event == "lcw:ready" && is_late(visit, place) => {
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

/// Whether `lcw:ready` was raised before this place, and neither again after it nor needed: a page may look for the
/// SDK first, and listen only to be sure.
fn is_late(visit: &Visit<'_>, place: usize) -> bool {
    let after = &visit.entries[place..];
    let useful = |entry: &&crate::site::Entry| {
        entry.is_event("lcw:ready") || entry.call().is_some_and(|call| call.method == "startProactiveChat")
    };
    !visit.is_before_ready(place) && !after.iter().any(useful)
}
