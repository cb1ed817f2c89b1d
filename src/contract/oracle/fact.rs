//! What can be claimed of a moment.

use serde::Serialize;

use super::odd::OddFact;
use super::sdk_fact::SdkFact;
use crate::contract::Part;

/// A fact about an [`Observation`](crate::contract::Observation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// No uncaught error has reached the page.
    NoErrors,
    /// The page's Content-Security-Policy kept nothing from happening.
    NoPolicyViolations,
    /// `lcw:ready` has been raised on the window this many times.
    ReadyOnWindow(usize),
    /// `lcw:ready` has been raised on nothing but the window.
    ReadyNowhereElse,
    /// The SDK was usable whenever `lcw:ready` was raised.
    ReadyWithMethods,
    /// This many calls have come back, each with `undefined`.
    ReturnedUndefined(usize),
    /// Whether the notification is shown.
    Notification(bool),
    /// How many times a notification has appeared.
    NotificationsShown(usize),
    /// The text of the notification that is shown.
    Message(String),
    /// The message holds no elements.
    MessageIsText,
    /// The notification's writing direction.
    Direction(&'static str),
    /// The notification has a label.
    Labelled,
    /// Both buttons of the notification can be pressed.
    Reachable,
    /// How many windows the page has opened.
    WindowsOpened(usize),
    /// Accepting has led somewhere: to a survey or chat in the page (`false`) or in a window (`true`).
    Opened {
        /// Whether it is to be in a window.
        in_window: bool,
    },
    /// What the page shows of the chat.
    Page(Pane),
    /// What the open windows show of the chat, in no order.
    Windows(Vec<Pane>),
    /// Whether the chat button is shown.
    ChatButton(bool),
    /// Which part has the focus.
    Focus(Part),
    /// An event of this name has been raised on the window at least this often.
    EventAtLeast(&'static str, usize),
    /// What a page keeps whatever the widget was called with.
    Odd(OddFact),
    /// What the SDK was told of context and authentication, and what it told.
    Sdk(SdkFact),
    /// An event of this name has been raised on the window no more often than this.
    EventAtMost(&'static str, usize),
    /// None of these events has been raised on the window.
    NoEvents(Vec<&'static str>),
    /// Whether an event of this name has been raised in the second tab.
    SecondTabEvent {
        /// Its name.
        name: &'static str,
        /// Whether it has been raised.
        raised: bool,
    },
    /// The last conversation of which the conversation end knows has ended; it may know of none.
    ConversationEnded,
    /// Each `lcw:onMessageReceived` says whether a user or the system wrote the message.
    MessageTypes,
}

/// What is shown of the chat in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pane {
    /// Neither survey nor chat.
    Nothing,
    /// The pre-chat survey.
    Prechat,
    /// The conversation.
    Chat,
    /// Both at once, which no rule allows; only ever observed.
    Both,
}
