//! A page with the widget, as a page object.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::Client;

use super::pool::{Place, Pool, at_the_end, discard, on_runtime};
use super::{TestError, TestResult};
use crate::browser::bidi::{BidiError, CallFunction};
use crate::config::BrowserKind;
use crate::contract::{Observation, ProactiveChatCall, Ready, StartChatCall, WidgetSettings};
use crate::probe::{self, Command};
use crate::runner::{RunnerError, Seat, Tab};
use crate::server::{CaseSite, Replacements};

/// A fixture page that embeds the widget, open in a real browser, on an origin of its own.
///
/// When it is dropped the windows that the page opened are closed and the browser waits for the next
/// test.
pub struct ChatPage {
    /// `None` only while it is dropped.
    place: Option<Place>,
    pool: Arc<Pool>,
    site: CaseSite,
    /// How long each expectation waits.
    pub(super) step: Duration,
}

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
        let step = pool.settings.deadlines.step;
        let mut page = ChatPage { place: Some(taken), pool, site, step };
        if by_widget {
            page.expect_ready_at(place).await?;
        }
        Ok(page)
    }
}

/// Opens the page, and has the classic client, which an earlier test may have led into a frame, speak of it.
async fn begin(seat: &mut Seat, site: &CaseSite) -> Result<(), RunnerError> {
    seat.tab_mut().visit_anew(site.url()).await?;
    Ok(seat.session().switch_to(seat.tab().context()).await?)
}

impl ChatPage {
    /// Options of a page, to [open](ChatPageOptions::open) it.
    pub fn options() -> ChatPageOptions {
        ChatPageOptions::default()
    }

    /// The classic WebDriver client of the browser, for whatever this page object does not offer. Its
    /// commands have no deadlines of their own.
    pub fn client(&self) -> &Client {
        self.place().seat.session().client()
    }

    /// What the fixture server knows of this page: its address, requests and conversations.
    pub fn site(&self) -> &CaseSite {
        &self.site
    }

    /// The tab under the probe, for whatever this page object does not offer.
    pub fn tab_mut(&mut self) -> &mut Tab {
        self.tab()
    }

    /// Calls a JavaScript function in the page, waits for its promise if it gives one, and answers with its
    /// result as JSON.
    ///
    /// # Errors
    /// What the function throws, or when the page does not answer.
    #[track_caller]
    pub fn evaluate(
        &self,
        function: &str,
    ) -> impl Future<Output = Result<serde_json::Value, TestError>> + Send {
        let (place, seat) = (Location::caller(), &self.place().seat);
        let call = CallFunction::in_context(seat.tab().context(), function, []);
        async move {
            let answer = seat.session().bidi().send(&call).await;
            let answer = answer.and_then(|answer| answer.into_json().map_err(BidiError::from));
            answer.map_err(|error| TestError::at(place)(error.into()))
        }
    }

    /// What can be seen once everything that was started has had its turn.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn observe(&mut self) -> impl Future<Output = Result<Observation, TestError>> + Send {
        let place = Location::caller();
        async move { self.tab().settle().await.map_err(TestError::at(place)) }
    }

    /// Calls `startProactiveChat` as page code would. What comes back is in
    /// [`Observation::returned`].
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn call(&mut self, call: &ProactiveChatCall) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::Call(call))
    }

    /// Adds a `lcw:ready` handler that makes the call.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn call_on_ready(&mut self, call: &ProactiveChatCall) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::OnReady(call))
    }

    /// Has a widget that holds `lcw:ready` back ([`Ready::Harness`]) raise it.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn fire_ready(&mut self) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::FireReady)
    }

    /// Presses the notification's start button.
    ///
    /// # Errors
    /// When a visitor could not press it.
    #[track_caller]
    pub fn accept(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().handle().press(probe::Place::Accept).await.map_err(TestError::at(place)) }
    }

    /// Presses the notification's close button.
    ///
    /// # Errors
    /// When a visitor could not press it.
    #[track_caller]
    pub fn dismiss(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().handle().press(probe::Place::Dismiss).await.map_err(TestError::at(place)) }
    }

    /// Presses Escape.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn escape(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().handle().escape().await.map_err(TestError::at(place)) }
    }

    /// Types text, or keys of [`crate::browser::bidi::keys`], where the focus is.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn keyboard(&mut self, text: &str) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().handle().keyboard(text).await.map_err(TestError::at(place)) }
    }

    /// Fills in and submits the pre-chat survey in the page.
    ///
    /// # Errors
    /// When a visitor could not do it.
    #[track_caller]
    pub fn submit_survey(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().handle().submit_survey().await.map_err(TestError::at(place)) }
    }

    /// Types a message into the chat in the page and sends it.
    ///
    /// # Errors
    /// When a visitor could not do it.
    #[track_caller]
    pub fn send_message(&mut self, text: &str) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().handle().send_message(text).await.map_err(TestError::at(place)) }
    }

    /// Calls `startChat` as page code would.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn start_chat(&mut self, call: &StartChatCall) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::StartChat(call))
    }

    /// Calls `closeChat` as page code would.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn close_chat(&mut self) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::CloseChat)
    }

    /// Closes the window that the chat was opened in.
    ///
    /// # Errors
    /// When the page has not opened just one.
    #[track_caller]
    pub fn close_window(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().close_window().await.map_err(TestError::at(place)) }
    }

    /// Presses a part of the widget, such as the chat button or the chat's minimise button.
    ///
    /// # Errors
    /// When a visitor could not press it.
    #[track_caller]
    pub fn press(&mut self, place: probe::Place) -> impl Future<Output = TestResult> + Send {
        let here = Location::caller();
        async move { self.tab().handle().press(place).await.map_err(TestError::at(here)) }
    }

    /// Opens the page in a second tab, too; what its events are is in [`Observation::second_tab`].
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn open_second_tab(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().open_second_tab().await.map_err(TestError::at(place)) }
    }

    /// Loads the page again; everything that is counted is counted anew.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn reload(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move { self.tab().reload().await.map_err(TestError::at(place)) }
    }

    /// Stops the page's clock; from here time moves only by [`ChatPage::advance`].
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn hold_clock(&mut self) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::HoldClock)
    }

    /// Moves the held clock.
    ///
    /// # Errors
    /// When the clock is not held.
    #[track_caller]
    pub fn advance(&mut self, by: Duration) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::Advance(by))
    }

    /// Sets how long each `expect_…` of this page waits from now on; `deadlines.step` otherwise.
    pub fn set_step_deadline(&mut self, deadline: Duration) {
        self.step = deadline;
    }

    #[track_caller]
    pub(super) fn ask(&mut self, command: Command<'_>) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move {
            let asked = self.tab().handle().ask::<serde_json::Value>(&command).await;
            asked.map(drop).map_err(TestError::at(place))
        }
    }

    #[expect(clippy::expect_used, reason = "it is taken out only by drop, after which nobody can ask for it")]
    fn place(&self) -> &Place {
        self.place.as_ref().expect("the page has its browser until it is dropped")
    }

    #[expect(clippy::expect_used, reason = "it is taken out only by drop, after which nobody can ask for it")]
    pub(super) fn tab(&mut self) -> &mut Tab {
        self.place.as_mut().expect("the page has its browser until it is dropped").seat.tab_mut()
    }
}

impl Drop for ChatPage {
    fn drop(&mut self) {
        let Some(place) = self.place.take() else { return };
        let pool = Arc::clone(&self.pool);
        at_the_end(Arc::clone(&pool), async move { pool.give_back(place).await });
    }
}

/// A [`ChatPage`] as an rstest fixture: `#[future(awt)] chat_page: ChatPage`, with
/// `#[with(ChatPage::options().prechat(false))]` for other options.
///
/// # Panics
/// When the page cannot be opened, with the reason.
#[rstest::fixture]
pub async fn chat_page(#[default(ChatPage::options())] options: ChatPageOptions) -> ChatPage {
    match options.open().await {
        Ok(page) => page,
        Err(error) => panic!("{error}"),
    }
}
