//! Writes a scenario as a `[[case]]` that a suite can hold: the way back of reading one.

use toml::{Table, Value};

use crate::contract::{Scenario, WidgetSettings};

/// A `[[case]]` with this id and title; settings that are the default's are left out. A suite that holds it
/// is read as the same scenario.
///
/// `None` when it cannot be written: TOML has no null, which JSON values of a scenario may hold.
pub fn write_case(id: &str, title: &str, scenario: &Scenario) -> Option<String> {
    let default = Table::try_from(WidgetSettings::default()).ok()?;
    let mut settings = Table::try_from(&scenario.settings).ok()?;
    settings.retain(|key, value| default.get(key) != Some(value));
    let mut text = format!("[[case]]\nid = {}\ntitle = {}\n", Value::from(id), Value::from(title));
    if !settings.is_empty() {
        text.push_str(&format!("settings = {}\n", Value::Table(settings)));
    }
    text.push_str("steps = [\n");
    for step in &scenario.steps {
        text.push_str(&format!("    {},\n", Value::try_from(step).ok()?));
    }
    text.push_str("]\n");
    Some(text)
}
