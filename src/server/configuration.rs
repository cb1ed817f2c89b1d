//! The widget's settings as the widget fetches them, and as a person writes them in an address.

use serde::Serialize;

use crate::contract::{Ready, WidgetSettings};

/// The organisation that every fixture page belongs to.
pub(super) const ORGANISATION_ID: &str = "00000000-0000-4000-8000-000000000001";

/// The widget that a page embeds when its address sets nothing.
pub(super) const APP_ID: &str = "00000000-0000-4000-8000-000000000002";

/// What the widget fetches from its `data-org-url`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WidgetConfiguration {
    prechat: bool,
    proactive_chat: bool,
    ready: Ready,
    locale: String,
    direction: &'static str,
    authentication: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_origin: Option<String>,
}

impl WidgetConfiguration {
    /// The same for a widget that finds the conversation end elsewhere than at its `data-org-url`.
    pub(super) fn conversing_at(mut self, origin: String) -> Self {
        self.conversation_origin = Some(origin);
        self
    }
}

impl From<WidgetSettings> for WidgetConfiguration {
    fn from(settings: WidgetSettings) -> Self {
        let direction = settings.direction();
        let WidgetSettings {
            prechat,
            proactive_chat,
            ready,
            locale,
            authentication,
            operating_hours: _,
            page_call: _,
        } = settings;
        Self { prechat, proactive_chat, ready, locale, direction, authentication, conversation_origin: None }
    }
}

/// Reads settings from a query such as `prechat=0&locale=ar`, all others being the defaults.
///
/// A page's query may hold more than settings, so other keys are left alone.
///
/// # Errors
/// Says which value is wrong and what to write instead.
pub(super) fn settings_from_query(query: &str) -> Result<WidgetSettings, String> {
    let mut settings = WidgetSettings::default();
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "prechat" => settings.prechat = switch(&key, &value)?,
            "proactive-chat" => settings.proactive_chat = switch(&key, &value)?,
            "authentication" => settings.authentication = switch(&key, &value)?,
            "operating-hours" => settings.operating_hours = switch(&key, &value)?,
            "ready" => {
                settings.ready = match value.as_ref() {
                    "widget" => Ready::Widget,
                    "harness" => Ready::Harness,
                    _ => return Err(format!("ready={value}: write `widget` or `harness`")),
                }
            }
            "locale" if is_locale(&value) => settings.locale = value.into_owned(),
            "locale" => return Err(format!("locale={value}: write a language tag such as `en-US`")),
            _ => {}
        }
    }
    Ok(settings)
}

/// Settings as the app id of the widget on a page, from which [`settings_from_query`] reads them again;
/// so the server keeps no state for a page that a person opens.
pub(super) fn app_id_for(settings: &WidgetSettings) -> String {
    let defaults = WidgetSettings::default();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if settings.prechat != defaults.prechat {
        query.append_pair("prechat", if settings.prechat { "1" } else { "0" });
    }
    if settings.proactive_chat != defaults.proactive_chat {
        query.append_pair("proactive-chat", if settings.proactive_chat { "1" } else { "0" });
    }
    if settings.authentication != defaults.authentication {
        query.append_pair("authentication", if settings.authentication { "1" } else { "0" });
    }
    if settings.operating_hours != defaults.operating_hours {
        query.append_pair("operating-hours", if settings.operating_hours { "1" } else { "0" });
    }
    if settings.ready == Ready::Harness {
        query.append_pair("ready", "harness");
    }
    if settings.locale != defaults.locale {
        query.append_pair("locale", &settings.locale);
    }
    let query = query.finish();
    if query.is_empty() { APP_ID.to_owned() } else { query }
}

fn switch(key: &str, value: &str) -> Result<bool, String> {
    match value {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(format!("{key}={value}: write `1` or `0`")),
    }
}

fn is_locale(value: &str) -> bool {
    value
        .split('-')
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn a_query_overrides_what_it_names() {
        let settings = settings_from_query("prechat=0&utm_source=x&ready=harness&locale=ar").unwrap();
        let expected = WidgetSettings {
            prechat: false,
            ready: Ready::Harness,
            locale: "ar".to_owned(),
            ..WidgetSettings::default()
        };
        assert_eq!(settings, expected);
        assert_eq!(settings_from_query("").unwrap(), WidgetSettings::default());
    }

    #[test]
    fn settings_survive_the_way_through_the_app_id() {
        for query in [
            "",
            "prechat=0",
            "proactive-chat=false",
            "ready=harness&locale=de-AT",
            "prechat=1",
            "authentication=1&operating-hours=0",
        ] {
            let settings = settings_from_query(query).unwrap();
            assert_eq!(settings_from_query(&app_id_for(&settings)).unwrap(), settings, "{query}");
        }
    }

    #[test]
    fn a_wrong_value_says_what_to_write() {
        for (query, hint) in [
            ("prechat=maybe", "`1` or `0`"),
            ("ready=soon", "`widget` or `harness`"),
            ("locale=%22%3E", "language tag"),
            ("locale=", "language tag"),
        ] {
            let error = settings_from_query(query).unwrap_err();
            assert!(error.contains(hint), "{error}");
        }
    }

    #[test]
    fn the_widget_reads_camel_case_and_the_direction() {
        let settings = WidgetSettings { locale: "ar-EG".to_owned(), ..WidgetSettings::default() };
        let json = serde_json::to_value(WidgetConfiguration::from(settings)).unwrap();
        let expected = serde_json::json!({
            "prechat": true, "proactiveChat": true, "ready": "widget", "locale": "ar-EG", "direction": "rtl",
            "authentication": false,
        });
        assert_eq!(json, expected);
    }
}
