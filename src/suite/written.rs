//! Writes a scenario as a `[[case]]` that a suite can hold: the way back of reading one.

use toml::{Table, Value};

use crate::contract::{Scenario, WidgetSettings};
use crate::source::visible;

/// A `[[case]]` with this id and title; settings that are the default's are left out. A suite that holds it
/// is read as the same scenario.
///
/// `None` when it cannot be written: TOML has no null, which JSON values of a scenario may hold.
pub fn write_case(id: &str, title: &str, scenario: &Scenario) -> Option<String> {
    let default = Table::try_from(WidgetSettings::default()).ok()?;
    let mut settings = Table::try_from(&scenario.settings).ok()?;
    settings.retain(|key, value| default.get(key) != Some(value));
    let mut text = format!("[[case]]\nid = {}\ntitle = {}\n", basic(id), basic(title));
    if !settings.is_empty() {
        text.push_str(&format!("settings = {}\n", one_line(&Value::Table(settings))));
    }
    text.push_str("steps = [\n");
    for step in &scenario.steps {
        text.push_str(&format!("    {},\n", one_line(&Value::try_from(step).ok()?)));
    }
    text.push_str("]\n");
    Some(text)
}

/// A value in one line, whatever is in its texts: what a report shows indented can be pasted as it stands.
fn one_line(value: &Value) -> String {
    match value {
        Value::String(text) => basic(text),
        Value::Array(values) => {
            format!("[{}]", values.iter().map(one_line).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) if table.is_empty() => "{}".to_owned(),
        Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| format!("{} = {}", word(key), one_line(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A key, in quotation marks where TOML wants them.
fn word(key: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if !key.is_empty() && key.chars().all(is_bare) { key.to_owned() } else { basic(key) }
}

/// A text in quotation marks; what a report would show in another way stands as its code point.
fn basic(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if character < '\u{80}' && !character.is_control() => out.push(character),
            _ if visible(character.encode_utf8(&mut [0; 4])) == character.to_string() => out.push(character),
            _ => out.push_str(&format!("\\U{:08X}", u32::from(character))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ProactiveChatCall, Step};

    #[test]
    fn what_is_shown_is_what_would_be_pasted() {
        let message = "one\ntwo\t\"three\" \\ \u{ad}\u{202e}\u{a0}é 👩\u{200d}💻\r\n";
        let scenario = Scenario {
            steps: vec![Step::Call(ProactiveChatCall::with_message(message))],
            ..Scenario::default()
        };
        let written = write_case("a\nb", "", &scenario).unwrap();
        assert!(written.lines().all(|line| visible(line) == line), "{written}");
        assert_eq!(written.lines().count(), 6, "{written}");
        // As a report shows it.
        let indented: String = written.lines().map(|line| format!("      {line}\n")).collect();
        let read: Table = indented.parse().unwrap();
        let case = &read["case"][0];
        assert_eq!(case["steps"][0]["call"]["message"].as_str(), Some(message));
        assert_eq!(case["id"].as_str(), Some("a\nb"));
    }
}
