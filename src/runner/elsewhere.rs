//! The windows beside a page's tab, as far as the page in it does not know them: those of other origins, of which it
//! only knows that they are there, and those without an opener, of which it knows nothing.

use crate::browser::bidi::{ContextId, ContextInfo};
use crate::contract::{ChatView, Observation, WindowObservation};
use crate::probe::Message;

/// The windows that a page opened.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    /// All of them, and whether each is still open.
    windows: Vec<(ContextId, bool)>,
    /// What those show that speak for themselves.
    views: Vec<(ContextId, ChatView)>,
    /// The tab that no page opened.
    own_tab: Option<ContextId>,
}

impl Elsewhere {
    /// A window came into being.
    pub(crate) fn came(&mut self, window: &ContextInfo) {
        if self.own_tab.as_ref() != Some(&window.context) {
            self.windows.push((window.context.clone(), true));
        }
    }

    /// Those that are open.
    pub(crate) fn open(&self) -> impl Iterator<Item = &ContextId> {
        self.windows.iter().filter(|(_, open)| *open).map(|(window, _)| window)
    }

    /// Whether this is one of them.
    pub(crate) fn is_open(&self, context: &ContextId) -> bool {
        self.open().any(|window| window == context)
    }

    /// The page is loaded again, and counts anew.
    pub(crate) fn count_anew(&mut self) {
        self.windows.retain(|(_, open)| *open);
    }

    /// A window is gone.
    pub(crate) fn went(&mut self, context: &ContextId) {
        self.views.retain(|(known, _)| known != context);
        for (_, open) in self.windows.iter_mut().filter(|(known, _)| known == context) {
            *open = false;
        }
    }

    /// The visitor or the harness opened this tab, not the page.
    pub(crate) fn is_the_visitors(&mut self, tab: ContextId) {
        self.windows.retain(|(known, _)| *known != tab);
        self.own_tab = Some(tab);
    }

    /// A window or a frame of another origin speaks for itself, and only a window says hello.
    pub(crate) fn hear(&mut self, context: &ContextId, report: Message) {
        let known = self.views.iter_mut().find(|(known, _)| known == context);
        match (report, known) {
            (Message::Hello { .. }, Some((_, view))) => *view = ChatView::default(),
            (Message::Hello { .. }, None) => self.views.push((context.clone(), ChatView::default())),
            (Message::State { seen, .. }, Some((_, view))) => *view = seen.observation.view,
            (Message::State { .. } | Message::Journal(_) | Message::Goodbye, _) => {}
        }
    }

    /// Another page is there; what an earlier one opened is no concern of its.
    pub(crate) fn clear(&mut self) {
        self.windows.clear();
        self.views.clear();
    }

    /// Adds what these windows show to what a page knows of them, and those of which it knows nothing.
    pub(crate) fn add_to(&self, seen: &mut Observation) {
        let mut views = self.views.iter().map(|(_, view)| *view).filter(|view| *view != ChatView::default());
        let unknown = seen.windows.iter_mut().filter(|window| window.view == ChatView::default());
        for window in unknown {
            window.view = views.next().unwrap_or_default();
        }
        let open = self.open().count();
        for _ in seen.windows.len()..open {
            seen.windows.push(WindowObservation { view: views.next().unwrap_or_default() });
        }
        seen.windows_opened = seen.windows_opened.max(self.windows.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{Leftovers, Seen};

    fn window(id: &str) -> ContextInfo {
        serde_json::from_value(serde_json::json!({ "context": id, "url": "about:blank" })).unwrap()
    }

    fn hello() -> Message {
        Message::Hello {
            url: "https://chat.example/".into(),
            date: 0.0,
            document: String::new(),
            leftovers: Leftovers::default(),
        }
    }

    fn shows_a_survey() -> Message {
        let view = ChatView { prechat: true, ..ChatView::default() };
        let seen = Seen { sequence: 1, observation: Observation { view, ..Observation::default() } };
        Message::State { origin: "https://chat.example".into(), seen: Box::new(seen) }
    }

    /// What the page and these windows show together.
    fn together(elsewhere: &Elsewhere, known_to_the_page: usize) -> (Vec<bool>, usize) {
        let blank = WindowObservation { view: ChatView::default() };
        let mut seen = Observation { windows: vec![blank; known_to_the_page], ..Observation::default() };
        elsewhere.add_to(&mut seen);
        (seen.windows.iter().map(|window| window.view.prechat).collect(), seen.windows_opened)
    }

    #[test]
    fn a_window_counts_before_there_is_anything_to_be_seen_in_it() {
        let mut elsewhere = Elsewhere::default();
        elsewhere.came(&window("a"));
        assert_eq!(together(&elsewhere, 0), (vec![false], 1));
        elsewhere.hear(&window("a").context, hello());
        elsewhere.hear(&window("a").context, shows_a_survey());
        assert_eq!(together(&elsewhere, 0), (vec![true], 1));
        elsewhere.went(&window("a").context);
        assert_eq!(together(&elsewhere, 0), (vec![], 1));
    }

    #[test]
    fn a_window_of_which_the_page_knows_only_that_it_is_there_is_counted_once() {
        let mut elsewhere = Elsewhere::default();
        elsewhere.came(&window("a"));
        elsewhere.hear(&window("a").context, hello());
        elsewhere.hear(&window("a").context, shows_a_survey());
        assert_eq!(together(&elsewhere, 1), (vec![true], 1));
        // It leads somewhere else, of which nothing has been heard yet.
        elsewhere.hear(&window("a").context, hello());
        assert_eq!(together(&elsewhere, 1), (vec![false], 1));
    }
}
