//! What an error of a page means. Firefox and Chromium say the same in different words.

use crate::site::check_expect::METHODS;

/// Why a page threw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::site) enum Cause {
    /// A script is no JavaScript.
    Syntax,
    /// A part of the SDK was not there.
    SdkMissing,
    /// The SDK has no method of this name.
    NoMethod(String),
    /// Something else.
    Other,
}

/// What the names on the way to a method of the SDK are.
const WAY: [&str; 4] = ["Microsoft", "Omnichannel", "LiveChatWidget", "SDK"];

/// Why a page threw an error with this text.
pub(in crate::site) fn cause(text: &str) -> Cause {
    if text.contains("SyntaxError") && !text.contains("JSON") {
        return Cause::Syntax;
    }
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let speaks_of_sdk = words.iter().any(|word| WAY.contains(word) || METHODS.contains(word));
    // `Microsoft.Omnichannel.LiveChatWidget.SDK.startChatt is not a function`.
    if let Some((before, _)) = text.split_once(" is not a function")
        && speaks_of_sdk
    {
        let name = before.rsplit(['.', ' ', '(']).next().unwrap_or_default();
        return match METHODS.contains(&name) {
            true => Cause::SdkMissing,
            false => Cause::NoMethod(name.to_owned()),
        };
    }
    let missing =
        ["is not defined", "undefined", "is null", "of null"].iter().any(|word| text.contains(word));
    if speaks_of_sdk && missing { Cause::SdkMissing } else { Cause::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_browsers_words_are_known() {
        for (text, expected) in [
            ("Uncaught SyntaxError: Unexpected token ')'", Cause::Syntax),
            ("SyntaxError: expected expression, got ')'", Cause::Syntax),
            ("SyntaxError: missing ) after argument list", Cause::Syntax),
            (
                "SyntaxError: JSON.parse: unexpected end of data at line 1 column 1 of the JSON data",
                Cause::Other,
            ),
            ("Uncaught SyntaxError: Unexpected end of JSON input", Cause::Other),
            ("Uncaught ReferenceError: Microsoft is not defined", Cause::SdkMissing),
            ("ReferenceError: Microsoft is not defined", Cause::SdkMissing),
            ("Uncaught TypeError: Cannot read properties of undefined (reading 'SDK')", Cause::SdkMissing),
            ("Cannot read properties of undefined (reading 'Omnichannel')", Cause::SdkMissing),
            (
                "TypeError: can't access property \"SDK\", Microsoft.Omnichannel.LiveChatWidget is undefined",
                Cause::SdkMissing,
            ),
            (
                "TypeError: can't access property \"Omnichannel\", window.Microsoft is undefined",
                Cause::SdkMissing,
            ),
            (
                "Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat is not a function",
                Cause::SdkMissing,
            ),
            (
                "TypeError: Microsoft.Omnichannel.LiveChatWidget.SDK.startProactivechat is not a function",
                Cause::NoMethod("startProactivechat".to_owned()),
            ),
            ("ReferenceError: delay is not defined", Cause::Other),
            ("Cannot read properties of undefined (reading 'length')", Cause::Other),
            ("TypeError: $ is not a function", Cause::Other),
        ] {
            assert_eq!(cause(text), expected, "{text}");
        }
    }
}
