//! Everything that happened in a scenario, in order.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contract::{CustomContext, EventTarget};

/// Everything that happened in a scenario, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// In the order of the page's time, then as they came.
    pub entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The scenario's time: how far the page's clock was moved since the first page was opened.
    #[serde(rename = "at_ms", with = "crate::contract::duration::milliseconds")]
    pub at: Duration,
    /// The same, since the page was opened in which it happened.
    #[serde(rename = "since_visit_ms", with = "crate::contract::duration::milliseconds")]
    pub since_visit: Duration,
    /// Which opened page it happened in, from 1; 0 before the first.
    pub visit: usize,
    /// The number of the step in which it happened, from 1.
    pub step: usize,
    /// Real time since the scenario began. It differs from run to run.
    #[serde(rename = "real_ms", with = "crate::contract::duration::milliseconds")]
    pub real: Duration,
    /// What happened.
    #[serde(flatten)]
    pub happening: Happening,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Happening {
    /// A step began.
    Step {
        /// In words.
        words: String,
    },
    /// A document of the page began.
    Opened {
        /// Its address.
        url: String,
    },
    /// The document was loaded.
    Loaded,
    /// The page was answered with a status that says it is none.
    ErrorPage {
        /// Its address.
        url: String,
        /// The status, such as 404.
        status: u16,
    },
    /// A `lcw:*` event was raised.
    Event {
        /// Its name.
        name: String,
        /// The `detail`, as far as it is JSON.
        detail: Value,
        /// Whether it was raised on the window.
        on_window: bool,
    },
    /// A timer of the page fired.
    Timer {
        /// `timeout`, `interval`, `frame` or `idle`.
        timer: String,
        /// Its delay, in milliseconds.
        delay: f64,
        /// How often, one after the other; the time is that of the first.
        times: usize,
        /// Where it was set, as `address:line:column`.
        #[serde(default)]
        set_at: Option<String>,
    },
    /// A method of the SDK was called.
    Call {
        /// Its name.
        method: String,
        /// Its arguments; what JSON has not is text, such as `"function"`.
        arguments: Vec<Value>,
        /// From where, as `address:line:column`.
        #[serde(default)]
        called_at: Option<String>,
        /// Whether a chat was open or an invitation shown already.
        #[serde(default)]
        busy: bool,
        /// What it threw, if it did.
        #[serde(default)]
        threw: Option<String>,
    },
    /// An invitation appeared.
    InvitationShown {
        /// Its text.
        message: String,
    },
    /// The invitation is no longer there.
    InvitationClosed,
    /// A pre-chat survey appeared, in the page or in a window.
    PrechatShown,
    /// A conversation appeared, in the page or in a window.
    ChatShown,
    /// The page opened a window, or tried to.
    WindowOpened {
        /// Its address.
        url: String,
        /// Whether it was in a visitor's gesture, without which a browser blocks it.
        gesture: Gesture,
        /// Whether there is a window now.
        opened: bool,
    },
    /// A request left the page.
    Request {
        /// Such as `GET`.
        method: String,
        /// Where to.
        url: String,
        /// What became of it.
        fate: RequestFate,
    },
    /// An error that nobody caught.
    Error {
        /// In the browser's words.
        text: String,
        /// Where, as `address:line:column`.
        #[serde(default)]
        raised_at: Option<String>,
    },
    /// The visitor's own script threw.
    VisitorScriptThrew {
        /// In the browser's words.
        text: String,
    },
    /// Something was written with `console.error`.
    Console {
        /// What.
        text: String,
    },
    /// The page opened a dialog.
    Dialog(Dialog),
    /// The chat was given context variables.
    Context {
        /// The variables.
        variables: CustomContext,
    },
    /// There is more of a kind than is written down in one step.
    LeftOut {
        /// The kind, such as `error`.
        what: String,
    },
    /// A script element could not be loaded.
    ScriptFailed {
        /// Its address.
        url: String,
    },
    /// The page's Content-Security-Policy did not let something run or load.
    BlockedByPolicy {
        /// Which part of the policy, such as `script-src-elem`.
        directive: String,
        /// The address of what was blocked, or a word such as `inline`.
        what: String,
        /// Where the page has it, as `address:line:column`.
        #[serde(default)]
        blocked_at: Option<String>,
    },
    /// The widget's script element was found in the page.
    Embed {
        /// Its address.
        url: String,
        /// How many there are with this one.
        number: usize,
    },
    /// The page listens to an event from which invitations are often made.
    Listens {
        /// The event's name.
        event: String,
        /// On what, where that matters.
        #[serde(default)]
        target: Option<EventTarget>,
        /// Where the listener was added, as `address:line:column`.
        #[serde(default)]
        added_at: Option<String>,
    },
    /// The page looked for what it or somebody else had stored.
    Reads {
        /// `cookie`, `localStorage`, `sessionStorage`, `referrer` or `geolocation`.
        what: String,
        /// The entry's key, where there is one.
        #[serde(default)]
        key: Option<String>,
    },
    /// The page stored a cookie.
    CookieSet {
        /// Its name.
        name: String,
        /// Whether it was over already.
        expired: bool,
        /// Where, as `address:line:column`.
        #[serde(default)]
        set_at: Option<String>,
    },
    /// The page's time stood still for something that did not end in several seconds, and went on without it.
    Unfinished {
        /// Such as a request.
        what: String,
    },
    /// The clock could not be moved on.
    Stuck {
        /// Why.
        reason: String,
    },
}

/// Whether something was done in a visitor's gesture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gesture {
    /// It was.
    Yes,
    /// It was not.
    No,
    /// The browser does not tell.
    Unknown,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestFate {
    /// It went to the site itself.
    Site,
    /// It went to a host that was allowed.
    Allowed,
    /// It was answered as the widget's.
    Widget,
    /// A reply of the scenario answered it.
    Replied,
    /// It was blocked.
    Blocked,
}

/// A dialog that a page opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialog {
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    pub dialog: String,
    /// Its words.
    pub message: String,
}
