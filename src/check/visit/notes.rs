//! Writes down in a visitor's timeline what has happened.

use std::time::Duration;

use super::Visit;
use crate::check::journal::{self, Noted};
use crate::check::requests::Moment;
use crate::check::rules::Decision;
use crate::probe::Journal;
use crate::site::{Entry, Happening, RequestFate};

impl Visit {
    pub(super) fn note(&mut self, journal: Journal) {
        // A page knows those of its own host. Of others it may have heard long ago.
        let host = &self.host;
        self.cookies.retain(|cookie| !cookie.is_seen_by(host));
        self.cookies.extend(journal.cookies.into_iter().filter(|cookie| cookie.is_seen_by(host)));
        for noted in journal.entries.into_iter().filter_map(journal::read) {
            match noted {
                Noted::Asks { at, url } => {
                    self.requests.told(url, Moment { date: self.opened_at + at, step: self.step });
                }
                Noted::Connects { at, url } => {
                    let fate = self.attendant.desk().rules.decide(&url).fate();
                    if let Some(fate) = fate {
                        let request = Happening::Request { method: "GET".into(), url, fate };
                        self.push(self.opened_at + at, request);
                    }
                }
                Noted::Happened { at, happening } => {
                    let opened = opened_window(&happening).map(str::to_owned);
                    self.push(self.opened_at + at, happening);
                    if let Some(url) = opened {
                        self.note_window(self.opened_at + at, url);
                    }
                }
            }
        }
    }

    /// Chromium may begin to load a new window before its requests are held. The fence does not let it out; that it
    /// was tried is known from the page.
    fn note_window(&mut self, date: f64, url: String) {
        if self.attendant.desk().rules.decide(&url) == Decision::Block {
            self.requests.refused_window(url.clone());
            self.push(date, Happening::Request { method: "GET".into(), url, fate: RequestFate::Blocked });
        }
    }

    /// A page that is none. Where our own server has the pages, it is the folder that lacks it; a server's own page of
    /// that kind, or a reply of the scenario, may be the one that is meant.
    pub(super) fn note_answer(&mut self) {
        let Some((url, status)) = self.answered.take().filter(|(_, status)| *status >= 400) else { return };
        let fate = self.attendant.desk().rules.decide(&url).fate();
        self.push(self.opened_at, Happening::ErrorPage { url: url.clone(), status });
        if self.origin.is_some() && fate == Some(RequestFate::Site) {
            self.no_such_page = Some((url, status));
        }
    }

    /// What the page asked others for since this was noted last.
    pub(super) fn note_requests(&mut self) {
        let asked = std::mem::take(&mut self.attendant.desk().asked);
        let now = Moment { date: self.date, step: self.step };
        for (Moment { date, step }, request) in self.requests.entries(asked, self.opened_at, now) {
            self.push_at(date, step, request);
        }
    }

    /// The context of chats that have started since this was noted last.
    pub(super) fn note_context(&mut self) {
        let conversations = self.site.conversations();
        let new = conversations.get(self.conversations..).unwrap_or_default();
        for conversation in new {
            self.push(self.date, Happening::Context { variables: conversation.context.clone() });
        }
        self.conversations = conversations.len();
    }

    pub(super) fn push(&mut self, date: f64, happening: Happening) {
        self.push_at(date, self.step, happening);
    }

    fn push_at(&mut self, date: f64, step: usize, mut happening: Happening) {
        if let Some(origin) = &self.origin {
            happening = journal::without(origin, happening);
        }
        let since = |start: f64| Duration::from_secs_f64((date - start).max(0.0) / 1e3);
        self.timeline.push(Entry {
            at: since(self.instant),
            since_visit: since(self.opened_at),
            visit: self.documents,
            step,
            real: self.began.elapsed(),
            happening,
        });
    }
}

/// The address of a window that a page opened.
fn opened_window(happening: &Happening) -> Option<&str> {
    match happening {
        Happening::WindowOpened { url, opened: true, .. } => Some(url),
        _ => None,
    }
}
