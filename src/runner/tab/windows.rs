//! The windows beside a tab: those that its page opened, and those that must not be there.

use std::time::Duration;

use super::Tab;
use crate::browser::bidi::{Close, ContextId, Create, CreateType, Navigate, ReadinessState};
use crate::contract::Observation;
use crate::runner::RunnerError;
use crate::runner::handle::windows;

impl Tab {
    /// The windows that the page opened and that are still open, the probe's word or not.
    pub fn other_windows(&self) -> Vec<ContextId> {
        self.page.beside.open().cloned().collect()
    }

    /// Closes the one window that the page opened, as the visitor does, and waits until it is gone.
    ///
    /// # Errors
    /// [`RunnerError::ChatWindows`] when there is not one window.
    pub async fn close_window(&mut self) -> Result<(), RunnerError> {
        self.catch_up()?;
        let windows = self.other_windows();
        let [window] = windows.as_slice() else { return Err(RunnerError::ChatWindows(windows.len())) };
        self.handle.bidi.send(&Close { context: window.clone(), prompt_unload: false }).await?;
        if self.until(self.deadlines.command, |tab| !tab.page.beside.is_open(window)).await? {
            return Ok(());
        }
        Err(RunnerError::ChatWindows(1))
    }

    /// Fills in and submits the pre-chat survey: the page's or, if it has none, that of the one window which it opened.
    ///
    /// # Errors
    /// As [`PageHandle::submit_survey`](crate::runner::PageHandle::submit_survey).
    pub async fn submit_survey(&mut self, patience: Duration) -> Result<(), RunnerError> {
        self.catch_up()?;
        let windows = self.other_windows();
        match windows.as_slice() {
            [window] if !self.last_seen().view.prechat => {
                let handle = self.handle.in_window(window.clone(), self.classic.clone());
                self.classic.switch_to(window).await?;
                let submitted = handle.submit_survey(patience).await;
                self.classic.switch_to(&self.handle.context).await?;
                submitted
            }
            _ => self.handle.submit_survey(patience).await,
        }
    }

    /// Opens the page in a second tab, behind this one, and waits until it has loaded there.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn open_second_tab(&mut self) -> Result<(), RunnerError> {
        let create = Create { kind: CreateType::Tab, user_context: None, background: true };
        let context = self.handle.bidi.send(&create).await?.context;
        // It is no window of the page's.
        self.page.beside.is_the_visitors(context.clone());
        self.page.second = Some((context.clone(), Observation::default()));
        let url = self.page.url.clone();
        self.handle
            .page_answer(
                self.handle.bidi.send(&Navigate { context, url, wait: ReadinessState::Complete }).await,
            )
            .await
            .map(drop)
    }

    /// Closes every window but the tab's own, and makes sure that there is exactly one then. Answers with
    /// how many others there were.
    ///
    /// # Errors
    /// [`RunnerError::Windows`] when there are still others.
    pub async fn close_other_windows(&mut self) -> Result<usize, RunnerError> {
        let others: Vec<_> = windows(&self.handle.bidi)
            .await?
            .into_iter()
            .filter(|window| *window != self.handle.context)
            .collect();
        let number = others.len();
        if number == 0 {
            return Ok(0);
        }
        for context in others {
            match self.handle.bidi.send(&Close { context, prompt_unload: false }).await {
                Err(error) if !error.is_gone() => return Err(error.into()),
                _ => {}
            }
        }
        match windows(&self.handle.bidi).await?.as_slice() {
            [only] if *only == self.handle.context => Ok(number),
            left => Err(RunnerError::Windows { windows: left.len() }),
        }
    }
}
