//! Windows that a page opens: what they show, where they lead, and which are none.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::together::Part;
use crate::{entries, page};

/// A window is at the organisation's end, and so of another origin than the page, or of the page's own.
pub(crate) const USED: Part = Part::new("used", |folder| {
    let invites = |survey: bool| {
        format!(
            "addEventListener(\"lcw:ready\", () => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat(\
             {{ message: \"Help?\" }}, {survey}, {{ inNewWindow: true }}));"
        )
    };
    let hosted = "https://oc-cdn-public.azureedge.net/livechatwidget/scripts/";
    let mut scenarios = String::new();
    for (origin, from) in [("other", hosted), ("own", "")] {
        for (shows, survey, rest) in [
            (
                "survey",
                true,
                "expect = { windows = 1, prechat = true, chat = false } }, \"submit-survey\", {",
            ),
            ("chat", false, ""),
        ] {
            let page = format!("{origin}-{shows}.html");
            folder.write(&page, &crate::page(&invites(survey)).replace(hosted, from));
            let _ = writeln!(
                scenarios,
                "[[scenario]]\nid = \"{origin}/{shows}\"\npromise = \"A window opens.\"\nsteps = [{{ visit = \"{page}\" }}, \
                 {{ expect = {{ prechat = false, chat = false }} }}, \"accept\", {{ {rest} \
                 expect = {{ windows = 1, prechat = false, chat = true }} }}]"
            );
        }
    }
    folder.scenarios(&scenarios);
});

#[test]
fn a_survey_and_a_chat_in_a_window_are_seen_and_used() {
    let results = USED.as_expected();
    assert_eq!(results.len(), 8);
}

/// Windows and what is none, each opened by the page in its own words.
const OPENS: &str = r#"<!doctype html><meta charset=utf-8><title>page</title><iframe name="inner"></iframe>
<button id="help" onclick="window.open('help.html', 'help', 'popup')">Help</button>
<button id="again" onclick="window.open('help.html?again', 'help')">Help again</button>
<button id="empty" onclick="window.open('', 'print')">Print</button>
<button id="frame" onclick="window.open('help.html', 'inner')">Help here</button>"#;

/// A relative address is the site's own, and what leads to a window or a frame that is there opens none.
pub(crate) const LEADING: Part = Part::new("leading", |folder| {
    folder.write("index.html", OPENS);
    folder.write("help.html", "<!doctype html><meta charset=utf-8><title>help</title>");
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Help is in a window.\"\nsteps = [{ visit = \"index.html\" }, \
         { click = \"#help\" }, { click = \"#again\" }, { click = \"#empty\" }, { click = \"#frame\" }, \
         { expect = { windows = 2, page-errors = 0 } }]",
    );
});

#[test]
fn where_a_window_leads_is_told_and_what_is_no_new_one_is_not() {
    let results = LEADING.as_expected();
    for result in &results {
        let opened: Vec<_> = entries(result, "window-opened")
            .iter()
            .map(|entry| entry["url"].as_str().unwrap().rsplit('/').next().unwrap())
            .collect();
        assert_eq!(opened, ["help.html", "about:blank"], "{result:#}");
        let mut requests = entries(result, "request").into_iter();
        assert!(requests.all(|request| request["fate"] != "blocked"), "{result:#}");
    }
}

/// Windows of which their page knows nothing, one with a survey.
const OPENS_UNKNOWN: &str = r#"<!doctype html><meta charset=utf-8><title>page</title>
<a id="survey" target="_blank" href="survey.html">Ask us</a>
<button id="help" onclick="window.open('help.html', '_blank', 'noopener')">Help</button>"#;

/// A link opens a window without an opener unless it says otherwise. The tab that the visitor turns to is none of the page's.
pub(crate) const WITHOUT_OPENER: Part = Part::new("without-opener", |folder| {
    folder.write("index.html", OPENS_UNKNOWN);
    folder.write("help.html", "<!doctype html><meta charset=utf-8><title>help</title>");
    folder.write(
        "survey.html",
        "<!doctype html><meta charset=utf-8><title>survey</title><div id=oc-lcw-prechatsurvey-pane>survey</div>",
    );
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Help is in a window.\"\nsteps = [{ visit = \"index.html\" }, \
         \"switch-tab\", \"return-to-tab\", { expect = { windows = 0 } }, \
         { click = \"#help\" }, { expect = { windows = 1, prechat = false } }, \
         { click = \"#survey\" }, { expect = { windows = 2, prechat = true } }, \
         \"reload\", { expect = { windows = 0, prechat = false } }]",
    );
});

#[test]
fn windows_without_an_opener_are_counted_and_what_they_show_is_seen() {
    assert_eq!(WITHOUT_OPENER.as_expected().len(), 2);
}

/// A window of another origin that shows its survey some hundred answers after its chat button.
const COMES_IN_PARTS: &str = r#"<!doctype html><title>window</title><button id="oc-lcw-chat-button">Chat</button>
<script type="module">
  for (let asked = 0; asked < 100; asked++) await fetch("https://window.example/more");
  document.querySelector("button").outerHTML = '<div id="oc-lcw-prechatsurvey-pane">survey</div>';
</script>"#;

pub(crate) const SLOW: Part = Part::new("slow", |folder| {
    folder.write(
        "index.html",
        &page("const talk = () => void open('https://window.example/', '_blank', 'popup');")
            .replace("<h1>", "<button id=talk onclick=\"talk()\">Talk to us</button><h1>"),
    );
    folder.scenarios(
        &format!(
            "[[scenario]]\nid = \"a\"\npromise = \"A survey opens in a window.\"\nsteps = [{{ visit = \"index.html\" }}, \
             {{ click = \"#talk\" }}, {{ expect = {{ windows = 1, prechat = true }} }}]\n[[scenario.replies]]\n\
             url = \"https://window.example/*\"\ntext = {}\nheaders = {{ Content-Type = \"text/html\" }}\n",
            json!(COMES_IN_PARTS),
        ),
    );
});

#[test]
fn a_window_whose_survey_comes_after_its_chat_button_is_waited_for() {
    assert_eq!(SLOW.as_expected().len(), 2);
}

/// What happens in a frame or a window of the page's own is the page's.
pub(crate) const INNER: Part = Part::new("inner", |folder| {
    folder.write(
        "index.html",
        &page("setTimeout(() => open('inner.html?window', 'help', 'popup'), 1_000);")
            .replace("<h1>", "<iframe src='inner.html?frame'></iframe><h1>"),
    );
    folder.write(
        "inner.html",
        "<!doctype html><meta charset=utf-8><title>inner</title><script>\n\
         setTimeout(() => { alert(`Hello from the ${location.search.slice(1)}`); throw new Error('too early'); }, 2_000);\n\
         setTimeout(() => Promise.reject(new Error('too late')), 3_000);\n\
         setTimeout(() => document.body.insertAdjacentHTML('nowhere', ''), 3_500);\n\
         setTimeout(() => { AbortSignal.timeout(-1); }, 3_600);\n\
         setTimeout(() => [...document.querySelectorAll('*')].every((it) => it instanceof HTMLElement) || console.error('not ours'), 4_000);\n\
         </script>",
    );
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Nothing is in the way.\"\nsteps = [{ visit = \"index.html\" }, { advance = \"10s\" }, \
         { expect = { dialogs = 2, page-errors = 8 } }]",
    );
});

#[test]
fn dialogs_and_errors_of_frames_and_windows_count() {
    let results = INNER.as_expected();
    for result in &results {
        let said: Vec<_> = entries(result, "dialog").iter().map(|dialog| dialog["message"].clone()).collect();
        assert_eq!(json!(said), json!(["Hello from the frame", "Hello from the window"]), "{result:#}");
        // What a function of the harness's throws is of the line that called it.
        let at = |error: &&Value| error["raisedAt"].as_str()?.split(':').nth(1).map(str::to_owned);
        let mut lines: Vec<_> = entries(result, "error").iter().filter_map(at).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["2", "2", "3", "3", "4", "4", "5", "5"], "{result:#}");
        // What is in a frame belongs to the frame's own classes.
        assert_eq!(entries(result, "console").len(), 0, "{result:#}");
    }
}
