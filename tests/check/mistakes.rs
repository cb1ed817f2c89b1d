//! What is wrong before the first page opens, and what a person sees of a scenario that failed.

use rstest::rstest;

use crate::scratch::{Ended, Scratch, need_browsers};
use crate::{invites, page};

const HELLO: &str = "\
[[scenario]]
id = \"hello\"
promise = \"Whoever stays for five seconds is invited.\"
steps = [
  { visit = \"index.html\" },
  { advance = \"5s\" },
  { expect = { invitation = { text = \"Hello\", at = \"5s\" } } },
]
";

/// A folder with a page that invites at once, and these scenarios.
fn hasty(scenarios: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("index.html", &page(&invites("Hello", 0)));
    scratch.write("scenarios.toml", scenarios);
    scratch
}

fn check(scratch: &Scratch, more: &[&str]) -> Ended {
    scratch.run([&["check", "scenarios.toml"], more].concat())
}

#[rstest]
#[case::unknown_key(HELLO.replace("promise", "promis"), &["scenarios.toml:3:1", "did you mean `promise`?"])]
#[case::unknown_step(HELLO.replace("advance", "advanse"), &["scenarios.toml:6:5"])]
#[case::no_scenario(String::new(), &["there is no scenario"])]
#[case::taken_id(HELLO.repeat(2), &["the id `hello` is taken", "first used in line 2"])]
fn a_mistake_in_the_file_is_pointed_at(#[case] file: String, #[case] words: &[&str]) {
    let ended = check(&hasty(&file), &[]).code(2);
    ended.says(words);
    assert!(ended.stderr.contains('┬') || ended.stderr.contains('▲') || file.is_empty(), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_file_that_is_not_there() {
    let ended = Scratch::new().run(["check", "scenarios.toml"]).code(2);
    ended.says(&["failed to read scenarios.toml", "give the path of a file"]);
}

/// A server without its scheme parses as an address, and a host with anything beside it would never be met.
#[rstest]
#[case::no_scheme("--base-url", "localhost:5173", "it does not begin with http:// or https://")]
#[case::other_scheme("--base-url", "file:///tmp", "it does not begin with http:// or https://")]
#[case::port("--allow", "localhost:3001", "every port of it may be asked")]
#[case::address("--allow", "https://fonts.example/", "such as `fonts.example`")]
#[case::wildcard("--allow", "*.example", "a whole host")]
fn what_is_no_server_or_host_is_told_before_a_browser_starts(
    #[case] flag: &str,
    #[case] value: &str,
    #[case] words: &str,
) {
    check(&hasty(HELLO), &[flag, value]).code(2).says(&[flag, value, words]);
}

#[test]
fn nothing_selected() {
    let ended = check(&hasty(HELLO), &["misspelt"]).code(4);
    ended.says(&["the filter `misspelt` fits no scenario", "no scenario is selected"]);
}

#[test]
fn a_word_that_selects_nothing_is_told_beside_one_that_does() {
    need_browsers();
    let file = HELLO.replace("at = \"5s\"", "at = \"0s\"");
    let ended = check(&hasty(&file), &["hello", "renamed", "--browser", "chromium"]).code(0);
    ended.says(&["warning: the filter `renamed` fits no scenario"]);
    assert!(!ended.stderr.contains("`hello`"), "{}", ended.stderr);
}

#[test]
fn a_failure_says_what_happened_and_why_it_probably_failed() {
    need_browsers();
    let scratch = hasty(HELLO);
    let ended = check(&scratch, &["--browser", "chromium"]).code(1);
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\b\d+\.\d s\b", "[time]");
    settings.add_filter(r"\b(chromium +)\d+(\.\d+)+", "$1[version]");
    settings.bind(|| {
        insta::assert_snapshot!(ended.stdout, @r#"
    1 scenario of scenarios.toml

    FAILED  chromium  hello  [time]
      the promise: Whoever stays for five seconds is invited.
      scenarios.toml:7: step 3, expect an invitation "Hello" at 5 s
        the invitation's time
          expected  5 s
          actual    0 s
      probably: called at 0 ms, expected at 5 s at index.html:2, by `lcw:ready`
      probably: no timer held the call back: a delay that is undefined is none
      what happened:
        step 1: visit index.html
           0.000 s  opened index.html
           0.000 s  timeout of 0 ms, set at index.html:2:37
           0.000 s  listens to lcw:ready at index.html:2:1
           0.000 s  the widget's script element …zureedge.net/livechatwidget/scripts/LiveChatBootstrapper.js
           0.000 s  lcw:ready
           0.000 s  startProactiveChat({message: "Hello"}, false) at index.html:2:95
           0.000 s  invitation "Hello"
           0.000 s  GET index.html: the site
           0.000 s  GET https://oc-cdn-public.azureedge.net/livechatwidget/scripts/…: the widget
        step 2: let 5 s pass
        step 3: expect an invitation "Hello" at 5 s
      again: lcw check scenarios.toml hello --browser chromium


    chromium  0 as expected, 1 not
    Not all as expected: 1 result in [time]
    "#)
    });
}

#[test]
fn a_known_failure_that_passes_is_not_as_expected() {
    need_browsers();
    let file = HELLO.replace("advance = \"5s\"", "advance = \"1ms\"").replace("at = \"5s\"", "at = \"0s\"");
    let scratch = hasty(&file.replace("steps", "known-failure = \"too late\"\nsteps"));
    let ended = check(&scratch, &["--browser", "chromium"]).code(1);
    assert!(ended.stdout.contains("it passes although it is known to fail"), "{}", ended.stdout);
}
