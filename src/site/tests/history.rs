//! The order of a timeline, what can be asked of it, and how it reads.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::story::Story;
use crate::site::{Entry, Gesture, Happening, RequestFate, Timeline};

/// A story with everything that can happen.
fn eventful() -> Story {
    Story::embedded()
        .then(Happening::Embed {
            url: "https://cdn.example/v2scripts/LiveChatBootstrapper.js".into(),
            number: 2,
        })
        .request("https://shop.example/kb.js", RequestFate::Site)
        .request("https://geo.example/where?key=1", RequestFate::Blocked)
        .then(Happening::ScriptFailed { url: "https://tags.example/t.js".into() })
        .listens("lcw:ready")
        .reads("cookie", Some("visits"))
        .reads("referrer", None)
        .cookie("visits", false)
        .cookie("visits", true)
        .then(Happening::Loaded)
        .ready()
        .then(Happening::Event {
            name: "lcw:error".into(),
            detail: json!({ "errorCode": 1 }),
            on_window: false,
        })
        .then(Happening::Console { text: "tracking\nis off".into() })
        .pass(20_000)
        .timer("interval", 1000.0, 20)
        .timer("timeout", 20_000.0, 1)
        .timer("frame", 0.0, 3)
        .calls(json!([{ "message": "Help?" }, false]))
        .shows("Help?")
        .method("startProactiveChat", json!(["Hello"]), true)
        .throws("Uncaught ReferenceError: delay is not defined", 31)
        .dialog("alert", "You are in Germany")
        .step("accept")
        .closes()
        .window(Gesture::No, false)
        .then(Happening::PrechatShown)
        .then(Happening::ChatShown)
        .context("Page URL", json!("/kb"))
        .then(Happening::Stuck { reason: "10000 timers fired at 20 s".into() })
}

#[test]
fn a_timeline_reads_as_a_line_for_each_thing() {
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(eventful().timeline.text(100)) });
}

#[test]
fn a_long_timeline_loses_what_is_telling_last() {
    let text = eventful().timeline.text(30);
    assert!(text.starts_with("(left out: 8 timers, requests and the like)\nstep 1"), "{text}");
    assert!(!text.contains("interval") && text.contains("BLOCKED") && text.contains("ERROR"), "{text}");
    let text = eventful().timeline.text(5);
    assert!(text.contains("(left out: the first 19 of 24)") && text.lines().count() == 7, "{text}");
    assert!(text.ends_with("STUCK: 10000 timers fired at 20 s\n"), "{text}");
    assert_eq!(Timeline::default().text(5), "");
}

#[test]
fn what_is_told_late_stands_where_it_belongs() {
    let mut timeline = Story::embedded().pass(20_000).step("the mouse leaves").timeline;
    let at = Duration::from_secs(20);
    let happening = Happening::Console { text: "late".into() };
    timeline.push(Entry { at, since_visit: at, visit: 1, step: 2, real: at, happening });
    let text = timeline.text(100);
    let late = text.find("late").unwrap();
    assert!(text.find("step 2").unwrap() < late && late < text.find("step 3").unwrap(), "{text}");
}

#[test]
fn a_timeline_can_be_asked() {
    let story = eventful().visit().shows("Again?");
    let timeline = &story.timeline;
    assert_eq!(timeline.visits().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(timeline.of_visit(2).count(), 2);
    let texts: Vec<_> = timeline.invitations().map(|shown| shown.message).collect();
    assert_eq!(texts, ["Help?", "Again?"]);
    let calls: Vec<_> = timeline.calls().map(|call| (call.arguments.len(), call.busy)).collect();
    assert_eq!(calls, [(2, false), (1, true)]);
    assert_eq!(timeline.errors().count(), 1);
    assert_eq!(timeline.dialogs().next().unwrap().1.message, "You are in Germany");
    assert_eq!(timeline.context().unwrap()["Page URL"].value, "/kb");
    assert_eq!(timeline.last_closed().unwrap().at, Duration::from_secs(20));
}

#[test]
fn a_timeline_is_json_with_times_in_milliseconds() {
    let timeline = eventful().timeline;
    let json = serde_json::to_value(&timeline).unwrap();
    let call = json["entries"].as_array().unwrap().iter().find(|entry| entry["kind"] == "call").unwrap();
    assert_eq!(call["at_ms"], 20_000.0);
    assert_eq!(call["calledAt"], "https://shop.example/kb.html:20:5");
    assert_eq!(serde_json::from_value::<Timeline>(json).unwrap(), timeline);
}

#[test]
fn what_made_a_page_call_is_named() {
    let call = json!([{ "message": "Help?" }]);
    for (story, expected) in [
        (Story::embedded().ready().calls(call.clone()), Some("`lcw:ready`")),
        (
            Story::embedded().ready().pass(5_000).timer("timeout", 5_000.0, 1).calls(call.clone()),
            Some("a timeout of 5 s"),
        ),
        (
            Story::embedded().pass(1_000).timer("interval", 1_000.0, 20).pass(19_000).calls(call.clone()),
            Some("an interval of 1 s"),
        ),
        (
            Story::embedded()
                .ready()
                .pass(5_000)
                .calls(call.clone())
                .shows("Help?")
                .timer("timeout", 5_000.0, 1),
            Some("a timeout of 5 s"),
        ),
        (
            Story::embedded().ready().pass(500).step("the mouse leaves").calls(call.clone()),
            Some("the step \"the mouse leaves\""),
        ),
        (Story::embedded().calls(call.clone()), Some("the page itself, while it was loaded")),
        (
            Story::embedded()
                .pass(10)
                .request("https://geo.example/", RequestFate::Replied)
                .calls(call.clone()),
            Some("the answer to GET https://geo.example/"),
        ),
        (Story::embedded().ready().pass(500).calls(call.clone()), None),
    ] {
        let made = story.timeline.calls().next().unwrap();
        assert_eq!(
            story.timeline.provocation(made.entry).as_deref(),
            expected,
            "{}",
            story.timeline.text(99)
        );
    }
}

#[test]
fn what_an_invitation_may_depend_on_is_listed_once() {
    assert_eq!(
        eventful().reads("referrer", None).reads("geolocation", None).timeline.triggers(),
        [
            "listens to lcw:ready at kb.html:10",
            "reads the cookie \"visits\"",
            "reads document.referrer",
            "sets an interval of 1 s at kb.html:12",
            "sets a timeout of 20 s at kb.html:12",
            "asks where the visitor is",
        ]
    );
}

proptest! {
    /// However things are told, they are kept in the order of time and step, and as they came otherwise.
    #[test]
    fn pushing_is_a_stable_sort(told in prop::collection::vec((0_u64..5, 0_usize..3), 0..40)) {
        let mut timeline = Timeline::default();
        for (number, (at, step)) in told.iter().enumerate() {
            let (at, real) = (Duration::from_secs(*at), Duration::from_secs(number as u64));
            let entry = Entry { at, since_visit: at, visit: 1, step: *step, real, happening: Happening::Loaded };
            timeline.push(entry);
        }
        let mut sorted = timeline.entries.clone();
        sorted.sort_by_key(|entry| (entry.at, entry.step, entry.real));
        prop_assert_eq!(timeline.entries, sorted);
    }
}
