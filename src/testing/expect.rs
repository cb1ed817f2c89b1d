//! What a test waits for on a page; each assertion says what it waited for and what it saw last.

use std::panic::Location;

use super::{ChatPage, TestError, TestResult};
use crate::contract::{EventTarget, Observation, Part};
use crate::runner::Waited;

/// The event with which a widget says that its SDK is there.
const READY: &str = "lcw:ready";

/// Whether an event of this name has been raised on the page's window.
fn raised(name: &str) -> impl Fn(&Observation) -> bool {
    move |seen| seen.events.iter().any(|event| event.name == name && event.target == EventTarget::Window)
}

impl ChatPage {
    /// Waits until `lcw:ready` has been raised.
    ///
    /// # Errors
    /// [`TestError::NotSeen`], as every other `expect_…`.
    #[track_caller]
    pub fn expect_ready(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect_event(READY)
    }

    /// Waits until an event of this name, such as `lcw:chatQueued`, has been raised on the page's window.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_event(&mut self, name: &str) -> impl Future<Output = TestResult> + Send {
        self.expect(format!("{name} to be raised"), raised(name))
    }

    /// As [`ChatPage::expect_ready`]; `place` is where the test opens the page.
    pub(super) async fn expect_ready_at(&mut self, place: &'static Location<'static>) -> TestResult {
        self.expect_at(place, format!("{READY} to be raised"), raised(READY)).await
    }

    /// Waits until a notification with exactly this text is shown.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_notification(&mut self, message: &str) -> impl Future<Output = TestResult> + Send {
        let shown =
            move |seen: &Observation| seen.notification.as_ref().is_some_and(|pane| pane.message == message);
        self.expect(format!("the notification {message:?}"), shown)
    }

    /// Waits until no notification is shown.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_no_notification(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect("no notification", |seen| seen.notification.is_none())
    }

    /// Waits until the page shows the pre-chat survey, and not the chat.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_prechat(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect("the pre-chat survey in the page", |seen| seen.view.prechat && !seen.view.chat)
    }

    /// Waits until the page shows the chat, and not the pre-chat survey.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_chat(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect("the chat in the page", |seen| seen.view.chat && !seen.view.prechat)
    }

    /// Waits until the page has opened exactly this many windows.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_windows(&mut self, number: usize) -> impl Future<Output = TestResult> + Send {
        let opened = format!("{number} windows opened by the page");
        self.expect(opened, move |seen| seen.windows_opened == number)
    }

    /// Waits until exactly one window is open beside the page, and shows the pre-chat survey.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_prechat_in_one_new_window(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect(
            "one new window with the pre-chat survey",
            |seen| matches!(seen.windows.as_slice(), [window] if window.view.prechat && !window.view.chat),
        )
    }

    /// Waits until exactly one window is open beside the page, and shows the chat.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_chat_in_one_new_window(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect(
            "one new window with the chat",
            |seen| matches!(seen.windows.as_slice(), [window] if window.view.chat && !window.view.prechat),
        )
    }

    /// Waits until a part of the widget has the focus.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect_focus(&mut self, part: Part) -> impl Future<Output = TestResult> + Send {
        self.expect(format!("the focus on {part}"), move |seen| seen.focus == Some(part))
    }

    /// Waits until `holds` is true of what is seen; `expected` says it in words.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    #[track_caller]
    pub fn expect(
        &mut self,
        expected: impl Into<String>,
        holds: impl Fn(&Observation) -> bool,
    ) -> impl Future<Output = TestResult> {
        self.expect_at(Location::caller(), expected.into(), holds)
    }

    /// Waits for it; `place` is where the test does.
    pub(super) async fn expect_at(
        &mut self,
        place: &'static Location<'static>,
        expected: String,
        holds: impl Fn(&Observation) -> bool,
    ) -> TestResult {
        let waited = self.step;
        match self.tab().wait_until_within(waited, holds).await.map_err(TestError::at(place))? {
            Waited::Seen(_) => Ok(()),
            Waited::TimedOut(last) => {
                Err(TestError::NotSeen { place, expected, waited, last: Box::new(last) })
            }
        }
    }
}
