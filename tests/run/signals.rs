//! However a run is ended, its reports are written as far as they can be, and nothing is left running.

use std::fs;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::leftovers::{self, Driver};
use crate::scratch::{Running, Scratch, need_browsers, run_in};
use crate::third_party::{Request, ThirdParty};

const SUITE: &str = "\
[[case]]
id = \"first\"
title = \"an invitation\"
steps = [{ call = { message = \"Hello\" } }]

[[case]]
id = \"second\"
title = \"another one\"
steps = [{ call = { message = \"Hello again\" } }]
";

/// A run in the middle of its first case.
struct Begun {
    scratch: Scratch,
    run: Running,
    drivers: Vec<Driver>,
    // Keeps the page loading.
    _third_party: ThirdParty,
    _loading: Request,
}

fn begin(browser: &str) -> Begun {
    need_browsers();
    let (scratch, third_party) = (Scratch::with_suite(SUITE), ThirdParty::start());
    third_party.join(&scratch);
    let run = scratch.start(run_in(
        browser,
        &["--report", "events=events.jsonl", "--report", "json=report.json", "--report", "junit=junit.xml"],
    ));
    let loading = third_party.request();
    let drivers = leftovers::drivers(&scratch.temporary());
    assert!(drivers.iter().all(|driver| driver.browser().len() > 1), "{drivers:?}");
    Begun { scratch, run, drivers, _third_party: third_party, _loading: loading }
}

#[test]
fn interrupted_once_it_cleans_up_and_writes_its_reports() {
    let Begun { scratch, mut run, drivers, .. } = begin("all");
    assert_eq!(drivers.len(), 2);
    run.signal(Signal::INT);
    let ended = run.end().code(130);
    drivers.iter().for_each(Driver::is_gone);
    leftovers::are_none(&scratch.temporary());

    ended.says(&["interrupted: closing the browsers and writing the reports; once more stops at once"]);
    assert!(ended.stdout.contains("Interrupted: "), "{}", ended.stdout);
    let report = scratch.json("report.json");
    assert_eq!(report["end_reason"], "interrupted");
    assert_eq!(
        (&report["summary"]["failed"], &report["summary"]["infra"]),
        (&0.into(), &0.into()),
        "{report:#}"
    );
    assert_eq!(report["cases"].as_array().unwrap().len(), 4, "those that were not run are named");
    assert!(scratch.read("junit.xml").contains("the run was interrupted"));
    let events = scratch.events("events.jsonl");
    assert_eq!(events.last().unwrap()["reason"], "interrupted");
    // What was recorded tells the same again.
    let replay = scratch.run(["report", "events.jsonl"]).code(130);
    assert!(replay.stdout.contains("Interrupted: "), "{}", replay.stdout);
}

#[test]
fn interrupted_twice_it_ends_at_once_even_when_its_browser_hangs() {
    let Begun { scratch, mut run, drivers, .. } = begin("chromium");
    for driver in &drivers {
        kill_process_group(Pid::from_raw(driver.group).unwrap(), Signal::STOP).unwrap();
    }
    // The request to terminate counts as Ctrl-C does.
    run.signal(Signal::TERM);
    run.stderr.wait_for("once more stops at once");
    run.signal(Signal::INT);
    let ended = run.end().code(130);
    // It did not wait for the end of its clean-up: the watchdogs saw to it.
    assert_ne!(scratch.events("events.jsonl").last().unwrap()["event"], "run-finished");
    // The reports go as far as the run did.
    assert!(ended.stdout.contains("Cut off: "), "{}", ended.stdout);
    let report = scratch.json("report.json");
    assert_eq!((&report["end_reason"], &report["summary"]["not_run"]), (&Value::Null, &2.into()));
    let outcomes = report["cases"].as_array().unwrap().iter().map(|case| &case["outcome"]);
    assert_eq!(outcomes.collect::<Vec<_>>(), ["not-run", "not-run"]);
    assert!(scratch.read("junit.xml").contains("the run was cut off"));
    drivers.iter().for_each(Driver::is_gone);
    // The browser's crash handlers are in no group of ours, and end a moment after it.
    leftovers::are_gone(&scratch.temporary());
}

/// Whoever was to read a report has other things to do.
#[test]
fn interrupted_while_nobody_reads_its_report_it_ends() {
    need_browsers();
    // More than a pipe takes that nobody reads.
    let suite = SUITE.replace("another one", &"another one ".repeat(10_000));
    let scratch = Scratch::with_suite(&suite);
    let pipe = scratch.pipe("report");
    let mut run = scratch.start(run_in("chromium", &["--report", "json=report"]));
    // Opened once the report is, after the browsers are closed.
    let reader = fs::File::open(pipe).unwrap();
    run.signal(Signal::INT);
    run.end().code(130);
    drop(reader);
    leftovers::are_gone(&scratch.temporary());
}

/// Somebody else's driver opens the session all the same, for which it was asked before the interruption.
fn is_interrupted_and_closes_its_session(mut run: Running, driver: &ThirdParty) {
    let answer = |request: Request, value: Value| {
        request.reply("application/json", &serde_json::json!({ "value": value }).to_string());
    };
    answer(driver.request(), serde_json::json!({ "ready": true, "message": "" }));
    let opening = driver.request();
    assert_eq!(opening.line(), "POST /session HTTP/1.1");
    run.signal(Signal::INT);
    run.stderr.wait_for("once more stops at once");
    let socket = driver.url().replace("http:", "ws:");
    answer(opening, serde_json::json!({ "sessionId": "theirs", "capabilities": { "webSocketUrl": socket } }));
    // Its BiDi socket.
    drop(driver.request());
    let closing = driver.request();
    assert_eq!(closing.line(), "DELETE /session/theirs HTTP/1.1");
    answer(closing, Value::Null);
    run.end().code(130);
}

#[test]
fn interrupted_while_its_session_is_opened_it_closes_that() {
    let (scratch, driver) = (Scratch::with_suite(SUITE), ThirdParty::start());
    let run = scratch.start(run_in("firefox", &["--webdriver-url", &driver.url()]));
    is_interrupted_and_closes_its_session(run, &driver);
}

#[test]
fn interrupted_while_a_checkup_opens_its_session_it_closes_that() {
    let (scratch, driver) = (Scratch::new(), ThirdParty::start());
    let handmade = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets/handmade.toml");
    let check = ["target", "check", handmade, "--browser", "firefox", "--webdriver-url", &driver.url()];
    is_interrupted_and_closes_its_session(scratch.start(check), &driver);
}

#[test]
fn a_closed_terminal_interrupts_it() {
    let Begun { scratch, mut run, drivers, .. } = begin("chromium");
    run.signal(Signal::HUP);
    run.end().code(130);
    drivers.iter().for_each(Driver::is_gone);
    assert_eq!(scratch.json("report.json")["end_reason"], "interrupted");
}

#[test]
fn interrupted_while_it_installs_it_ends() {
    // A system's own geckodriver cannot be hidden; then there is nothing to install.
    if ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/snap/bin"]
        .iter()
        .any(|folder| std::path::Path::new(folder).join("geckodriver").exists())
    {
        return;
    }
    let scratch = Scratch::with_suite(SUITE);
    // A cargo that is never done, and nothing else with which anything could be installed.
    scratch.write_program("cargo", "#!/bin/sh\nexec /bin/sleep 180\n");
    let cargo = scratch.path("cargo").display().to_string();
    let home = scratch.path("home").display().to_string();
    let scratch = ["GECKOWEBDRIVER", "CARGO_HOME", "XDG_CACHE_HOME", "PATH"]
        .iter()
        .fold(scratch.variable("HOME", home), |scratch, name| scratch.variable(name, ""));
    let scratch = scratch.variable("CARGO", cargo).variable("FIREFOX_BIN", "/bin/sh");
    let flags = run_in("firefox", &["--provision"]);
    let mut run = scratch.start(flags);
    run.stderr.wait_for(" cargo install geckodriver");
    run.signal(Signal::INT);
    run.end().code(130);
    leftovers::are_gone(&scratch.temporary());
}

#[test]
fn killed_it_leaves_nothing_behind() {
    let Begun { scratch, mut run, drivers, .. } = begin("all");
    assert_eq!(drivers.len(), 2);
    run.signal(Signal::KILL);
    assert_eq!(run.end().code, None);
    drivers.iter().for_each(Driver::is_gone);
    leftovers::are_none(&scratch.temporary());
    // Its events can be read as far as they go.
    let replay = scratch.run(["report", "events.jsonl"]).code(130);
    assert!(replay.stdout.contains("Cut off: "), "{}", replay.stdout);
    assert!(!fs::exists(scratch.path("report.json")).unwrap());
}
