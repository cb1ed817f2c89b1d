//! What page code calls beside a well-formed `startProactiveChat`.

use super::{ChatPage, TestResult};
use crate::contract::OddCall;
use crate::probe::Command;

impl ChatPage {
    /// Calls `startProactiveChat` as page code would, with arguments that nobody promised anything about.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn odd_call(&mut self, call: &OddCall) -> TestResult {
        self.ask(&Command::OddCall(call)).await
    }
}
