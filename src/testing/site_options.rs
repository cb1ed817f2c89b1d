//! What is said of a page of a site, and of its visitor, before the visitor opens it.

use std::panic::Location;
use std::path::PathBuf;
use std::sync::Arc;

use super::pool::{Pool, on_runtime};
use super::{SitePage, TestError};
use crate::check::{Base, CheckOptions, Site, host, server_address};
use crate::config::BrowserKind;
use crate::contract::WidgetSettings;
use crate::site::{DialogAnswer, Reply, ScenarioFault, SiteScenario, SiteStep, Visitor};

/// What is configured before a [`SitePage`] opens.
#[derive(Debug, Clone)]
pub struct SitePageOptions {
    browser: BrowserKind,
    base: Where,
    allow: Vec<String>,
    scenario: SiteScenario,
}

/// Where the pages are, as the test says it.
#[derive(Debug, Clone)]
enum Where {
    Root(PathBuf),
    Url(String),
}

impl Default for SitePageOptions {
    fn default() -> Self {
        let scenario = SiteScenario {
            id: "test".to_owned(),
            promise: "The test says it.".to_owned(),
            ..SiteScenario::default()
        };
        let base = Where::Root(PathBuf::from("."));
        Self { browser: BrowserKind::Firefox, base, allow: Vec::new(), scenario }
    }
}

impl SitePageOptions {
    /// The browser; Firefox otherwise.
    #[must_use]
    pub fn browser(mut self, browser: BrowserKind) -> Self {
        self.browser = browser;
        self
    }

    /// The folder of the pages, which is served as it is; otherwise the one in which the tests run, which under
    /// `cargo test` is that of the crate.
    #[must_use]
    pub fn root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.base = Where::Root(folder.into());
        self
    }

    /// The address of a server that has the pages and is running, such as `http://localhost:3000/`, in place of a
    /// folder.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base = Where::Url(url.into());
        self
    }

    /// Who visits the page; somebody of whom nothing is known otherwise.
    #[must_use]
    pub fn visitor(mut self, visitor: Visitor) -> Self {
        self.scenario.visitor = visitor;
        self
    }

    /// How the widget is configured: with a pre-chat survey and proactive chat otherwise.
    #[must_use]
    pub fn widget(mut self, settings: WidgetSettings) -> Self {
        self.scenario.widget = settings;
        self
    }

    /// How a request of the page is answered, after all replies that were given before this one.
    #[must_use]
    pub fn reply(mut self, reply: Reply) -> Self {
        self.scenario.replies.push(reply);
        self
    }

    /// What becomes of alerts, questions and prompts; they are dismissed otherwise.
    #[must_use]
    pub fn dialogs(mut self, answer: DialogAnswer) -> Self {
        self.scenario.dialogs = answer;
        self
    }

    /// A host that pages may ask, such as `fonts.example`; all others are blocked.
    #[must_use]
    pub fn allow(mut self, host: impl Into<String>) -> Self {
        self.allow.push(host.into());
        self
    }

    /// The visitor opens this page, relative to folder or address, and everything that is due at once has its turn.
    ///
    /// This is the first step: what becomes of it is judged as [every other](SitePage#errors).
    ///
    /// # Errors
    /// [`TestError::Scenario`] when visitor, widget or replies are not sound, [`TestError::Check`] when the folder cannot
    /// be used or no browser can be had.
    #[track_caller]
    pub fn open(self, page: impl Into<String>) -> impl Future<Output = Result<SitePage, TestError>> + Send {
        self.open_from(Location::caller(), SiteStep::Visit(page.into()))
    }

    async fn open_from(
        self,
        place: &'static Location<'static>,
        visit: SiteStep,
    ) -> Result<SitePage, TestError> {
        let Self { browser, base, allow, mut scenario } = self;
        let unsound = |fault| TestError::Scenario { place, fault };
        scenario.steps = vec![visit.clone()];
        scenario.check().map_err(unsound)?;
        let base = match base {
            Where::Root(folder) => Base::Root(folder),
            Where::Url(url) => Base::Url(server_address(&url).map_err(|error| {
                let what = format!("`{url}` is no server's address: {error}");
                unsound(ScenarioFault::new(what, "expected one such as `http://localhost:3000/`"))
            })?),
        };
        let allow = allow.iter().map(|name| {
            host(name)
                .map_err(|expected| unsound(ScenarioFault::new(format!("`{name}` is no host"), expected)))
        });
        let allow = allow.collect::<Result<_, _>>()?;
        let site = Site::find(base, CheckOptions { live: false, allow })?;
        let test = std::thread::current().id();
        let (pool, seat, performance) = on_runtime(async move {
            let pool = Pool::get().await?;
            let (seat, performance) = pool.let_in(browser, test, &site, &scenario).await?;
            Ok((Arc::clone(&pool), seat, performance))
        })
        .await?;
        let mut page = SitePage::new(pool, seat, performance);
        page.take(place, visit).await?;
        Ok(page)
    }
}
