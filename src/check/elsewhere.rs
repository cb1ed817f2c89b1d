//! What windows of other origins show, of which the page itself only knows that they are there.

use crate::browser::bidi::ContextId;
use crate::contract::{ChatView, Observation};
use crate::probe::Message;

/// The windows of other origins that a page opened.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    views: Vec<(ContextId, ChatView)>,
}

impl Elsewhere {
    /// A window or a frame of another origin speaks for itself, and only a window says hello.
    pub(super) fn hear(&mut self, context: &ContextId, report: Message) {
        let known = self.views.iter_mut().find(|(known, _)| known == context);
        match (report, known) {
            (Message::Hello { .. }, Some((_, view))) => *view = ChatView::default(),
            (Message::Hello { .. }, None) => self.views.push((context.clone(), ChatView::default())),
            (Message::State { seen, .. }, Some((_, view))) => *view = seen.observation.view,
            (Message::State { .. } | Message::Journal(_) | Message::Goodbye, _) => {}
        }
    }

    /// Another page is there; what an earlier one opened is no concern of its.
    pub(super) fn clear(&mut self) {
        self.views.clear();
    }

    /// Adds what these windows show to what a page knows of them.
    pub(super) fn add_to(&self, seen: &mut Observation) {
        let unknown = seen.windows.iter_mut().filter(|window| window.view == ChatView::default());
        let views = self.views.iter().map(|(_, view)| *view);
        for (window, view) in unknown.zip(views.filter(|view| *view != ChatView::default())) {
            window.view = view;
        }
    }
}
