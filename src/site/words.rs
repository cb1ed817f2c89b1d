//! Steps, expectations and calls in words, as reports show them.

use std::fmt::{self, Write};
use std::time::Duration;

use serde_json::Value;

use super::{
    CallExpectation, DialogAnswer, Expect, InvitationExpectation, Reply, ScrollTo, Shown, SiteStep, TypeInto,
};
use crate::contract::EventTarget;
use crate::source::visible;

/// How much of a text is shown in a line.
const LONGEST: usize = 60;

/// A text in one line, its end left out when it is long; whatever a page put into it, each character can be seen and
/// none steers a terminal.
pub(super) fn short(text: &str) -> String {
    shorter_than(text, LONGEST)
}

/// An error in the browser's words, without the one that says nothing; what it says last is often what it is about.
pub(super) fn error(text: &str) -> String {
    shorter_than(text.trim_start_matches("Uncaught "), 2 * LONGEST)
}

fn shorter_than(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return visible(&line);
    }
    visible(&line.chars().take(longest - 1).collect::<String>()) + "…"
}

/// An address or a place in one line, its beginning left out when it is long: its end says which file it is.
pub(super) fn short_place(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONGEST {
        return visible(text);
    }
    format!("…{}", visible(&text.chars().skip(length - LONGEST + 1).collect::<String>()))
}

/// A text in one line and in quotation marks, its end left out when it is long.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", short(text))
}

/// How many there are of something, with the plural that most words have.
pub(super) fn count(number: usize, of: &str) -> String {
    match number {
        0 => format!("no {of}s"),
        1 => format!("1 {of}"),
        _ => format!("{number} {of}s"),
    }
}

/// A time in seconds, without digits that say nothing.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 1e3).round() / 1e3)
}

/// ` at kb.html:14` of `https://shop.example/help/kb.html:14:3`, or nothing when it is not known.
pub(super) fn spot(place: Option<&str>) -> String {
    place.map(|place| format!(" at {}", in_file(place, false))).unwrap_or_default()
}

/// On what a page listens, where that is not the window.
pub(super) fn listening_on(target: Option<EventTarget>) -> &'static str {
    match target {
        None | Some(EventTarget::Window) => "",
        Some(EventTarget::Document) => " on the document",
        Some(EventTarget::Other) => " on something that is not the window",
    }
}

/// `kb.html:14:3` of the same.
pub(super) fn in_line(place: &str) -> String {
    in_file(place, true)
}

fn in_file(place: &str, with_column: bool) -> String {
    let mut parts: Vec<&str> = place.rsplitn(3, ':').collect();
    let is_number = |part: &&str| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit());
    parts.reverse();
    let (address, line) = match parts.as_slice() {
        [address, line, column] if is_number(line) && is_number(column) => (*address, Some((line, column))),
        _ => (place, None),
    };
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let file = match path.rsplit('/').next() {
        Some("") | None => "/",
        Some(file) => file,
    };
    match line {
        Some((line, column)) if with_column => format!("{}:{line}:{column}", short(file)),
        Some((line, _)) => format!("{}:{line}", short(file)),
        None => short(file),
    }
}

/// A value as page code would write it, long texts shortened.
pub(super) fn script(value: &Value) -> String {
    match value {
        // What JSON has not arrives as its name.
        Value::String(name) if name == "function" || name == "undefined" => name.clone(),
        Value::String(text) => quoted(text),
        Value::Array(values) => format!("[{}]", values.iter().map(script).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{}: {}", property(key), script(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

pub(super) fn property(key: &str) -> String {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let bare = key.chars().all(letter) && !key.chars().next().is_none_or(|first| first.is_ascii_digit());
    if bare { key.to_owned() } else { format!("{key:?}") }
}

/// A call as page code would write it.
pub(super) fn call(method: &str, arguments: &[Value]) -> String {
    format!("{method}({})", arguments.iter().map(script).collect::<Vec<_>>().join(", "))
}

impl fmt::Display for CallExpectation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.arguments {
            Some(arguments) => out.write_str(&call(&self.method, arguments)),
            None => write!(out, "{}(…)", self.method),
        }
    }
}

impl SiteStep {
    /// The step in one line, its end left out when it is long.
    pub fn in_short(&self) -> String {
        short(&self.to_string())
    }
}

impl fmt::Display for SiteStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visit(page) if page.is_empty() => out.write_str("visit the base address"),
            Self::Visit(page) => write!(out, "visit {}", short(page)),
            Self::Revisit => out.write_str("come back another time"),
            Self::Reload => out.write_str("reload the page"),
            Self::Advance(by) => write!(out, "let {} pass", seconds(*by)),
            Self::Idle(by) => write!(out, "do nothing for {}", seconds(*by)),
            Self::Scroll(to) => write!(out, "scroll {to}"),
            Self::MouseLeave => out.write_str("the mouse leaves"),
            Self::MouseEnter => out.write_str("the mouse comes back"),
            Self::Click(selector) => write!(out, "click {}", short(selector)),
            Self::Type(TypeInto { into, text }) => {
                let keys = text.replace("\r\n", "\n").replace(['\n', '\r'], "↵").replace('\t', "⇥");
                write!(out, "type {} into {}", quoted(&keys), short(into))
            }
            Self::SwitchTab => out.write_str("go to another tab"),
            Self::ReturnToTab => out.write_str("come back to the tab"),
            Self::Script(code) => write!(out, "run {}", short(code)),
            Self::Reply(reply) => write!(out, "{reply}"),
            Self::Dialog(DialogAnswer::Dismiss) => out.write_str("close dialogs from here on"),
            Self::Dialog(DialogAnswer::Accept) => out.write_str("agree to dialogs from here on"),
            Self::Dialog(DialogAnswer::Answer(text)) => {
                write!(out, "answer prompts from here on with {}", quoted(text))
            }
            Self::Accept => out.write_str("accept"),
            Self::Dismiss => out.write_str("dismiss"),
            Self::Escape => out.write_str("press Escape"),
            Self::SubmitSurvey => out.write_str("submit the survey"),
            Self::Expect(expect) => write!(out, "expect {expect}"),
        }
    }
}

impl fmt::Display for ScrollTo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => out.write_str("to the beginning"),
            Self::Bottom => out.write_str("to the end"),
            Self::Percent(percent) => write!(out, "to {percent} %"),
            Self::Pixels(pixels) => write!(out, "to {pixels} px"),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = short(&self.url);
        if self.fail {
            return write!(out, "let requests to {url} fail");
        }
        write!(out, "answer {url} with {}", self.status.unwrap_or(200))?;
        match (&self.json, &self.text) {
            (Some(json), _) => write!(out, " and {}", short(&json.to_string())),
            (None, Some(text)) => write!(out, " and {}", quoted(text)),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(true) => out.write_str("an invitation"),
            Self::Any(false) => out.write_str("no invitation"),
            Self::Like(like) => write!(out, "{like}"),
        }
    }
}

impl fmt::Display for InvitationExpectation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an invitation")?;
        if let Some(text) = &self.text {
            write!(out, " {}", quoted(text))?;
        }
        if let Some(part) = &self.contains {
            write!(out, " with {} in it", quoted(part))?;
        }
        if let Some(pattern) = &self.pattern {
            write!(out, " that fits /{}/", short(pattern))?;
        }
        if let Some(at) = self.at {
            write!(out, " at {}", seconds(at))?;
        }
        Ok(())
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = |there: bool, what: &str| format!("{} {what}", if there { "a" } else { "no" });
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.invitation.as_ref().map(Shown::to_string));
        parts.extend(self.invitations.map(|number| count(number, "invitation") + " so far"));
        parts.extend(self.prechat.map(|prechat| there(prechat, "pre-chat survey")));
        parts.extend(self.chat.map(|chat| there(chat, "chat")));
        parts.extend(self.windows.map(|number| count(number, "opened window")));
        if let Some(context) = &self.context {
            let variables: Vec<_> =
                context.iter().map(|(name, value)| format!("{name}: {}", script(value))).collect();
            parts.push(format!("the context {}", variables.join(", ")));
        }
        parts.extend(self.calls.as_ref().map(|calls| match calls.as_slice() {
            [] => "no calls".to_owned(),
            calls => calls.iter().fold("the calls".to_owned(), |mut text, call| {
                let comma = if text.ends_with("calls") { "" } else { "," };
                // Writing to a text cannot fail.
                let _ = write!(text, "{comma} {call}");
                text
            }),
        }));
        parts.extend(self.page_errors.map(|number| count(number, "page error")));
        parts.extend(self.dialogs.map(|number| count(number, "dialog")));
        out.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Steps {
        steps: Vec<SiteStep>,
    }

    #[test]
    fn every_letter_of_a_pages_text_can_be_seen() {
        assert_eq!(short("a\u{1b}[2J\n\u{202e}b"), "a␛[2J <U+202E>b");
        assert_eq!(short_place("https://a.example/\u{7}"), "https://a.example/␇");
        let long = "\u{1b}".repeat(100);
        assert_eq!(
            (short(&long), short_place(&long)),
            ("␛".repeat(59) + "…", "…".to_owned() + &"␛".repeat(59))
        );
    }

    #[test]
    fn each_step_is_said_in_words() {
        let text = r##"steps = [
          { visit = "kb.html" }, { visit = "" }, "revisit", "reload", { advance = "20s" }, { advance = "1.5s" },
          { idle = "2m" }, { scroll = "bottom" }, { scroll = "top" }, { scroll = { percent = 50.0 } },
          { scroll = { pixels = 300 } }, "mouse-leave", "mouse-enter", { click = "#buy" },
          { type = { into = "#name", text = "Fern" } }, "switch-tab", "return-to-tab",
          { script = "document.cookie =\n  'a=1'" },
          { reply = { url = "https://geo.example/*", json = { country = "DE" } } },
          { reply = { url = "*", text = "gone", status = 404 } }, { reply = { url = "*", fail = true } },
          { dialog = "dismiss" }, { dialog = "accept" }, { dialog = { answer = "yes" } },
          "accept", "dismiss", "escape", "submit-survey",
          { expect = { invitation = true } }, { expect = { invitation = false, dialogs = 0 } },
          { expect = { invitation = { text = "Hi!", at = "20s" }, invitations = 2 } },
          { expect = { invitation = { contains = "case", pattern = "\\d+" } } },
          { expect = { prechat = true, chat = false, windows = 1, page-errors = 0 } },
          { expect = { context = { "Page URL" = "/kb", n = 1 }, calls = [] } },
          { expect = { calls = [{ method = "startChat" },
            { method = "startProactiveChat", arguments = [{ message = "Hi", "a b" = ["function"] }, true] }] } },
        ]"##;
        let Steps { steps } = toml::from_str(text).unwrap();
        let words: Vec<_> = steps.iter().map(SiteStep::to_string).collect();
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(words.join("\n")) });
    }

    #[test]
    fn a_place_is_a_file_and_a_line() {
        for (place, expected) in [
            ("https://shop.example/help/kb.html:14:3", " at kb.html:14"),
            ("http://localhost:3000/:7:1", " at /:7"),
            ("http://localhost:3000/app.js?v=1:2:100", " at app.js:2"),
            ("http://localhost:3000/kb.html", " at kb.html"),
        ] {
            assert_eq!(spot(Some(place)), expected);
        }
        assert_eq!(spot(None), "");
        assert_eq!(in_line("https://shop.example/help/kb.html?case=1:14:3"), "kb.html:14:3");
    }

    #[test]
    fn long_texts_are_one_short_line() {
        let long = short(&"word\n ".repeat(40));
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.starts_with("word word ") && long.ends_with('…'), "{long}");
        assert_eq!(short(&"é".repeat(LONGEST)), "é".repeat(LONGEST));
        let place = short_place(&format!("https://shop.example/{}/kb.html:14:3", "é".repeat(80)));
        assert_eq!(place.chars().count(), LONGEST);
        assert!(place.starts_with("…é") && place.ends_with("/kb.html:14:3"), "{place}");
    }
}
