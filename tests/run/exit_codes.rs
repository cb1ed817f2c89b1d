//! What is wrong before the first case runs: exit codes 2, 3 and 4, each with what to do about it.

use rstest::rstest;

use crate::scratch::{Scratch, need_browsers, run_in};

const SUITE: &str = "\
[[case]]
id = \"hello\"
title = \"an invitation\"
steps = [{ call = { message = \"Hello\" } }]
";

/// A small suite, and drivers that tell when somebody starts them.
fn scratch_with_trap(suite: &str) -> Scratch {
    let scratch = Scratch::with_suite(suite);
    let trap = scratch
        .write_program("driver", &format!("#!/bin/sh\ntouch '{}'\n", scratch.path("started").display()));
    let trap = trap.display().to_string();
    scratch.variable("LCW_FIREFOX_DRIVER", &trap).variable("LCW_CHROMIUM_DRIVER", &trap)
}

#[rstest]
#[case::unknown_key("wokers = 2\n", &["unknown key `wokers`", "webdriver.toml:1:1", "help: did you mean `workers`?"])]
#[case::unknown_key_in_a_table("[deadlines]\nstop = \"5s\"\n", &["webdriver.toml:2:1", "did you mean `deadlines.step`?"])]
#[case::wrong_type("workers = \"two\"\n", &["webdriver.toml:1:11", "expected a whole number from 1 to 64"])]
#[case::impossible_value("\nworkers = 0\n", &["webdriver.toml:2:11", "expected a whole number from 1 to 64"])]
#[case::impossible_deadline("deadlines.step = \"0s\"\n", &["webdriver.toml:1:18", "longer than zero"])]
#[case::not_toml("workers = \n", &["webdriver.toml:1:", "──"])]
fn a_mistake_in_the_configuration_is_pointed_at(#[case] file: &str, #[case] words: &[&str]) {
    let scratch = scratch_with_trap(SUITE);
    scratch.write("webdriver.toml", file);
    let ended = scratch.run(["run", "--fixtures", "fixtures"]).code(2);
    ended.says(words);
    assert!(ended.stderr.contains('┬') || ended.stderr.contains('▲'), "a caret: {}", ended.stderr);
    assert_eq!(ended.stdout, "");
    assert!(!scratch.path("started").exists());
}

#[rstest]
#[case::unknown_key("[[case]]\nid = \"a\"\ntitel = \"b\"\nsteps = []\n", &["small.toml:3:1", "did you mean `title`?"])]
#[case::wrong_type("[[case]]\nid = 7\ntitle = \"b\"\nsteps = []\n", &["small.toml:2:6", "expected a string"])]
#[case::unknown_step("[[case]]\nid = \"a\"\ntitle = \"b\"\nsteps = [\"acept\"]\n", &["small.toml:4:10", "`accept`"])]
#[case::impossible_time(
    "[[case]]\nid = \"a\"\ntitle = \"b\"\nsteps = [\"hold-clock\", { advance = \"soon\" }]\n", &["small.toml:4:", "1ms"]
)]
fn a_mistake_in_a_suite_is_pointed_at(#[case] suite: &str, #[case] words: &[&str]) {
    let scratch = scratch_with_trap(suite);
    let ended = scratch.run(["run", "--fixtures", "fixtures"]).code(2);
    ended.says(words);
    assert!(ended.stderr.contains('┬') || ended.stderr.contains('▲'), "a caret: {}", ended.stderr);
    assert!(!scratch.path("started").exists());
}

#[test]
fn a_suite_that_contradicts_the_contract_is_a_bug_in_the_suite_and_starts_no_browser() {
    let suite = "[[case]]\nid = \"a\"\ntitle = \"nothing to accept\"\nsteps = [\"hold-clock\", \"accept\"]\n";
    let scratch = scratch_with_trap(suite);
    let report = "json=report.json";
    let ended = scratch.run(["run", "--fixtures", "fixtures", "--report", report]).code(2);
    ended.says(&["BUG IN SUITE", "small.toml:", "no notification is shown at this point"]);
    assert!(!ended.stdout.contains("FAILED"), "{}", ended.stdout);
    assert!(!scratch.path("started").exists() && !scratch.path("report.json").exists());
}

#[rstest]
#[case::flag(&["run", "--wokers", "2"], &["--wokers", "--workers"])]
#[case::command(&["ruin"], &["'ruin'", "'run'"])]
#[case::value(&["run", "--workers", "0"], &["--workers cannot be 0", "from 1 to 64"])]
#[case::browser(&["run", "--browser", "opera"], &["opera", "firefox, chromium, all"])]
#[case::report(&["run", "--report", "xml=a"], &["`xml` is no kind of report", "`junit`, `json` or `events`"])]
#[case::two_reports(&["run", "--report", "json=a", "--report", "junit=a"], &["two reports", "a file of its own"])]
#[case::unwritable(&["run", "--report", "json=tmp"], &["json report to tmp", "it is a folder", "choose a path"])]
#[case::no_fixtures(&["run", "--fixtures", "nowhere"], &["nowhere", "server.fixtures"])]
#[case::no_configuration(&["run", "--config", "nowhere.toml"], &["nowhere.toml"])]
#[case::no_events(&["report", "nowhere.jsonl"], &["nowhere.jsonl", "--report events=PATH"])]
fn a_mistake_on_the_command_line_is_named(#[case] arguments: &[&str], #[case] words: &[&str]) {
    let scratch = scratch_with_trap(SUITE).variable("LCW_SERVER_FIXTURES", "fixtures");
    scratch.run(arguments).code(2).says(words);
    assert!(!scratch.path("started").exists());
}

#[test]
fn a_mistake_in_a_variable_is_named() {
    let scratch = scratch_with_trap(SUITE).variable("LCW_WORKERS", "many").variable("LCW_WORKRES", "2");
    scratch
        .run(["run", "--fixtures", "fixtures"])
        .code(2)
        .says(&["LCW_WORKERS cannot be \"many\"", "from 1 to 64"]);
    let scratch = Scratch::new().variable("LCW_WORKRES", "2");
    scratch
        .run(["config", "show"])
        .code(0)
        .says(&["warning: the variable LCW_WORKRES is not known", "LCW_WORKERS?"]);
}

#[test]
fn a_filter_of_the_log_that_is_no_text_is_told() {
    use std::os::unix::ffi::OsStrExt as _;
    let scratch = Scratch::new();
    let mut show = scratch.command(["config", "show"]);
    let output = show.env("LCW_LOG", std::ffi::OsStr::from_bytes(b"lcw=\xff")).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "warning: LCW_LOG is not a filter: it is not Unicode text; using lcw=warn\n");
}

#[test]
fn nothing_selected_is_no_success() {
    let scratch = scratch_with_trap(SUITE);
    let run = scratch.run(["run", "--fixtures", "fixtures", "no-such-case"]).code(4);
    run.says(&["the filter `no-such-case` fits no case", "no case is selected", "lcw list"]);
    let list = scratch.run(["list", "--fixtures", "fixtures", "no-such-case"]).code(4);
    list.says(&["the filter `no-such-case` fits no case", "no case is selected"]);
    scratch
        .run(["run", "--fixtures", "fixtures", "--exclude", "hello"])
        .code(4)
        .says(&["no case is selected"]);
    assert!(!scratch.path("started").exists());
}

#[rstest]
#[case::driver("LCW_FIREFOX_DRIVER", "nowhere/geckodriver", "nowhere/geckodriver as geckodriver")]
#[case::browser("LCW_FIREFOX_BINARY", "nowhere/firefox", "nowhere/firefox as Firefox")]
#[case::folder("GECKOWEBDRIVER", "tmp", "environment variable GECKOWEBDRIVER: it is a folder without it")]
fn a_driver_or_browser_that_is_not_there_is_named(
    #[case] variable: &str,
    #[case] value: &str,
    #[case] words: &str,
) {
    let driver = ["#!/bin/sh\n", "exec sleep 60\n"].concat();
    let scratch = Scratch::with_suite(SUITE);
    let driver = scratch.write_program("driver", &driver).display().to_string();
    // The driver is there where it is the browser that is not.
    let scratch = if variable == "LCW_FIREFOX_BINARY" {
        scratch.variable("LCW_FIREFOX_DRIVER", driver)
    } else {
        scratch
    };
    let scratch = scratch.variable(variable, value);
    let ended = scratch.run(run_in("firefox", &["--report", "json=report.json"]));
    let ended = ended.code(3);
    ended.says(&["error: failed to use", words, "correct the"]);
    assert!(ended.stdout.contains("No browser could be started"), "{}", ended.stdout);
    let report = scratch.json("report.json");
    assert_eq!((&report["end_reason"], &report["summary"]["not_run"]), (&"no-browser".into(), &1.into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_is_lost_is_told_beside_the_browser_that_is_missing() {
    let scratch = Scratch::with_suite(SUITE).variable("LCW_FIREFOX_DRIVER", "nowhere/geckodriver");
    let ended = scratch.run(run_in("firefox", &["--report", "json=/dev/full"])).code(3);
    ended.says(&["failed to write the json report to /dev/full", "error: failed to use"]);
}

#[test]
fn a_driver_that_is_nowhere_can_be_installed() {
    let scratch = Scratch::with_suite(SUITE);
    let home = scratch.path("home").display().to_string();
    let scratch = ["PATH", "GECKOWEBDRIVER", "FIREFOX_BIN", "CARGO_HOME", "XDG_CACHE_HOME"]
        .iter()
        .fold(scratch.variable("HOME", home), |scratch, name| scratch.variable(name, ""));
    let ended = scratch.run(run_in("firefox", &[])).code(3);
    ended.says(&["error: failed to ", "geckodriver"]);
    // A system's own geckodriver cannot be hidden; then it is the shell that is missing.
    if !["/usr/bin", "/usr/local/bin", "/snap/bin"]
        .iter()
        .any(|folder| std::path::Path::new(folder).join("geckodriver").exists())
    {
        ended.says(&["neither in GECKOWEBDRIVER nor on PATH", "`lcw provision --browser firefox`"]);
    }
}

#[rstest]
#[case::run(&["run", "--fixtures", "fixtures"])]
#[case::serve(&["serve"])]
fn a_port_that_is_taken_is_named(#[case] arguments: &[&str]) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let scratch = scratch_with_trap(SUITE).variable("LCW_SERVER_PORT", address.port().to_string());
    let ended = scratch.run(arguments).code(3);
    ended.says(&[&format!("failed to listen on {address}"), "the port is taken", "`server.port`"]);
    assert_eq!(ended.stdout, "", "nothing has begun");
    assert!(!scratch.path("started").exists());
}

#[test]
fn a_temporary_folder_that_cannot_be_written_is_named() {
    let scratch = Scratch::with_suite(SUITE);
    let program = scratch.write_program("program", "#!/bin/sh\nexec sleep 60\n").display().to_string();
    let scratch = scratch
        .variable("LCW_FIREFOX_DRIVER", &program)
        .variable("LCW_FIREFOX_BINARY", &program)
        .variable("TMPDIR", "nowhere");
    let ended = scratch.run(run_in("firefox", &[])).code(3);
    ended.says(&[
        "failed to create a private folder for geckodriver",
        "nowhere/lcw-firefox-",
        "set TMPDIR to",
    ]);
}

#[test]
fn every_browser_is_needed() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE).variable("LCW_FIREFOX_DRIVER", "nowhere/geckodriver");
    let ended = scratch.run(["run", "--fixtures", "fixtures"]).code(3);
    ended.says(&["error: failed to use", "nowhere/geckodriver as geckodriver"]);
    assert!(ended.stdout.contains("Not every browser could be started"), "{}", ended.stdout);
}

/// Whoever asks for the forty-second of three walks is told which there are.
#[test]
fn a_filter_that_selects_no_walk_is_told_the_walks() {
    let run = |number| ["run", "--walks", number, "--seed", "7", "walk/7/42"];
    Scratch::new()
        .run(run("3"))
        .code(4)
        .says(&["no walk is selected of walk/7/1 to walk/7/3; --walks makes more"]);
    Scratch::new().run(run("1")).code(4).says(&["no walk is selected of walk/7/1; --walks"]);
}

/// As when the terminal was closed, or the disk is full: what cannot be written is no reason to end in another way.
#[cfg(target_os = "linux")]
#[test]
fn nobody_who_listens_changes_what_a_command_comes_to() {
    let scratch = Scratch::new();
    scratch
        .write("scenarios.toml", "[[scenario]]\nid = \"a\"\npromise = \"b\"\nsteps = [{ visit = \"\" }]\n");
    for arguments in [
        &["run", "nowhere"][..],
        &["run", "--walks", "3", "nowhere"],
        &["check", "scenarios.toml", "--root", ".", "nowhere"],
        &["mutants", "no-such-mutant"],
        &["coverage", "nowhere"],
    ] {
        let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let status = scratch.command(arguments).stdout(std::process::Stdio::null()).stderr(full()).status();
        assert_eq!(status.unwrap().code(), Some(4), "{arguments:?}");
    }
}
