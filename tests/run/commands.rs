//! What the commands and flags do: reports of every kind, the plan, the configuration, the server.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::display::redacted;
use crate::leftovers;
use crate::scratch::{Scratch, need_browsers, run_in};
use crate::third_party::ThirdParty;

const SUITE: &str = "\
[[case]]
id = \"default\"
title = \"an invitation without a message\"
steps = [{ call = {} }]

[[case]]
id = \"hello/accepted\"
title = \"an invitation that is accepted\"
steps = [{ call = { message = \"Hello\" } }, \"accept\"]

[[case]]
id = \"hello/dismissed\"
title = \"an invitation that is closed\"
steps = [{ call = { message = \"Hello\" } }, \"dismiss\"]
";

/// The suite with a widget that forgets an apostrophe of the default text.
fn broken_scratch() -> Scratch {
    let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_STEP", "2s");
    scratch.edit("fixtures/widget/labels.js", "I'm here to help\"", "Im here to help\"");
    scratch
}

fn ids(cases: &Value) -> Vec<&str> {
    cases.as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect()
}

#[test]
fn every_report_of_a_failing_run_tells_the_same_and_so_does_its_replay() {
    need_browsers();
    let scratch = broken_scratch();
    let run = scratch.run(run_in(
        "chromium",
        &[
            "--report",
            "json=out/report.json",
            "--report",
            "junit=out/junit.xml",
            "--report",
            "events=out/events.jsonl",
        ],
    ));
    let run = run.code(1);
    redacted(&scratch).bind(|| {
        insta::assert_snapshot!(run.stdout, @r"
    Testing reference: 3 results
      chromium [version] (chromedriver [version])

    FAILED    default [chromium] [time]
              an invitation without a message
      message.default (must)
        requires A call without a message shows the documented default text to the letter.
        source   startProactiveChat reference, note on the default message
        after    step 1: call ({})
        expected Hi! Have any questions? I[-'-]m here to help
        actual   Hi! Have any questions? Im here to help
        steps      0  open the page
                 ✗ 1  call ({})  message.default
        run      lcw run --fixtures [folder]/fixtures --browser chromium default

    Not as documented
      message.default (must): 1 case

    chromium [version] 2 passed, 1 failed
    Not as expected: 1 of 3 results in [time]
    ")
    });

    let schema = include_str!("../../schemas/report.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let report = scratch.json("out/report.json");
    let mistakes: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(mistakes, Vec::<String>::new());
    assert_eq!(report["end_reason"], "completed");
    let counts = json!({
        "total": 3, "passed": 2, "failed": 1, "timed_out": 0, "flaky": 0, "skipped": 0, "infra": 0,
        "unexpected": 1, "known": 0, "unused_expectations": 0, "not_run": 0,
    });
    assert_eq!(report["summary"], counts);
    assert_eq!(ids(&report["cases"]), ["default", "hello/accepted", "hello/dismissed"]);
    let failed = &report["cases"][0];
    assert_eq!((&failed["outcome"], &failed["attempts"]), (&"failed".into(), &1.into()));
    assert_eq!(
        failed["mismatches"],
        json!([{
            "requirement": "message.default",
            "step": "1: call ({})",
            "expected": "Hi! Have any questions? I'm here to help",
            "actual": "Hi! Have any questions? Im here to help",
        }])
    );

    let junit = scratch.read("out/junit.xml");
    let mut elements = quick_xml::Reader::from_str(&junit);
    let mut names = Vec::new();
    loop {
        match elements.read_event().unwrap() {
            quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element) => {
                names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    let number = |name: &str| names.iter().filter(|other| *other == name).count();
    assert_eq!((number("testcase"), number("failure"), number("error")), (3, 1, 0));

    let events = scratch.events("out/events.jsonl");
    let kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("run-started", "run-finished"));
    assert_eq!(kinds.iter().filter(|kind| **kind == "case-finished").count(), 3);

    let coverage = ["coverage", "--fixtures", "fixtures", "--run", "out/events.jsonl", "--json"];
    let coverage: Value = serde_json::from_str(&scratch.run(coverage).code(0).stdout).unwrap();
    let fared: Vec<_> = coverage["requirements"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| {
            row["id"] == "message.default"
                || row["id"] == "message.verbatim"
                || row["id"] == "chat.opens"
                || row["id"] == "window.new"
        })
        .map(|row| (&row["id"], &row["cases"], &row["run"]))
        .collect();
    let expected = json!([
        ["chat.opens", ["hello/accepted"], { "held": 1, "broken": 0, "unjudged": 0 }],
        ["message.default", ["default"], { "held": 0, "broken": 1, "unjudged": 0 }],
        ["message.verbatim", ["hello/accepted", "hello/dismissed"], { "held": 2, "broken": 0, "unjudged": 0 }],
        ["window.new", [], { "held": 0, "broken": 0, "unjudged": 0 }],
    ]);
    assert_eq!(json!(fared), expected);
    let part =
        ["coverage", "hello/accepted", "--fixtures", "fixtures", "--run", "out/events.jsonl", "--json"];
    let part: Value = serde_json::from_str(&scratch.run(part).code(0).stdout).unwrap();
    let rows = part["requirements"].as_array().unwrap();
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).map(|row| row["run"]["held"].clone());
    assert_eq!((row("message.verbatim"), row("message.default")), (Some(1.into()), Some(0.into())));
    let stream = scratch.read("out/events.jsonl");
    let last = stream.trim_end().rfind('\n').unwrap();
    scratch.write("out/cut.jsonl", &stream[..=last]);
    scratch
        .run(["coverage", "--fixtures", "fixtures", "--run", "out/cut.jsonl"])
        .code(0)
        .says(&["warning: out/cut.jsonl is cut off before its run had ended"]);

    let replay = scratch.run(["report", "out/events.jsonl", "--report", "json=again.json"]).code(1);
    // To the letter, with the commands that run a case again.
    let fixtures = format!("lcw run --fixtures {} --browser ", scratch.path("fixtures").display());
    assert!(run.stdout.contains(&fixtures), "{}", run.stdout);
    assert_eq!(replay.stdout, run.stdout);
    assert_eq!(scratch.json("again.json"), report);
}

#[test]
fn the_first_unexpected_result_can_end_the_run() {
    need_browsers();
    let scratch = broken_scratch();
    let run = scratch.run(run_in("chromium", &["--fail-fast", "--report", "json=report.json"]));
    let run = run.code(1);
    assert!(run.stdout.contains("Stopped early by --fail-fast: 2 of 3 not run"), "{}", run.stdout);
    let report = scratch.json("report.json");
    assert_eq!(report["end_reason"], "fail-fast");
    assert_eq!((&report["summary"]["failed"], &report["summary"]["not_run"]), (&1.into(), &2.into()));
}

#[test]
fn a_case_that_passes_at_the_second_attempt_is_flaky() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE).variable("LCW_DEADLINES_STEP", "2s");
    let third_party = ThirdParty::start();
    third_party.join(&scratch);
    let mut run = scratch
        .start(run_in("chromium", &["--retries", "1", "--report", "json=report.json", "hello/accepted"]));
    third_party.request().answer("throw new Error('once')");
    third_party.request().answer("");
    let run = run.end().code(0);
    leftovers::are_none(&scratch.temporary());
    assert!(run.stdout.contains("1 passed (1 flaky)"), "{}", run.stdout);
    let report = scratch.json("report.json");
    let [case] = &report["cases"].as_array().unwrap()[..] else { panic!("{report:#}") };
    assert_eq!((&case["outcome"], &case["flaky"]), (&"passed".into(), &true.into()));
    assert_eq!(case["attempts"], 2);
    assert_eq!(case["failed_attempts"][0]["reason"], "page.no-errors is broken");
    assert_eq!((&report["summary"]["flaky"], &report["summary"]["unexpected"]), (&1.into(), &0.into()));
}

#[test]
fn a_case_that_fails_otherwise_before_it_fails_as_known_is_flaky() {
    need_browsers();
    let (scratch, third_party) = (broken_scratch(), ThirdParty::start());
    third_party.join(&scratch);
    let script = "script = \"fixtures/widget/LiveChatBootstrapper.js\"\nexpectations = \"known.toml\"\n";
    scratch.write("target.toml", &format!("name = \"mine\"\n{script}"));
    let known = "[[expect]]\nrequirement = \"message.default\"\nreason = \"ours\"\ncontains = \"Im here\"\n";
    scratch.write("known.toml", known);
    let more = ["--target", "target.toml", "--retries", "1", "--report", "json=report.json", "default"];
    let mut run = scratch.start(run_in("chromium", &more));
    third_party.request().answer("throw new Error('once')");
    third_party.request().answer("");
    let run = run.end().code(0);
    leftovers::are_none(&scratch.temporary());
    assert!(run.stdout.contains("0 passed, 1 known failure (1 flaky)"), "{}", run.stdout);
    assert!(run.stdout.contains("attempt 1: page.no-errors is broken"), "{}", run.stdout);
    let report = scratch.json("report.json");
    let case = &report["cases"][0];
    assert_eq!(
        (&case["outcome"], &case["flaky"], &case["unexpected"]),
        (&"failed".into(), &true.into(), &false.into())
    );
    assert_eq!((&report["summary"]["known"], &report["summary"]["flaky"]), (&1.into(), &1.into()));
}

#[test]
fn two_workers_run_two_cases_at_the_same_time() {
    need_browsers();
    let (scratch, third_party) = (Scratch::with_suite(SUITE), ThirdParty::start());
    third_party.join(&scratch);
    let mut run =
        scratch.start(run_in("chromium", &["--workers", "2", "hello", "--report", "events=events.jsonl"]));
    // Neither page loads before both are asked for.
    let both = [third_party.request(), third_party.request()];
    assert_eq!(leftovers::drivers(&scratch.temporary()).len(), 2);
    both.into_iter().for_each(|request| request.answer(""));
    run.end().code(0);
    leftovers::are_none(&scratch.temporary());
    let events = scratch.events("events.jsonl");
    let started = events.iter().filter(|event| event["event"] == "case-started");
    let workers: BTreeSet<_> = started.map(|event| event["worker"].as_u64().unwrap()).collect();
    assert_eq!(workers, BTreeSet::from([0, 1]));
}

#[test]
fn the_plan_is_listed_for_programs() {
    let scratch = Scratch::with_suite(SUITE);
    let listed = |arguments: &[&str]| -> Value {
        let all = ["list", "--json", "--fixtures", "fixtures"].iter().chain(arguments);
        serde_json::from_str(&scratch.run(all).code(0).stdout).unwrap()
    };
    let plan = listed(&[]);
    assert_eq!(ids(&plan["cases"]), ["default", "hello/accepted", "hello/dismissed"]);
    assert_eq!((&plan["summary"]["cases"], &plan["summary"]["left_out"]), (&3.into(), &0.into()));
    assert_eq!(plan["cases"][1]["steps"], json!(["call ({message: \"Hello\"})", "accept"]));

    assert_eq!(ids(&listed(&["hello"])["cases"]), ["hello/accepted", "hello/dismissed"]);
    assert_eq!(ids(&listed(&["hello", "--exclude", "*/accepted"])["cases"]), ["hello/dismissed"]);
    assert_eq!(ids(&listed(&["req:message.default"])["cases"]), ["default"]);
    let narrowed = listed(&["default", "misspelt"]);
    assert_eq!(
        (&narrowed["idle_filters"], &narrowed["summary"]["left_out"]),
        (&json!(["misspelt"]), &2.into())
    );
}

#[test]
fn the_configuration_shows_where_each_value_comes_from() {
    let scratch = Scratch::new().variable("LCW_RETRIES", "2").variable("LCW_DEADLINES_STEP", "7s");
    scratch
        .write("webdriver.toml", "workers = 3\nretries = 1\n\n[deadlines]\nstep = \"6s\"\ncase = \"90s\"\n");
    let shown = scratch.run(["config", "show", "--browser", "chromium", "--workers", "4", "--json"]).code(0);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    let entry = |key: &str| {
        let entries = shown.as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["key"] == key).unwrap();
        (entry["value"].clone(), entry["origin"].clone())
    };
    assert_eq!(entry("browsers"), (json!(["chromium"]), json!("--browser")));
    assert_eq!(entry("workers"), (json!(4), json!("--workers")));
    assert_eq!(entry("retries"), (json!(2), json!("LCW_RETRIES")));
    assert_eq!(entry("deadlines.step"), (json!("7s"), json!("LCW_DEADLINES_STEP")));
    assert_eq!(entry("deadlines.case"), (json!("1m 30s"), json!("webdriver.toml:6")));
    assert_eq!(entry("fail-fast"), (json!(false), json!("default")));
    let headed = scratch.run(["config", "show", "--headed", "--json"]).code(0);
    let headed: Value = serde_json::from_str(&headed.stdout).unwrap();
    let headless = headed.as_array().unwrap().iter().find(|entry| entry["key"] == "headless").unwrap();
    assert_eq!((&headless["value"], &headless["origin"]), (&json!(false), &json!("--headed")));
    let text = scratch.run(["config", "show", "--browser", "chromium", "--workers", "4"]).code(0);
    insta::assert_snapshot!(text.stdout, @r#"
    browsers                ["chromium"]  --browser
    workers                 4             --workers
    retries                 2             LCW_RETRIES
    fail-fast               false         default
    headless                true          default
    strength                2             default
    deadlines.driver        "20s"         default
    deadlines.session       "1m"          default
    deadlines.command       "15s"         default
    deadlines.step          "7s"          LCW_DEADLINES_STEP
    deadlines.case          "1m 30s"      webdriver.toml:6
    firefox.webdriver-url   ""            default
    firefox.driver          ""            default
    firefox.binary          ""            default
    firefox.args            []            default
    firefox.preferences     {}            default
    chromium.webdriver-url  ""            default
    chromium.driver         ""            default
    chromium.binary         ""            default
    chromium.args           []            default
    server.address          "127.0.0.1"   default
    server.port             0             default
    server.fixtures         ""            default
    "#);
}

#[test]
fn a_shell_accepts_the_completions() {
    let scratch = Scratch::new();
    let script = scratch.run(["completions", "bash"]).code(0).stdout;
    scratch.write("lcw.bash", &script);
    // Completing `lcw completions z`, as bash does.
    let ask = "source ./lcw.bash; COMP_WORDS=(lcw completions z); COMP_CWORD=2; _lcw lcw z completions; echo \"${COMPREPLY[@]}\"";
    let bash =
        std::process::Command::new("bash").args(["-c", ask]).current_dir(scratch.path("")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&bash.stdout).trim(), "zsh", "{bash:?}");
}

#[test]
fn the_served_pages_embed_the_widget() {
    let scratch = Scratch::with_suite(SUITE);
    let mut server = scratch.start(["serve", "--fixtures", "fixtures"]);
    let line = server.stdout.wait_for("http://");
    let address = line.trim().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    let get = |path: &str| {
        let mut connection = TcpStream::connect(&address).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
        answer
    };
    get("/");
    assert!(get("/index.html").contains("Microsoft_Omnichannel_LCWidget"));
    assert!(get("/livechatwidget/scripts/LiveChatBootstrapper.js").contains("lcw-harness:fire-ready"));
    server.signal(Signal::INT);
    server.end().code(0);
}
