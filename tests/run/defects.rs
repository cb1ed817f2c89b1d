//! Each seeded defect of the widget turns exactly the requirement red that it breaks.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::Value;

use crate::scratch::{Scratch, need_browsers};

/// A case for each of the requirements below, and little more.
const SUITE: &str = include_str!("defects.toml");

/// A text of the widget and what a careless edit makes of it.
struct Defect {
    file: &'static str,
    find: &'static str,
    replace: &'static str,
}

/// The requirements that a report blames.
fn blamed(report: &Value) -> BTreeSet<&str> {
    let cases = report["cases"].as_array().unwrap().iter();
    let mismatches = cases.flat_map(|case| case["mismatches"].as_array().unwrap());
    mismatches.map(|mismatch| mismatch["requirement"].as_str().unwrap()).collect()
}

#[test]
fn without_a_defect_nobody_is_blamed() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let ended = scratch.run(["run", "--fixtures", "fixtures", "--report", "json=report.json"]).code(0);
    let report = scratch.json("report.json");
    assert_eq!(blamed(&report), BTreeSet::new());
    let total = 2 * SUITE.matches("[[case]]").count();
    assert_eq!((&report["summary"]["passed"], &report["summary"]["total"]), (&total.into(), &total.into()));
    assert_eq!(report["summary"]["flaky"], 0, "{}", ended.stdout);
}

#[rstest]
#[case::default_text(
    "message.default", "req:message.default", "firefox",
    Defect { file: "labels.js", find: "I'm here to help\"", replace: "Im here to help\"" }
)]
#[case::show_prechat_default(
    "prechat.default", "req:prechat.default", "chromium",
    Defect { file: "sdk.js", find: "showPrechat = true,", replace: "showPrechat = false," }
)]
#[case::survey_although_false(
    "prechat.not-when-false", "req:prechat.not-when-false", "chromium",
    Defect { file: "sdk.js", find: "Boolean(showPrechat)", replace: "true" }
)]
#[case::new_window_opened_in_the_page(
    "window.new", "req:window.new", "firefox",
    Defect { file: "sdk.js", find: "property(options, \"inNewWindow\") === true", replace: "false" }
)]
#[case::new_window_without_being_asked(
    "window.default", "req:window.default", "chromium",
    Defect { file: "sdk.js", find: "\"inNewWindow\") === true", replace: "\"inNewWindow\") !== false" }
)]
#[case::new_window_although_false(
    "window.in-page", "req:window.in-page", "chromium",
    Defect { file: "sdk.js", find: "\"inNewWindow\") === true", replace: "\"inNewWindow\") !== undefined" }
)]
#[case::no_survey_in_the_new_window(
    "window.prechat", "req:window.prechat", "chromium",
    Defect { file: "popout.js", find: "query.showPrechat !== \"false\"", replace: "false" }
)]
#[case::survey_in_the_new_window_although_false(
    "window.prechat", "req:window.prechat", "firefox",
    Defect { file: "popout.js", find: "query.showPrechat !== \"false\"", replace: "true" }
)]
#[case::a_minute_of_59_seconds(
    "notification.one-minute", "req:notification.one-minute", "chromium",
    Defect { file: "widget.js", find: "= 60_000;", replace: "= 59_000;" }
)]
#[case::a_minute_of_61_seconds(
    "notification.one-minute", "req:notification.one-minute", "chromium",
    Defect { file: "widget.js", find: "= 60_000;", replace: "= 61_000;" }
)]
#[case::an_endless_minute(
    "notification.one-minute", "req:notification.one-minute", "chromium",
    Defect { file: "widget.js", find: "window.setTimeout(expire, NOTIFICATION_LIFE)", replace: "0" }
)]
#[case::markup_is_parsed(
    "message.is-text", "req:message.is-text", "firefox",
    Defect {
        file: "notification.js",
        find: "element(document, \"label\", { id: \"oc-lcw-proactivechat-bodytitle\" }, message)",
        replace: "Object.assign(
            element(document, \"label\", { id: \"oc-lcw-proactivechat-bodytitle\" }), { innerHTML: message },
        )",
    }
)]
#[case::ready_twice(
    "ready.raised-once", "ready/late-handler", "chromium",
    Defect { file: "widget.js", find: "raise(\"lcw:ready\");", replace: "raise(\"lcw:ready\"); raise(\"lcw:ready\");" }
)]
#[case::ready_on_the_document(
    "ready.on-window", "ready", "firefox",
    Defect {
        file: "widget.js",
        find: "raise(\"lcw:ready\");",
        replace: "document.dispatchEvent(new CustomEvent(\"lcw:ready\", { bubbles: true }));",
    }
)]
#[case::ready_never(
    "ready.raised-once", "ready/own-handler", "chromium",
    Defect { file: "widget.js", find: "raise(\"lcw:ready\");", replace: "" }
)]
#[case::ready_before_the_methods(
    "ready.methods-usable", "ready/late-handler", "chromium",
    Defect {
        file: "widget.js",
        find: "exposeSdk(widget);\n    raise(\"lcw:ready\");",
        replace: "raise(\"lcw:ready\");\n    exposeSdk(widget);",
    }
)]
#[case::message_of_an_earlier_call(
    "message.verbatim", "earlier-call", "chromium",
    Defect {
        file: "widget.js",
        find: "message: invitation.message,",
        replace: "message: (this.first ??= invitation.message),",
    }
)]
#[case::escape_is_ignored(
    "notification.dismiss-escape", "req:notification.dismiss-escape", "firefox",
    Defect { file: "notification.js", find: "event.key === \"Escape\"", replace: "event.key === \"Esc\"" }
)]
#[case::window_before_accept(
    "window.only-on-accept", "window/", "chromium",
    Defect {
        file: "widget.js",
        find: "this.#notification = { pane, timer };",
        replace: "this.#notification = { pane, timer };
    if (invitation.inNewWindow) this.#openPopout(invitation);",
    }
)]
#[case::notification_stays_when_accepted(
    "notification.accept-closes", "survey", "chromium",
    Defect {
        file: "widget.js",
        find: "accept: () => this.#accept(invitation),",
        replace: "accept: () => {
        this.#accept(invitation);
        this.#frame.document.querySelector(\"#oc-lcw\")?.prepend(pane.root);
      },",
    }
)]
#[case::call_throws(
    "call.returns-nothing", "default-text", "chromium",
    Defect {
        file: "widget.js",
        find: "this.#notification = { pane, timer };\n    this.#frame.show(pane);\n    pane.focus();",
        replace: "this.#notification = { pane, timer };\n    this.#frame.show(pane);\n    pane.focus();
    throw new Error(\"seeded\");",
    }
)]
#[case::error_in_the_page(
    "page.no-errors", "default-text", "firefox",
    Defect {
        file: "widget.js",
        find: "this.#notification = { pane, timer };",
        replace: "this.#notification = { pane, timer };
    queueMicrotask(() => { throw new Error(\"seeded\"); });",
    }
)]
fn a_defect_is_blamed_on_what_it_breaks(
    #[case] requirement: &str,
    #[case] filter: &str,
    #[case] browser: &str,
    #[case] defect: Defect,
) {
    need_browsers();
    let mut seen = None;
    // What a broken widget never shows is waited for in vain, so not for long; a machine that is too busy for
    // that shows less than there is, and gets its time.
    for deadline in ["1s", "20s"] {
        let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_STEP", deadline);
        scratch.edit(&format!("fixtures/widget/{}", defect.file), defect.find, defect.replace);
        let flags =
            ["run", "--fixtures", "fixtures", "--browser", browser, "--report", "json=report.json", filter];
        let ended = scratch.run(flags);
        let report = scratch.json("report.json");
        let is_right = ended.code == Some(1) && blamed(&report) == BTreeSet::from([requirement]);
        seen = Some(ended);
        if is_right {
            return;
        }
    }
    panic!("not {requirement} alone: {seen:#?}");
}
