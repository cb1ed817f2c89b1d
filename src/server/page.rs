//! Fills a fixture page's placeholders, and makes it the kind of page that a case wants.

use crate::contract::{PageKind, ProactiveChatCall};

use super::configuration::ORGANISATION_ID;

/// Where a page wants what the harness adds, its own call for one: before the widget's script element.
const CALL_PLACEHOLDER: &str = "<!-- page-call -->";

/// The script that makes a page's own call.
pub(super) const CALL_SCRIPT: &str = "/page-call.js";

/// The scripts and styles that are there for some kinds of pages only.
const KIND_FILES: [(PageKind, &str); 3] = [
    (
        PageKind::HostileGlobals,
        "<link rel=\"stylesheet\" href=\"/hostile.css\">\n    <script src=\"/hostile.js\"></script>",
    ),
    (PageKind::PopupBlocker, "<script src=\"/popups.js\" data-allow=\"in-gesture\"></script>"),
    (PageKind::NoPopups, "<script src=\"/popups.js\"></script>"),
];

/// Whether a page of somebody else's may have this file of the fixture pages, because the harness adds it.
pub(super) fn is_added(path: &str) -> bool {
    path == CALL_SCRIPT || KIND_FILES.iter().any(|(_, elements)| elements.contains(&format!("\"{path}\"")))
}

/// The Content-Security-Policy of a page that allows what the documented embed needs, and nothing else.
pub(super) fn strict_policy(origin: &str, widget_origin: &str) -> String {
    let socket = origin.replacen("http", "ws", 1);
    [
        "default-src 'none'".to_owned(),
        format!("script-src 'self' {widget_origin}"),
        format!("style-src 'self' {widget_origin}"),
        "img-src 'self' data:".to_owned(),
        format!("connect-src 'self' {socket}"),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
    ]
    .join("; ")
}

/// What a page is filled with.
pub(super) struct PageValues<'a> {
    /// The page's own origin, where the widget finds its settings.
    pub(super) origin: &'a str,
    /// The origin that the widget's files come from.
    pub(super) widget_origin: &'a str,
    /// The widget's `data-app-id`.
    pub(super) app_id: &'a str,
    /// What kind of page it is to be.
    pub(super) kind: PageKind,
    /// The call that the page makes in its `lcw:ready` handler.
    pub(super) call: Option<&'a ProactiveChatCall>,
}

/// The page as it is served.
pub(super) fn fill(page: &str, values: &PageValues<'_>) -> String {
    let kind = KIND_FILES.iter().filter(|(kind, _)| *kind == values.kind).map(|(_, elements)| *elements);
    let added: Vec<_> = kind.map(str::to_owned).chain(values.call.map(call_elements)).collect();
    let added = added.join("\n    ");
    // The call comes last, because a message may well contain what looks like a placeholder.
    let page = page
        .replace("{{org-url}}", &escape_attribute(values.origin))
        .replace("{{widget-origin}}", &escape_attribute(values.widget_origin))
        .replace("{{org-id}}", ORGANISATION_ID)
        .replace("{{app-id}}", &escape_attribute(values.app_id));
    match page.find(CALL_PLACEHOLDER) {
        Some(_) => page.replace(CALL_PLACEHOLDER, &added),
        None => before_all_scripts(page, &added),
    }
}

/// A page of somebody else's says not where that goes: at the beginning of its head, so that the handler
/// is there before any script of the page runs.
fn before_all_scripts(mut page: String, added: &str) -> String {
    if !added.is_empty() {
        let lower = page.to_ascii_lowercase();
        let head = lower.find("<head>").map(|at| at + "<head>".len());
        let head = head.or_else(|| lower.find("<head ").and_then(|at| Some(at + lower[at..].find('>')? + 1)));
        let doctype = || lower.find("<!doctype").and_then(|at| Some(at + lower[at..].find('>')? + 1));
        page.insert_str(head.or_else(doctype).unwrap_or(0), added);
    }
    page
}

/// The call as data, and the script that makes it.
fn call_elements(call: &ProactiveChatCall) -> String {
    // Only `<` can end or change the state of a script element.
    let json = call.to_json().to_string().replace('<', "\\u003c");
    format!(
        "<script type=\"application/json\" id=\"page-call\">{json}</script>\n    <script src=\"{CALL_SCRIPT}\"></script>"
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
                kind: PageKind::Ordinary,
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
    fn a_page_that_says_not_where_gets_the_call_before_its_scripts() {
        let call = ProactiveChatCall::with_message("Hello");
        let with = |page: &str| {
            let kind = PageKind::Ordinary;
            let values = PageValues { origin: "", widget_origin: "", app_id: "", kind, call: Some(&call) };
            let filled = fill(page, &values);
            filled.split_once("<script type=").unwrap().0.to_owned()
        };
        assert_eq!(with("<!doctype html><head lang=en><script></script>"), "<!doctype html><head lang=en>");
        assert_eq!(with("<HTML><HEAD><script></script>"), "<HTML><HEAD>");
        assert_eq!(with("<!DOCTYPE html>\n<header></header><script></script>"), "<!DOCTYPE html>");
        assert_eq!(with("<p>hello"), "");
        let kind = PageKind::Ordinary;
        let values = PageValues { origin: "", widget_origin: "", app_id: "", kind, call: None };
        assert_eq!(fill("<head></head>", &values), "<head></head>");
    }

    #[test]
    fn attributes_are_escaped() {
        assert!(filled("a=\"><b>&c", None).ends_with("data-app-id=\"a=&quot;>&lt;b>&amp;c\">"));
    }
}
