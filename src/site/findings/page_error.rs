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

/// What browsers say in a `SyntaxError` that is about a value of running code, such as a selector, an address or a number.
const AT_RUN_TIME: [&str; 5] =
    ["JSON", "SyntaxError: Failed to ", "invalid or illegal string", "BigInt syntax", "to a BigInt"];

/// Whether an error is about a value of running code, and not about the code. One browser names the method that was
/// called: `SyntaxError: Document.querySelector: '#/advice' is not a valid selector`.
fn is_at_run_time(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
    let named = text.split_once("SyntaxError: ").and_then(|(_, words)| words.split(": ").next());
    let method = named.and_then(|name| name.split_once('.'));
    AT_RUN_TIME.iter().any(|words| text.contains(words))
        || method.is_some_and(|(of, name)| is_name(of) && is_name(name))
}

/// Why a page threw an error with this text.
pub(in crate::site) fn cause(text: &str) -> Cause {
    if text.contains("SyntaxError") && !is_at_run_time(text) {
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
            (
                "Uncaught SyntaxError: Failed to execute 'querySelector' on 'Document': '#/advice' is not a valid selector.",
                Cause::Other,
            ),
            ("SyntaxError: Document.querySelector: '#/advice' is not a valid selector", Cause::Other),
            (
                "Uncaught SyntaxError: Failed to construct 'WebSocket': The URL 'bad' is invalid.",
                Cause::Other,
            ),
            ("SyntaxError: An invalid or illegal string was specified", Cause::Other),
            ("Uncaught SyntaxError: Cannot convert x to a BigInt", Cause::Other),
            ("SyntaxError: invalid BigInt syntax", Cause::Other),
            ("Uncaught SyntaxError: Unexpected token '<', \"<!doctype \"... is not valid JSON", Cause::Other),
            ("SyntaxError: CanvasGradient.addColorStop: Invalid color", Cause::Other),
            ("SyntaxError: unexpected token: identifier", Cause::Syntax),
            ("SyntaxError: strict mode code may not contain 'with' statements", Cause::Syntax),
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
