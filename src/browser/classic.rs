//! What is done over classic WebDriver, with the deadlines that its client does not have.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use serde_json::Value;
use tokio::time::timeout;

use super::bidi::ContextId;
use super::error::BrowserError;

/// A session's classic side. Clones speak of the same window.
#[derive(Debug, Clone)]
pub struct Classic {
    client: Client,
    deadline: Duration,
}

impl Classic {
    /// `deadline` is how long an answer is waited for.
    pub(super) fn new(client: Client, deadline: Duration) -> Self {
        Self { client, deadline }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the session and with it the browser.
    pub(super) async fn close(self) -> Result<(), BrowserError> {
        let client = self.client.clone();
        self.in_time("delete session", client.close()).await
    }

    /// Speaks of this window's page from now on, whatever window or frame it was in.
    ///
    /// # Errors
    /// [`BrowserError::Command`] when there is no such window, [`BrowserError::CommandTimeout`] when the driver does
    /// not answer in time.
    pub async fn switch_to(&self, window: &ContextId) -> Result<(), BrowserError> {
        // BiDi's ids of windows are WebDriver's.
        let switch = async {
            let handle = WindowHandle::try_from(window.as_str().to_owned())?;
            self.client.switch_to_window(handle).await
        };
        self.in_time("switch to window", switch).await
    }

    /// Presses the mouse's main button at a point of the viewport.
    ///
    /// # Errors
    /// As [`Classic::switch_to`].
    pub async fn click(&self, (x, y): (u32, u32)) -> Result<(), BrowserError> {
        let there = PointerAction::MoveTo { duration: None, x: x.into(), y: y.into() };
        let [down, up] = [
            PointerAction::Down { button: MOUSE_BUTTON_LEFT },
            PointerAction::Up { button: MOUSE_BUTTON_LEFT },
        ];
        let mouse = MouseActions::new("mouse".into()).then(there).then(down).then(up);
        self.in_time("perform actions", self.client.perform_actions(mouse)).await
    }

    /// Types text where the focus is.
    ///
    /// # Errors
    /// As [`Classic::switch_to`].
    pub async fn keyboard(&self, text: &str) -> Result<(), BrowserError> {
        let keys = text.chars().fold(KeyActions::new("keyboard".into()), |keys, value| {
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.in_time("perform actions", self.client.perform_actions(keys)).await
    }

    /// Calls a JavaScript function with a text, as page code would, and waits for what it promises.
    ///
    /// # Errors
    /// As [`Classic::switch_to`], and when it throws.
    pub async fn call(&self, function: &str, argument: &str) -> Result<Value, BrowserError> {
        let script = format!("return ({function})(arguments[0]);");
        self.in_time("execute script", self.client.execute(&script, vec![argument.into()])).await
    }

    /// A command of the client, which waits for ever.
    async fn in_time<T>(
        &self,
        command: &'static str,
        answer: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        match timeout(self.deadline, answer).await {
            Ok(answered) => {
                answered.map_err(|error| BrowserError::Command { command, source: Box::new(error) })
            }
            Err(_) => Err(BrowserError::CommandTimeout { command, waited: self.deadline }),
        }
    }
}
