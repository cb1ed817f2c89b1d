//! One visitor's tab: opens pages in it, moves their time, and takes in what they report.

mod loading;
mod notes;

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::CheckError;
use super::attendant::Attendant;
use super::guest::Guest;
use super::prologue::{CHANNEL, Prologue};
use super::requests::Requests;
use crate::browser::bidi::{Bidi, BidiError, ContextInfo, Event, EventStream};
use crate::config::Deadlines;
use crate::contract::Observation;
use crate::probe::{Command, CommandError, EndingCookie, Look, Message};
use crate::runner::{Elsewhere, PageHandle, RunnerError};
use crate::server::CaseSite;
use crate::site::{Happening, Timeline};

/// What browsers call the page that they show where nobody answered.
const ERRORS: [&str; 2] = ["chrome-error:", "about:neterror"];

/// What a visit starts with.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) prologue: Prologue,
    /// Where the widget has its settings from, and its conversations.
    pub(super) site: Arc<CaseSite>,
    /// The part of addresses that is left out: where our own server has the pages.
    pub(super) origin: Option<String>,
    /// When the first page opens, in milliseconds since 1970.
    pub(super) instant: f64,
}

/// A visitor's tab, and all that has happened in it.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) handle: PageHandle,
    pub(super) guest: Guest,
    pub(super) attendant: Attendant,
    pub(super) timeline: Timeline,
    /// What was seen last.
    pub(super) seen: Observation,
    pub(super) step: usize,
    /// How long the longest look of this step took.
    pub(super) longest_look: Duration,
    prologue: Prologue,
    events: EventStream,
    site: Arc<CaseSite>,
    /// How long an answer or a page is waited for.
    pub(super) deadlines: Deadlines,
    /// When the first page opened, in milliseconds since 1970.
    instant: f64,
    /// What the page's clock says now, likewise.
    date: f64,
    /// What it said when the document began, likewise.
    opened_at: f64,
    documents: usize,
    /// What the last of them is known by.
    document: Option<String>,
    /// The address of the page that the tab asked for last, and the status with which it was answered.
    answered: Option<(String, u16)>,
    /// The page that the folder does not have although the tab has asked for it, and the status.
    no_such_page: Option<(String, u16)>,
    /// The page that nobody answered for although the tab has asked for it, and why.
    unanswered: Option<(String, String)>,
    /// The tab shows the browser's own words in its place.
    shows_an_error: bool,
    /// The host of the page in the tab.
    host: String,
    /// The cookies that end by the page's clock.
    cookies: Vec<EndingCookie>,
    requests: Requests,
    conversations: usize,
    /// The windows of which the page does not know enough.
    pub(super) elsewhere: Elsewhere,
    /// Nothing was reported since the page was looked at.
    is_up_to_date: bool,
    /// The part of addresses that is left out: where our own server has the pages.
    origin: Option<String>,
    began: Instant,
}

impl Visit {
    /// A visitor who has opened no page yet; `deadlines` say how long an answer or a page is waited for.
    pub(super) fn new(
        bidi: &Bidi,
        guest: Guest,
        attendant: Attendant,
        start: Start,
        deadlines: Deadlines,
    ) -> Self {
        let Start { prologue, site, origin, instant } = start;
        Self {
            handle: PageHandle::new(bidi.clone(), guest.tab.clone()),
            events: bidi.events(),
            guest,
            attendant,
            prologue,
            timeline: Timeline::default(),
            seen: Observation::default(),
            step: 0,
            longest_look: Duration::ZERO,
            site,
            deadlines,
            instant,
            date: instant,
            opened_at: instant,
            documents: 0,
            document: None,
            answered: None,
            no_such_page: None,
            unanswered: None,
            shows_an_error: false,
            host: String::new(),
            cookies: Vec::new(),
            requests: Requests::default(),
            conversations: 0,
            elsewhere: Elsewhere::default(),
            is_up_to_date: false,
            origin,
            began: Instant::now(),
        }
    }

    /// The visitor leaves, and nothing of them stays in the browser; gives everything that happened.
    pub(super) async fn end(self) -> (Timeline, Result<(), CheckError>) {
        let Self { guest, prologue, timeline, .. } = self;
        // In this order: while a page is held on its way, Chromium answers nobody who asks about its scripts.
        let left = match guest.leave().await {
            Ok(()) => prologue.end().await,
            left => left,
        };
        (timeline, left)
    }

    /// Moves the page's time, and waits until everything that happened in it has had its turn.
    pub(super) async fn advance(&mut self, by: Duration) -> Result<(), CheckError> {
        let target = self.date + by.as_secs_f64() * 1e3;
        self.move_to(target).await?;
        // A page whose policy keeps the probe from asking for scripts has waited for none. What they do is done at once.
        while self.attendant.scripts.come().await {
            self.move_to(target).await?;
        }
        for url in self.attendant.scripts.take_in_vain() {
            self.push(self.date, Happening::Unfinished { what: format!("script {url}") });
        }
        self.note_what_others_know();
        if let Some((url, status)) = self.no_such_page.take() {
            return Err(CheckError::NoSuchPage { url, status });
        }
        let refused = self.attendant.desk().opening.take_refused();
        let missing = refused.map(|refused| refused.means(None)).or_else(|| self.nobody_answered());
        missing.map_or(Ok(()), Err)
    }

    /// Moves the page's time on to this date, in milliseconds since 1970, and sees what is there then.
    async fn move_to(&mut self, target: f64) -> Result<(), CheckError> {
        let moved = self
            .ask_whoever_is_there(|date| {
                let remaining = (target - date).max(0.0) / 1e3;
                let remaining = Duration::try_from_secs_f64(remaining).unwrap_or(Duration::MAX);
                vec![Command::Advance(remaining), Command::Look]
            })
            .await;
        if let Err(CheckError::Page(RunnerError::Probe(CommandError::Refused(reason)))) = &moved {
            self.push(self.date, Happening::Stuck { reason: reason.clone() });
        }
        let look = moved?;
        self.date = target;
        self.take_in(look)
    }

    /// Waits until everything that was started has had its turn, painting included; the page's time stands still.
    pub(super) async fn settle(&mut self) -> Result<(), CheckError> {
        self.ask_whoever_is_there::<serde_json::Value>(|_| vec![Command::Settle]).await.map(drop)
    }

    /// What the document that is there is known by: something is to be done in it once, and in no other after it.
    pub(super) async fn document(&mut self) -> Result<Option<&str>, CheckError> {
        self.settle().await?;
        Ok(self.document.as_deref())
    }

    /// Asks the page; if it is left meanwhile, the next one, from its date on.
    async fn ask_whoever_is_there<T: DeserializeOwned>(
        &mut self,
        commands: impl Fn(f64) -> Vec<Command<'static>>,
    ) -> Result<T, CheckError> {
        loop {
            let document = self.documents;
            // What moves the time must not be done once more in the next document.
            match self.handle.ask_document(self.document.as_deref(), &commands(self.date)).await {
                Err(error) if error.is_of_a_document_that_was_left() => {
                    self.next_document(document, error).await?;
                }
                // Where the browser tells that nobody answered, there is no probe.
                Err(error @ RunnerError::Bidi(BidiError::Exception(_))) => {
                    self.hear_what_is_there()?;
                    return Err(self.nobody_answered().unwrap_or(error.into()));
                }
                answer => return Ok(answer?),
            }
        }
    }

    /// Waits until another document has greeted; `error` is what its absence means.
    async fn next_document(&mut self, document: usize, error: RunnerError) -> Result<(), CheckError> {
        let deadline = Instant::now() + self.deadlines.command;
        while self.documents == document {
            let Ok(event) = timeout_at(deadline, self.events.next()).await else {
                return Err(self.nobody_answered().unwrap_or(error.into()));
            };
            self.hear(event.as_deref())?;
            if self.shows_an_error {
                return Err(self.nobody_answered().unwrap_or(error.into()));
            }
        }
        self.date = self.opened_at;
        Ok(())
    }

    /// What the absence of a page means for which nobody answered.
    fn nobody_answered(&mut self) -> Option<CheckError> {
        self.note_requests();
        let (url, reason) = self.unanswered.take()?;
        Some(CheckError::Unanswered { url, reason })
    }

    /// Sees what is there when everything has had its turn.
    pub(super) async fn look(&mut self) -> Result<(), CheckError> {
        let began = Instant::now();
        let look = self.ask_whoever_is_there(|_| vec![Command::Look]).await?;
        self.take_in(look)?;
        self.note_what_others_know();
        self.longest_look = self.longest_look.max(began.elapsed());
        Ok(())
    }

    /// Whether nothing was reported since the page was looked at.
    pub(super) fn is_up_to_date(&mut self) -> Result<bool, CheckError> {
        self.hear_what_is_there()?;
        self.note_what_others_know();
        Ok(self.is_up_to_date)
    }

    /// Takes in what the page knows.
    fn take_in(&mut self, Look { seen, journal }: Look) -> Result<(), CheckError> {
        self.hear_what_is_there()?;
        self.note(journal);
        self.seen = seen.observation;
        self.elsewhere.add_to(&mut self.seen);
        self.is_up_to_date = true;
        Ok(())
    }

    /// Notes what was asked of others, and what the conversation end was told.
    fn note_what_others_know(&mut self) {
        self.note_answer();
        self.note_requests();
        self.note_context();
    }

    /// Waits until the page says that something has changed; `false` when it does not until then.
    pub(super) async fn changes_before(&mut self, deadline: Instant) -> Result<bool, CheckError> {
        loop {
            let Ok(event) = timeout_at(deadline, self.events.next()).await else { return Ok(false) };
            if self.hear(event.as_deref())? {
                return Ok(true);
            }
        }
    }

    /// A step begins.
    pub(super) fn begin_step(&mut self, number: usize, words: String) {
        self.step = number;
        self.longest_look = Duration::ZERO;
        self.push(self.date, Happening::Step { words });
    }

    fn hear_what_is_there(&mut self) -> Result<(), CheckError> {
        while let Some(event) = self.events.try_next() {
            self.hear(Some(&event))?;
        }
        Ok(())
    }

    /// Takes one event into account, and answers whether it was about the visit; `None` is the end of the connection.
    fn hear(&mut self, event: Option<&Event>) -> Result<bool, CheckError> {
        let Some(event) = event else {
            let reason = self.handle.bidi.closed().unwrap_or_else(|| "the connection ended".into());
            return Err(BidiError::Closed { method: "script.message", reason }.into());
        };
        match event {
            Event::Message(message) if message.channel == CHANNEL => {
                let Some(context) = &message.source.context else { return Ok(false) };
                let report = Message::parse(message.data.as_str().unwrap_or_default());
                let report = report.map_err(|error| RunnerError::Probe(error.into()))?;
                if *context == self.handle.context {
                    if let Message::Hello { document, .. } = &report {
                        self.document = Some(document.clone());
                    }
                    self.hear_page(report);
                } else {
                    self.elsewhere.hear(context, report);
                }
            }
            Event::ContextCreated(window) if self.is_beside_the_tab(window) => self.elsewhere.came(window),
            Event::ContextDestroyed(window) if self.is_beside_the_tab(window) => {
                self.elsewhere.went(&window.context);
            }
            Event::ResponseCompleted(ended) => {
                if ended.navigation.is_some() && ended.context.as_ref() == Some(&self.handle.context) {
                    let url = &ended.request.url;
                    self.answered = ended.response.map(|response| (url.clone(), response.status));
                }
                return Ok(false);
            }
            Event::FetchError(ended) => {
                let reason = ended.error_text.clone().unwrap_or_default();
                // A page may change its mind, and what is blocked or saved leads nowhere.
                let is_given_up = reason.contains("ABORT");
                if ended.navigation.is_some()
                    && !is_given_up
                    && ended.context.as_ref() == Some(&self.handle.context)
                {
                    self.unanswered = Some((ended.request.url.clone(), reason));
                }
                return Ok(false);
            }
            _ => return Ok(false),
        }
        self.is_up_to_date = false;
        Ok(true)
    }

    fn is_beside_the_tab(&self, window: &ContextInfo) -> bool {
        window.parent.is_none()
            && window.context != self.handle.context
            && window.user_context.as_ref() == Some(&self.guest.user_context)
    }

    fn hear_page(&mut self, report: Message) {
        match report {
            Message::Hello { url, date, .. } if url.starts_with("http") => {
                self.documents += 1;
                (self.unanswered, self.shows_an_error) = (None, false);
                self.elsewhere.clear();
                self.opened_at = date;
                let host = Url::parse(&url).ok().and_then(|url| Some(url.host_str()?.to_owned()));
                self.host = host.unwrap_or_default();
                self.push(date, Happening::Opened { url });
            }
            Message::Hello { url, .. } if ERRORS.iter().any(|error| url.starts_with(error)) => {
                self.shows_an_error = true;
            }
            Message::Journal(journal) => self.note(journal),
            Message::Hello { .. } | Message::State { .. } | Message::Goodbye => {}
        }
    }
}
