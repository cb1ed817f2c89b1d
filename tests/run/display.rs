//! What a person sees in a pipe.

use crate::scratch::{Scratch, need_browsers, run_in};

const SUITE: &str = "\
[[case]]
id = \"hello/accepted\"
title = \"an invitation that is accepted\"
steps = [{ call = { message = \"Hello\" } }, \"accept\"]

[[case]]
id = \"hello/again\"
title = \"an invitation after another one\"
steps = [{ call = { message = \"Hello\" } }, \"escape\", { call = { message = \"Hello again\" } }]
";

/// Settings of a snapshot with words for what differs from run to run and from machine to machine.
pub(crate) fn redacted(scratch: &Scratch) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(scratch.path("").display().to_string().trim_end_matches('/'), "[folder]");
    settings.add_filter(r"\b\d+\.\d+ s\b", "[time]");
    // Versions of browsers are padded to one width, where something stands behind them.
    settings.add_filter(r"\b((?:firefox|chromium) +)\d+(\.\d+)+ +", "$1[version] ");
    settings.add_filter(r"(?m)\b((?:firefox|chromium) +)\d+(\.\d+)+$", "$1[version]");
    settings.add_filter(r"\b(geckodriver|chromedriver) \d+(\.\d+)+", "$1 [version]");
    settings
}

#[test]
fn a_passing_run() {
    need_browsers();
    let scratch = Scratch::with_suite(SUITE);
    let run = scratch.run(["run", "--fixtures", "fixtures"]).code(0);
    redacted(&scratch).bind(|| {
        insta::assert_snapshot!(run.stdout, @r"
    Testing reference: 4 results
      firefox  [version] (geckodriver [version])
      chromium [version] (chromedriver [version])

    firefox  [version] 2 passed
    chromium [version] 2 passed
    All as expected: 4 results in [time]
    ")
    });
    assert_eq!(run.stderr, "");
}

#[test]
fn a_suite_that_contradicts_the_contract() {
    let scratch = Scratch::with_suite(
        "[[case]]\nid = \"hasty\"\ntitle = \"accepts what is not there\"\nsteps = [\"accept\"]\n",
    );
    let run = scratch.run(["run", "--fixtures", "fixtures"]).code(2);
    redacted(&scratch).bind(|| {
        insta::assert_snapshot!(run.stderr, @r#"
     × BUG IN SUITE: the case `hasty` contradicts the contract (fixtures/suites/small.toml, line 2)
      ╭─[fixtures/suites/small.toml:2:6]
    1 │ [[case]]
    2 │ id = "hasty"
      ·      ───┬───
      ·         ╰── step 1: accept: no notification is shown at this point
    3 │ title = "accepts what is not there"
      ╰────
     help: correct the case; nothing is said about the widget
    "#)
    });
    assert_eq!(run.stdout, "");
}

#[test]
fn a_mistake_in_the_configuration() {
    let scratch = Scratch::with_suite(SUITE);
    scratch.write("webdriver.toml", "[deadlines]\nstep = \"5 bananas\"\n");
    let run = scratch.run(["run", "--fixtures", "fixtures"]).code(2);
    insta::assert_snapshot!(run.stderr, @r#"
     × `deadlines.step` cannot be "5 bananas" (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:8]
    1 │ [deadlines]
    2 │ step = "5 bananas"
      ·        ─────┬─────
      ·             ╰── expected a time longer than zero, up to "24h", as text, such as "10s", "500ms" or "2m"
      ╰────
    "#);
    assert_eq!(run.stdout, "");
}

#[test]
fn no_driver() {
    let scratch = Scratch::with_suite(SUITE).variable("LCW_FIREFOX_DRIVER", "/nowhere/geckodriver");
    let run = scratch.run(run_in("firefox", &[])).code(3);
    insta::assert_snapshot!(run.stdout, @r"
    Testing reference: 2 results

    No browser could be started; `lcw doctor` says what is missing
    ");
    insta::assert_snapshot!(run.stderr, @"error: failed to use /nowhere/geckodriver as geckodriver, named by the configuration: it is not there; correct the configuration, or leave it out to have geckodriver searched for");
}

#[test]
fn the_plan() {
    let scratch =
        Scratch::with_suite(&format!("{SUITE}\n[[case]]\nid = \"other\"\ntitle = \"\"\nsteps = []\n"));
    let list = scratch.run(["list", "--fixtures", "fixtures", "hello", "misspelt"]).code(0);
    // Of the requirements one is enough here: their number grows.
    let (cases, rest) = list.stdout.split_once("\nrequirements\n").unwrap();
    let requirement = rest.lines().find(|line| line.contains("notification.dismiss-escape")).unwrap();
    let left_out = &rest[rest.find("left out\n").unwrap()..];
    let shown = format!("{cases}\nrequirements\n{requirement}\n…\n{left_out}");
    insta::assert_snapshot!(shown, @r"
    hello/accepted
        an invitation that is accepted
    hello/again
        an invitation after another one

    requirements
        notification.dismiss-escape      observed         1  Escape closes the notification that has the focus, and no chat opens then.
    …
    left out
            1  not selected by the filter

    the filter `misspelt` fits no case of the plan
    2 cases, 22 of 95 requirements, 1 left out, matrices covered at strength 2
    ");
    assert_eq!(list.stderr, "");
}
