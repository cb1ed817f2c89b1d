//! What a visitor does: pointers and keys, as trusted events.

use serde::{Serialize, Serializer};
use serde_json::json;

use super::values::{ContextId, LocalValue, SharedId};
use super::{Command, Empty};

/// `input.performActions`: what the sources do, tick by tick, side by side.
#[derive(Debug, Clone, Serialize)]
pub struct PerformActions {
    /// The window or frame; coordinates are its own.
    pub context: ContextId,
    /// One entry for each source.
    pub actions: Vec<SourceActions>,
}

impl Command for PerformActions {
    const METHOD: &'static str = "input.performActions";
    type Returns = Empty;
}

/// `input.releaseActions`: lets go of every key and button.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseActions {
    /// The window or frame.
    pub context: ContextId,
}

impl Command for ReleaseActions {
    const METHOD: &'static str = "input.releaseActions";
    type Returns = Empty;
}

impl PerformActions {
    /// A click with the mouse's main button at the middle of an element.
    pub fn click_element(context: &ContextId, node: &SharedId) -> Self {
        Self::click(context, Origin::Element(node.clone()), 0, 0)
    }

    /// A click with the mouse's main button at a point of the viewport, in CSS pixels.
    pub fn click_point(context: &ContextId, x: i32, y: i32) -> Self {
        Self::click(context, Origin::Viewport, x, y)
    }

    fn click(context: &ContextId, origin: Origin, x: i32, y: i32) -> Self {
        let actions = vec![
            PointerAction::PointerMove { x, y, origin },
            PointerAction::PointerDown { button: 0 },
            PointerAction::PointerUp { button: 0 },
        ];
        let parameters = PointerParameters { pointer_type: PointerKind::Mouse };
        let source = SourceActions::Pointer { id: "mouse".into(), parameters, actions };
        Self { context: context.clone(), actions: vec![source] }
    }

    /// Presses and releases each key in turn; special keys are in [`keys`]. Every `char` is a key, so
    /// text whose letters are made of several ends up as several key presses.
    pub fn press(context: &ContextId, text: &str) -> Self {
        let actions = text
            .chars()
            .flat_map(|key| {
                [KeyAction::KeyDown { value: key.into() }, KeyAction::KeyUp { value: key.into() }]
            })
            .collect();
        let source = SourceActions::Key { id: "keyboard".into(), actions };
        Self { context: context.clone(), actions: vec![source] }
    }
}

/// One source and what it does.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum SourceActions {
    /// A keyboard.
    Key {
        /// Its name; a source keeps its state between commands.
        id: String,
        /// What it does.
        actions: Vec<KeyAction>,
    },
    /// A mouse, finger or pen.
    Pointer {
        /// Its name; a source keeps its state between commands.
        id: String,
        /// What it is.
        parameters: PointerParameters,
        /// What it does.
        actions: Vec<PointerAction>,
    },
    /// Nothing, for a while.
    None {
        /// Its name.
        id: String,
        /// How long.
        actions: Vec<PauseAction>,
    },
}

/// What a keyboard does.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum KeyAction {
    /// A key goes down.
    KeyDown {
        /// One character, or one of [`keys`].
        value: String,
    },
    /// A key goes up.
    KeyUp {
        /// One character, or one of [`keys`].
        value: String,
    },
    /// Nothing for this tick.
    Pause {},
}

/// What a pointer is.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PointerParameters {
    /// Mouse, finger or pen.
    pub pointer_type: PointerKind,
}

/// Mouse, finger or pen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PointerKind {
    /// A mouse.
    Mouse,
    /// A finger.
    Touch,
    /// A pen.
    Pen,
}

/// What a pointer does.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PointerAction {
    /// It moves.
    PointerMove {
        /// To the right of the origin, in CSS pixels.
        x: i32,
        /// Below the origin, in CSS pixels.
        y: i32,
        /// Where the coordinates start.
        origin: Origin,
    },
    /// A button goes down, or a finger touches.
    PointerDown {
        /// 0 is the main one.
        button: u32,
    },
    /// A button goes up, or a finger leaves.
    PointerUp {
        /// 0 is the main one.
        button: u32,
    },
    /// Nothing for this tick.
    Pause {},
}

/// Nothing, for a while.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "type", rename = "pause")]
pub struct PauseAction {
    /// How long, in milliseconds.
    pub duration: u64,
}

/// Where coordinates start.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// At the viewport's upper left corner.
    Viewport,
    /// Where the pointer is.
    Pointer,
    /// At an element's middle.
    Element(SharedId),
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Viewport => out.serialize_str("viewport"),
            Self::Pointer => out.serialize_str("pointer"),
            Self::Element(node) => {
                json!({ "type": "element", "element": LocalValue::node(node) }).serialize(out)
            }
        }
    }
}

/// Keys without a character of their own, as WebDriver numbers them.
pub mod keys {
    /// Tab.
    pub const TAB: &str = "\u{E004}";
    /// Enter.
    pub const ENTER: &str = "\u{E007}";
    /// Shift.
    pub const SHIFT: &str = "\u{E008}";
    /// Escape.
    pub const ESCAPE: &str = "\u{E00C}";
    /// Arrow down.
    pub const ARROW_DOWN: &str = "\u{E015}";
    /// The space bar.
    pub const SPACE: &str = " ";
}
