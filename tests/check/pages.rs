//! Pages that are hard to look at: they throw, open dialogs, complain, forget, never load, or are large.

use serde_json::{Value, json};

use crate::listener::Listener;
use crate::scratch::Scratch;
use crate::together::Part;
use crate::{EMBED, document, entries, invites, page, results, told};

const SCENARIOS: &str = r##"
[[scenario]]
id = "writes-lists-its-own-way"
promise = "Visitors are invited."
steps = [{ visit = "lists.html" }, { expect = { invitation = { text = "Lists?" }, page-errors = 0 } }]

[[scenario]]
id = "script-leaves"
promise = "Whoever goes on is not invited."
steps = [
  { visit = "throws.html" },
  { script = "location.href = 'next.html'; await new Promise((loaded) => addEventListener('pageshow', loaded))" },
  { script = "if (document.title !== 'next') throw new Error(document.title)" },
]

[[scenario]]
id = "loaded-before-its-visitor-comes"
promise = "Whoever goes on is invited."
steps = [{ visit = "ahead.html" }, { click = "a" }, { advance = "2s" }, { expect = { invitation = { text = "Next?" } } }]

[[scenario]]
id = "throws"
promise = "Visitors are invited."
known-failure = "Error: too early"
steps = [{ visit = "throws.html" }, { advance = "5s" }, { expect = { page-errors = 0 } }]

[[scenario]]
id = "own-code-throws"
promise = "There are oaks."
known-failure = "no such tree"
visitor = { script = "throw new Error('nobody')" }
steps = [
  { visit = "dialogs.html" },
  { expect = { page-errors = 0 } },
  { script = "throw new Error('no such tree')" },
]

[[scenario]]
id = "visitor-without-grammar"
promise = "There are oaks."
known-failure = "the visitor's script: it is no JavaScript (SyntaxError"
visitor = { script = "localStorage.setItem('visits', '1'; " }
steps = [{ visit = "dialogs.html" }]

[[scenario]]
id = "dialogs"
promise = "Whoever agrees and says who they are is invited by name."
steps = [
  { visit = "dialogs.html" },
  { dialog = { answer = "Ada" } },
  { script = "const told = []; onbeforeprint = onafterprint = ({ type }) => told.push(type); print(); if (told.join() !== 'beforeprint,afterprint') throw told" },
  { script = "setTimeout(greet, 1000)" },
  { advance = "1s" },
  { expect = { invitation = { text = "Hello, Ada" }, dialogs = 2 } },
]

[[scenario]]
id = "misnamed"
promise = "Visitors are invited."
known-failure = "the widget's script could not be loaded from …azureedge.net/livechatwidget/scripts/LiveChatBootstraper.js"
steps = [{ visit = "misnamed.html" }, { advance = "5s" }, { expect = { invitation = true } }]

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
"##;

fn invite(text: &str) -> String {
    format!("Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({{ message: {text} }}, false)")
}

pub(crate) const HARD: Part = Part::new("hard", |folder| {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'self' https:\"><title>";
    let misnamed = page(&invites("Trees?", 0)).replace("<title>", policy);
    folder.write("misnamed.html", &misnamed.replace("Bootstrapper", "Bootstraper"));
    folder.write("throws.html", &page("throw new Error('too early')"));
    // As Prototype.js has it.
    let lists = "Array.prototype.toJSON = function () { return `[${this.join(', ')}]`; };\n\
                 Object.defineProperty(Object.prototype, 'toJSON', { value() { return 'a thing'; } });\n";
    folder.write("lists.html", &page(&format!("{lists}{}", invites("Lists?", 0))));
    let next = page(&invites("Next?", 1_000)).replace("<title>page", "<title>next");
    folder.write("next.html", &next);
    let rules = r#"{ "prerender": [{ "where": { "href_matches": "/*" }, "eagerness": "immediate" }] }"#;
    folder.write(
        "ahead.html",
        &format!("<!doctype html><title>ahead</title><script type=speculationrules>{rules}</script><a href=next.html>Next</a>"),
    );
    let greet = format!(
        "const greet = () => {{ if (confirm('Shall we? 🌳'.slice(0, 11))) {}; }}",
        invite("`Hello, ${prompt('Who?')}`")
    );
    folder.write("dialogs.html", &page(&greet));
    folder.write("alert.html", &page(&format!("alert('Welcome!');\n{}", invites("Hello", 0))));
    let asks = format!(
        "addEventListener('lcw:ready', () => fetch('https://places.example/country').catch(() => {}));",
        invite("'Wherever you are'")
    );
    folder.write("asks.html", &page(&asks));
    let names: Vec<_> = (0..60_000)
        .map(|number| format!("\"a name of a tree that is number {number} of a great many of them\""))
        .collect();
    folder.write("bundle.js", &format!("const trees = new Map([{}].map((name, at) => [at, name]));\nif (trees.size === 60_000) {{\n{}\n}}", names.join(","), invites("Hello", 600_000)));
    let large = page("").replace("<h1>", "<script src=\"bundle.js\"></script><h1>");
    folder.write("large.html", &large);
    folder.scenarios(SCENARIOS);
});

#[test]
fn pages_that_are_hard_to_look_at_are_judged_all_the_same() {
    let results = HARD.as_expected();
    let of = |id: &str| -> Vec<&Value> { results.iter().filter(|result| result["id"] == id).collect() };
    for result in of("dialogs") {
        // Half a tree is no character.
        let said: Vec<_> = entries(result, "dialog").iter().map(|dialog| dialog["message"].clone()).collect();
        assert_eq!(json!(said), json!(["Shall we? \u{fffd}", "Who?"]));
    }
    for result in of("own-code-throws") {
        // In the scenario it is another line than in what a browser runs.
        assert!(!told(result).contains("(line "), "{}", told(result));
        let threw = entries(result, "visitor-script-threw");
        assert_eq!(threw.iter().map(|threw| &threw["text"]).collect::<Vec<_>>(), ["Error: nobody"]);
    }
    for result in of("misnamed") {
        let blocked = entries(result, "blocked-by-policy");
        let what = |blocked: &&Value| (blocked["directive"].clone(), blocked["what"].clone());
        assert!(!blocked.is_empty(), "{result:#}");
        assert!(blocked.iter().all(|blocked| what(blocked) == ("script-src-elem".into(), "inline".into())));
        assert!(blocked[0]["blockedAt"].as_str().unwrap().contains("misnamed.html:1:"), "{result:#}");
        let text = "the page's policy (script-src-elem) blocked an inline script at ";
        assert!(result.to_string().contains(text), "{result:#}");
    }
    for result in of("without-an-answer") {
        let asked = entries(result, "request");
        assert!(asked.iter().any(|asked| asked["url"] == "https://places.example/country"), "{asked:#?}");
    }
    assert_eq!(results.len(), 22);
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

/// Invites five seconds after its visitor has gone to the advice.
const ROUTES: &str = r##"
const invite = () => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Advice?" }, false);
addEventListener("hashchange", () => { if (location.hash === "#/advice") setTimeout(invite, 5_000); });
"##;

/// Nothing is loaded then, and no probe greets.
pub(crate) const PLACES: Part = Part::new("places", |folder| {
    folder.write("index.html", &page(ROUTES));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever looks for advice is invited after 5 seconds.\"\nsteps = [\n\
         { visit = \"index.html#/home\" }, { advance = \"1s\" }, { visit = \"index.html#/advice\" },\n\
         { advance = \"4.999s\" }, { expect = { invitation = false } }, { advance = \"1ms\" },\n\
         { expect = { invitation = { text = \"Advice?\", at = \"6s\" } } }, { visit = \"index.html#/advice\" },\n\
         { expect = { invitation = true } }, { visit = \"index.html\" }, { expect = { invitation = false } },\n]",
    );
});

#[test]
fn another_place_in_the_page_that_is_open_can_be_visited() {
    assert_eq!(PLACES.as_expected().len(), 2);
}

/// Invites whoever was not here before, with an end of the cookie that is no date.
const REMEMBERS: &str = r#"
addEventListener("lcw:ready", () => {
  if (document.cookie.includes("seen=1")) return;
  document.cookie = "seen=1; expires=7";
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "New here?" }, false);
});"#;

/// Browsers keep such a cookie until they are closed.
pub(crate) const NO_DATE: Part = Part::new("no-date", |folder| {
    folder.write("index.html", &page(REMEMBERS));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Nobody is invited twice.\"\nsteps = [{ visit = \"index.html\" },\n\
         { expect = { invitation = true } }, \"revisit\", { advance = \"10s\" }, { expect = { invitation = false } }]",
    );
});

#[test]
fn a_cookie_whose_end_is_no_date_is_kept() {
    assert_eq!(NO_DATE.as_expected().len(), 2);
}

/// Invites its visitors once a day.
const ONCE_A_DAY: &str = r#"
addEventListener("lcw:ready", () => {
  if (document.cookie.includes("invited=1")) return;
  document.cookie = "invited=1; path=/; max-age=" + 24 * 60 * 60;
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "A new day!" }, false);
});"#;

/// The day is the page's, in which no real time passes.
pub(crate) const DAILY: Part = Part::new("daily", |folder| {
    folder.write("index.html", &page(ONCE_A_DAY));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever comes is invited once a day.\"\nsteps = [{ visit = \"index.html\" },\n\
         { expect = { invitations = 1 } }, { advance = \"23h\" }, \"revisit\", { expect = { invitations = 1 } },\n\
         { advance = \"59m\" }, \"reload\", { expect = { invitations = 1 } },\n\
         { advance = \"1m\" }, \"revisit\", { expect = { invitation = true, invitations = 2 } }]",
    );
});

#[test]
fn a_cookie_ends_when_the_page_s_time_has_come() {
    assert_eq!(DAILY.as_expected().len(), 2);
}

/// Complains again and again.
const COMPLAINS: &str =
    r#"setInterval(() => { for (let i = 0; i < 20; i++) console.error("again"); }, 100);"#;

pub(crate) const REPEATS: Part = Part::new("repeats", |folder| {
    folder.write("index.html", &page(&format!("{}\n{COMPLAINS}", invites("At last?", 30_000))));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever stays is invited.\"\nsteps = [{ visit = \"index.html\" },\n\
         { advance = \"30s\" }, { expect = { invitation = { at = \"30s\" }, invitations = 1 } }]",
    );
});

#[test]
fn what_a_page_repeats_without_end_does_not_hide_the_rest() {
    let results = REPEATS.as_expected();
    for result in &results {
        let [left_out] = entries(result, "left-out")[..] else { panic!("{result:#}") };
        assert_eq!(left_out["what"], "console");
    }
}

/// Removes what may be there, and complains of a widget that has its SDK before it is ready, as the real one may.
const HASTY: &str = r#"
document.cookie = "old=; expires=Thu, 01 Jan 1970 00:00:00 GMT";
document.cookie = "older=1; max-age=0";
const startProactiveChat = () => {};
window.Microsoft = { Omnichannel: { LiveChatWidget: { SDK: { startProactiveChat } } } };
setTimeout(() => Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Now!" }), 1_000);
setTimeout(() => dispatchEvent(new Event("lcw:ready")), 2_000);"#;

/// What is no mistake is not noted as one, and what is one is not missed.
pub(crate) const TOO_EARLY: Part = Part::new("too-early", |folder| {
    folder.write("index.html", &page(HASTY).replace(EMBED, ""));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever comes is invited.\"\nsteps = [{ visit = \"index.html\" },\n\
         { advance = \"3s\" }, { expect = { calls = [{ method = \"startProactiveChat\" }], page-errors = 0 } },\n\
         { expect = { invitation = true } }]",
    );
});

#[test]
fn removed_cookies_are_not_lost_and_calls_before_ready_are_seen() {
    let results = TOO_EARLY.checked();
    for result in &results {
        assert_eq!(entries(result, "cookie-set").len(), 0, "{result:#}");
        let causes = result["failure"]["causes"].to_string();
        assert!(causes.contains("before `lcw:ready`"), "{result:#}");
    }
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
const isFirst = document.referrer.endsWith("/questions");
addEventListener("load", () => isFirst && port2.postMessage(null));
"#;

/// What is for the first page only is taken away meanwhile, and nothing else.
pub(crate) const WATCHED: Part = Part::new("watched", |folder| {
    folder.write("index.html", &page(ADDS_FRAMES));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Whoever comes from the questions is known to.\"\nsteps = [\n\
         { visit = \"index.html\" },\n\
         { script = \"await new Promise((done) => { const look = new MutationObserver(() => document.title === 'all watched' && done()); \
         look.observe(document.head, { childList: true, subtree: true, characterData: true }); if (document.title === 'all watched') done(); \
         if (!document.referrer.endsWith('/questions')) throw new Error('from ' + document.referrer); })\" },\n\
         { expect = { page-errors = 0 } },\n\"reload\",\n\
         { script = \"if (document.referrer.endsWith('/questions')) throw new Error('twice')\" },\n]\n\
         visitor = { referrer = \"https://www.oak.example/questions\", local-storage = { a = \"b\" } }\n",
    );
});

#[test]
fn frames_are_watched_that_come_just_after_the_first_page() {
    assert_eq!(WATCHED.as_expected().len(), 2);
}

/// A browser that kept a page as it was left would give it back with its timers gone, and nobody would hear of it.
#[test]
fn pages_may_be_on_a_server_that_is_running_and_begin_anew_for_whoever_comes_back() {
    let first = format!("{}<a href=second.html>On</a>", page(&invites("Help?", 20_000)));
    let second = "<!doctype html><meta charset=utf-8><title>second</title>".to_owned();
    let server = Listener::with_answers(move |path| {
        ("text/html", if path == "/second.html" { second.clone() } else { first.clone() })
    });
    let scratch = Scratch::new();
    scratch.write(
        "scenarios.toml",
        "[[scenario]]\nid = \"stays\"\npromise = \"Whoever stays for 20 seconds is invited.\"\nsteps = [\
         { visit = \"first.html\" }, { advance = \"20s\" }, { expect = { invitation = { at = \"20s\" } } }, \
         \"accept\", { expect = { chat = true } }]\n\
         [[scenario]]\nid = \"back\"\npromise = \"Who comes back is invited, too.\"\nsteps = [\
         { visit = \"first.html\" }, { click = \"a\" }, { advance = \"5s\" }, { script = \"history.back()\" },\
         { advance = \"19s\" }, { expect = { invitation = false } }, { advance = \"1s\" }, { expect = { invitation = true } }]\n",
    );
    let base = format!("http://localhost:{}/", server.address.port());
    let document = document(&scratch, &["check", "scenarios.toml", "--base-url", &base], 0);
    assert_eq!(results(&document).len(), 4);
    for result in results(&document) {
        let opened = entries(result, "opened");
        assert_eq!(opened[0]["url"], format!("{base}first.html"), "{opened:#?}");
    }
}

/// An SDK that cannot be changed, as a page's own guard would make it.
pub(crate) const FROZEN: Part = Part::new("frozen", |folder| {
    let freezes = "addEventListener('lcw:ready', () => {\n\
                       const { LiveChatWidget } = Microsoft.Omnichannel;\n\
                       const { SDK } = LiveChatWidget;\n\
                       LiveChatWidget.SDK = Object.freeze({ startProactiveChat: (...values) => SDK.startProactiveChat(...values), \
                       get odd() { throw new Error('odd'); } });\n\
                       dispatchEvent(new Event('lcw:mine'));\n});\n\
                       addEventListener('lcw:mine', () => setTimeout(() => \
                       Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: 'Hello' }, false), 1_000));";
    let before = "window.Microsoft = { Omnichannel: { LiveChatWidget: { SDK: Object.freeze({ startProactiveChat() {}, \
                      get odd() { throw new Error('odd'); } }) } } };\n\
                      addEventListener('lcw:own', () => console.error('heard'));\ndispatchEvent(new Event('lcw:own'));";
    folder.write("index.html", &page(freezes));
    folder.write("before.html", &format!("<!doctype html><title>page</title><script>{before}</script>"));
    folder.scenarios(
        "[[scenario]]\nid = \"a\"\npromise = \"Visitors are invited.\"\nsteps = [{ visit = \"index.html\" }, { advance = \"5s\" }, \
         { expect = { invitation = true, page-errors = 0 } }]\n\
         [[scenario]]\nid = \"b\"\npromise = \"It goes on.\"\nsteps = [{ visit = \"before.html\" }, { expect = { page-errors = 0 } }]\n",
    );
});

#[test]
fn an_sdk_that_is_frozen_is_left_alone() {
    let results = FROZEN.as_expected();
    for result in results.iter().filter(|result| result["id"] == "b") {
        assert_eq!(entries(result, "console").len(), 1, "{result:#}");
    }
}
