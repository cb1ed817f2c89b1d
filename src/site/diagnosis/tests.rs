//! For each cause a story in which it is one, and the reason that is given first.

use serde_json::json;

use super::diagnose;
use crate::contract::EventTarget;
use crate::site::tests::story::Story;
use crate::site::{Expect, Gesture, Happening, RequestFate, SiteScenario, judge};

/// Why the expectation does not hold in a scenario with these keys; it must not.
#[track_caller]
fn why(keys: &str, expect: &str, story: &Story) -> Vec<String> {
    let scenario =
        format!("id = 'a'\npromise = 'b'\nsteps = [{{ visit = 'kb.html' }}, 'escape', 'revisit']\n{keys}");
    let scenario: SiteScenario = toml::from_str(&scenario).unwrap();
    let expect: Expect = toml::from_str(expect).unwrap();
    let differences = judge(&expect, &story.timeline, &story.seen);
    assert!(!differences.is_empty(), "{}", story.timeline.text(99));
    diagnose(&scenario, &expect, &differences, &story.timeline)
}

#[track_caller]
fn first(keys: &str, expect: &str, story: &Story, reason: &str) {
    let reasons = why(keys, expect, story);
    assert_eq!(reasons.first().map(String::as_str), Some(reason), "{reasons:#?}");
}

#[track_caller]
fn absent(story: &Story, reason: &str) {
    first("", "invitation = true", story, reason);
}

#[track_caller]
fn among(keys: &str, expect: &str, story: &Story, reason: &str) {
    let reasons = why(keys, expect, story);
    assert!(reasons.iter().any(|given| given == reason), "{reasons:#?}");
}

fn ready() -> Story {
    Story::embedded().listens("lcw:ready").ready()
}

#[test]
fn nothing_is_said_of_what_holds() {
    let scenario = toml::from_str("id = 'a'\npromise = 'b'\nsteps = []").unwrap();
    assert_eq!(diagnose(&scenario, &Expect::default(), &[], &ready().timeline), Vec::<String>::new());
}

#[test]
fn a_visitor_whose_script_throws_is_another_one() {
    let text = "ReferenceError: visits is not defined".to_owned();
    let story = ready().then(Happening::VisitorScriptThrew { text });
    absent(&story, "the visitor's script threw ReferenceError: visits is not defined");
}

#[test]
fn a_script_that_is_none_never_calls() {
    absent(
        &Story::embedded().throws("Uncaught SyntaxError: Unexpected token ')'", 14).ready(),
        "startProactiveChat was never called; the page threw SyntaxError at kb.html:14 before it registered a handler \
         (SyntaxError: Unexpected token ')')",
    );
    absent(
        &Story::embedded().throws("SyntaxError: expected expression, got ')'", 14).ready(),
        "startProactiveChat was never called; the page threw SyntaxError at kb.html:14 before it registered a handler \
         (SyntaxError: expected expression, got ')')",
    );
}

#[test]
fn an_sdk_that_is_used_too_early_is_not_there() {
    for text in [
        "ReferenceError: Microsoft is not defined",
        "TypeError: Cannot read properties of undefined (reading 'SDK')",
        "TypeError: can't access property \"SDK\", a is undefined",
    ] {
        let reason = format!("called before lcw:ready: the SDK was not defined at kb.html:14 ({text})");
        absent(&Story::embedded().throws(text, 14).ready(), &reason);
    }
    absent(
        &ready().throws("TypeError: a.SDK.startProactivChat is not a function", 14),
        "startProactiveChat was never called; the SDK has no method `startProactivChat` at kb.html:14",
    );
    absent(
        &ready().throws("Uncaught ReferenceError: delay is not defined", 14),
        "startProactiveChat was never called; the page threw at kb.html:14: ReferenceError: delay is not defined",
    );
}

#[test]
fn without_the_widget_there_is_nobody_to_call() {
    let missing = "the widget's script element was never in the page: there is no SDK to call";
    absent(&Story::default().visit(), missing);
    // What follows from it is told after it.
    absent(&Story::default().visit().throws("ReferenceError: Microsoft is not defined", 3), missing);
    let url = "https://cdn.example/LiveChatBootstrapper.js".to_owned();
    let failed = "the widget's script could not be loaded from https://cdn.example/LiveChatBootstrapper.js";
    absent(&Story::embedded().then(Happening::ScriptFailed { url }), failed);
    absent(&Story::embedded(), "the widget's script element is there, and `lcw:ready` was never raised");
    let late =
        "the handler for `lcw:ready` at kb.html:10 was added after it had been raised, so it never runs";
    absent(&Story::embedded().ready().listens("lcw:ready"), late);
    let document =
        "`lcw:ready` is raised on the window: the handler at kb.html:10 is on the document, so it never runs";
    absent(&Story::embedded().listens_on("lcw:ready", Some(EventTarget::Document)).ready(), document);
    let blocked = "the page's policy (script-src-elem) blocked an inline script at kb.html:9";
    absent(&Story::embedded().blocked("script-src-elem", "inline").ready(), blocked);
    let misspelt = "the handler at kb.html:10 is for `lcw:Ready`, so it never runs: the event is `lcw:ready`";
    absent(&Story::embedded().listens("lcw:Ready").ready(), misspelt);
}

#[test]
fn a_page_that_waits_for_an_answer_is_told_of_it() {
    let asked = || ready().reads("geolocation", None);
    among(
        "",
        "invitation = true",
        &asked(),
        "the page asked where the visitor is, and the scenario does not say: give `visitor.geolocation`",
    );
    among(
        "visitor = { geolocation = 'denied' }",
        "invitation = true",
        &asked(),
        "the page asked where the visitor is, and the scenario denies it",
    );
    among(
        "",
        "invitation = true",
        &ready().pass(1_000).request("https://geo.example/where", RequestFate::Blocked),
        "GET https://geo.example/where was blocked at 1 s: if the page waits for its answer, give it with `replies`",
    );
    among(
        "",
        "invitation = true",
        &ready().dialog("confirm", "Chat?"),
        "the confirm \"Chat?\" stands in the visitor's way; the page waits until it is closed",
    );
    first(
        "",
        "invitation = true",
        &ready().cookie("visits", true),
        "the cookie \"visits\" was set at kb.html:7 with a date in the past, so it is gone at once",
    );
}

#[test]
fn without_any_mistake_the_conditions_are_told() {
    absent(
        &Story::embedded().ready(),
        "startProactiveChat was never called: nothing in the page listens to `lcw:ready`",
    );
    let story = ready()
        .reads("referrer", None)
        .reads("cookie", Some("visits"))
        .listens("mouseleave")
        .pass(9_000)
        .step("accept");
    assert_eq!(
        why("visitor = { referrer = 'https://shop.example/faq' }", "invitation = true", &story),
        [
            "startProactiveChat was never called, though the page listens to `lcw:ready`: what it makes the invitation \
             depend on was not so",
            "the page read document.referrer, which was \"https://shop.example/faq\": compare it with that",
            "the page reads the cookie \"visits\"",
            "the page also listens to mouseleave: did the visitor do that?",
            "the page was 9 s old; nothing moves its clock but `advance`",
        ]
    );
    let left =
        why("", "invitation = true", &ready().listens("mouseleave").pass(9_000).step("the mouse leaves"));
    assert!(!left.iter().any(|reason| reason.contains("did the visitor do that?")), "{left:?}");
    let empty = "the page read document.referrer, which was empty: the scenario gives no `visitor.referrer`";
    among("", "invitation = true", &story, empty);
}

#[test]
fn a_call_that_led_to_nothing_is_explained() {
    let call = || json!([{ "message": "Help?" }]);
    absent(
        &ready().calls(call()),
        "startProactiveChat was called at 0 s at kb.html:20, and nothing appeared",
    );
    first(
        "widget = { proactive-chat = false }",
        "invitation = true",
        &ready().calls(call()),
        "the scenario turns the widget's proactive-chat setting off, so calls have no effect",
    );
    absent(
        &ready().then(Happening::ChatShown).method("startProactiveChat", call(), true),
        "`startProactiveChat` was called at kb.html:20 while a chat had begun",
    );
    let shown = || ready().calls(call()).shows("Help?");
    absent(
        &shown().pass(60_000).closes(),
        "the invitation was shown from 0 s to 60 s: it closes by itself after a minute",
    );
    absent(
        &shown().step("press Escape").closes(),
        "the invitation was shown from 0 s to 0 s: in the step \"press Escape\"",
    );
}

#[test]
fn an_invitation_that_nobody_expected_has_a_maker() {
    first(
        "",
        "invitation = false",
        &ready()
            .pass(5_000)
            .timer("timeout", 5_000.0, 1)
            .calls(json!([{ "message": "Help?" }]))
            .shows("Help?"),
        "startProactiveChat was called 5 s after the page was opened at kb.html:20, by a timeout of 5 s",
    );
}

#[test]
fn another_text_comes_from_the_call() {
    let shown = |arguments, text: &str| ready().calls(arguments).shows(text);
    let expect = "invitation = { text = 'Help?' }";
    let default = "Hi! Have any questions? I'm here to help";
    let string = "called with a string at kb.html:20: `message` is missing, so the default text was shown";
    first("", expect, &shown(json!(["Help?"]), default), string);
    first(
        "",
        expect,
        &shown(json!([{ "Message": "Help?" }]), default),
        "startProactiveChat was called with an object without `message` (it has `Message`), so the default text \
         \"Hi! Have any questions? I'm here to help\" is shown",
    );
    let hole = "the text has undefined in it: a variable had no value when the page called";
    first("", expect, &shown(json!([{ "message": "Case undefined" }]), "Case undefined"), hole);
    let same = "the two texts differ only in spaces, or in small and capital letters";
    first("", expect, &shown(json!([{ "message": "help? " }]), "help? "), same);
    first(
        "",
        expect,
        &shown(json!([{ "message": "Hello" }]), "Hello"),
        "startProactiveChat was called at kb.html:20 with {message: \"Hello\"}",
    );
    first(
        "",
        expect,
        &shown(json!([{ "message": "Hello" }]), "Hello").method(
            "startProactiveChat",
            json!([{ "message": "Help?" }]),
            true,
        ),
        "startProactiveChat was called with the expected text at 0 s, while an invitation or a chat was there",
    );
}

#[test]
fn another_time_comes_from_a_timer_or_from_none() {
    let call = || json!([{ "message": "Help?" }]);
    let expect = "invitation = { at = '5s' }";
    let at_once = ready().calls(call()).shows("Help?").pass(5_000);
    first("", expect, &at_once, "called at 0 ms, expected at 5 s at kb.html:20, by `lcw:ready`");
    among("", expect, &at_once, "no timer held the call back: a delay that is undefined is none");
    let seconds = ready().pass(5).timer("timeout", 5.0, 1).calls(call()).shows("Help?");
    first("", expect, &seconds, "called at 5 ms, expected at 5 s at kb.html:20, by a timeout of 0.005 s");
    among(
        "",
        expect,
        &seconds,
        "a delay of 5 ms was set at kb.html:12: delays are milliseconds, not seconds",
    );
    let result = ready().calls(call()).shows("Help?").pass(5_000).timer("timeout", 5_000.0, 1);
    let given = "the timer at kb.html:12 waits 5 s: it was probably given what the call returned, and no function \
                 that calls";
    assert_eq!(why("", expect, &result)[1..], [given]);
    let late = ready().pass(7_000).timer("timeout", 5_000.0, 1).calls(call()).shows("Help?");
    first("", expect, &late, "called at 7 s, expected at 5 s at kb.html:20, by a timeout of 5 s");
    among("", expect, &late, "the timer at kb.html:12 waits 5 s, and was set 2 s after the page was opened");
}

#[test]
fn numbers_are_traced_to_what_was_counted() {
    let call = || json!([{ "message": "Help?" }]);
    let twice = ready()
        .calls(call())
        .shows("Help?")
        .closes()
        .pass(1_000)
        .timer("timeout", 1e3, 1)
        .calls(call())
        .shows("Help?");
    assert_eq!(
        why("", "invitations = 1", &twice),
        [
            "\"Help?\" appeared at 0 s: called at kb.html:20, by `lcw:ready`",
            "\"Help?\" appeared at 1 s: called at kb.html:20, by a timeout of 1 s",
        ]
    );
    let nothing = "startProactiveChat was never called, though the page listens to `lcw:ready`: what it makes the \
                   invitation depend on was not so";
    first("", "invitations = 1", &ready(), nothing);
    let error = "the page threw an error at kb.html:3: Error: a";
    first("", "page-errors = 0", &ready().throws("Error: a", 3), error);
    let alert = "the alert \"Hello\" stands in the visitor's way; the page waits until it is closed";
    first("", "dialogs = 0", &ready().dialog("alert", "Hello"), alert);
}

#[test]
fn surveys_and_chats_have_conditions() {
    let shown = |arguments| ready().calls(arguments).shows("Help?");
    let plain = || shown(json!([{ "message": "Help?" }]));
    let none = "the scenario's widget has no pre-chat survey (`widget = { prechat = false }`)";
    first("widget = { prechat = false }", "prechat = true", &plain(), none);
    let off = shown(json!([{ "message": "Help?" }, false]));
    first("", "prechat = true", &off, "startProactiveChat was called at kb.html:20 with `showPrechat` false");
    let odd = shown(json!([{ "message": "Help?" }, 0])).step("accept");
    let no_boolean =
        "`startProactiveChat` was called at kb.html:20 with 0 as `showPrechat`, which is true or false";
    among("", "prechat = true", &odd.then(Happening::ChatShown), no_boolean);
    let accept = "nobody accepted the invitation: that is the step \"accept\"";
    first("", "prechat = true", &plain(), accept);
    first("", "chat = true", &plain(), accept);
    let survey = plain().step("accept").then(Happening::PrechatShown);
    first(
        "",
        "chat = true",
        &survey,
        "the pre-chat survey waits to be submitted: that is the step \"submit-survey\"",
    );
    let mut surveyed = plain();
    surveyed.seen.view.prechat = true;
    let default = "`showPrechat` was not given, which means true: a configured survey is shown";
    first("", "prechat = false", &surveyed, default);
}

#[test]
fn windows_need_the_third_argument_and_a_gesture() {
    let second = ready().calls(json!([{ "message": "Help?" }, { "inNewWindow": true }])).shows("Help?");
    first(
        "",
        "windows = 1",
        &second,
        "`startProactiveChat` was called at kb.html:20 with `inNewWindow` in its second argument: the options are the \
         third, after `showPrechat`",
    );
    let in_first = json!([{ "message": "Help?", "inNewWindow": true }]);
    first(
        "",
        "windows = 1",
        &ready().calls(in_first).shows("Help?"),
        "`startProactiveChat` was called at kb.html:20 with `inNewWindow` in its first argument: it is a part of the third",
    );
    first(
        "",
        "windows = 1",
        &ready().window(Gesture::No, false),
        "a window for https://shop.example/chat was opened without a visitor's gesture: browsers block it",
    );
    first(
        "",
        "windows = 0",
        &ready().window(Gesture::Yes, true),
        "a window for https://shop.example/chat was opened at 0 s",
    );
}

#[test]
fn context_has_a_provider_and_names() {
    let expect = "context = { 'Page URL' = '/kb' }";
    let provides = |story: Story| story.method("setContextProvider", json!(["function"]), false);
    first("", expect, &ready(), "setContextProvider was never called");
    first(
        "",
        expect,
        &provides(ready()),
        "a context provider was set, and no chat has begun that would ask it",
    );
    let late = "`setContextProvider` was called at kb.html:20 after the chat had begun, which has no use";
    first("", expect, &provides(ready().then(Happening::ChatShown)), late);
    first(
        "",
        expect,
        &ready().context("Page Url", json!("/kb")),
        "the chat was given `Page Url`, and not `Page URL`",
    );
    first("", expect, &ready().context("plant", json!("Fern")), "the chat was given `plant`");
    let odd = "the value of `Page URL` is no text, number or boolean: write { value: …, isDisplayable: … }";
    first("", expect, &ready().context("Page URL", json!(null)), odd);
}

#[test]
fn calls_that_differ_are_explained() {
    let second = ready().calls(json!([{ "message": "Help?" }, { "inNewWindow": true }]));
    among(
        "",
        "calls = [{ method = 'startProactiveChat', arguments = [{ message = 'Help?' }] }]",
        &second,
        "`startProactiveChat` was called at kb.html:20 with `inNewWindow` in its second argument: the options are the \
         third, after `showPrechat`",
    );
    first(
        "",
        "calls = []",
        &ready().method("startChat", json!([]), false),
        "startChat was called at 0 s at kb.html:20, by `lcw:ready`",
    );
    let never = "startProactiveChat was never called: nothing in the page listens to `lcw:ready`";
    first("", "calls = [{ method = 'startProactiveChat' }]", &Story::embedded().ready(), never);
}

#[test]
fn reasons_are_few_and_each_is_given_once() {
    let mut story = ready();
    for line in 1..20 {
        story = story.throws("Error: again", line);
    }
    let reasons = why("", "invitation = true\ninvitations = 1\npage-errors = 0", &story);
    assert_eq!(reasons.len(), 5, "{reasons:#?}");
    assert!((1..5).all(|at| !reasons[..at].contains(&reasons[at])), "{reasons:#?}");
}

/// It came too late to be the reason.
#[test]
fn a_call_that_has_no_effect_is_not_to_blame() {
    let help = || json!([{ "message": "Help?" }]);
    let busy = |story: Story| story.pass(5_000).method("startProactiveChat", json!(["again"]), true);
    let story = busy(ready().timer("timeout", 1e3, 1).calls(help()).shows("Help?"));
    first(
        "",
        "invitation = false",
        &story,
        "startProactiveChat was called 0 s after the page was opened at kb.html:20, by a timeout of 1 s",
    );
    first(
        "",
        "invitation = { at = '5s' }",
        &story,
        "called at 0 ms, expected at 5 s at kb.html:20, by a timeout of 1 s",
    );
    let at_once = ready().calls(help()).method("startProactiveChat", json!(["again"]), true).shows("Help?");
    first(
        "",
        "invitation = { text = 'Hello' }",
        &at_once,
        "startProactiveChat was called at kb.html:20 with {message: \"Help?\"}",
    );
}
