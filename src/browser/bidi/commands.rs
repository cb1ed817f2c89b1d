//! The commands that the harness uses, with the protocol's own names and parameters.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Command;
use super::events::ContextInfo;
use super::values::{
    ContextId, Evaluation, LocalValue, NavigationId, PreloadScriptId, RealmId, SharedId, SubscriptionId,
    UserContextId,
};

macro_rules! commands {
    ($($name:ty => $method:literal -> $returns:ty;)*) => {$(
        impl Command for $name {
            const METHOD: &'static str = $method;
            type Returns = $returns;
        }
    )*};
}

commands! {
    Subscribe => "session.subscribe" -> Subscribed;
    Unsubscribe => "session.unsubscribe" -> Empty;
    GetTree => "browsingContext.getTree" -> Tree;
    Navigate => "browsingContext.navigate" -> Navigated;
    Reload => "browsingContext.reload" -> Navigated;
    Create => "browsingContext.create" -> Created;
    Close => "browsingContext.close" -> Empty;
    Activate => "browsingContext.activate" -> Empty;
    CaptureScreenshot => "browsingContext.captureScreenshot" -> Screenshot;
    SetViewport => "browsingContext.setViewport" -> Empty;
    HandleUserPrompt => "browsingContext.handleUserPrompt" -> Empty;
    AddPreloadScript => "script.addPreloadScript" -> PreloadScriptAdded;
    RemovePreloadScript => "script.removePreloadScript" -> Empty;
    CallFunction => "script.callFunction" -> Evaluation;
    Evaluate => "script.evaluate" -> Evaluation;
    GetCookies => "storage.getCookies" -> Cookies;
    DeleteCookies => "storage.deleteCookies" -> Value;
    CreateUserContext => "browser.createUserContext" -> UserContextCreated;
    RemoveUserContext => "browser.removeUserContext" -> Empty;
    GetClientWindows => "browser.getClientWindows" -> ClientWindows;
}

/// An answer without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Empty {}

/// `session.subscribe`: which events are sent from now on.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscribe {
    /// Events such as `log.entryAdded`, or whole modules such as `log`.
    pub events: Vec<String>,
    /// Only from these windows; from all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextId>,
}

impl Subscribe {
    /// Events of all windows.
    pub fn to<'a>(events: impl IntoIterator<Item = &'a str>) -> Self {
        Self { events: events.into_iter().map(str::to_owned).collect(), contexts: Vec::new() }
    }
}

/// The answer to [`Subscribe`].
#[derive(Debug, Clone, Deserialize)]
pub struct Subscribed {
    /// Names the subscription in [`Unsubscribe`]; older browsers have none.
    pub subscription: Option<SubscriptionId>,
}

/// `session.unsubscribe`.
#[derive(Debug, Clone, Serialize)]
pub struct Unsubscribe {
    /// The subscriptions to end.
    pub subscriptions: Vec<SubscriptionId>,
}

/// `browsingContext.getTree`: the windows and their frames.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetTree {
    /// Only below this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<ContextId>,
    /// How deep; 0 leaves the frames out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_depth: Option<u32>,
}

/// The answer to [`GetTree`].
#[derive(Debug, Clone, Deserialize)]
pub struct Tree {
    /// The windows and tabs.
    pub contexts: Vec<ContextInfo>,
}

/// How far a document must be for a navigation to count as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadinessState {
    /// The navigation has begun.
    None,
    /// `DOMContentLoaded` has fired.
    Interactive,
    /// `load` has fired.
    Complete,
}

/// `browsingContext.navigate`.
#[derive(Debug, Clone, Serialize)]
pub struct Navigate {
    /// The window or frame.
    pub context: ContextId,
    /// Where to.
    pub url: String,
    /// When it counts as done.
    pub wait: ReadinessState,
}

/// `browsingContext.reload`.
#[derive(Debug, Clone, Serialize)]
pub struct Reload {
    /// The window or frame.
    pub context: ContextId,
    /// When it counts as done.
    pub wait: ReadinessState,
}

/// The answer to [`Navigate`] and [`Reload`].
#[derive(Debug, Clone, Deserialize)]
pub struct Navigated {
    /// The navigation's id.
    pub navigation: Option<NavigationId>,
    /// The address that was reached.
    #[serde(default)]
    pub url: Option<String>,
}

/// What kind of window is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CreateType {
    /// A tab of an existing window; all but one are in the background, where timers and painting slow down.
    Tab,
    /// A window of its own.
    Window,
}

/// `browsingContext.create`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Create {
    /// Tab or window.
    #[serde(rename = "type")]
    pub kind: CreateType,
    /// In this user context instead of the default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_context: Option<UserContextId>,
    /// Whether the one that is in front stays there.
    pub background: bool,
}

/// The answer to [`Create`].
#[derive(Debug, Clone, Deserialize)]
pub struct Created {
    /// The new window or tab.
    pub context: ContextId,
}

/// `browsingContext.close`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Close {
    /// The window or tab.
    pub context: ContextId,
    /// Whether the page's `beforeunload` may ask.
    pub prompt_unload: bool,
}

/// `browsingContext.activate`: brings a window or tab to the front.
#[derive(Debug, Clone, Serialize)]
pub struct Activate {
    /// The window or tab.
    pub context: ContextId,
}

/// What a screenshot shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScreenshotOrigin {
    /// What can be seen.
    Viewport,
    /// The whole page.
    Document,
}

/// Which part of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Clip {
    /// A rectangle in CSS pixels.
    Box {
        /// From the left.
        x: f64,
        /// From the top.
        y: f64,
        /// To the right.
        width: f64,
        /// Downwards.
        height: f64,
    },
    /// An element.
    Element {
        /// Which one.
        element: LocalValue,
    },
}

/// `browsingContext.captureScreenshot`, as PNG.
#[derive(Debug, Clone, Serialize)]
pub struct CaptureScreenshot {
    /// The window or frame.
    pub context: ContextId,
    /// What it shows.
    pub origin: ScreenshotOrigin,
    /// Which part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip: Option<Clip>,
}

/// The answer to [`CaptureScreenshot`].
#[derive(Debug, Clone, Deserialize)]
pub struct Screenshot {
    /// The PNG file in base64.
    pub data: String,
}

/// The size of a page's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewport {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
}

/// `browsingContext.setViewport`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetViewport {
    /// The window.
    pub context: ContextId,
    /// The size; `None` gives the window its own back.
    pub viewport: Option<Viewport>,
}

/// `browsingContext.handleUserPrompt`: answers an open dialog.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HandleUserPrompt {
    /// The window.
    pub context: ContextId,
    /// OK or Cancel.
    pub accept: bool,
    /// What is written into its field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_text: Option<String>,
}

/// `script.addPreloadScript`: runs a function in every new document before the page's own scripts.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddPreloadScript {
    /// The source of a function. Its parameters are `arguments`.
    pub function_declaration: String,
    /// Its arguments; the protocol allows channels only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<LocalValue>,
    /// Only in these windows; in all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextId>,
    /// Only in these user contexts; in all when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub user_contexts: Vec<UserContextId>,
}

/// The answer to [`AddPreloadScript`].
#[derive(Debug, Clone, Deserialize)]
pub struct PreloadScriptAdded {
    /// Names it in [`RemovePreloadScript`].
    pub script: PreloadScriptId,
}

/// `script.removePreloadScript`.
#[derive(Debug, Clone, Serialize)]
pub struct RemovePreloadScript {
    /// Which one.
    pub script: PreloadScriptId,
}

/// Where a script runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Target {
    /// In the document that a window or frame shows now.
    Context {
        /// The window or frame.
        context: ContextId,
    },
    /// In this realm, and nowhere else if it is gone.
    Realm {
        /// The realm.
        realm: RealmId,
    },
}

impl From<&ContextId> for Target {
    fn from(context: &ContextId) -> Self {
        Self::Context { context: context.clone() }
    }
}

/// Whether values stay alive in the page so that later commands can name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResultOwnership {
    /// They stay.
    Root,
    /// They do not.
    None,
}

/// `script.callFunction`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallFunction {
    /// The source of a function.
    pub function_declaration: String,
    /// Whether a promise is waited for.
    pub await_promise: bool,
    /// Where.
    pub target: Target,
    /// Its arguments.
    pub arguments: Vec<LocalValue>,
    /// Whether the result stays alive.
    pub result_ownership: ResultOwnership,
    /// Whether it counts as done by a person: `window.open` and the like are allowed then.
    pub user_activation: bool,
}

impl CallFunction {
    /// A call in a window's or frame's document that waits for promises, acts for no person, and keeps
    /// nothing alive.
    pub fn in_context(
        context: &ContextId,
        function: impl Into<String>,
        arguments: impl IntoIterator<Item = LocalValue>,
    ) -> Self {
        Self {
            function_declaration: function.into(),
            await_promise: true,
            target: context.into(),
            arguments: arguments.into_iter().collect(),
            result_ownership: ResultOwnership::None,
            user_activation: false,
        }
    }
}

/// `script.evaluate`. In Chromium it hangs in a popup that was opened with an address and an opener.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluate {
    /// The source of an expression.
    pub expression: String,
    /// Where.
    pub target: Target,
    /// Whether a promise is waited for.
    pub await_promise: bool,
}

/// A part of the browser's storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Partition {
    /// What this window uses.
    Context {
        /// The window.
        context: ContextId,
    },
}

/// `storage.getCookies`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GetCookies {
    /// Where; the default user context's when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}

/// The answer to [`GetCookies`].
#[derive(Debug, Clone, Deserialize)]
pub struct Cookies {
    /// The cookies as the protocol writes them: `name`, `value`, `domain`, `path`, …
    pub cookies: Vec<Map<String, Value>>,
}

/// `storage.deleteCookies`: all of them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeleteCookies {
    /// Where; the default user context's when `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}

/// `browser.createUserContext`: a container with cookies and storage of its own.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateUserContext {}

/// The answer to [`CreateUserContext`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserContextCreated {
    /// Its id.
    pub user_context: UserContextId,
}

/// `browser.removeUserContext`: closes its windows and forgets its storage.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveUserContext {
    /// Which one.
    pub user_context: UserContextId,
}

/// `browser.getClientWindows`: the windows on the screen, each with any number of tabs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GetClientWindows {}

/// The answer to [`GetClientWindows`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientWindows {
    /// The windows as the protocol writes them.
    pub client_windows: Vec<Map<String, Value>>,
}

impl From<&SharedId> for Clip {
    fn from(node: &SharedId) -> Self {
        Self::Element { element: LocalValue::node(node) }
    }
}
