//! What is said of a page of the fixture before it opens.

use std::panic::Location;

use super::pool::{Pool, discard, on_runtime};
use super::{ChatPage, TestError};
use crate::config::BrowserKind;
use crate::contract::{Ready, WidgetSettings};
use crate::runner::{RunnerError, Seat};
use crate::server::{CaseSite, Replacements};

/// What is configured before a [`ChatPage`] opens.
#[derive(Debug, Clone)]
pub struct ChatPageOptions {
    browser: BrowserKind,
    settings: WidgetSettings,
    replaced: Replacements,
}

impl Default for ChatPageOptions {
    fn default() -> Self {
        Self {
            browser: BrowserKind::Firefox,
            settings: WidgetSettings::default(),
            replaced: Replacements::default(),
        }
    }
}

impl ChatPageOptions {
    /// The browser; Firefox otherwise.
    #[must_use]
    pub fn browser(mut self, browser: BrowserKind) -> Self {
        self.browser = browser;
        self
    }

    /// Whether a pre-chat survey is configured; it is otherwise.
    #[must_use]
    pub fn prechat(mut self, configured: bool) -> Self {
        self.settings.prechat = configured;
        self
    }

    /// Whether the widget's proactive-chat setting is on; it is otherwise.
    #[must_use]
    pub fn proactive_chat(mut self, on: bool) -> Self {
        self.settings.proactive_chat = on;
        self
    }

    /// Who raises `lcw:ready`; the widget otherwise.
    #[must_use]
    pub fn ready(mut self, ready: Ready) -> Self {
        self.settings.ready = ready;
        self
    }

    /// All of the widget's settings at once.
    #[must_use]
    pub fn settings(mut self, settings: WidgetSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Files to serve instead of the fixtures' own: another page (`pages/index.html`), another widget.
    ///
    /// A page has to embed the widget as that of the fixtures does, with a script element of the id
    /// `Microsoft_Omnichannel_LCWidget` whose `src` is
    /// `{{widget-origin}}/livechatwidget/scripts/LiveChatBootstrapper.js`, and whose `data-app-id`, `data-org-id` and
    /// `data-org-url` are `{{app-id}}`, `{{org-id}}` and `{{org-url}}`: these are filled in when it is served. A page that
    /// is to be tested as it is belongs to a [`SitePage`](super::SitePage).
    #[must_use]
    pub fn replace(mut self, replaced: Replacements) -> Self {
        self.replaced = replaced;
        self
    }

    /// Opens the page and, if the widget raises it, waits for `lcw:ready`.
    ///
    /// # Errors
    /// When no browser can be had, or `lcw:ready` is not raised in time.
    #[track_caller]
    pub fn open(self) -> impl Future<Output = Result<ChatPage, TestError>> + Send {
        self.open_from(Location::caller())
    }

    async fn open_from(self, place: &'static Location<'static>) -> Result<ChatPage, TestError> {
        let Self { browser, settings, replaced } = self;
        let by_widget = settings.ready == Ready::Widget;
        let test = std::thread::current().id();
        let (pool, site, taken) = on_runtime(async move {
            let pool = Pool::get().await?;
            let site = pool.server.open_case_with("test", &settings, replaced);
            let mut taken = pool.take(browser, test).await?;
            match begin(&mut taken.seat, &site).await {
                Ok(()) => Ok((pool, site, taken)),
                Err(error) => {
                    discard(taken).await;
                    Err(TestError::at(place)(error))
                }
            }
        })
        .await?;
        let mut page = ChatPage::new(pool, site, taken, by_widget);
        if by_widget {
            page.expect_ready_at(place).await?;
        }
        Ok(page)
    }
}

/// Opens the page, and has the classic client, which an earlier test may have led into a frame, speak of it.
async fn begin(seat: &mut Seat, site: &CaseSite) -> Result<(), RunnerError> {
    seat.tab_mut().visit_anew(site.url()).await?;
    Ok(seat.session().classic().switch_to(seat.tab().context()).await?)
}
