//! Each key of an expectation, where it holds and where it does not.

use proptest::prelude::*;
use serde_json::json;

use super::story::Story;
use crate::contract::{ChatView, WindowObservation};
use crate::site::{Aspect, Expect, Gesture, judge};

fn expect(text: &str) -> Expect {
    toml::from_str(text).unwrap()
}

/// What of the expectation differs, as one line each.
fn differences(text: &str, story: &Story) -> Vec<String> {
    judge(&expect(text), &story.timeline, &story.seen)
        .iter()
        .map(|difference| {
            let (what, expected, actual) = (&difference.what, &difference.expected, &difference.actual);
            format!("{what}: {expected} / {actual}")
        })
        .collect()
}

#[track_caller]
fn holds(text: &str, story: &Story) {
    assert_eq!(differences(text, story), Vec::<String>::new(), "{text}");
}

#[track_caller]
fn fails(text: &str, story: &Story, difference: &str) {
    assert_eq!(differences(text, story), [difference], "{text}");
}

fn invited() -> Story {
    Story::embedded().ready().pass(20_000).calls(json!([{ "message": "Help?" }])).shows("Help?")
}

#[test]
fn an_invitation_is_there_or_not() {
    let (without, with, closed) = (Story::embedded(), invited(), invited().pass(60_000).closes());
    holds("invitation = false", &without);
    holds("invitation = true", &with);
    fails("invitation = true", &without, "the invitation: an invitation / no invitation");
    let shown = "the invitation: no invitation / the invitation \"Help?\" since 20 s";
    fails("invitation = false", &with, shown);
    let gone = "the invitation: an invitation / no invitation any more; the last one was closed at 80 s";
    fails("invitation = true", &closed, gone);
    holds("invitation = false", &closed);
}

#[test]
fn its_text_is_the_same_contains_or_fits() {
    let story = invited();
    holds("invitation = { text = 'Help?' }", &story);
    holds("invitation = { contains = 'elp', pattern = '^H.*\\?$' }", &story);
    fails("invitation = { text = 'Help' }", &story, "the invitation's text: \"Help\" / \"Help?\"");
    fails(
        "invitation = { contains = 'help', pattern = '^H' }",
        &story,
        "the invitation's text: a text with \"help\" and a text that fits /^H/ / \"Help?\"",
    );
    fails(
        "invitation = { pattern = '^h' }",
        &story,
        "the invitation's text: a text that fits /^h/ / \"Help?\"",
    );
}

#[test]
fn of_an_invitation_that_is_not_there_nothing_else_is_said() {
    let text = "invitation = { text = 'Help?', at = '20s' }";
    fails(text, &Story::embedded(), "the invitation: an invitation \"Help?\" at 20 s / no invitation");
}

#[test]
fn its_time_counts_from_the_visit_and_is_that_of_the_last() {
    holds("invitation = { at = '20s' }", &invited());
    holds("invitation = { at = '20.001s' }", &invited());
    fails("invitation = { at = '19.998s' }", &invited(), "the invitation's time: 19.998 s / 20 s");
    let again = invited().visit().ready().pass(5_000).shows("Help?");
    holds("invitation = { at = '5s' }", &again);
    fails("invitation = { at = '20s' }", &again, "the invitation's time: 20 s / 5 s");
}

#[test]
fn what_can_be_counted_is_counted_since_the_scenario_began() {
    let story = invited().closes().visit().shows("Again?").throws("Error: a", 1).dialog("alert", "Hello");
    holds("invitations = 2\npage-errors = 1\ndialogs = 1", &story);
    fails("invitations = 1", &story, "the number of invitations: 1 invitation / 2 invitations");
    fails("page-errors = 0", &story, "the number of page errors: no page errors / 1 page error");
    fails("dialogs = 0", &story, "the number of dialogs: no dialogs / 1 dialog");
    holds("invitations = 0\npage-errors = 0\ndialogs = 0", &Story::embedded());
}

#[test]
fn panes_are_looked_for_in_the_page_and_in_windows() {
    let mut story = invited();
    holds("prechat = false\nchat = false\nwindows = 0", &story);
    story.seen.view = ChatView { prechat: true, ..ChatView::default() };
    holds("prechat = true\nchat = false", &story);
    fails("prechat = false", &story, "the pre-chat survey: no pre-chat survey / a pre-chat survey");
    let view = ChatView { chat: true, ..ChatView::default() };
    story.seen.windows = vec![WindowObservation { view }];
    let story = story.window(Gesture::Yes, true);
    holds("chat = true\nwindows = 1", &story);
    fails("chat = false", &story, "the chat: no chat / a chat");
    fails("windows = 0", &story, "the number of opened windows: no windows / 1 window");
}

#[test]
fn context_is_that_of_the_last_chat_and_may_have_more() {
    let story = invited().context("Page URL", json!("/old")).context("Page URL", json!("/kb"));
    holds("context = { 'Page URL' = '/kb' }", &story);
    fails("context = { 'Page URL' = '/old' }", &story, "the context variable `Page URL`: \"/old\" / \"/kb\"");
    fails("context = { plant = 1 }", &story, "the context variable `plant`: 1 / not given");
    let none = "the context variable `plant`: 1 / no chat was given a context";
    fails("context = { plant = 1 }", &invited(), none);
    holds("context = { visits = 2.0 }", &invited().context("visits", json!(2)));
}

#[test]
fn calls_are_all_calls_in_order() {
    let story = invited().method("closeChat", json!([]), false);
    holds("calls = [{ method = 'startProactiveChat' }, { method = 'closeChat', arguments = [] }]", &story);
    holds(
        "calls = [{ method = 'startProactiveChat', arguments = [{ message = 'Help?' }] }, { method = 'closeChat' }]",
        &story,
    );
    let made = "startProactiveChat({message: \"Help?\"}), then closeChat()";
    for (calls, expected) in [
        ("[]", "none"),
        ("[{ method = 'startProactiveChat' }]", "startProactiveChat(…)"),
        (
            "[{ method = 'closeChat' }, { method = 'startProactiveChat' }]",
            "closeChat(…), then startProactiveChat(…)",
        ),
        (
            "[{ method = 'startProactiveChat', arguments = [] }, { method = 'closeChat' }]",
            "startProactiveChat(), then closeChat(…)",
        ),
    ] {
        let difference = format!("the calls of the SDK: {expected} / {made}");
        fails(&format!("calls = {calls}"), &story, &difference);
    }
}

#[test]
fn differences_come_in_the_order_of_the_keys() {
    let text = "dialogs = 1\ncalls = []\nwindows = 3\ninvitation = false\ncontext = { a = 1 }";
    let found = judge(&expect(text), &invited().timeline, &invited().seen);
    let aspects: Vec<_> = found.iter().map(|difference| difference.aspect).collect();
    assert_eq!(
        aspects,
        [Aspect::Invitation, Aspect::Windows, Aspect::Context, Aspect::Calls, Aspect::Dialogs]
    );
}

proptest! {
    /// An expectation that is read off from what is so always holds, and one that is off by one never does.
    #[test]
    fn what_is_so_may_be_expected(times in prop::collection::vec((1_u64..100_000, "[a-z ]{0,8}"), 1..5)) {
        let mut story = Story::embedded().ready();
        for (wait, text) in &times {
            story = story.pass(*wait).calls(json!([{ "message": text }])).shows(text);
        }
        let total: u64 = times.iter().map(|(wait, _)| wait).sum();
        let (_, text) = times.last().unwrap();
        let (number, at) = (times.len(), format!("{total}ms"));
        let truth = format!("invitation = {{ text = {text:?}, at = '{at}' }}\ninvitations = {number}");
        prop_assert_eq!(differences(&truth, &story), Vec::<String>::new());
        let late = format!("invitation = {{ at = '{}ms' }}\ninvitations = {}", total + 2, number + 1);
        prop_assert_eq!(differences(&late, &story).len(), 2);
    }
}

/// Two that differ must not look the same, however long they are and whatever they differ in.
#[test]
fn calls_and_context_are_told_to_the_letter() {
    let long = "Can we help you to find the tree that suits your garden, your balcony or ";
    for (expected, actual) in [
        (format!("{long}you?"), format!("{long}us?")),
        ("two  spaces".to_owned(), "two spaces".to_owned()),
        ("no\u{a0}break".to_owned(), "no break".to_owned()),
    ] {
        let story = Story::embedded().ready().pass(1_000).calls(json!([{ "message": actual }]));
        let story = story.context("Topic", json!(actual));
        for key in [
            format!(
                "calls = [{{ method = 'startProactiveChat', arguments = [{{ message = '{expected}' }}] }}]"
            ),
            format!("context = {{ Topic = '{expected}' }}"),
        ] {
            let told = judge(&expect(&key), &story.timeline, &story.seen);
            let [difference] = &told[..] else { panic!("{told:?}") };
            assert_ne!(difference.expected, difference.actual, "{key}");
            let whole = format!("{expected:?}");
            assert!(difference.expected.contains(&whole), "{difference:?}");
        }
    }
}
