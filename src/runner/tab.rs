//! One browser tab under the probe's eyes: waits for what is to be seen in its page.

mod hearing;
mod loading;
mod windows;

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::browser::bidi::{
    AddPreloadScript, ContextId, EventStream, LocalValue, PreloadScriptId, RemovePreloadScript, Subscribe,
};
use crate::browser::{Classic, Session};
use crate::config::{BrowserKind, Deadlines};
use crate::contract::Observation;
use crate::probe::{Command, Probe, Seen};

use super::dialogs::Dialogs;
use super::elsewhere::Elsewhere;
use super::preparation::refuse_unsound;
use super::{PageHandle, RunnerError};

/// The name of the channel on which probes report.
const CHANNEL: &str = "lcw-probe";

/// Thirty years, for which nobody waits.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// How a wait ended, with the last thing seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Waited {
    /// What was waited for is seen.
    Seen(Observation),
    /// The deadline passed.
    TimedOut(Observation),
}

impl Waited {
    /// The last thing seen, however the wait ended.
    pub fn into_observation(self) -> Observation {
        match self {
            Self::Seen(seen) | Self::TimedOut(seen) => seen,
        }
    }
}

/// A session's tab with the probe in it. Cases take turns in it, each on an origin of its own.
#[derive(Debug)]
pub struct Tab {
    browser: BrowserKind,
    handle: PageHandle,
    classic: Classic,
    preload: PreloadScriptId,
    reports: EventStream,
    deadlines: Deadlines,
    page: Page,
    dialogs: Dialogs,
}

/// What is known of the page that is open now.
#[derive(Debug, Default)]
struct Page {
    origin: String,
    url: String,
    greeted: bool,
    /// What the document is known by that has greeted last.
    document: Option<String>,
    /// It was opened before, so it may find what it left.
    reloaded: bool,
    latest: Seen,
    /// Where the page went by itself, or itself again when it was reloaded.
    left_for: Vec<String>,
    /// Windows that came into being since the page was opened.
    beside: Elsewhere,
    /// The tab that the harness opened on the same page, and what is seen there.
    second: Option<(ContextId, Observation)>,
    /// Told when something happened that no page reports, and that may have been waited for.
    elsewhere: Option<watch::Receiver<()>>,
}

impl Page {
    /// Keeps the newest of what was seen.
    fn remember(&mut self, seen: Seen) {
        if seen.sequence >= self.latest.sequence {
            self.latest = seen;
        }
    }
}

impl Tab {
    /// Puts the probe into a session; windows but the first, which somebody else may have left, are closed.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn open(session: &Session, probe: &Probe, deadlines: &Deadlines) -> Result<Self, RunnerError> {
        let bidi = session.bidi().clone();
        let reports = bidi.events();
        let dialogs = Dialogs::dismiss_all(bidi.clone());
        let events = [
            "script.message",
            "browsingContext.contextCreated",
            "browsingContext.contextDestroyed",
            "browsingContext.userPromptOpened",
        ];
        bidi.send(&Subscribe::to(events)).await?;
        let preload = bidi
            .send(&AddPreloadScript {
                function_declaration: probe.script(),
                arguments: vec![LocalValue::channel(CHANNEL)],
                ..AddPreloadScript::default()
            })
            .await?
            .script;
        let context = super::handle::windows(&bidi)
            .await?
            .into_iter()
            .next()
            .ok_or(RunnerError::Windows { windows: 0 })?;
        refuse_unsound(&probe.selectors, &bidi, &context).await?;
        let mut tab = Self {
            browser: session.kind(),
            handle: PageHandle::new(bidi, context),
            classic: session.classic().clone(),
            preload,
            reports,
            deadlines: *deadlines,
            page: Page::default(),
            dialogs,
        };
        tab.close_other_windows().await?;
        Ok(tab)
    }

    /// Which browser's it is.
    pub fn browser(&self) -> BrowserKind {
        self.browser
    }

    /// The page in it, to ask and to use.
    pub fn handle(&self) -> &PageHandle {
        &self.handle
    }

    /// The tab's id, which is also its classic window handle.
    pub fn context(&self) -> &ContextId {
        &self.handle.context
    }

    /// The id under which the probe was added to the session.
    pub fn preload(&self) -> &PreloadScriptId {
        &self.preload
    }

    /// What was seen last.
    pub(super) fn last_seen(&self) -> &Observation {
        &self.page.latest.observation
    }

    /// Has whoever waits for something of this page look again when they are told here: not everything is seen in a page.
    pub(super) fn look_again_on(&mut self, changes: watch::Receiver<()>) {
        self.page.elsewhere = Some(changes);
    }

    /// How long a step is waited for, as the settings say.
    pub fn patience(&self) -> Duration {
        self.deadlines.step
    }

    /// Takes the probe out of the session again, so that somebody else can put one in.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn leave(self) -> Result<(), RunnerError> {
        self.handle.bidi.send(&RemovePreloadScript { script: self.preload.clone() }).await?;
        Ok(())
    }

    /// How long an answer or a page is waited for, as the settings say.
    pub(super) fn long_patience(&self) -> Duration {
        self.deadlines.command
    }

    /// Takes in what is reported until this holds, for so long at most; answers whether it came to hold.
    async fn until(&mut self, within: Duration, holds: impl Fn(&Self) -> bool) -> Result<bool, RunnerError> {
        let deadline = deadline_of(within);
        while !holds(self) {
            if !self.hear_before(deadline).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Waits until there is news, and takes it in; answers whether there was before the deadline.
    async fn hear_before(&mut self, deadline: Instant) -> Result<bool, RunnerError> {
        tokio::select! {
            report = timeout_at(deadline, self.reports.next()) => match report {
                Ok(report) => self.take(report.as_deref()).map(|()| true),
                Err(_) => Ok(false),
            },
            () = next_change(&mut self.page.elsewhere) => Ok(true),
        }
    }

    /// Waits until `holds` is true of what is seen, for as long as a step may take.
    ///
    /// # Errors
    /// When the browser is lost.
    pub async fn wait_until(&mut self, holds: impl Fn(&Observation) -> bool) -> Result<Waited, RunnerError> {
        self.wait_until_within(self.patience(), holds).await
    }

    /// As [`Tab::wait_until`], with a deadline of its own.
    ///
    /// # Errors
    /// When the browser is lost.
    pub async fn wait_until_within(
        &mut self,
        within: Duration,
        holds: impl Fn(&Observation) -> bool,
    ) -> Result<Waited, RunnerError> {
        self.wait_after(&[], within, holds).await
    }

    /// Has the probe do this, which takes one exchange with what is seen then, and waits as
    /// [`Tab::wait_until_within`] does.
    ///
    /// # Errors
    /// When the browser is lost or the probe refuses.
    pub(super) async fn wait_after(
        &mut self,
        commands: &[Command<'_>],
        within: Duration,
        holds: impl Fn(&Observation) -> bool,
    ) -> Result<Waited, RunnerError> {
        let deadline = deadline_of(within);
        let mut settled = self.settle_after(commands).await?;
        loop {
            // It is not enough to be seen once: it must hold when everything has had its turn.
            if holds(&settled) {
                return Ok(Waited::Seen(settled));
            }
            while !holds(&self.complete(self.page.latest.observation.clone())) {
                if !self.hear_before(deadline).await? {
                    return Ok(Waited::TimedOut(self.settle().await?));
                }
            }
            settled = self.settle().await?;
        }
    }

    /// Waits until everything has had its turn, painting included, and tells what is seen then.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn settle(&mut self) -> Result<Observation, RunnerError> {
        self.settle_after(&[]).await
    }

    /// Has the probe do this before it settles.
    async fn settle_after(&mut self, commands: &[Command<'_>]) -> Result<Observation, RunnerError> {
        let asked = [commands, &[Command::Settle]].concat();
        // What page code or time does must not be done once more in the next document.
        let seen: Seen = match self.handle.ask_document(self.page.document.as_deref(), &asked).await {
            // The next one is asked when it has greeted.
            Err(error) if error.is_of_a_document_that_was_left() => {
                self.next_document(error).await?;
                self.handle.ask(&Command::Settle).await?
            }
            answer => answer?,
        };
        self.page.remember(seen);
        // Windows without an opener report by themselves; what they said until now counts.
        self.catch_up()?;
        Ok(self.complete(self.page.latest.observation.clone()))
    }

    /// Waits until another document greets from the tab; `error` is what its absence means.
    async fn next_document(&mut self, error: RunnerError) -> Result<(), RunnerError> {
        if self.another_greets(self.deadlines.command).await? { Ok(()) } else { Err(error) }
    }

    /// Waits until another document greets from the tab, for so long at most; answers whether one did.
    async fn another_greets(&mut self, within: Duration) -> Result<bool, RunnerError> {
        let left = self.page.left_for.len();
        self.until(within, |tab| tab.page.left_for.len() != left).await
    }

    /// Adds what the page's own probe cannot know: windows that have no opener or are of another origin, and dialogs.
    fn complete(&self, mut seen: Observation) -> Observation {
        self.page.beside.add_to(&mut seen);
        seen.second_tab = self.page.second.as_ref().map(|(_, seen)| seen.events.clone());
        seen.errors.extend(self.dialogs.seen());
        seen.errors.extend(self.page.left_for.iter().map(|url| format!("the page was left for {url}")));
        seen
    }
}

/// When so much time has passed; the end of what a test waits for may be beyond all that a clock can tell.
fn deadline_of(within: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(within).unwrap_or(now + FAR)
}

/// Waits for the next change; where none can come any more, without end.
async fn next_change(changes: &mut Option<watch::Receiver<()>>) {
    if let Some(changes) = changes
        && changes.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_for_ever_has_a_deadline_too() {
        assert!(deadline_of(Duration::MAX) > Instant::now() + FAR / 2);
        assert!(deadline_of(Duration::from_secs(5)) < Instant::now() + Duration::from_secs(6));
    }
}
