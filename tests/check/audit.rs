//! Without a word of what pages promise, their mistakes are named, and those that have none are left in peace.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;

use crate::scratch::Scratch;
use crate::together::Part;
use crate::{EMBED, SITES, document, entries, invites, page};

/// What pages ask of others, and the answer to it.
pub(crate) const REPLY: [&str; 3] = ["--reply", "https://places.example/*", r#"{ "country": "AT" }"#];

/// An idea of the checkout's sites.
struct Idea {
    name: &'static str,
    /// What follows a page's name in its address.
    query: &'static str,
    /// What is found on the page that breaks it.
    defect: &'static str,
    /// The browsers in which that page is looked at.
    browsers: &'static [&'static str],
}

const fn idea(
    name: &'static str,
    query: &'static str,
    defect: &'static str,
    browsers: &'static [&'static str],
) -> Idea {
    Idea { name, query, defect, browsers }
}

/// What a finding rests on is the same in every browser, but for what browsers say themselves.
const IDEAS: [Idea; 8] = [
    idea("about-to-leave", "", "invited-again", &["firefox"]),
    idea("after-a-while", "", "late-handler", &["chromium"]),
    idea("ask-a-gardener", "", "text-for-object", &["firefox"]),
    idea("coming-back", "", "cookie-in-the-past", &["chromium"]),
    idea("from-a-country", "", "dialog-in-the-way", &["firefox", "chromium"]),
    idea("from-the-questions", "", "syntax-error", &["firefox", "chromium"]),
    idea("in-season", "", "sdk-before-ready", &["firefox"]),
    idea("open-request", "?case=4711", "message-missing", &["chromium"]),
];

fn kinds(audit: &Value) -> BTreeSet<String> {
    let findings = audit["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// Whether nothing of it makes the command fail.
pub(crate) fn is_good(audit: &Value) -> bool {
    audit["findings"].as_array().unwrap().iter().all(|finding| finding["level"] == "note")
}

/// Working pages are looked at where their broken twins are not, or in both browsers.
#[rstest]
fn working_pages_are_left_in_peace_and_the_defects_of_their_twins_named(
    #[values("firefox", "chromium")] browser: &str,
) {
    let broken: Vec<_> = IDEAS.iter().filter(|idea| idea.browsers.contains(&browser)).collect();
    let working = IDEAS.iter().filter(|idea| idea.browsers != [browser]);
    let page = |idea: &Idea, name: &str| format!("{SITES}/{}/{name}.html{}", idea.name, idea.query);
    let working: Vec<_> = working.map(|idea| page(idea, "index")).collect();
    let pages = working.iter().cloned().chain(broken.iter().map(|idea| page(idea, "broken")));
    let mut arguments = ["audit", "--root", SITES, "--now", "2026-12-05", "--browser", browser].to_vec();
    arguments.extend(REPLY);
    let pages: Vec<_> = pages.collect();
    arguments.extend(pages.iter().map(String::as_str));
    let document = document(&Scratch::new(), &arguments, 1);
    let (of_working, of_broken) = document.as_array().unwrap().split_at(working.len());
    assert_eq!((of_working.len(), of_broken.len()), (5, 5));
    for audit in of_working {
        assert!(is_good(audit), "{}: {:#}", audit["page"], audit["findings"]);
        // Whoever is about to see that page for the first time comes from nowhere.
        let is_invited = !audit["page"].as_str().unwrap().starts_with("from-the-questions");
        assert_eq!(kinds(audit).contains("no-invitation"), !is_invited, "{}", audit["page"]);
    }
    for (audit, idea) in of_broken.iter().zip(broken) {
        assert!(kinds(audit).contains(idea.defect), "{}: {:?}", audit["page"], kinds(audit));
    }
}

#[test]
fn nothing_is_said_of_good_pages_to_whoever_wants_quiet() {
    crate::scratch::need_browsers();
    let scratch = Scratch::new();
    scratch.write("index.html", &page(&invites("Hello", 0)));
    scratch.write("broken.html", &page("oops("));
    let audit = |page: &str, code: i32| {
        scratch.run(["audit", page, "--quiet", "--browser", "chromium"]).code(code).stdout
    };
    let (good, bad) = (audit("index.html", 0), audit("broken.html", 1));
    assert!(good.starts_with("Nothing wrong of level warning or above: 1 look in"), "{good}");
    assert!(bad.contains("a script is no JavaScript"), "{bad}");
    let ended = scratch.run(["audit", "http://localhost:1/", "--root", "."]).code(2);
    ended.says(&["--root is for files"]);
}

#[rstest]
#[case::no_address(&["--reply", "places.example/*", "{}"], "`places.example/*` fits no address")]
#[case::before_time(&["--now", "1969-07-20"], "pages' clocks begin in 1970")]
fn what_cannot_be_is_told_before_a_browser_starts(#[case] flags: &[&str], #[case] words: &str) {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(""));
    scratch.run([&["audit", "index.html"], flags].concat()).code(2).says(&[words]);
}

/// What is found on the page of a part in each browser has to be of these kinds, and good enough or not.
#[track_caller]
fn finds<const N: usize>(part: &Part, expected: [&str; N], good: bool) {
    let expected = BTreeSet::from(expected.map(str::to_owned));
    for audit in part.audited() {
        assert_eq!((kinds(&audit), is_good(&audit)), (expected.clone(), good), "{}", audit["browser"]);
    }
}

/// A page with this script, and with the widget's not `async`, as the documentation has it.
fn documented(script: &str) -> String {
    page(script).replace(" async>", ">")
}

pub(crate) const WAITS_FOR_LOAD: Part = Part::new("waits-for-load", |folder| {
    let call = "Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: \"Trees?\" }, false)";
    folder.write("index.html", &documented(&format!("addEventListener(\"load\", () => {call});")));
});

#[test]
fn whoever_waits_for_load_alone_is_too_early_in_every_browser() {
    finds(&WAITS_FOR_LOAD, ["sdk-before-ready", "no-invitation"], false);
}

/// A copy of the widget's script may be beside the page, whose own code is not the widget's for that.
pub(crate) const BESIDE: Part = Part::new("beside", |folder| {
    let embed = EMBED.replace("https://oc-cdn-public.azureedge.net/livechatwidget/scripts/", "");
    let late = format!("setTimeout(() => {{ {} }}, 1_000);", invites("Trees?", 0));
    let page = format!("<!doctype html><meta charset=utf-8>{embed}<script>\n{late}\n</script>");
    folder.write("index.html", &page);
});

#[test]
fn a_late_handler_is_found_in_a_page_beside_the_widgets_script() {
    finds(&BESIDE, ["late-handler", "no-invitation"], false);
}

/// A page that asks somebody in a way for which browsers want the other's permission first.
fn asks_first(url: &str) -> String {
    let code = r#"
addEventListener("lcw:ready", async () => {
  const headers = { "Content-Type": "application/json", "X-Shop": "oak" };
  const answer = await fetch("URL", { headers, credentials: "include" });
  const { country } = await answer.json();
  if (country !== "AT") return;
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Servus!" }, false);
});"#;
    documented(&code.replace("URL", url))
}

/// Whom the audit has a reply for.
pub(crate) const ASKS_FIRST: Part = Part::new("asks-first", |folder| {
    folder.write("index.html", &asks_first("https://places.example/country"));
});

pub(crate) const BLOCKED: Part = Part::new("blocked", |folder| {
    folder.write("index.html", &asks_first("https://elsewhere.example/country"));
});

#[test]
fn what_needs_permission_is_answered_or_blocked_as_the_rest() {
    finds(&ASKS_FIRST, [], true);
    finds(&BLOCKED, ["request-blocked", "no-invitation"], true);
}

/// A page whose context provider has a name misspelt, which nobody notices before somebody accepts.
pub(crate) const FAILS_IN_CHAT: Part = Part::new("fails-in-chat", |folder| {
    let code = r#"
addEventListener("lcw:ready", () => {
  const sdk = Microsoft.Omnichannel.LiveChatWidget.SDK;
  const seconds = 20;
  sdk.setContextProvider(() => ({ "Time On Page": { value: second, isDisplayable: true } }));
  const invite = () => sdk.startProactiveChat({ message: "Shall we measure your garden?" });
  setTimeout(invite, seconds * 1_000);
  setTimeout(invite, 60_000);
});"#;
    folder.write("index.html", &documented(code));
});

#[test]
fn what_goes_wrong_in_the_chat_is_found_since_the_visitor_accepts() {
    let expected = BTreeSet::from(["context-failed", "call-while-busy"].map(str::to_owned));
    for audit in FAILS_IN_CHAT.audited() {
        let found = kinds(&audit);
        assert!(found.is_superset(&expected) && !is_good(&audit), "{found:?}");
    }
}

/// The window is at the organisation's end, and so of another origin than the page: it comes up on its own.
pub(crate) const IN_A_WINDOW: Part = Part::new("in-a-window", |folder| {
    let sdk = "Microsoft.Omnichannel.LiveChatWidget.SDK";
    let code = format!(
        "addEventListener(\"lcw:ready\", () => setTimeout(() => {sdk}.startProactiveChat(\
         {{ message: \"Help?\" }}, true, {{ inNewWindow: true }}), 5_000));"
    );
    folder.write("index.html", &page(&code));
});

#[test]
fn a_survey_in_a_window_is_submitted_before_the_visitor_goes_on() {
    for audit in IN_A_WINDOW.audited() {
        assert!(kinds(&audit).is_empty(), "{:#}", audit["findings"]);
        let steps = entries(&audit, "step").into_iter().filter_map(|step| step["words"].as_str());
        let since_accepted: Vec<_> = steps.skip_while(|step| *step != "accept").collect();
        assert_eq!(since_accepted[..2], ["accept", "submit the survey"], "{since_accepted:?}");
    }
}

pub(crate) const HANDLERS: Part = Part::new("handlers", |folder| {
    let code = r#"document.documentElement.onmouseleave = () => {};
window.onscroll = () => {};
window.onscroll = null;
document.addEventListener("lcw:ready", () => {});
addEventListener("lcw-ready", () => {});"#;
    let body = "<body onblur=\"this.left = true\" onclick=\"\"><script>document.body.setAttribute('onwheel', '');</script><h1>";
    folder.write("index.html", &page(code).replace("<h1>", body));
});

#[test]
fn handlers_that_never_run_are_named() {
    finds(&HANDLERS, ["ready-not-on-window", "ready-misspelt", "no-invitation"], false);
}

#[test]
fn handlers_that_are_no_listeners_are_triggers_too() {
    for audit in HANDLERS.audited() {
        let triggers = audit["triggers"].as_array().unwrap().iter();
        let listens = triggers.filter_map(|trigger| trigger.as_str()?.strip_prefix("listens to "));
        let expected = [
            "blur",
            "click",
            "lcw-ready at index.html:6",
            "lcw:ready on the document at index.html:5",
            "mouseleave at index.html:2",
            "scroll at index.html:3",
            "wheel",
        ];
        assert_eq!(listens.collect::<BTreeSet<_>>(), BTreeSet::from(expected), "{audit:#}");
    }
}
