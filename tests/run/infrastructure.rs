//! Drivers and browsers that break: what they do to a run and to what it says.

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;

use crate::leftovers;
use crate::scratch::{Scratch, need_browsers, run_in};
use crate::third_party::ThirdParty;

const SUITE: &str = "\
[[case]]
id = \"hello\"
title = \"an invitation that is accepted\"
steps = [{ call = { message = \"Hello\" } }, \"accept\"]
";

fn of_kind<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == kind).collect()
}

/// What every run tells in which a case's first browser broke.
fn assert_replaced(scratch: &Scratch, stdout: &str) {
    let events = scratch.events("events.jsonl");
    let [replaced] = of_kind(&events, "worker-replaced")[..] else { panic!("{events:#?}") };
    assert!(replaced["reason"].as_str().unwrap().starts_with("failed to "), "{replaced}");
    let [failed] = of_kind(&events, "attempt-failed")[..] else { panic!("{events:#?}") };
    assert_eq!((&failed["attempt"], &failed["outcome"]), (&1.into(), &"infra".into()));
    let [result] = of_kind(&events, "case-finished")[..] else { panic!("{events:#?}") };
    assert_eq!((&result["outcome"], &result["attempts"]), (&"passed".into(), &2.into()), "{result}");
    // It says nothing about the widget.
    assert_eq!((&result["flaky"], &result["unexpected"]), (&false.into(), &false.into()), "{result}");
    assert!(stdout.contains("replaced  worker 0 ") && stdout.contains("Replaced workers"), "{stdout}");
    assert!(stdout.contains("All as expected: 1 result"), "{stdout}");
}

#[rstest]
fn a_browser_that_is_killed_is_replaced_and_its_case_tried_again(
    #[values("firefox", "chromium")] browser: &str,
) {
    need_browsers();
    let (scratch, third_party) = (Scratch::with_suite(SUITE), ThirdParty::start());
    third_party.join(&scratch);
    let mut run = scratch.start(run_in(browser, &["--report", "events=events.jsonl"]));
    let loading = third_party.request();
    for driver in leftovers::drivers(&scratch.temporary()) {
        for pid in driver.browser() {
            // A process of the browser may have ended with another one.
            let _ = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
        }
    }
    drop(loading);
    third_party.request().answer("");
    let ended = run.end().code(0);
    assert_replaced(&scratch, &ended.stdout);
    leftovers::are_none(&scratch.temporary());
}

#[test]
fn a_driver_that_hangs_is_replaced_too() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_COMMAND", "3s");
    let third_party = ThirdParty::start();
    third_party.join(&scratch);
    let mut run = scratch.start(run_in("chromium", &["--report", "events=events.jsonl"]));
    let loading = third_party.request();
    for driver in leftovers::drivers(&scratch.temporary()) {
        kill_process_group(Pid::from_raw(driver.group).unwrap(), Signal::STOP).unwrap();
    }
    third_party.request().answer("");
    drop(loading);
    let ended = run.end().code(0);
    assert_replaced(&scratch, &ended.stdout);
    leftovers::are_none(&scratch.temporary());
}

#[rstest]
#[case::silent("exec sleep 600", &["see geckodriver ready within 1s", "it did not say its port", "deadlines.driver"])]
#[case::dies("echo 'no display today' >&2; exit 7", &["start geckodriver", "exit status: 7", "no display today", "lcw doctor"])]
#[case::mumbles("echo 'Listening on 127.0.0.1:soon'; exec sleep 600", &["it did not say its port", "Listening on 127.0.0.1:soon"])]
fn a_driver_that_does_not_start_is_named(#[case] script: &str, #[case] words: &[&str]) {
    let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_DRIVER", "1s");
    let driver = scratch.write_program("driver", &format!("#!/bin/sh\n{script}\n")).display().to_string();
    let scratch = scratch.variable("LCW_FIREFOX_DRIVER", &driver).variable("LCW_FIREFOX_BINARY", &driver);
    let ended = scratch.run(run_in("firefox", &[])).code(3);
    ended.says(&["error: failed to "]);
    ended.says(words);
}

#[rstest]
#[case::a_web_page("text/html", "<h1>It works!</h1>", "the answer is no JSON: <h1>It works!</h1>")]
#[case::other_json("application/json", "[]", "not what WebDriver prescribes")]
fn a_driver_that_talks_nonsense_is_named(
    #[case] kind: &'static str,
    #[case] body: &'static str,
    #[case] words: &str,
) {
    let (scratch, nonsense) = (Scratch::with_suite(SUITE), ThirdParty::start());
    let url = nonsense.url();
    let script =
        format!("#!/bin/sh\necho 'Listening on {}'\nexec sleep 600\n", url.trim_start_matches("http://"));
    let driver = scratch.write_program("driver", &script).display().to_string();
    let scratch = scratch.variable("LCW_FIREFOX_DRIVER", &driver).variable("LCW_FIREFOX_BINARY", &driver);
    let mut run = scratch.start(run_in("firefox", &[]));
    nonsense.request().reply(kind, body);
    run.end().code(3).says(&["error: failed to start geckodriver", words, "lcw doctor"]);
    leftovers::are_gone(&scratch.temporary());

    // The same at an address that somebody configured.
    let mut run = scratch.start(run_in("firefox", &["--webdriver-url", &url]));
    nonsense.request().reply(kind, body);
    run.end().code(3).says(&["error: failed to reach a WebDriver server at", words, "start one there"]);
}

/// Chromium binds a socket below it, whose path must not be long.
#[test]
fn a_temporary_folder_far_down_is_no_hindrance() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let far = scratch.path("tmp/a-workspace-of-continuous-integration/with-a-long-name");
    std::fs::create_dir_all(&far).unwrap();
    let scratch = scratch.variable("TMPDIR", far.display().to_string());
    scratch.start(run_in("chromium", &[])).end().code(0);
}

/// As consent and analytics scripts set them, for the highest domain that they can.
#[rstest]
fn a_cookie_for_all_cases_hinders_none(#[values("firefox", "chromium")] browser: &str) {
    need_browsers();
    let again = SUITE.replace("hello", "again");
    let scratch = Scratch::with_suite(&format!("{SUITE}{again}"));
    let script = "<script>document.cookie = \"visitor=1; domain=lcw.localhost\";</script></body>";
    scratch.edit("fixtures/pages/index.html", "</body>", script);
    scratch.run(run_in(browser, &["--report", "events=events.jsonl"])).code(0);
    let events = scratch.events("events.jsonl");
    assert_eq!(of_kind(&events, "worker-replaced").len(), 0, "{events:#?}");
    assert_eq!(of_kind(&events, "case-finished").len(), 2, "{events:#?}");
}
