//! What the harness asks of the probe, and the answers.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use super::{Place, Selectors};
use crate::contract::{OddCall, ProactiveChatCall, SdkCall, StartChatCall};

/// One request to the main probe of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Command<'a> {
    /// Wait until everything has had its turn, painting included; answers with
    /// [`Seen`](super::Seen).
    Settle,
    /// Likewise, and tell what the page did since it was asked last; answers with [`Look`](super::Look).
    Look,
    /// Wait until the page has loaded.
    Loaded,
    /// Whether the browser has begun to leave the document; answers with a `bool`.
    IsBeingLeft,
    /// Make this call as page code.
    Call(&'a ProactiveChatCall),
    /// Make this call with odd arguments as page code.
    OddCall(&'a OddCall),
    /// Call another method of the SDK as page code.
    Sdk(&'a SdkCall),
    /// Call `startChat` as page code.
    StartChat(&'a StartChatCall),
    /// Call `closeChat` as page code.
    CloseChat,
    /// Add a `lcw:ready` handler that makes this call.
    OnReady(&'a ProactiveChatCall),
    /// Tell the widget to raise `lcw:ready`.
    FireReady,
    /// Stop the page's clock.
    HoldClock,
    /// Move the held clock.
    Advance(Duration),
    /// Where to press a part; answers with an optional pair of viewport coordinates.
    Locate(Place),
    /// Likewise, as soon as it can be pressed and nothing moves it, within so much real time.
    Reach {
        /// What to press.
        part: Place,
        /// How long it is waited for.
        within: Duration,
    },
    /// What the selectors of these parts find; answers with [`Inspection`].
    Inspect {
        /// The parts, by their names in a target file.
        parts: &'a [&'a str],
        /// A text whose element is looked for, too.
        text: Option<&'a str>,
    },
    /// Where to press what this CSS selector finds first; answers with an optional [`Point`].
    Point(&'a str),
    /// Scroll the page; the value is a scenario's.
    Scroll(Value),
    /// Have the mouse leave the page over its upper edge, or come back.
    Mouse(Edge),
    /// What the survey asks for; answers with a list of [`SurveyField`].
    SurveyFields,
    /// Where to press the survey's field with this number, from 0, as [`Command::Reach`] does; it is scrolled into view.
    ReachField {
        /// Its number.
        at: usize,
        /// How long it is waited for.
        within: Duration,
    },
    /// Give the survey's field with this number the focus.
    FocusField(usize),
}

impl Command<'_> {
    /// The function to call in the page; it takes [`Command::argument`], promises JSON text, and does the
    /// commands one after the other.
    pub const FUNCTION: &'static str =
        "(text, document) => globalThis[Symbol.for('lcw-harness.probe')].perform(text, document)";

    /// The commands as the JSON text that the function takes.
    pub fn argument(commands: &[Self]) -> String {
        Value::from_iter(commands.iter().map(Self::to_json)).to_string()
    }

    fn to_json(&self) -> Value {
        let (command, value) = match self {
            Self::Settle => ("settle", Value::Null),
            Self::Look => ("look", Value::Null),
            Self::Loaded => ("loaded", Value::Null),
            Self::IsBeingLeft => ("is-being-left", Value::Null),
            Self::Call(call) => ("call", call.to_json()),
            Self::OddCall(call) => ("odd-call", json!(call)),
            Self::Sdk(call) => ("sdk", call.to_json()),
            Self::StartChat(call) => ("start-chat", call.to_json()),
            Self::CloseChat => ("close-chat", Value::Null),
            Self::OnReady(call) => ("on-ready", call.to_json()),
            Self::FireReady => ("fire-ready", Value::Null),
            Self::HoldClock => ("hold-clock", Value::Null),
            Self::Advance(by) => ("advance", json!(by.as_secs_f64() * 1e3)),
            Self::Locate(place) => ("locate", json!(place)),
            Self::Reach { part, within } => {
                ("reach", json!({ "part": part, "within": within.as_secs_f64() * 1e3 }))
            }
            Self::Inspect { parts, text } => {
                let parts: Vec<_> = parts.iter().map(|part| Selectors::name_in_probe(part)).collect();
                ("inspect", json!({ "parts": parts, "text": text }))
            }
            Self::Point(selector) => ("point", json!(selector)),
            Self::Scroll(to) => ("scroll", to.clone()),
            Self::Mouse(way) => ("mouse", json!(way)),
            Self::SurveyFields => ("survey-fields", Value::Null),
            Self::ReachField { at, within } => {
                ("reach-field", json!({ "at": at, "within": within.as_secs_f64() * 1e3 }))
            }
            Self::FocusField(at) => ("focus-field", json!(at)),
        };
        json!({ "command": command, "value": value })
    }

    /// Reads the answer to the last of them.
    ///
    /// # Errors
    /// When the probe could not do what was asked, or the answer has another shape.
    pub fn answer<T: DeserializeOwned>(text: &str) -> Result<T, CommandError> {
        match serde_json::from_str::<Answer>(text)? {
            Answer::Ok(value) => Ok(serde_json::from_value(value)?),
            Answer::Error(reason) => Err(CommandError::Refused(reason)),
            Answer::Left => Err(CommandError::Left),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Value),
    Error(String),
    Left,
}

/// What selectors find at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// For each part, in the order in which they were asked for.
    pub parts: Vec<PartFound>,
    /// Selectors of all buttons that are shown.
    pub buttons: Vec<String>,
    /// Selectors of the elements that are shown and hold just the text that was asked for.
    pub text_in: Vec<String>,
}

/// What the selector of one part finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct PartFound {
    /// How many elements match.
    pub matches: usize,
    /// How many of them are shown.
    pub shown: usize,
    /// Whether the first that is shown could be pressed.
    pub pressable: bool,
}

/// A field of the pre-chat survey.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SurveyField {
    /// The element's name: `input`, `textarea` or `select`.
    pub kind: String,
    /// An input's type, such as `text` or `checkbox`.
    #[serde(rename = "type")]
    pub input_type: String,
    /// Whether a survey cannot be submitted without it.
    pub required: bool,
    /// Whether nothing is in it.
    pub empty: bool,
}

/// Which way the mouse crosses the edge of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edge {
    /// Out of it.
    Leaves,
    /// Into it.
    Enters,
}

/// A place in the top window's viewport, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Point {
    /// From the left edge.
    pub x: u32,
    /// From the top edge.
    pub y: u32,
}

/// The probe did not do what it was asked.
#[derive(Debug, Error)]
pub enum CommandError {
    /// It says why.
    #[error("the probe could not do it: {0}")]
    Refused(String),
    /// The document that was asked is no longer there.
    #[error("the page was left before it could answer; ask the one that came after it")]
    Left,
    /// Its answer is not what the harness expects.
    #[error("the probe gave an answer of another shape: {0}")]
    Shape(#[from] serde_json::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sent_in_order_and_an_advance_in_milliseconds() {
        let text = Command::argument(&[Command::HoldClock, Command::Advance(Duration::from_millis(59_999))]);
        let sent: Value = serde_json::from_str(&text).unwrap();
        let expected =
            json!([{ "command": "hold-clock", "value": null }, { "command": "advance", "value": 59_999.0 }]);
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_refusal_is_told_from_an_answer() {
        let point: Option<Point> = Command::answer(r#"{"ok":{"x":3,"y":4}}"#).unwrap();
        assert_eq!(point, Some(Point { x: 3, y: 4 }));
        let refused = Command::answer::<()>(r#"{"error":"the clock is not held"}"#).unwrap_err();
        assert!(refused.to_string().contains("the clock is not held"), "{refused}");
        assert!(matches!(Command::answer::<()>("\"left\""), Err(CommandError::Left)));
        assert!(matches!(Command::answer::<Point>(r#"{"ok":null}"#), Err(CommandError::Shape(_))));
    }
}
