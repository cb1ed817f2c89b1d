//! Without a word of what pages promise, their mistakes are named, and those that have none are left in peace.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;

use crate::scratch::Scratch;
use crate::{SITES, document, entries, page};

/// The ideas, each with what follows the page's name in its address, and with what is found on the page that breaks it.
const IDEAS: [(&str, &str, &str); 8] = [
    ("about-to-leave", "", "invited-again"),
    ("after-a-while", "", "late-handler"),
    ("ask-a-gardener", "", "text-for-object"),
    ("coming-back", "", "cookie-in-the-past"),
    ("from-a-country", "", "dialog-in-the-way"),
    ("from-the-questions", "", "syntax-error"),
    ("in-season", "", "sdk-before-ready"),
    ("open-request", "?case=4711", "message-missing"),
];

fn kinds(audit: &Value) -> BTreeSet<String> {
    let findings = audit["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

fn audit(page: &str, code: i32, level: &str) -> Vec<(String, BTreeSet<String>)> {
    let pages: Vec<_> = IDEAS.iter().map(|(idea, rest, _)| format!("{SITES}/{idea}/{page}{rest}")).collect();
    let mut arguments = vec!["audit", "--root", SITES, "--level", level, "--now", "2026-12-05"];
    arguments.extend(["--reply", "https://places.example/*", r#"{ "country": "AT" }"#]);
    arguments.extend(pages.iter().map(String::as_str));
    let document = document(&Scratch::new(), &arguments, code);
    let audits = document.as_array().unwrap();
    assert_eq!(audits.len(), 16);
    audits.iter().map(|audit| (audit["page"].as_str().unwrap().to_owned(), kinds(audit))).collect()
}

#[test]
fn the_defect_of_every_broken_twin_is_named() {
    let audits = audit("broken.html", 1, "warning");
    for (idea, _, expected) in IDEAS {
        let of_it: Vec<_> = audits.iter().filter(|(page, _)| page.starts_with(idea)).collect();
        assert_eq!(of_it.len(), 2);
        for (page, found) in of_it {
            assert!(found.contains(expected), "{page}: {found:?}");
        }
    }
}

#[test]
fn working_pages_are_left_in_peace() {
    let audits = audit("index.html", 0, "warning");
    let invites: Vec<_> = audits.iter().filter(|(_, found)| !found.contains("no-invitation")).collect();
    // Whoever is about to see the page for the first time comes from nowhere.
    let nowhere = |page: &&str| page.starts_with("from-the-questions");
    assert_eq!(invites.len(), 14);
    assert_eq!(audits.iter().filter(|(page, _)| nowhere(&page.as_str())).count(), 2);
}

#[test]
fn nothing_is_said_of_good_pages_to_whoever_wants_quiet() {
    crate::scratch::need_browsers();
    let scratch = Scratch::new();
    scratch.write("index.html", &page(&crate::invites("Hello", 0)));
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

/// What `lcw audit` finds on one page, in each browser.
fn found(code: &str, arguments: &[&str], ended: i32) -> Vec<BTreeSet<String>> {
    let scratch = Scratch::new();
    // Without `async`, as the documentation has it.
    scratch.write("index.html", &page(code).replace(" async>", ">"));
    let document = document(&scratch, &[&["audit", "index.html"], arguments].concat(), ended);
    document.as_array().unwrap().iter().map(kinds).collect()
}

#[test]
fn whoever_waits_for_load_alone_is_too_early_in_every_browser() {
    let sdk = "Microsoft.Omnichannel.LiveChatWidget.SDK";
    let code = format!(
        "addEventListener(\"load\", () => {sdk}.startProactiveChat({{ message: \"Trees?\" }}, false));"
    );
    let expected = BTreeSet::from(["sdk-before-ready", "no-invitation"].map(str::to_owned));
    assert_eq!(found(&code, &[], 1), [expected.clone(), expected]);
}

/// A copy of the widget's script may be beside the page, whose own code is not the widget's for that.
#[test]
fn a_late_handler_is_found_in_a_page_beside_the_widgets_script() {
    let scratch = Scratch::new();
    let embed = crate::EMBED.replace("https://oc-cdn-public.azureedge.net/livechatwidget/scripts/", "");
    let late = format!("setTimeout(() => {{ {} }}, 1_000);", crate::invites("Trees?", 0));
    scratch.write(
        "index.html",
        &format!("<!doctype html><meta charset=utf-8>{embed}<script>\n{late}\n</script>"),
    );
    let document = document(&scratch, &["audit", "index.html"], 1);
    let found: Vec<_> = document.as_array().unwrap().iter().map(kinds).collect();
    let expected = BTreeSet::from(["late-handler", "no-invitation"].map(str::to_owned));
    assert_eq!(found, [expected.clone(), expected]);
}

#[rstest]
#[case::no_address(&["--reply", "places.example/*", "{}"], "`places.example/*` fits no address")]
#[case::before_time(&["--now", "1969-07-20"], "pages' clocks begin in 1970")]
fn what_cannot_be_is_told_before_a_browser_starts(#[case] flags: &[&str], #[case] words: &str) {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(""));
    scratch.run([&["audit", "index.html"], flags].concat()).code(2).says(&[words]);
}

/// A page that asks in a way for which browsers want the other's permission first.
const ASKS_FIRST: &str = r#"
addEventListener("lcw:ready", async () => {
  const headers = { "Content-Type": "application/json", "X-Shop": "oak" };
  const answer = await fetch("https://places.example/country", { headers, credentials: "include" });
  const { country } = await answer.json();
  if (country !== "AT") return;
  Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat({ message: "Servus!" }, false);
});"#;

#[test]
fn what_needs_permission_is_answered_or_blocked_as_the_rest() {
    let reply = ["--reply", "https://places.example/*", r#"{ "country": "AT" }"#];
    assert_eq!(found(ASKS_FIRST, &reply, 0), [BTreeSet::new(), BTreeSet::new()]);
    let blocked = BTreeSet::from(["request-blocked", "no-invitation"].map(str::to_owned));
    assert_eq!(found(ASKS_FIRST, &[], 0), [blocked.clone(), blocked]);
}

/// A page whose context provider has a name misspelt, which nobody notices before somebody accepts.
const FAILS_IN_CHAT: &str = r#"
addEventListener("lcw:ready", () => {
  const sdk = Microsoft.Omnichannel.LiveChatWidget.SDK;
  const seconds = 20;
  sdk.setContextProvider(() => ({ "Time On Page": { value: second, isDisplayable: true } }));
  const invite = () => sdk.startProactiveChat({ message: "Shall we measure your garden?" });
  setTimeout(invite, seconds * 1_000);
  setTimeout(invite, 60_000);
});"#;

#[test]
fn what_goes_wrong_in_the_chat_is_found_since_the_visitor_accepts() {
    let expected = BTreeSet::from(["context-failed", "call-while-busy"].map(str::to_owned));
    let found = found(FAILS_IN_CHAT, &[], 1);
    assert_eq!(found.len(), 2);
    for found in found {
        assert!(found.is_superset(&expected), "{found:?}");
    }
}

/// The window is at the organisation's end, and so of another origin than the page: it comes up on its own.
#[test]
fn a_survey_in_a_window_is_submitted_before_the_visitor_goes_on() {
    let scratch = Scratch::new();
    let sdk = "Microsoft.Omnichannel.LiveChatWidget.SDK";
    let code = format!(
        "addEventListener(\"lcw:ready\", () => setTimeout(() => {sdk}.startProactiveChat(\
         {{ message: \"Help?\" }}, true, {{ inNewWindow: true }}), 5_000));"
    );
    scratch.write("index.html", &page(&code));
    let document = document(&scratch, &["audit", "index.html"], 0);
    let audits = document.as_array().unwrap();
    assert_eq!(audits.len(), 2);
    for audit in audits {
        let steps = entries(audit, "step").into_iter().filter_map(|step| step["words"].as_str());
        let since_accepted: Vec<_> = steps.skip_while(|step| *step != "accept").collect();
        assert_eq!(since_accepted[..2], ["accept", "submit the survey"], "{since_accepted:?}");
    }
}

#[test]
fn handlers_that_are_no_listeners_are_triggers_too() {
    let scratch = Scratch::new();
    let code = "document.documentElement.onmouseleave = () => {};\nwindow.onscroll = () => {};\nwindow.onscroll = null;";
    let body = "<body onblur=\"this.left = true\" onclick=\"\"><script>document.body.setAttribute('onwheel', '');</script><h1>";
    scratch.write("index.html", &page(code).replace("<h1>", body));
    let document = document(&scratch, &["audit", "index.html"], 0);
    let audits = document.as_array().unwrap();
    assert_eq!(audits.len(), 2);
    for audit in audits {
        let triggers = audit["triggers"].as_array().unwrap().iter();
        let listens = triggers.filter_map(|trigger| trigger.as_str()?.strip_prefix("listens to "));
        let expected = ["blur", "click", "mouseleave at index.html:2", "scroll at index.html:3", "wheel"];
        assert_eq!(listens.collect::<BTreeSet<_>>(), BTreeSet::from(expected), "{audit:#}");
    }
}
