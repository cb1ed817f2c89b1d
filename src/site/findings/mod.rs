//! Known mistakes with `startProactiveChat`, found in what happened.

mod calls;
mod embed;
mod kind;
mod page;
mod page_error;

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{Entry, Timeline};
pub(super) use calls::{holes, of_arguments as call_oddities};
pub(super) use embed::is_handler;
pub use kind::{FindingKind, FindingLevel};
pub(super) use page_error::{Cause, cause};

/// A known mistake that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which one.
    #[serde(skip)]
    pub kind: FindingKind,
    /// Its stable name, such as `syntax-error`.
    pub id: &'static str,
    /// Its weight.
    pub level: FindingLevel,
    /// What is wrong, and what follows from it.
    pub text: String,
    /// Where, as `address:line:column`.
    pub at: Option<String>,
}

impl Finding {
    fn new(kind: FindingKind, text: impl Into<String>, at: Option<&str>) -> Self {
        Self { kind, id: kind.id(), level: kind.level(), text: text.into(), at: at.map(str::to_owned) }
    }
}

/// The known mistakes in what happened, the heaviest first, each once.
pub fn findings(timeline: &Timeline) -> Vec<Finding> {
    let mut found = embed::of_timeline(timeline);
    for visit in timeline.visits() {
        let visit = Visit::new(timeline, visit);
        found.extend(embed::of_visit(&visit));
        found.extend(page::of_visit(&visit));
        found.extend(calls::of_visit(&visit));
    }
    found.extend(page::of_timeline(timeline));
    let mut once: Vec<Finding> = Vec::new();
    for finding in found {
        if !once.contains(&finding) {
            once.push(finding);
        }
    }
    once.sort_by_key(|finding| finding.level);
    once
}

/// What happened in one opened page.
struct Visit<'a> {
    entries: Vec<&'a Entry>,
    /// The place among the entries of the first `lcw:ready`.
    ready: Option<usize>,
}

impl<'a> Visit<'a> {
    fn new(timeline: &'a Timeline, visit: usize) -> Self {
        let entries: Vec<_> = timeline.of_visit(visit).collect();
        let ready = entries.iter().position(|entry| entry.is_event("lcw:ready"));
        Self { entries, ready }
    }

    /// Whether what stands at this place among the entries came before `lcw:ready`.
    fn is_before_ready(&self, place: usize) -> bool {
        self.ready.is_none_or(|ready| place < ready)
    }
}
