//! Pages that are hard to look at: they throw, open dialogs, never load, never come to rest, or are large.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::listener::Listener;
use crate::scratch::Scratch;
use crate::{document, entries, invites, page, results};

const SCENARIOS: &str = r##"
[[scenario]]
id = "throws"
promise = "Visitors are invited."
known-failure = "Error: too early"
steps = [{ visit = "throws.html" }, { advance = "5s" }, { expect = { page-errors = 0 } }]

[[scenario]]
id = "own-code-throws"
promise = "There are oaks."
known-failure = "no such tree"
steps = [{ visit = "dialogs.html" }, { script = "throw 'no such tree'" }]

[[scenario]]
id = "dialogs"
promise = "Whoever agrees and says who they are is invited by name."
steps = [
  { visit = "dialogs.html" },
  { dialog = { answer = "Ada" } },
  { script = "setTimeout(greet, 1000)" },
  { advance = "1s" },
  { expect = { invitation = { text = "Hello, Ada" }, dialogs = 2 } },
]

[[scenario]]
id = "alert"
promise = "Visitors are invited, and nothing is in their way."
known-failure = "alert"
steps = [{ visit = "alert.html" }, { advance = "5s" }, { expect = { invitation = true, dialogs = 0 } }]

[[scenario]]
id = "without-an-answer"
promise = "Visitors are invited even if nobody knows where they are."
steps = [
  { visit = "asks.html" },
  { expect = { invitation = { text = "Wherever you are" }, page-errors = 0 } },
]
[[scenario.replies]]
url = "https://places.example/*"
fail = true

[[scenario]]
id = "large"
promise = "Whoever stays for ten minutes is invited."
steps = [
  { visit = "large.html" },
  { advance = "599.999s" },
  { expect = { invitation = false } },
  { advance = "1ms" },
  { expect = { invitation = { text = "Hello", at = "10m" } } },
]

[[scenario]]
id = "never-rests"
promise = "Visitors are invited."
known-failure = "timer"
steps = [{ visit = "loops.html" }, { advance = "5s" }, { expect = { invitation = true } }]
"##;

fn invite(text: &str) -> String {
    format!("Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({{ message: {text} }}, false)")
}

#[test]
fn pages_that_are_hard_to_look_at_are_judged_all_the_same() {
    let scratch = Scratch::new();
    scratch.write("throws.html", &page("throw new Error('too early')"));
    let greet = format!(
        "const greet = () => {{ if (confirm('Shall we?')) {}; }}",
        invite("`Hello, ${prompt('Who?')}`")
    );
    scratch.write("dialogs.html", &page(&greet));
    scratch.write("alert.html", &page(&format!("alert('Welcome!');\n{}", invites("Hello", 0))));
    let asks = format!(
        "addEventListener('lcw:ready', () => fetch('https://places.example/country').catch(() => {}));",
        invite("'Wherever you are'")
    );
    scratch.write("asks.html", &page(&asks));
    let names: Vec<_> = (0..60_000)
        .map(|number| format!("\"a name of a tree that is number {number} of a great many of them\""))
        .collect();
    scratch.write("bundle.js", &format!("const trees = new Map([{}].map((name, at) => [at, name]));\nif (trees.size === 60_000) {{\n{}\n}}", names.join(","), invites("Hello", 600_000)));
    let large = page("").replace("<h1>", "<script src=\"bundle.js\"></script><h1>");
    scratch.write("large.html", &large);
    let scenarios = SCENARIOS.split("\n[[scenario]]\nid = \"never-rests\"").next().unwrap();
    scratch.write("scenarios.toml", scenarios);
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    let of =
        |id: &str| -> Vec<&Value> { results(&document).iter().filter(|result| result["id"] == id).collect() };
    for result in of("dialogs") {
        let said: Vec<_> = entries(result, "dialog").iter().map(|dialog| dialog["message"].clone()).collect();
        assert_eq!(json!(said), json!(["Shall we?", "Who?"]));
    }
    for result in of("without-an-answer") {
        let asked = entries(result, "request");
        assert!(asked.iter().any(|asked| asked["url"] == "https://places.example/country"), "{asked:#?}");
    }
    assert_eq!(results(&document).len(), 12);
}

#[test]
fn a_page_that_never_comes_to_rest_is_named() {
    let scratch = Scratch::new();
    scratch.write("loops.html", &page("const loop = () => setTimeout(loop, 0);\nsetTimeout(loop, 1000);\nconst eager = () => Promise.resolve().then(() => { for (let i = 0; i < 2_000; i++) setTimeout(eager, 0); });\neager();"));
    let (_, scenario) = SCENARIOS.split_once("id = \"never-rests\"").unwrap();
    scratch.write("scenarios.toml", &format!("[[scenario]]\nid = \"never-rests\"{scenario}"));
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    for result in results(&document) {
        assert_eq!(entries(result, "stuck").len(), 1, "{result:#}");
    }
}

#[test]
fn a_page_that_never_loads_is_named() {
    let scratch = Scratch::new().variable("LCW_DEADLINES_COMMAND", "4s");
    let listener = Listener::silent();
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"It loads.\"\nknown-failure = \"never loaded\"\nsteps = [{ visit = \"index.html\" }]\n",
    );
    let base = format!("http://{}/", listener.address);
    let document = document(&scratch, &["check", "scenarios.toml", "--base-url", &base], 0);
    assert!(listener.connections() >= 2, "{document:#}");
}

#[test]
fn pages_may_be_on_a_server_that_is_running() {
    let scratch = Scratch::new();
    let server = Listener::with_page(page(&invites("Hello", 20_000)));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever stays for 20 seconds is invited.\"\nsteps = [{ visit = \"index.html\" }, { advance = \"20s\" }, { expect = { invitation = { at = \"20s\" } } }, \"accept\", { expect = { chat = true } }]\n",
    );
    let base = format!("http://localhost:{}/", server.address.port());
    let document = document(&scratch, &["check", "scenarios.toml", "--base-url", &base], 0);
    for result in results(&document) {
        let opened = entries(result, "opened");
        assert_eq!(opened[0]["url"], format!("{base}index.html"), "{opened:#?}");
    }
}

/// A window is at the organisation's end, and so of another origin than the page, or of the page's own.
#[test]
fn a_survey_and_a_chat_in_a_window_are_seen_and_used() {
    let scratch = Scratch::new();
    let invites = |survey: bool| {
        format!(
            "addEventListener(\"lcw:ready\", () => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat(\
             {{ message: \"Help?\" }}, {survey}, {{ inNewWindow: true }}));"
        )
    };
    let hosted = "https://oc-cdn-public.azureedge.net/livechatwidget/scripts/";
    let mut scenarios = String::new();
    for (origin, folder) in [("other", hosted), ("own", "")] {
        for (shows, survey, rest) in [
            (
                "survey",
                true,
                "expect = { windows = 1, prechat = true, chat = false } }, \"submit-survey\", {",
            ),
            ("chat", false, ""),
        ] {
            let page = format!("{origin}-{shows}.html");
            scratch.write(&page, &crate::page(&invites(survey)).replace(hosted, folder));
            let _ = writeln!(
                scenarios,
                "[[scenario]]\nid = \"{origin}/{shows}\"\npromise = \"A window opens.\"\nsteps = [{{ visit = \"{page}\" }}, \
                 {{ expect = {{ prechat = false, chat = false }} }}, \"accept\", {{ {rest} \
                 expect = {{ windows = 1, prechat = false, chat = true }} }}]"
            );
        }
    }
    scratch.write("scenarios.toml", &scenarios);
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 8);
}

/// Invites five seconds after its visitor has gone to the advice.
const ROUTES: &str = r##"
const invite = () => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Advice?" }, false);
addEventListener("hashchange", () => { if (location.hash === "#/advice") setTimeout(invite, 5_000); });
"##;

/// Nothing is loaded then, and no probe greets.
#[test]
fn another_place_in_the_page_that_is_open_can_be_visited() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(ROUTES));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever looks for advice is invited after 5 seconds.\"\nsteps = [\n\
         { visit = \"index.html#/home\" }, { advance = \"1s\" }, { visit = \"index.html#/advice\" },\n\
         { advance = \"4.999s\" }, { expect = { invitation = false } }, { advance = \"1ms\" },\n\
         { expect = { invitation = { text = \"Advice?\", at = \"6s\" } } }, { visit = \"index.html#/advice\" },\n\
         { expect = { invitation = true } }, { visit = \"index.html\" }, { expect = { invitation = false } },\n]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// Invites whoever was not here before, with an end of the cookie that is no date.
const REMEMBERS: &str = r#"
addEventListener("lcw:ready", () => {
  if (document.cookie.includes("seen=1")) return;
  document.cookie = "seen=1; expires=7";
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "New here?" }, false);
});"#;

/// Browsers keep such a cookie until they are closed.
#[test]
fn a_cookie_whose_end_is_no_date_is_kept() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(REMEMBERS));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Nobody is invited twice.\"\nsteps = [{ visit = \"index.html\" },\n\
         { expect = { invitation = true } }, \"revisit\", { advance = \"10s\" }, { expect = { invitation = false } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// Invites its visitors once a day.
const ONCE_A_DAY: &str = r#"
addEventListener("lcw:ready", () => {
  if (document.cookie.includes("invited=1")) return;
  document.cookie = "invited=1; path=/; max-age=" + 24 * 60 * 60;
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "A new day!" }, false);
});"#;

/// The day is the page's, in which no real time passes.
#[test]
fn a_cookie_ends_when_the_page_s_time_has_come() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(ONCE_A_DAY));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever comes is invited once a day.\"\nsteps = [{ visit = \"index.html\" },\n\
         { expect = { invitations = 1 } }, { advance = \"23h\" }, \"revisit\", { expect = { invitations = 1 } },\n\
         { advance = \"59m\" }, \"reload\", { expect = { invitations = 1 } },\n\
         { advance = \"1m\" }, \"revisit\", { expect = { invitation = true, invitations = 2 } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// Complains again and again.
const COMPLAINS: &str =
    r#"setInterval(() => { for (let i = 0; i < 20; i++) console.error("again"); }, 100);"#;

#[test]
fn what_a_page_repeats_without_end_does_not_hide_the_rest() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(&format!("{}\n{COMPLAINS}", crate::invites("At last?", 30_000))));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever stays is invited.\"\nsteps = [{ visit = \"index.html\" },\n\
         { advance = \"30s\" }, { expect = { invitation = { at = \"30s\" }, invitations = 1 } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    for result in results(&document) {
        let [left_out] = crate::entries(result, "left-out")[..] else { panic!("{result:#}") };
        assert_eq!(left_out["what"], "console");
    }
}

/// Windows and what is none, each opened by the page in its own words.
const OPENS: &str = r#"<!doctype html><meta charset=utf-8><title>page</title><iframe name="inner"></iframe>
<button id="help" onclick="window.open('help.html', 'help', 'popup')">Help</button>
<button id="again" onclick="window.open('help.html?again', 'help')">Help again</button>
<button id="empty" onclick="window.open('', 'print')">Print</button>
<button id="frame" onclick="window.open('help.html', 'inner')">Help here</button>"#;

/// A relative address is the site's own, and what leads to a window or a frame that is there opens none.
#[test]
fn where_a_window_leads_is_told_and_what_is_no_new_one_is_not() {
    let scratch = Scratch::new();
    scratch.write("index.html", OPENS);
    scratch.write("help.html", "<!doctype html><meta charset=utf-8><title>help</title>");
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Help is in a window.\"\nsteps = [{ visit = \"index.html\" }, \
         { click = \"#help\" }, { click = \"#again\" }, { click = \"#empty\" }, { click = \"#frame\" }, \
         { expect = { windows = 2, page-errors = 0 } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    for result in results(&document) {
        let opened: Vec<_> = crate::entries(result, "window-opened")
            .iter()
            .map(|entry| entry["url"].as_str().unwrap().rsplit('/').next().unwrap())
            .collect();
        assert_eq!(opened, ["help.html", "about:blank"], "{result:#}");
        let mut requests = crate::entries(result, "request").into_iter();
        assert!(requests.all(|request| request["fate"] != "blocked"), "{result:#}");
    }
}

/// Windows of which their page knows nothing, one with a survey.
const OPENS_UNKNOWN: &str = r#"<!doctype html><meta charset=utf-8><title>page</title>
<a id="survey" target="_blank" href="survey.html">Ask us</a>
<button id="help" onclick="window.open('help.html', '_blank', 'noopener')">Help</button>"#;

/// A link opens a window without an opener unless it says otherwise. The tab that the visitor turns to is none of the page's.
#[test]
fn windows_without_an_opener_are_counted_and_what_they_show_is_seen() {
    let scratch = Scratch::new();
    scratch.write("index.html", OPENS_UNKNOWN);
    scratch.write("help.html", "<!doctype html><meta charset=utf-8><title>help</title>");
    scratch.write(
        "survey.html",
        "<!doctype html><meta charset=utf-8><title>survey</title><div id=oc-lcw-prechatsurvey-pane>survey</div>",
    );
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Help is in a window.\"\nsteps = [{ visit = \"index.html\" }, \
         \"switch-tab\", \"return-to-tab\", { expect = { windows = 0 } }, \
         { click = \"#help\" }, { expect = { windows = 1, prechat = false } }, \
         { click = \"#survey\" }, { expect = { windows = 2, prechat = true } }, \
         \"reload\", { expect = { windows = 0, prechat = false } }]",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// A page that adds frames for a while once it has loaded, and fails if one has no probe in it.
const ADDS_FRAMES: &str = r#"
const { port1, port2 } = new MessageChannel();
let left = 60;
port1.onmessage = () => {
  const frame = document.createElement("iframe");
  frame.srcdoc = "<p>frame</p>";
  frame.onload = () => {
    if (!(Symbol.for("lcw-harness.probe") in frame.contentWindow)) throw new Error("nobody watches this frame");
    frame.remove();
    if (--left > 0) port2.postMessage(null);
    else document.title = "all watched";
  };
  document.body.append(frame);
};
addEventListener("load", () => port2.postMessage(null));
"#;

/// What is for the first page only is taken away meanwhile, and nothing else.
#[test]
fn frames_are_watched_that_come_just_after_the_first_page() {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(ADDS_FRAMES));
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever comes from the questions is known to.\"\nsteps = [\n\
         { visit = \"index.html\" },\n\
         { script = \"await new Promise((done) => { const look = new MutationObserver(() => document.title === 'all watched' && done()); \
         look.observe(document.head, { childList: true, subtree: true, characterData: true }); if (document.title === 'all watched') done(); \
         if (!document.referrer.endsWith('/questions')) throw new Error('from ' + document.referrer); })\" },\n\
         { expect = { page-errors = 0 } },\n\"reload\",\n\
         { script = \"if (document.referrer.endsWith('/questions')) throw new Error('twice')\" },\n]\n\
         visitor = { referrer = \"https://www.oak.example/questions\", local-storage = { a = \"b\" } }\n",
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}

/// A window of another origin that shows its survey some hundred answers after its chat button.
const COMES_IN_PARTS: &str = r#"<!doctype html><title>window</title><button id="oc-lcw-chat-button">Chat</button>
<script type="module">
  for (let asked = 0; asked < 100; asked++) await fetch("https://window.example/more");
  document.querySelector("button").outerHTML = '<div id="oc-lcw-prechatsurvey-pane">survey</div>';
</script>"#;

#[test]
fn a_window_whose_survey_comes_after_its_chat_button_is_waited_for() {
    let scratch = Scratch::new();
    scratch.write(
        "index.html",
        &page("const talk = () => void open('https://window.example/', '_blank', 'popup');")
            .replace("<h1>", "<button id=talk onclick=\"talk()\">Talk to us</button><h1>"),
    );
    scratch.write(
        "scenarios.toml",
        &format!(
            "[[scenario]]\nid = \"a\"\npromise = \"A survey opens in a window.\"\nsteps = [{{ visit = \"index.html\" }}, \
             {{ click = \"#talk\" }}, {{ expect = {{ windows = 1, prechat = true }} }}]\n[[scenario.replies]]\n\
             url = \"https://window.example/*\"\ntext = {}\nheaders = {{ Content-Type = \"text/html\" }}\n",
            json!(COMES_IN_PARTS),
        ),
    );
    let document = document(&scratch, &["check", "scenarios.toml"], 0);
    assert_eq!(results(&document).len(), 2);
}
