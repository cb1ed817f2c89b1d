//! `browsingContext` commands: windows, tabs and frames.

use serde::{Deserialize, Serialize};

use super::{Empty, commands};
use crate::browser::bidi::events::ContextInfo;
use crate::browser::bidi::values::{ContextId, LocalValue, NavigationId, SharedId, UserContextId};

commands! {
    GetTree => "browsingContext.getTree" -> Tree;
    Navigate => "browsingContext.navigate" -> Navigated;
    Reload => "browsingContext.reload" -> Navigated;
    Create => "browsingContext.create" -> Created;
    Close => "browsingContext.close" -> Empty;
    Activate => "browsingContext.activate" -> Empty;
    CaptureScreenshot => "browsingContext.captureScreenshot" -> Screenshot;
    SetViewport => "browsingContext.setViewport" -> Empty;
    HandleUserPrompt => "browsingContext.handleUserPrompt" -> Empty;
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

impl From<&SharedId> for Clip {
    fn from(node: &SharedId) -> Self {
        Self::Element { element: LocalValue::node(node) }
    }
}
