//! Timelines for tests, told in the order of what happens.

use std::time::Duration;

use serde_json::Value;

use crate::contract::{ContextVariable, EventTarget, Notification, Observation};
use crate::site::{Dialog, Entry, Gesture, Happening, RequestFate, Timeline};

/// A timeline that grows by what is said to happen, and what can be seen at its end.
#[derive(Default)]
pub(in crate::site) struct Story {
    pub(in crate::site) timeline: Timeline,
    pub(in crate::site) seen: Observation,
    now: Duration,
    opened: Duration,
    visit: usize,
    step: usize,
}

impl Story {
    /// A page is opened that has the widget's script element.
    pub(in crate::site) fn embedded() -> Self {
        let url = "https://oc-cdn.example/livechatwidget/scripts/LiveChatBootstrapper.js".to_owned();
        Self::default().visit().then(Happening::Embed { url, number: 1 })
    }

    pub(in crate::site) fn then(mut self, happening: Happening) -> Self {
        let (at, visit, step) = (self.now, self.visit, self.step);
        let since_visit = self.now - self.opened;
        self.timeline.push(Entry { at, since_visit, visit, step, real: Duration::ZERO, happening });
        self
    }

    pub(in crate::site) fn step(mut self, words: &str) -> Self {
        self.step += 1;
        self.then(Happening::Step { words: words.to_owned() })
    }

    pub(in crate::site) fn visit(mut self) -> Self {
        self = self.step("visit kb.html");
        self.visit += 1;
        self.opened = self.now;
        self.then(Happening::Opened { url: "https://shop.example/kb.html".to_owned() })
    }

    /// Time passes, in milliseconds.
    pub(in crate::site) fn pass(mut self, millis: u64) -> Self {
        self = self.step(&format!("let {} s pass", millis as f64 / 1e3));
        self.now += Duration::from_millis(millis);
        self
    }

    pub(in crate::site) fn event(self, name: &str) -> Self {
        self.then(Happening::Event { name: name.to_owned(), detail: Value::Null, on_window: true })
    }

    pub(in crate::site) fn ready(self) -> Self {
        self.event("lcw:ready")
    }

    pub(in crate::site) fn listens(self, event: &str) -> Self {
        self.listens_on(event, None)
    }

    pub(in crate::site) fn listens_on(self, event: &str, target: Option<EventTarget>) -> Self {
        self.then(Happening::Listens { event: event.to_owned(), target, added_at: at(10) })
    }

    pub(in crate::site) fn reads(self, what: &str, key: Option<&str>) -> Self {
        self.then(Happening::Reads { what: what.to_owned(), key: key.map(str::to_owned) })
    }

    pub(in crate::site) fn timer(self, timer: &str, delay: f64, times: usize) -> Self {
        self.then(Happening::Timer { timer: timer.to_owned(), delay, times, set_at: at(12) })
    }

    pub(in crate::site) fn method(self, method: &str, arguments: Value, busy: bool) -> Self {
        let arguments = arguments.as_array().cloned().unwrap();
        let method = method.to_owned();
        self.then(Happening::Call { method, arguments, called_at: at(20), busy, threw: None })
    }

    /// `startProactiveChat` is called.
    pub(in crate::site) fn calls(self, arguments: Value) -> Self {
        self.method("startProactiveChat", arguments, false)
    }

    pub(in crate::site) fn shows(mut self, message: &str) -> Self {
        let message = message.to_owned();
        self.seen.notification = Some(Notification { message: message.clone(), ..Notification::default() });
        self.then(Happening::InvitationShown { message })
    }

    pub(in crate::site) fn closes(mut self) -> Self {
        self.seen.notification = None;
        self.then(Happening::InvitationClosed)
    }

    pub(in crate::site) fn throws(self, text: &str, line: usize) -> Self {
        self.then(Happening::Error { text: text.to_owned(), raised_at: at(line) })
    }

    pub(in crate::site) fn blocked(self, directive: &str, what: &str) -> Self {
        let (directive, what) = (directive.to_owned(), what.to_owned());
        self.then(Happening::BlockedByPolicy { directive, what, blocked_at: at(9) })
    }

    pub(in crate::site) fn request(self, url: &str, fate: RequestFate) -> Self {
        self.then(Happening::Request { method: "GET".to_owned(), url: url.to_owned(), fate })
    }

    pub(in crate::site) fn dialog(self, dialog: &str, message: &str) -> Self {
        self.then(Happening::Dialog(Dialog { dialog: dialog.to_owned(), message: message.to_owned() }))
    }

    pub(in crate::site) fn cookie(self, name: &str, expired: bool) -> Self {
        self.then(Happening::CookieSet { name: name.to_owned(), expired, set_at: at(7) })
    }

    pub(in crate::site) fn window(mut self, gesture: Gesture, opened: bool) -> Self {
        self.seen.windows_opened += usize::from(opened);
        self.then(Happening::WindowOpened { url: "https://shop.example/chat".to_owned(), gesture, opened })
    }

    pub(in crate::site) fn context(self, name: &str, value: Value) -> Self {
        let variables = [(name.to_owned(), ContextVariable { value, is_displayable: None })];
        self.then(Happening::Context { variables: variables.into() })
    }
}

fn at(line: usize) -> Option<String> {
    Some(format!("https://shop.example/kb.html:{line}:5"))
}
