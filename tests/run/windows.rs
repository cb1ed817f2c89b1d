//! Windows of a widget's own that are no part of the page's origin.

use crate::scratch::{Scratch, need_browsers, run_in};

const SUITE: &str = r#"
[[case]]
id = "survey"
title = "a survey and then the chat"
settings = { prechat = true }
steps = [{ call = { message = "Hello", options = { in-new-window = true } } }, "accept", "submit-survey", "close-window"]
"#;

/// Where a chat's window is served is the widget's affair: most come from where its script does.
#[test]
fn a_chat_in_a_window_of_another_origin_is_seen_and_used() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let at_the_organisation = r#"new URL("/livechatwidget/scripts/popout.html", this.#embed.orgUrl)"#;
    let beside_the_script = r#"new URL("popout.html", import.meta.url)"#;
    scratch.edit("fixtures/widget/widget.js", at_the_organisation, beside_the_script);
    let run = scratch.run(run_in("all", &[])).code(0);
    assert!(run.stdout.contains("All as expected: 2 results"), "{}", run.stdout);
}
