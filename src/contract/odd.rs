//! Arguments that nobody promised anything about: values of every kind where an object, a text or a boolean belongs.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::DEFAULT_MESSAGE;
use super::call::write_rest;

/// A value that page code can pass by mistake or by malice; the probe builds it in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OddValue {
    /// `undefined`, passed on purpose.
    Undefined,
    /// `null`.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `0`.
    Zero,
    /// `42`.
    Number,
    /// `NaN`.
    NotANumber,
    /// An integer of the type `bigint`.
    BigInteger,
    /// A symbol, which no template literal and no `+` takes.
    Symbol,
    /// A text.
    Text,
    /// A text that would run code if it became markup.
    Markup,
    /// A text of 10,000 characters.
    LongText,
    /// A function.
    Function,
    /// An array.
    Array,
    /// An object without keys.
    EmptyObject,
    /// An object without a prototype, so without `toString`, too.
    NullPrototype,
    /// An object that refers to itself.
    Cyclic,
    /// A date.
    Date,
    /// An element of the page.
    Element,
    /// The page's window.
    Window,
    /// An object whose documented properties are getters that throw.
    ThrowingGetters,
    /// An object that throws when it is converted to anything.
    ThrowingConversion,
    /// A proxy, every trap of which throws.
    ThrowingProxy,
    /// A proxy that was revoked.
    RevokedProxy,
    /// An object with the own keys `__proto__` and `constructor`, which change every object when they are
    /// merged without care.
    PollutingKeys,
}

impl fmt::Display for OddValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(out)
    }
}

/// One call of `startProactiveChat` with odd values in some places; what is not named is left out, the object
/// around an odd `message` or `inNewWindow` is an ordinary one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OddCall {
    /// The whole first argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<OddValue>,
    /// `notificationUIConfig.message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<OddValue>,
    /// `showPrechat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_prechat: Option<OddValue>,
    /// The whole third argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<OddValue>,
    /// `inNewWindow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_new_window: Option<OddValue>,
}

impl OddCall {
    /// The text that Microsoft's own open-source widget shows for such a call, where it was observed.
    ///
    /// The default text in place of a text that cannot be had, and a number as text.
    pub fn observed_text(&self) -> Option<&'static str> {
        use OddValue::{Array, EmptyObject, Null, Number, Text, Undefined, Zero};
        match (self.config, self.message) {
            (None | Some(Undefined | Null | Zero | Number | Text | Array | EmptyObject), None) => {
                Some(DEFAULT_MESSAGE)
            }
            (None, Some(Undefined | Null | Zero)) => Some(DEFAULT_MESSAGE),
            (None, Some(Number)) => Some("42"),
            _ => None,
        }
    }

    /// Why the call cannot be made, if it cannot.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        if self.config.is_some() && self.message.is_some() {
            return Some("an odd `config` has no `message` of its own; give one of them");
        }
        if self.options.is_some() && self.in_new_window.is_some() {
            return Some("odd `options` have no `in-new-window` of their own; give one of them");
        }
        None
    }
}

impl fmt::Display for OddCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.config, self.message) {
            (Some(config), _) => write!(out, "({config}")?,
            (None, Some(message)) => write!(out, "({{message: {message}}}")?,
            (None, None) => out.write_str("({}")?,
        }
        let options = self.options.map(|value| value.to_string());
        let options = options.or_else(|| self.in_new_window.map(|value| format!("{{inNewWindow: {value}}}")));
        write_rest(out, self.show_prechat, options)
    }
}
