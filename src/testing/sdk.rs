//! What page code calls beside a well-formed `startProactiveChat`.

use super::{ChatPage, TestResult};
use crate::contract::{OddCall, SdkCall};
use crate::probe::Command;

impl ChatPage {
    /// Calls `startProactiveChat` as page code would, with arguments that nobody promised anything about.
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn odd_call(&mut self, call: &OddCall) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::OddCall(call))
    }

    /// Calls another method of the SDK as page code would. What comes back is in
    /// [`Observation::answers`](crate::contract::Observation::answers) or
    /// [`Observation::availability`](crate::contract::Observation::availability).
    ///
    /// # Errors
    /// When the page does not answer.
    #[track_caller]
    pub fn sdk_call(&mut self, call: &SdkCall) -> impl Future<Output = TestResult> + Send {
        self.ask(Command::Sdk(call))
    }
}
