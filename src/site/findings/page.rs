//! Mistakes of the page itself: errors, dialogs, cookies, requests.

use super::embed::is_widgets;
use super::{Cause, Finding, FindingKind, Visit, cause};
use crate::site::check_expect::METHODS;
use crate::site::words::{self, quoted, short, short_place, spot};
use crate::site::{Entry, Happening, RequestFate, Timeline};
use crate::source::nearest;

pub(super) fn of_timeline(timeline: &Timeline) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, entry) in timeline.entries.iter().enumerate() {
        if let Happening::CookieSet { name, expired: true, set_at } = &entry.happening
            && !was_set(&timeline.entries[..place], name)
        {
            let text = format!(
                "the cookie {} was set{} with a date in the past, so it is gone at once",
                quoted(name),
                spot(set_at.as_deref())
            );
            found.push(Finding::new(FindingKind::CookieInThePast, text, set_at.as_deref()));
        }
    }
    let opened = |entry: &Entry| matches!(entry.happening, Happening::Opened { .. });
    if timeline.entries.iter().any(opened) && timeline.invitations().next().is_none() {
        found.push(Finding::new(FindingKind::NoInvitation, "nothing invited the visitor", None));
    }
    found
}

/// Whether this cookie was set before: then a date in the past deletes it, which is how that is done.
fn was_set(earlier: &[Entry], cookie: &str) -> bool {
    earlier.iter().any(
        |entry| matches!(&entry.happening, Happening::CookieSet { name, expired: false, .. } if name == cookie),
    )
}

pub(super) fn of_visit(visit: &Visit<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let is_widgets = |url: &str| is_widgets(visit.entries.iter().copied(), url);
    for (place, entry) in visit.entries.iter().enumerate() {
        match &entry.happening {
            // That it was blocked is told, and the page has done nothing wrong.
            Happening::Error { text, .. } if is_of_the_network(text) && something_was_blocked(visit) => {}
            Happening::Error { text, raised_at } => {
                found.push(of_error(text, raised_at.as_deref(), visit.is_before_ready(place)));
            }
            Happening::Dialog(dialog) if dialog.dialog != "beforeunload" => {
                let text = format!(
                    "the {} {} stands in the visitor's way; the page waits until it is closed",
                    dialog.dialog,
                    quoted(&dialog.message)
                );
                found.push(Finding::new(FindingKind::DialogInTheWay, text, None));
            }
            Happening::ScriptFailed { url } if !is_widgets(url) => {
                let text = format!("the script {} could not be loaded", short_place(url));
                found.push(Finding::new(FindingKind::ScriptNotLoaded, text, None));
            }
            Happening::BlockedByPolicy { directive, what, blocked_at } if is_a_script(directive, what) => {
                let place = spot(blocked_at.as_deref());
                let what = match (directive.as_str(), what.as_str()) {
                    ("script-src-attr", "inline") => format!("an inline handler{place}"),
                    (_, "inline") => format!("an inline script{place}"),
                    (_, url) => format!("the script {}", short_place(url)),
                };
                let text = format!("the page's policy ({}) blocked {what}", short(directive));
                found.push(Finding::new(FindingKind::BlockedByPolicy, text, blocked_at.as_deref()));
            }
            Happening::ErrorPage { url, status } => {
                let text = format!("{} was answered with {status}", short(url));
                found.push(Finding::new(FindingKind::ErrorPage, text, None));
            }
            Happening::Request { method, url, fate: RequestFate::Blocked } if !is_widgets(url) => {
                // What differs from run to run stands in the query.
                let url = url.split('?').next().unwrap_or_default();
                let text = format!("{method} {} was blocked", short(url));
                found.push(Finding::new(FindingKind::RequestBlocked, text, None));
            }
            Happening::Stuck { reason } => {
                found.push(Finding::new(FindingKind::Stuck, reason.clone(), None));
            }
            _ => {}
        }
    }
    found
}

/// Whether a policy blocked a script, and not what code only tries, as pages do to learn what they may.
fn is_a_script(directive: &str, what: &str) -> bool {
    directive.starts_with("script-src") && !what.ends_with("eval")
}

/// Whether a page threw this as a request of its own did not get through; each browser has its own words for it.
fn is_of_the_network(text: &str) -> bool {
    let words = ["Failed to fetch", "NetworkError when attempting to fetch resource"];
    text.contains("unhandled rejection") && words.iter().any(|words| text.contains(words))
}

/// Whether a request of this page was blocked, since nobody said how to answer it.
fn something_was_blocked(visit: &Visit<'_>) -> bool {
    let blocked =
        |entry: &&Entry| matches!(entry.happening, Happening::Request { fate: RequestFate::Blocked, .. });
    visit.entries.iter().any(blocked)
}

/// What is to be said of an error that nobody caught.
fn of_error(text: &str, raised_at: Option<&str>, before_ready: bool) -> Finding {
    let (place, error) = (spot(raised_at), words::error(text));
    let (kind, text) = match cause(text) {
        Cause::Syntax => (
            FindingKind::SyntaxError,
            format!("a script is no JavaScript{place}, so nothing of it runs: {error}"),
        ),
        Cause::NoMethod(name) => {
            let meant = nearest(&name, METHODS).map(|meant| format!("; did you mean `{meant}`?"));
            let text = format!("the SDK has no method `{name}`{place}{}", meant.unwrap_or_default());
            (FindingKind::UnknownMethod, text)
        }
        Cause::SdkMissing if before_ready => {
            let text = format!("the SDK was used before `lcw:ready`{place}, and was not there: {error}");
            (FindingKind::SdkBeforeReady, text)
        }
        Cause::SdkMissing | Cause::Other => {
            (FindingKind::PageError, format!("the page threw an error{place}: {error}"))
        }
    };
    Finding::new(kind, text, raised_at)
}
