//! Pages come into a tab here: opened, opened anew, and loaded again.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use super::{Page, Tab};
use crate::browser::bidi::{self, BidiError, Navigate, ReadinessState, Reload};
use crate::probe::Command;
use crate::runner::RunnerError;
use crate::runner::preparation::{forget_cookies, forget_storage};

impl Tab {
    /// Opens a page and waits until it has loaded.
    ///
    /// # Errors
    /// [`RunnerError::Leftovers`] when the page does not start from clean storage,
    /// [`RunnerError::Open`] when the browser gets no page, [`RunnerError::NoProbe`] when nothing is heard from it.
    pub async fn visit(&mut self, url: &Url) -> Result<(), RunnerError> {
        let origin = url.origin().ascii_serialization();
        self.page = Page { origin, url: url.to_string(), ..Page::default() };
        self.dialogs.take();
        // Whatever an earlier page still had to say is not about this one.
        while self.reports.try_next().is_some() {}
        let command = Navigate {
            context: self.handle.context.clone(),
            url: url.to_string(),
            wait: ReadinessState::Complete,
        };
        self.load(&command, url.as_str()).await
    }

    /// Loads the page again and waits until it has loaded; everything that is counted is counted anew.
    ///
    /// # Errors
    /// [`RunnerError::NoProbe`] when nothing is heard from it.
    pub async fn reload(&mut self) -> Result<(), RunnerError> {
        self.page.reloaded = true;
        self.page.beside.count_anew();
        let command = Reload { context: self.handle.context.clone(), wait: ReadinessState::Complete };
        let origin = self.page.origin.clone();
        self.load(&command, &origin).await
    }

    /// Opens a page as [`Tab::visit`] does. What an earlier one left in the browser is removed: where they share an
    /// origin, and cookies that were set for a domain which they share.
    ///
    /// # Errors
    /// As [`Tab::visit`].
    pub async fn visit_anew(&mut self, url: &Url) -> Result<(), RunnerError> {
        let is_shared = self.page.origin == url.origin().ascii_serialization();
        if is_shared {
            // A page cannot tell of all that it finds, such as a database, so it is not asked.
            match forget_storage(&self.handle.bidi, &self.handle.context).await {
                // Of a page that never came there is nothing to forget.
                Err(RunnerError::Bidi(BidiError::Refused { .. })) => {}
                forgotten => forgotten?,
            }
            forget_cookies(&self.handle.bidi, &self.handle.context).await?;
        }
        match self.visit(url).await {
            Err(RunnerError::Leftovers { .. }) => {
                if is_shared {
                    forget_storage(&self.handle.bidi, &self.handle.context).await?;
                }
                // The page has set them anew meanwhile.
                forget_cookies(&self.handle.bidi, &self.handle.context).await?;
                self.visit(url).await
            }
            visited => visited,
        }
    }

    /// Leaves the page for an empty one, so that nothing of it goes on; gives whether that could be done `within` a while,
    /// which a page whose script never ends prevents.
    pub(crate) async fn blank(&self, within: Duration) -> bool {
        let command = Navigate {
            context: self.handle.context.clone(),
            url: "about:blank".to_owned(),
            wait: ReadinessState::Complete,
        };
        match timeout(within, self.handle.bidi.send(&command)).await {
            Ok(Err(error)) => error.is_interrupted_load(),
            Ok(Ok(_)) => true,
            Err(_) => false,
        }
    }

    /// Waits for the document that comes after this one, if the browser has begun to leave it; answers whether one came.
    /// Firefox begins with a reload only after the task in which a page asks for it, and a server may take its time.
    /// Where nothing comes, as for a download, it is waited no longer than for a step.
    ///
    /// # Errors
    /// When the page does not answer.
    pub(in crate::runner) async fn wait_if_left(&mut self) -> Result<bool, RunnerError> {
        let document = self.page.document.as_deref();
        let is_being_left = match self.handle.ask_document(document, &[Command::IsBeingLeft]).await {
            Err(error) if error.is_of_a_document_that_was_left() => true,
            answer => answer?,
        };
        Ok(is_being_left && self.another_greets(self.patience()).await?)
    }

    /// Has the browser load a page, and waits until it has loaded and a document of it greeted.
    async fn load<C: bidi::Command>(&mut self, command: &C, url: &str) -> Result<(), RunnerError> {
        (self.page.greeted, self.page.document) = (false, None);
        let interrupted = match self.handle.bidi.send(command).await {
            Err(error) if error.is_interrupted_load() => Some(error),
            // What the browser says of a server that is down, a name that nobody knows, or an answer that is no page.
            Err(BidiError::Refused { code, message, .. }) if code == "unknown error" => {
                return Err(RunnerError::Open { url: url.to_owned(), reason: message });
            }
            loaded => match self.handle.page_answer(loaded).await {
                // A page that never came has no script that keeps it from answering.
                Err(RunnerError::PageHangs(waited)) if !self.handle.is_at(&self.page.origin).await? => {
                    return Err(RunnerError::NoProbe { url: url.to_owned(), waited });
                }
                loaded => loaded.map(|_| None)?,
            },
        };
        let greeted = self.until(self.deadlines.command, |tab| tab.page.greeted).await?;
        match interrupted {
            None if greeted => Ok(()),
            None => Err(RunnerError::NoProbe { url: url.to_owned(), waited: self.deadlines.command }),
            Some(_) if greeted => self.handle.ask::<Value>(&Command::Loaded).await.map(drop),
            Some(error) => Err(error.into()),
        }
    }
}
