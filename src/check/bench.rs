//! Browsers at work: each takes every item in turn, beside the others, and is replaced when it breaks.

use std::future::Future;

use futures_util::future::join_all;
use tokio::sync::mpsc::UnboundedSender;

use super::CheckError;
use super::ground::{self, Base, CheckOptions, Ground, Site};
use super::perform::Performance;
use crate::browser::Browser;
use crate::browser::bidi::Bidi;
use crate::config::{BrowserKind, Settings};
use crate::event::BrowserInfo;
use crate::runner::{Stop, browser_info};
use crate::site::SiteScenario;

/// An item whose browser broke is tried again this often, in a fresh browser.
const INFRASTRUCTURE_RETRIES: u32 = 1;

/// What is told while browsers work; `R` is what comes of an item.
#[derive(Debug)]
pub enum CheckEvent<R> {
    /// A browser is up.
    Started(BrowserInfo),
    /// An item is done in a browser.
    Ended(Box<R>),
    /// Something that a person may want to know.
    Note(String),
}

/// What an item came to in a browser.
#[derive(Debug)]
pub(super) struct Ended<R> {
    pub(super) result: R,
    pub(super) browser: Aftermath,
}

/// What a browser is good for after an item; texts say why.
#[derive(Debug)]
pub(super) enum Aftermath {
    /// The next item.
    Fit,
    /// Nothing more, but what it came to before stands.
    Unfit(String),
    /// Nothing, what it came to among it.
    Broken(String),
}

/// Where the work is done: a site, and what stands around it.
#[derive(Debug)]
pub(super) struct Stage {
    ground: Ground,
    site: Site,
}

impl Stage {
    /// Lets a scenario's visitor in.
    ///
    /// # Errors
    /// As [`Ground::enter`].
    pub(super) async fn enter(
        &self,
        bidi: &Bidi,
        scenario: &SiteScenario,
    ) -> Result<Performance, CheckError> {
        self.ground.enter(&self.site, bidi, scenario).await
    }
}

/// What there is to be done in every browser.
pub(super) trait Work: Sync {
    /// One thing of many.
    type Item: Sync;
    /// What comes of it.
    type Result: Send;

    /// All items, in their order.
    fn items(&self) -> &[Self::Item];

    /// Does one in a browser that is this one's alone.
    fn perform(
        &self,
        stage: &Stage,
        kind: BrowserKind,
        bidi: &Bidi,
        item: &Self::Item,
    ) -> impl Future<Output = Ended<Self::Result>> + Send;
}

/// Has the work done in every browser of the settings until it is done or somebody stops it. All browsers are closed
/// then.
///
/// # Errors
/// When a browser cannot be started, or the pages cannot be served; what came before, and what others do, is told.
pub(super) async fn in_every_browser<W: Work>(
    work: &W,
    (base, options): (Base, CheckOptions),
    mut settings: Settings,
    stop: &Stop,
    events: &UnboundedSender<CheckEvent<W::Result>>,
) -> Result<(), CheckError> {
    let site = Site::find(base, options)?;
    let ground = Ground::prepare(&settings).await?;
    ground.around(&site, &mut settings);
    let (stage, settings) = (&Stage { ground, site }, &settings);
    let benches =
        settings.browsers.iter().map(|kind| Bench { kind: *kind, work, stage, settings, stop, events });
    let ended = join_all(benches.map(Bench::through_all)).await.into_iter().collect();
    stage.ground.leave().await;
    ended
}

/// One browser that takes item after item.
struct Bench<'a, W: Work> {
    kind: BrowserKind,
    work: &'a W,
    stage: &'a Stage,
    settings: &'a Settings,
    stop: &'a Stop,
    events: &'a UnboundedSender<CheckEvent<W::Result>>,
}

impl<W: Work> Bench<'_, W> {
    async fn through_all(self) -> Result<(), CheckError> {
        let Some(open) = self.browser().await? else { return Ok(()) };
        self.tell(CheckEvent::Started(browser_info(open.session())));
        let mut browser = Some(open);
        for item in self.work.items() {
            let Some(result) = self.through(&mut browser, item).await? else { break };
            self.tell(CheckEvent::Ended(Box::new(result)));
        }
        if let Some(browser) = browser
            && let Err(leak) = browser.close().await
        {
            self.tell(CheckEvent::Note(format!("failed to {leak}")));
        }
        Ok(())
    }

    /// Starts a browser; `None` when it was stopped meanwhile.
    async fn browser(&self) -> Result<Option<Browser>, CheckError> {
        let is_foreign = self.settings.browser(self.kind).webdriver_url.is_some();
        self.stop.or_start(is_foreign, ground::browser(self.kind, self.settings)).await.transpose()
    }

    /// Does one item, retries included; `None` when it was stopped in the middle.
    async fn through(
        &self,
        browser: &mut Option<Browser>,
        item: &W::Item,
    ) -> Result<Option<W::Result>, CheckError> {
        let mut tries = 0;
        loop {
            // Taken out and put back: one that breaks leaves none.
            let open = match browser.take() {
                Some(open) => open,
                None => match self.browser().await? {
                    Some(open) => open,
                    None => return Ok(None),
                },
            };
            let ended = tokio::select! {
                biased;
                () = self.stop.requested() => None,
                ended = self.work.perform(self.stage, self.kind, open.session().bidi(), item) => Some(ended),
            };
            let (result, reason, stands) = match ended {
                Some(Ended { result, browser: Aftermath::Unfit(reason) }) => (result, reason, true),
                Some(Ended { result, browser: Aftermath::Broken(reason) }) => (result, reason, false),
                ended => {
                    *browser = Some(open);
                    return Ok(ended.map(|ended| ended.result));
                }
            };
            if let Err(leak) = open.discard().await {
                self.tell(CheckEvent::Note(format!("failed to {leak}")));
            }
            tries += 1;
            let is_last = tries > INFRASTRUCTURE_RETRIES;
            // The result of the last try tells the reason itself.
            if stands || !is_last {
                self.tell(CheckEvent::Note(format!("{} was replaced: {reason}", self.kind)));
            }
            if stands || is_last {
                return Ok(Some(result));
            }
        }
    }

    /// Nobody may be listening any more; then there is nobody to tell.
    fn tell(&self, event: CheckEvent<W::Result>) {
        let _ = self.events.send(event);
    }
}
