//! Fills a fixture page's placeholders.

use crate::contract::ProactiveChatCall;

use super::configuration::ORGANISATION_ID;

/// Where a page wants its own call, if it makes one: before the widget's script element.
const CALL_PLACEHOLDER: &str = "<!-- page-call -->";

/// What a page is filled with.
pub(super) struct PageValues<'a> {
    /// The page's own origin, where the widget finds its settings.
    pub(super) origin: &'a str,
    /// The origin that the widget's files come from.
    pub(super) widget_origin: &'a str,
    /// The widget's `data-app-id`.
    pub(super) app_id: &'a str,
    /// The call that the page makes in its `lcw:ready` handler.
    pub(super) call: Option<&'a ProactiveChatCall>,
}

/// The page as it is served.
pub(super) fn fill(page: &str, values: &PageValues<'_>) -> String {
    // The call comes last, because a message may well contain what looks like a placeholder.
    page.replace("{{org-url}}", &escape_attribute(values.origin))
        .replace("{{widget-origin}}", &escape_attribute(values.widget_origin))
        .replace("{{org-id}}", ORGANISATION_ID)
        .replace("{{app-id}}", &escape_attribute(values.app_id))
        .replace(CALL_PLACEHOLDER, &values.call.map(call_elements).unwrap_or_default())
}

/// The call as data, and the script that makes it.
fn call_elements(call: &ProactiveChatCall) -> String {
    // Only `<` can end or change the state of a script element.
    let json = call.to_json().to_string().replace('<', "\\u003c");
    format!(
        "<script type=\"application/json\" id=\"page-call\">{json}</script>\n    <script src=\"/page-call.js\"></script>"
    )
}

fn escape_attribute(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {

    use super::*;

    const PAGE: &str = "<!-- page-call --><script data-org-url=\"{{org-url}}\" data-app-id=\"{{app-id}}\">";

    fn filled(app_id: &str, call: Option<&ProactiveChatCall>) -> String {
        fill(
            PAGE,
            &PageValues {
                origin: "http://a.localhost:1",
                widget_origin: "http://w.localhost:1",
                app_id,
                call,
            },
        )
    }

    #[test]
    fn a_page_without_a_call_has_no_script_for_it() {
        assert_eq!(filled("x", None), "<script data-org-url=\"http://a.localhost:1\" data-app-id=\"x\">");
    }

    #[test]
    fn a_message_stays_data_whatever_it_contains() {
        let message = "</script><!-- page-call --><script>alert(1)</script>{{app-id}} \"'&\u{2028}";
        let page = filled("x", Some(&ProactiveChatCall::with_message(message)));
        let (_, rest) = page.split_once("id=\"page-call\">").unwrap();
        let (json, rest) = rest.split_once("</script>").unwrap();
        let parsed: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(parsed["notificationUIConfig"]["message"], message);
        assert!(!json.contains('<'), "{json}");
        assert_eq!(rest.matches("<script").count(), 2, "{rest}");
    }

    #[test]
    fn attributes_are_escaped() {
        assert!(filled("a=\"><b>&c", None).ends_with("data-app-id=\"a=&quot;>&lt;b>&amp;c\">"));
    }
}
