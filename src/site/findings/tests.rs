//! Each known mistake is found, and its harmless neighbour is not.

use serde_json::{Value, json};

use super::{FindingKind, findings};
use crate::contract::EventTarget;
use crate::site::tests::story::Story;
use crate::site::{Gesture, Happening, RequestFate};

/// The findings, without what is always to be said of a story in which nobody is invited.
fn found(story: &Story) -> Vec<(&'static str, String)> {
    findings(&story.timeline)
        .into_iter()
        .filter(|finding| finding.kind != FindingKind::NoInvitation)
        .map(|finding| (finding.id, finding.text))
        .collect()
}

#[track_caller]
fn only(story: &Story, id: &str, text: &str) {
    assert_eq!(found(story), [(id_of(id), text.to_owned())], "{}", story.timeline.text(99));
}

#[track_caller]
fn nothing(story: &Story) {
    assert_eq!(found(story), [], "{}", story.timeline.text(99));
}

fn id_of(id: &str) -> &'static str {
    FindingKind::ALL.iter().map(|kind| kind.id()).find(|known| *known == id).unwrap()
}

fn ready() -> Story {
    Story::embedded().listens("lcw:ready").ready()
}

const GOOD: fn() -> Value = || json!([{ "message": "Help?" }, true, { "inNewWindow": true }]);

#[test]
fn a_page_that_does_it_right_has_no_findings() {
    let story = ready().pass(20_000).timer("timeout", 20_000.0, 1).calls(GOOD()).shows("Help?");
    nothing(&story);
    assert!(findings(&story.timeline).is_empty());
    assert!(findings(&Story::default().timeline).is_empty());
}

#[test]
fn the_script_element_is_there_once_and_comes_to_life() {
    let missing = "the widget's script element was never in the page: there is no SDK to call";
    only(&Story::default().visit(), "embed-missing", missing);
    only(
        &Story::embedded(),
        "never-ready",
        "the widget's script element is there, and `lcw:ready` was never raised",
    );
    let said = |text: &str| Story::embedded().then(Happening::Console { text: text.into() });
    only(
        &said("The live chat widget could not start. It needs data-app-id."),
        "never-ready",
        "the widget's script element is there, and `lcw:ready` was never raised; on the console: The live chat widget \
         could not start. It needs data-app-id.",
    );
    only(
        &said("cannot count visits"),
        "never-ready",
        "the widget's script element is there, and `lcw:ready` was never raised",
    );
    let url = "https://cdn.example/v2scripts/LiveChatBootstrapper.js?v=1";
    let not_loaded = format!("the widget's script could not be loaded from {url}");
    only(
        &Story::embedded().then(Happening::ScriptFailed { url: url.into() }),
        "widget-not-loaded",
        &not_loaded,
    );
    only(&Story::embedded().request(url, RequestFate::Blocked), "widget-not-loaded", &not_loaded);
    nothing(&ready().request(url, RequestFate::Widget));
    // Its element asks for a file that nobody has, and of an address its end says the most.
    let misspelt = "https://oc-cdn-public.azureedge.net/livechatwidget/scripts/LiveChatBootstraper.js";
    let story = Story::default().visit().then(Happening::Embed { url: misspelt.into(), number: 1 });
    let story =
        story.then(Happening::ScriptFailed { url: misspelt.into() }).request(misspelt, RequestFate::Blocked);
    only(
        &story,
        "widget-not-loaded",
        "the widget's script could not be loaded from …azureedge.net/livechatwidget/scripts/LiveChatBootstraper.js",
    );
    only(
        &ready().then(Happening::Embed { url: url.into(), number: 2 }),
        "embed-twice",
        "the widget's script element is in the page 2 times; once is enough",
    );
    // It is in a frame.
    for happening in [
        Happening::InvitationShown { message: "Help?".into() },
        Happening::Event { name: "lcw:ready".into(), detail: Value::Null, on_window: false },
    ] {
        nothing(&Story::default().visit().then(happening));
    }
    nothing(&Story::default().visit().request(url, RequestFate::Widget));
    // Not every page of a site has to have the widget.
    nothing(&ready().visit());
}

#[test]
fn a_handler_that_is_added_late_never_runs() {
    let late =
        "the handler for `lcw:ready` at kb.html:10 was added after it had been raised, so it never runs";
    only(&Story::embedded().ready().listens("lcw:ready"), "late-handler", late);
    nothing(&Story::embedded().ready().listens("mouseleave"));
    // It looked for the SDK itself, and called; or the event comes again.
    nothing(&Story::embedded().ready().listens("lcw:ready").calls(GOOD()));
    nothing(&Story::embedded().ready().listens("lcw:ready").ready());
    // Another page begins anew.
    nothing(&Story::embedded().ready().visit().listens("lcw:ready").ready());
}

#[test]
fn a_handler_that_listens_elsewhere_or_for_another_event_never_runs() {
    let on = |target: EventTarget| Story::embedded().listens_on("lcw:ready", Some(target));
    let text = "`lcw:ready` is raised on the window: the handler at kb.html:10 is";
    let document = format!("{text} on the document, so it never runs");
    only(&on(EventTarget::Document).ready(), "ready-not-on-window", &document);
    let other = format!("{text} on something that is not the window, so it never runs");
    only(&on(EventTarget::Other).ready(), "ready-not-on-window", &other);
    nothing(&on(EventTarget::Window).ready());
    // It is heard all the same, was raised there by the page itself, or was not needed.
    nothing(&on(EventTarget::Document).listens_on("lcw:ready", Some(EventTarget::Window)).ready());
    let raised = Happening::Event { name: "lcw:ready".to_owned(), detail: Value::Null, on_window: false };
    nothing(&on(EventTarget::Document).ready().then(raised));
    nothing(&on(EventTarget::Document).ready().calls(GOOD()));
    for event in ["lcw:Ready", "lcwready", "LCW-READY"] {
        let text =
            format!("the handler at kb.html:10 is for `{event}`, so it never runs: the event is `lcw:ready`");
        only(&Story::embedded().listens(event).ready(), "ready-misspelt", &text);
        nothing(&ready().listens(event));
        nothing(&Story::embedded().listens(event).ready().calls(GOOD()));
    }
    nothing(&Story::embedded().listens("lcw:Ready").ready().event("lcw:Ready"));
}

#[test]
fn errors_are_told_by_their_causes_in_both_browsers_words() {
    let before = |text: &str| Story::embedded().throws(text, 14).ready();
    let after = |text: &str| ready().throws(text, 14);
    only(
        &before("Uncaught SyntaxError: Unexpected token ')'"),
        "syntax-error",
        "a script is no JavaScript at kb.html:14, so nothing of it runs: SyntaxError: Unexpected token ')'",
    );
    let missing = "TypeError: can't access property \"SDK\", a.LiveChatWidget is undefined";
    let used = "the SDK was used before `lcw:ready` at kb.html:14, and was not there:";
    only(
        &before(missing),
        "sdk-before-ready",
        &format!("{used} TypeError: can't access property \"SDK\", a.LiveChatWidget is undefined"),
    );
    only(
        &before("Uncaught ReferenceError: Microsoft is not defined"),
        "sdk-before-ready",
        &format!("{used} ReferenceError: Microsoft is not defined"),
    );
    only(
        &after("Microsoft.Omnichannel.LiveChatWidget.SDK.startProactivChat is not a function"),
        "unknown-method",
        "the SDK has no method `startProactivChat` at kb.html:14; did you mean `startProactiveChat`?",
    );
    let error = "the page threw an error at kb.html:14: ReferenceError: delay is not defined";
    only(&after("ReferenceError: delay is not defined"), "page-error", error);
}

#[test]
fn arguments_are_what_the_reference_says() {
    let default = "so the default text \"Hi! Have any questions? I'm here to help\" is shown";
    for (arguments, id, text) in [
        (json!(["Help?"]), "text-for-object", format!("with a text: `message` is missing, {default}")),
        (json!([]), "message-missing", format!("without its first argument, {default}")),
        (json!(["undefined", true]), "message-missing", format!("without its first argument, {default}")),
        (json!([{}]), "message-missing", format!("with an object without `message`, {default}")),
        (
            json!([{ "mesage": "Help?" }]),
            "message-missing",
            format!("with an object without `message` (it has `mesage`), {default}"),
        ),
        (
            json!([{ "lang": 7, "text": "Help?" }]),
            "message-missing",
            format!("with an object without `message` (it has `text`), {default}"),
        ),
        (json!([{ "message": "" }]), "message-missing", format!("with an empty `message`, {default}")),
        (
            json!([{ "message": "Help?", "inNewWindow": true }, false]),
            "option-first",
            "with `inNewWindow` in its first argument: it is a part of the third".to_owned(),
        ),
        (
            json!([{ "message": "Help?", "showPrechat": false }]),
            "option-first",
            "with `showPrechat` in its first argument: it is the second, true or false".to_owned(),
        ),
        (json!([7]), "message-missing", "with 7 in place of an object with `message`".to_owned()),
        (json!([{ "message": 7 }]), "message-no-text", "with 7 as `message`".to_owned()),
        (
            json!([{ "message": "Help?" }, "false"]),
            "prechat-no-boolean",
            "with \"false\" as `showPrechat`, which is true or false".to_owned(),
        ),
        (
            json!([{ "message": "Help?" }, { "inNewWindow": true }]),
            "new-window-second",
            "with `inNewWindow` in its second argument: the options are the third, after `showPrechat`"
                .to_owned(),
        ),
        (
            json!([{ "message": "Help?" }, true, true]),
            "options-unknown",
            "with true as options: they are an object with `inNewWindow`".to_owned(),
        ),
        (
            json!([{ "message": "Help?" }, true, { "newWindow": true }]),
            "options-unknown",
            "with {newWindow: true} as options: they are an object with `inNewWindow`".to_owned(),
        ),
    ] {
        let text = format!("`startProactiveChat` was called at kb.html:20 {text}");
        only(&ready().calls(arguments), id, &text);
    }
    for arguments in [
        json!([{ "message": "Help?" }, null, {}]),
        json!([{ "message": "Help?", "showPrechat": true }, true]),
        json!([{ "message": "Help?" }, "undefined", "undefined"]),
    ] {
        nothing(&ready().calls(arguments));
    }
}

#[test]
fn calls_come_at_their_time() {
    only(
        &Story::embedded().calls(GOOD()).ready(),
        "call-before-ready",
        "`startProactiveChat` was called at kb.html:20 before `lcw:ready`",
    );
    let busy = |story: Story| story.method("startProactiveChat", GOOD(), true);
    let text = "`startProactiveChat` was called at kb.html:20 while";
    only(&busy(ready().shows("Help?")), "call-while-busy", &format!("{text} an invitation was shown"));
    only(&busy(ready().then(Happening::ChatShown)), "call-while-busy", &format!("{text} a chat had begun"));
    let late = "`setContextProvider` was called at kb.html:20 after the chat had begun, which has no use";
    let provides = |story: Story| story.method("setContextProvider", json!(["function"]), false);
    only(&provides(ready().then(Happening::ChatShown)), "context-too-late", late);
    nothing(&provides(ready()));
    let called_at = Some("https://shop.example/kb.html:20:5".to_owned());
    let threw = Some("Error: not now".to_owned());
    let call =
        Happening::Call { method: "startChat".into(), arguments: vec![], called_at, busy: false, threw };
    only(&ready().then(call), "call-threw", "`startChat` at kb.html:20 threw Error: not now");
}

#[test]
fn an_invitation_after_a_chat_had_begun_is_told_until_it_ends() {
    let text = "the invitation \"Help?\" appeared after a chat had begun";
    only(&ready().then(Happening::ChatShown).shows("Help?"), "invitation-in-chat", text);
    nothing(&ready().then(Happening::ChatShown).event("lcw:closeChat").shows("Help?"));
    nothing(&ready().then(Happening::ChatShown).visit().ready().shows("Help?"));
}

#[test]
fn a_variable_without_a_value_is_found_in_the_text() {
    let text = "the invitation \"Hello undefined, need help?\" has undefined in it: a variable had no value";
    only(&ready().calls(GOOD()).shows("Hello undefined, need help?"), "hole-in-text", text);
    nothing(&ready().calls(GOOD()).shows("Is a word undefinedly long?"));
    nothing(&ready().calls(GOOD()).shows("Der Versand kostet Sie null Euro."));
}

#[test]
fn an_invitation_that_comes_back_in_the_same_visit_is_told() {
    let again = "the invitation \"Help?\" came back at kb.html:20 after the visitor had let it pass";
    let once = || ready().calls(GOOD()).shows("Help?").closes();
    only(&once().pass(1_000).calls(GOOD()).shows("Help?"), "invited-again", again);
    nothing(&once().calls(json!([{ "message": "Anything else?" }])).shows("Anything else?"));
    nothing(&once().visit().ready().calls(GOOD()).shows("Help?"));
}

#[test]
fn a_context_provider_that_fails_is_told_with_its_place() {
    let provides = || ready().method("setContextProvider", json!(["function"]), false);
    let fails = |story: Story, code: u8| {
        let (name, detail) = ("lcw:error".to_owned(), json!({ "errorCode": code }));
        story.then(Happening::Event { name, detail, on_window: true })
    };
    let failed = "the context provider at kb.html:20 failed when the chat began, which so has no context";
    only(&fails(provides(), 1), "context-failed", failed);
    nothing(&fails(provides(), 2));
    nothing(&provides());
}

#[test]
fn what_stands_in_the_way_is_told() {
    let blocked =
        "a window for https://shop.example/chat was opened without a visitor's gesture: browsers block it";
    only(&ready().window(Gesture::No, false), "window-without-gesture", blocked);
    only(&ready().window(Gesture::No, true), "window-without-gesture", blocked);
    nothing(&ready().window(Gesture::Yes, true).window(Gesture::Unknown, false));
    let alert = "the alert \"Hello\" stands in the visitor's way; the page waits until it is closed";
    only(&ready().dialog("alert", "Hello"), "dialog-in-the-way", alert);
    nothing(&ready().dialog("beforeunload", ""));
    let reason = "10000 timers fired at 20 s".to_owned();
    only(&ready().then(Happening::Stuck { reason: reason.clone() }), "stuck", &reason);
}

#[test]
fn a_cookie_that_was_never_there_is_not_deleted_but_lost() {
    let lost = "the cookie \"visits\" was set at kb.html:7 with a date in the past, so it is gone at once";
    only(&ready().cookie("visits", true), "cookie-in-the-past", lost);
    only(&ready().cookie("other", false).cookie("visits", true), "cookie-in-the-past", lost);
    nothing(&ready().cookie("visits", false).visit().cookie("visits", true));
}

#[test]
fn scripts_that_a_policy_blocks_are_told_and_what_is_only_tried_is_not() {
    let blocked = |directive: &str, what: &str| ready().blocked(directive, what);
    for (directive, what, text) in [
        ("script-src-elem", "inline", "an inline script at kb.html:9"),
        ("script-src-attr", "inline", "an inline handler at kb.html:9"),
        ("script-src-elem", "https://shop.example/a.js", "the script https://shop.example/a.js"),
    ] {
        let text = format!("the page's policy ({directive}) blocked {text}");
        only(&blocked(directive, what), "blocked-by-policy", &text);
    }
    nothing(&blocked("script-src", "eval").blocked("script-src", "wasm-eval").blocked("img-src", "data"));
}

#[test]
fn what_could_not_be_had_is_told_once() {
    let url = "https://tags.example/t.js".to_owned();
    only(
        &ready().then(Happening::ScriptFailed { url }),
        "script-not-loaded",
        "the script https://tags.example/t.js could not be loaded",
    );
    let asks = |story: Story, number: u8| {
        story.request(&format!("https://geo.example/?n={number}"), RequestFate::Blocked)
    };
    let blocked = "GET https://geo.example/ was blocked";
    only(&asks(asks(ready(), 1), 2), "request-blocked", blocked);
    for words in ["Failed to fetch", "NetworkError when attempting to fetch resource."] {
        let error = format!("unhandled rejection: TypeError: {words}");
        let text = format!("the page threw an error at kb.html:14: {error}");
        only(&ready().throws(&error, 14), "page-error", &text);
        only(&asks(ready().throws(&error, 14), 1), "request-blocked", blocked);
    }
    nothing(&ready().request("https://geo.example/", RequestFate::Replied));
}

#[test]
fn that_nothing_invited_is_only_a_note_and_the_heaviest_comes_first() {
    let found = findings(&ready().throws("Error: a", 1).throws("SyntaxError: b", 2).timeline);
    let ids: Vec<_> = found.iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["syntax-error", "page-error", "no-invitation"]);
}

#[test]
fn every_kind_has_a_name_of_its_own_and_a_sentence() {
    let mut ids: Vec<_> = FindingKind::ALL.iter().map(|kind| kind.id()).collect();
    assert!(ids.iter().all(|id| crate::source::is_word(id)), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), FindingKind::ALL.len());
    assert!(FindingKind::ALL.iter().all(|kind| kind.meaning().ends_with('.')));
    assert!(FindingKind::ALL.is_sorted_by_key(|kind| kind.level()), "the table is read from the heaviest");
}
