//! What a test waits for on a page; each assertion says what it waited for and what it saw last.

use super::{ChatPage, TestError, TestResult};
use crate::contract::{EventTarget, Observation, Part};
use crate::runner::Waited;

impl ChatPage {
    /// Waits until `lcw:ready` has been raised.
    ///
    /// # Errors
    /// [`TestError::NotSeen`], as every other `expect_…`.
    pub async fn expect_ready(&mut self) -> TestResult {
        self.expect_event("lcw:ready").await
    }

    /// Waits until an event of this name, such as `lcw:chatQueued`, has been raised on the page's window.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_event(&mut self, name: &str) -> TestResult {
        let raised = |seen: &Observation| {
            seen.events.iter().any(|event| event.name == name && event.target == EventTarget::Window)
        };
        self.expect(format!("{name} to be raised"), raised).await
    }

    /// Waits until a notification with exactly this text is shown.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_notification(&mut self, message: &str) -> TestResult {
        let shown =
            |seen: &Observation| seen.notification.as_ref().is_some_and(|pane| pane.message == message);
        self.expect(format!("the notification {message:?}"), shown).await
    }

    /// Waits until no notification is shown.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_no_notification(&mut self) -> TestResult {
        self.expect("no notification", |seen| seen.notification.is_none()).await
    }

    /// Waits until the page shows the pre-chat survey, and not the chat.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_prechat(&mut self) -> TestResult {
        self.expect("the pre-chat survey in the page", |seen| seen.view.prechat && !seen.view.chat).await
    }

    /// Waits until the page shows the chat, and not the pre-chat survey.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_chat(&mut self) -> TestResult {
        self.expect("the chat in the page", |seen| seen.view.chat && !seen.view.prechat).await
    }

    /// Waits until the page has opened exactly this many windows.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_windows(&mut self, number: usize) -> TestResult {
        let opened = format!("{number} windows opened by the page");
        self.expect(opened, |seen| seen.windows_opened == number).await
    }

    /// Waits until exactly one window is open beside the page, and shows the pre-chat survey.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_prechat_in_one_new_window(&mut self) -> TestResult {
        self.expect(
            "one new window with the pre-chat survey",
            |seen| matches!(seen.windows.as_slice(), [window] if window.view.prechat && !window.view.chat),
        )
        .await
    }

    /// Waits until exactly one window is open beside the page, and shows the chat.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_chat_in_one_new_window(&mut self) -> TestResult {
        self.expect(
            "one new window with the chat",
            |seen| matches!(seen.windows.as_slice(), [window] if window.view.chat && !window.view.prechat),
        )
        .await
    }

    /// Waits until a part of the widget has the focus.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect_focus(&mut self, part: Part) -> TestResult {
        self.expect(format!("the focus on {part}"), |seen| seen.focus == Some(part)).await
    }

    /// Waits until `holds` is true of what is seen; `expected` says it in words.
    ///
    /// # Errors
    /// [`TestError::NotSeen`].
    pub async fn expect(
        &mut self,
        expected: impl Into<String>,
        holds: impl Fn(&Observation) -> bool,
    ) -> TestResult {
        let waited = self.step;
        match self.tab().wait_until_within(waited, holds).await? {
            Waited::Seen(_) => Ok(()),
            Waited::TimedOut(last) => {
                Err(TestError::NotSeen { expected: expected.into(), waited, last: Box::new(last) })
            }
        }
    }
}
