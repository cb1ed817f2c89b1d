//! Pages come into a visitor's tab here: opened, opened anew, and loaded again.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use url::Url;

use super::Visit;
use crate::browser::bidi::{BidiError, Navigate, ReadinessState, Reload};
use crate::check::CheckError;
use crate::check::prologue::Tab;
use crate::probe::Command;

/// A page that belongs to nobody.
const BLANK: &str = "about:blank";

impl Visit {
    /// Opens a page and waits until it has loaded and everything that is due at once has had its turn.
    pub(in crate::check) async fn open(&mut self, url: &Url) -> Result<(), CheckError> {
        // As in an address bar: another place in the page that is there loads nothing.
        if self.documents > 0 && url.fragment().is_some() && self.handle.is_open(url).await? {
            self.handle.bidi.send_within(&self.navigation(url), self.deadlines.command).await?;
            return self.advance(Duration::ZERO).await;
        }
        self.open_in(Tab::Same, url).await
    }

    /// Opens a page likewise, as somebody does who has left and comes another time.
    pub(in crate::check) async fn open_anew(&mut self, url: &Url) -> Result<(), CheckError> {
        self.leave().await?;
        self.open_in(Tab::New, url).await
    }

    async fn open_in(&mut self, tab: Tab, url: &Url) -> Result<(), CheckError> {
        self.before_page(tab).await?;
        let opened = self.handle.bidi.send_within(&self.navigation(url), self.deadlines.command).await;
        self.opened(opened.map(drop), url).await
    }

    fn navigation(&self, url: &Url) -> Navigate {
        Navigate {
            context: self.handle.context.clone(),
            url: url.to_string(),
            wait: ReadinessState::Complete,
        }
    }

    /// Loads the page again, likewise.
    pub(in crate::check) async fn reload(&mut self, url: &Url) -> Result<(), CheckError> {
        let reload = Reload { context: self.handle.context.clone(), wait: ReadinessState::Complete };
        self.before_page(Tab::Same).await?;
        let opened = self.handle.bidi.send_within(&reload, self.deadlines.command).await;
        self.opened(opened.map(drop), url).await
    }

    async fn before_page(&mut self, tab: Tab) -> Result<(), CheckError> {
        self.hear_what_is_there()?;
        if self.documents == 0 {
            self.prologue.check_script().await?;
        }
        self.prologue.before_page(self.date, self.cookies.clone(), tab).await?;
        self.attendant.desk().opening.begin();
        Ok(())
    }

    /// Leaves the page for none.
    async fn leave(&mut self) -> Result<(), CheckError> {
        let context = self.handle.context.clone();
        let navigate = Navigate { context, url: BLANK.into(), wait: ReadinessState::Complete };
        self.handle.bidi.send_within(&navigate, self.deadlines.command).await?;
        self.hear_what_is_there()
    }

    async fn opened(&mut self, opened: Result<(), BidiError>, url: &Url) -> Result<(), CheckError> {
        let before = self.documents;
        self.attendant.desk().opening.end();
        let refused = if opened.is_err() { self.attendant.desk().opening.take_refused() } else { None };
        if let Some(refused) = refused {
            self.note_requests();
            return Err(refused.means(Some(url)));
        }
        let is_interrupted = matches!(&opened, Err(error) if error.is_interrupted_load());
        match opened {
            Err(_) if is_interrupted => {}
            Err(BidiError::Refused { message, .. }) => {
                self.note_requests();
                return Err(CheckError::Open { url: url.clone(), reason: message });
            }
            Err(BidiError::Timeout { waited, .. }) => {
                return Err(CheckError::Silent { url: url.clone(), waited });
            }
            opened => opened?,
        }
        self.hear_what_is_there()?;
        let deadline = Instant::now() + self.deadlines.command;
        while self.documents == before {
            let Ok(event) = timeout_at(deadline, self.events.next()).await else {
                return Err(CheckError::Silent { url: url.clone(), waited: self.deadlines.command });
            };
            self.hear(event.as_deref())?;
        }
        if is_interrupted {
            self.ask_whoever_is_there::<serde_json::Value>(|_| vec![Command::Loaded]).await?;
        }
        self.prologue.after_page().await?;
        // What is due at once would have had its turn when the visitor looks.
        self.advance(Duration::ZERO).await
    }
}
