//! The JSON Schema of a file.

use serde_json::Value;

use super::WHOLE;
use crate::site::Scenarios;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/scenarios.schema.json");

#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&Scenarios::schema()).unwrap() + "\n";
    if std::env::var_os("LCW_UPDATE_SCHEMAS").is_some() {
        std::fs::write(PATH, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        committed == generated,
        "schemas/scenarios.schema.json is not what the types say; run this test with LCW_UPDATE_SCHEMAS=1"
    );
}

/// A text of TOML as the JSON that editors hold against the schema.
fn json(text: &str) -> Value {
    fn value(from: toml::Value) -> Value {
        match from {
            toml::Value::Datetime(instant) => instant.to_string().into(),
            toml::Value::Array(values) => values.into_iter().map(value).collect(),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, from)| (key, value(from))).collect())
            }
            plain => serde_json::to_value(plain).unwrap(),
        }
    }
    value(toml::Value::Table(text.parse().unwrap()))
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(Scenarios::schema().as_value()).unwrap()
}

#[test]
fn what_is_read_validates() {
    let errors: Vec<_> = validator()
        .iter_errors(&json(WHOLE))
        .map(|error| format!("{error}: {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn what_cannot_be_read_does_not_validate() {
    let validator = validator();
    for (from, to) in [
        ("promise =", "promises ="),
        ("\"mouse-leave\"", "\"mouse_leave\""),
        ("\"mouse-leave\"", "{ mouse-leave = true }"),
        ("{ advance = \"1ms\" }", "\"advance\""),
        ("{ advance = \"1ms\" }", "{ advance = \"1ms\", click = \"a\" }"),
        ("\"19.999s\"", "\"20 seconds\""),
        ("{ text = \"Can", "{ test = \"Can"),
        ("{ invitation = false,", "{ invitation = \"no\","),
        ("invitations = 1", "invitations = -1"),
        ("at = \"20s\"", "at = 20"),
        ("faq/escape", "FAQ: escape"),
        ("[[scenario]]\nid = \"faq/escape\"", "[[scenarios]]\nid = \"faq/escape\""),
    ] {
        assert!(WHOLE.contains(from), "{from}");
        assert!(!validator.is_valid(&json(&WHOLE.replacen(from, to, 1))), "{to}");
    }
}
