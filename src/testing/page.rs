//! A page with the widget, as a page object.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::Client;

use super::page_options::ChatPageOptions;
use super::pool::{Place, Pool, at_the_end};
use super::{TestError, TestResult};
use crate::browser::bidi::{BidiError, CallFunction};
use crate::contract::{Observation, ProactiveChatCall, StartChatCall};
use crate::probe::{self, Command};
use crate::runner::Tab;
use crate::server::CaseSite;

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
    /// Whether the widget raises `lcw:ready`.
    by_widget: bool,
    /// The clock was held, and is to be held in the next document, too.
    held: bool,
}

impl ChatPage {
    /// Options of a page, to [open](ChatPageOptions::open) it.
    pub fn options() -> ChatPageOptions {
        ChatPageOptions::default()
    }

    /// A page that was opened just now; `by_widget` says whether the widget raises `lcw:ready`.
    pub(super) fn new(pool: Arc<Pool>, site: CaseSite, place: Place, by_widget: bool) -> Self {
        let step = pool.settings.deadlines.step;
        Self { place: Some(place), pool, site, step, by_widget, held: false }
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

    /// Has a widget that holds `lcw:ready` back ([`Ready::Harness`](crate::contract::Ready::Harness)) raise it.
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
        self.press(probe::Place::Accept)
    }

    /// Presses the notification's close button.
    ///
    /// # Errors
    /// When a visitor could not press it.
    #[track_caller]
    pub fn dismiss(&mut self) -> impl Future<Output = TestResult> + Send {
        self.press(probe::Place::Dismiss)
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

    /// Fills in and submits the pre-chat survey: the page's or, if it has none, that of a window which it opened.
    ///
    /// # Errors
    /// When a visitor could not do it.
    #[track_caller]
    pub fn submit_survey(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move {
            let tab = self.tab();
            tab.submit_survey(tab.patience()).await.map_err(TestError::at(place))
        }
    }

    /// Types a message into the chat in the page and sends it.
    ///
    /// # Errors
    /// When a visitor could not do it.
    #[track_caller]
    pub fn send_message(&mut self, text: &str) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move {
            let tab = self.tab();
            tab.handle().send_message(text, tab.patience()).await.map_err(TestError::at(place))
        }
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
        async move {
            let tab = self.tab();
            tab.handle().press(place, tab.patience()).await.map_err(TestError::at(here))
        }
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

    /// Loads the page again; everything that is counted is counted anew. A clock that was held is held again, as soon as
    /// a widget that raises `lcw:ready` has raised it: until then it may need its own timers.
    ///
    /// # Errors
    /// When the page does not answer, or, where the clock was held, `lcw:ready` is not raised in time.
    #[track_caller]
    pub fn reload(&mut self) -> impl Future<Output = TestResult> + Send {
        self.reload_at(Location::caller())
    }

    async fn reload_at(&mut self, place: &'static Location<'static>) -> TestResult {
        self.tab().reload().await.map_err(TestError::at(place))?;
        if !self.held {
            return Ok(());
        }
        if self.by_widget {
            self.expect_ready_at(place).await?;
        }
        self.ask_at(place, Command::HoldClock).await
    }

    /// Stops the page's clock; from here time moves only by [`ChatPage::advance`], also after a [`ChatPage::reload`], but
    /// not in a page to which the page itself leads.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn hold_clock(&mut self) -> impl Future<Output = TestResult> + Send {
        let place = Location::caller();
        async move {
            self.ask_at(place, Command::HoldClock).await?;
            self.held = true;
            Ok(())
        }
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
        self.ask_at(Location::caller(), command)
    }

    async fn ask_at(&mut self, place: &'static Location<'static>, command: Command<'_>) -> TestResult {
        let asked = self.tab().handle().ask::<serde_json::Value>(&command).await;
        asked.map(drop).map_err(TestError::at(place))
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
