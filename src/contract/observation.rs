//! What can be seen at one moment of a case, in the documentation's words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Everything that can be seen of the widget at one moment, the page and the windows it opened.
///
/// Counters run from the moment the page was opened, so that what came and went is seen too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Observation {
    /// The notification pane in the page; `None` when it is not shown.
    pub notification: Option<Notification>,
    /// How many times a notification has appeared.
    pub notifications_shown: usize,
    /// What the chat in the page shows.
    pub view: ChatView,
    /// The windows that the page opened and that are still open; their order means nothing.
    pub windows: Vec<WindowObservation>,
    /// How many windows the page has opened, closed ones included.
    pub windows_opened: usize,
    /// The `lcw:*` events seen, in order.
    pub events: Vec<SeenEvent>,
    /// Uncaught errors and unhandled rejections in the page, in order.
    pub errors: Vec<String>,
    /// What the page's Content-Security-Policy kept from happening, in order.
    pub policy_violations: Vec<String>,
    /// What was written with `console.error`, in order. No requirement speaks of it; it helps to understand
    /// a failure.
    pub console: Vec<String>,
    /// What came back from each call of the SDK that the harness made as page code, in order. What the
    /// page's own handler calls is the page's, and only seen by what it brings about.
    pub returned: Vec<Returned>,
    /// Whether an argument's keys have become properties of every object in the page.
    pub polluted: bool,
    /// What came back from each call of another method of the SDK that the harness made, in order;
    /// `getAgentAvailability` has its own list.
    pub answers: Vec<MethodAnswer>,
    /// How many times the context provider that the harness set was invoked.
    pub context_provider_calls: usize,
    /// How many times the token provider that the harness set was invoked.
    pub auth_token_provider_calls: usize,
    /// What `getAgentAvailability` answered, in order; what it threw stands for an answer.
    pub availability: Vec<serde_json::Value>,
    /// What the conversation end was told when each chat started, in order. Only the fixture server knows: it stays
    /// empty for a widget that talks to somebody else.
    pub conversations: Vec<ConversationStart>,
    /// The widget's part that has the keyboard's focus.
    pub focus: Option<Part>,
    /// The `lcw:*` events seen in the second tab, in order; `None` when there is no such tab. Only the browser knows of
    /// it, not the page.
    pub second_tab: Option<Vec<SeenEvent>>,
}

impl Observation {
    /// Whether a pre-chat survey is shown, in the page or in a window that it opened.
    pub(crate) fn shows_survey(&self) -> bool {
        self.views().any(|view| view.prechat)
    }

    /// Whether a pre-chat survey or a chat is shown, likewise.
    pub(crate) fn shows_survey_or_chat(&self) -> bool {
        self.views().any(ChatView::survey_or_chat)
    }

    fn views(&self) -> impl Iterator<Item = ChatView> {
        std::iter::once(self.view).chain(self.windows.iter().map(|window| window.view))
    }
}

/// The notification as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Notification {
    /// The message's text content, to the letter.
    pub message: String,
    /// How many elements the message's element contains; markup that was parsed leaves some.
    pub elements_in_message: usize,
    /// The writing direction that applies to the pane: `ltr` or `rtl`.
    pub direction: String,
    /// The pane's accessible label.
    pub label: String,
    /// Whether the start button can be pressed: it exists, is enabled, and lies inside the viewport.
    pub can_accept: bool,
    /// Whether the close button can be pressed, likewise.
    pub can_dismiss: bool,
}

/// Which panes of the chat are shown in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ChatView {
    /// The round button that opens a chat.
    pub chat_button: bool,
    /// The pre-chat survey.
    pub prechat: bool,
    /// The conversation.
    pub chat: bool,
}

impl ChatView {
    /// Whether a pre-chat survey or a chat is shown.
    pub(crate) fn survey_or_chat(self) -> bool {
        self.prechat || self.chat
    }
}

/// A window that the page opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WindowObservation {
    /// What the chat in that window shows.
    pub view: ChatView,
}

/// The object on which an event was dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventTarget {
    /// The page's top window.
    Window,
    /// A document.
    Document,
    /// Anything else: an element, a frame's window.
    Other,
}

/// One `lcw:*` event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenEvent {
    /// Its type, such as `lcw:ready`.
    pub name: String,
    /// Where it was dispatched.
    pub target: EventTarget,
    /// Whether the SDK's `startProactiveChat` was a function at that moment.
    pub sdk_usable: bool,
    /// Its `detail`, as far as it is JSON; null when there is none.
    #[serde(default)]
    pub detail: serde_json::Value,
}

/// What a call of the SDK gave back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// `undefined`, which is what the documentation's "None" means in JavaScript.
    Undefined,
    /// Any other value, as text.
    Value(String),
    /// It threw this.
    Threw(String),
}

impl fmt::Display for Returned {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => out.write_str("undefined"),
            Self::Value(value) => out.write_str(value),
            Self::Threw(error) => write!(out, "an exception: {error}"),
        }
    }
}

/// What one call of a method gave back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodAnswer {
    /// The method's name.
    pub method: String,
    /// What it gave back; `the provider` stands for the very function that was set.
    pub returned: Returned,
}

/// What a conversation was started with, and whether it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ConversationStart {
    /// The context variables.
    pub context: super::CustomContext,
    /// The authentication token.
    pub token: Option<String>,
    /// Whether it has ended since. One that a widget has merely left has not: it may be taken up again.
    pub ended: bool,
}

/// A part of the widget that can have the keyboard's focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The notification's start button.
    Accept,
    /// The notification's close button.
    Dismiss,
    /// The chat button.
    ChatButton,
    /// Somewhere in the pre-chat survey.
    Prechat,
    /// Somewhere in the conversation.
    Chat,
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Accept => "the notification's start button",
            Self::Dismiss => "the notification's close button",
            Self::ChatButton => "the chat button",
            Self::Prechat => "the pre-chat survey",
            Self::Chat => "the chat",
        })
    }
}
