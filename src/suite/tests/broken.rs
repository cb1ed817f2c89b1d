//! Every mistake in a suite is a caret at its place.

use super::{CATALOGUE, SMALL, small};
use crate::assets::Assets;
use crate::source::{SourceFile, rendered};
use crate::suite::{Filter, Plan, Suites};

/// What a person sees of a suite in which `from` was replaced by `to`.
fn broken(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    match Suites::parse([SourceFile::new("small.toml", SMALL.replacen(from, to, 1))]) {
        Ok(_) => "no error".to_owned(),
        Err(error) => rendered(&error),
    }
}

#[test]
fn unknown_keys_and_words_are_pointed_at() {
    insta::assert_snapshot!(broken("title = \"raised once\"", "titel = \"raised once\""), @r#"
     × unknown key `titel` (small.toml, line 4)
      ╭─[small.toml:4:1]
    3 │ id = "ready/once"
    4 │ titel = "raised once"
      · ──┬──
      ·   ╰── expected one of `id`, `title`, `settings`, `steps`
    5 │ 
      ╰────
     help: did you mean `title`?
    "#);
    insta::assert_snapshot!(broken("call = { message = \"Hello\" }", "call = { mesage = \"Hello\" }"), @r#"
     × unknown key `mesage` (small.toml, line 14)
       ╭─[small.toml:14:38]
    13 │ name = "message"
    14 │ values = [{ name = "plain", call = { mesage = "Hello" } }, { name = "empty", call = { message = "" } }]
       ·                                      ───┬──
       ·                                         ╰── expected one of `message`, `show-prechat`, `options`
    15 │ 
       ╰────
     help: did you mean `message`?
    "#);
    insta::assert_snapshot!(broken("after = [\"accept\"]", "after = [\"acept\"]"), @r#"
     × unknown word `acept` (small.toml, line 18)
       ╭─[small.toml:18:39]
    17 │ name = "visitor"
    18 │ values = [{ name = "accept", after = ["acept"] }, { name = "escape", after = ["escape"] }]
       ·                                       ───┬───
       ·                                          ╰── expected one of `fire-ready`, `on-ready`, `call`, `odd-call`, `sdk`, `hold-clock`, `advance`, `accept`, `dismiss`, `accept-if-shown`, `dismiss-if-shown`, `escape`, `submit-survey`, `send`, `start-chat`, `close-chat`, `open-chat`, `minimize`, `maximize`, `close-widget`, `close-window`, `agent-says`, `agent-ends`, `second-tab`, `reload`
       ╰────
     help: did you mean `accept`?
    "#);
}

#[test]
fn wrong_types_and_values_are_pointed_at() {
    insta::assert_snapshot!(broken("{ message = \"Hello\" }", "{ message = 42 }"), @r#"
     × wrong type: integer `42` (small.toml, line 14)
       ╭─[small.toml:14:48]
    13 │ name = "message"
    14 │ values = [{ name = "plain", call = { message = 42 } }, { name = "empty", call = { message = "" } }]
       ·                                                ─┬
       ·                                                 ╰── expected a string
    15 │ 
       ╰────
    "#);
    insta::assert_snapshot!(broken("after = [\"accept\"]", "after = [{ advance = \"a minute\" }]"), @r#"
     × "a minute" is not a duration; write one such as "59.999s", "1ms" or "1m" (small.toml, line 18)
       ╭─[small.toml:18:39]
    17 │ name = "visitor"
    18 │ values = [{ name = "accept", after = [{ advance = "a minute" }] }, { name = "escape", after = ["escape"] }]
       ·                                       ────────────┬───────────
       ·                                                   ╰── here
       ╰────
    "#);
    insta::assert_snapshot!(broken("call = { message = \"Hello\" }", "settings = { prechat = \"yes\" }"), @r#"
     × wrong type: string "yes" (small.toml, line 14)
       ╭─[small.toml:14:52]
    13 │ name = "message"
    14 │ values = [{ name = "plain", settings = { prechat = "yes" } }, { name = "empty", call = { message = "" } }]
       ·                                                    ──┬──
       ·                                                      ╰── expected a boolean
    15 │ 
       ╰────
    "#);
}

#[test]
fn sizes_that_nobody_means_are_pointed_at() {
    let hello = "call = { message = \"Hello\" }";
    insta::assert_snapshot!(broken(hello, &format!("{hello}, message-length = 9000000000000")));
    let many = "steps = [{ sdk = { set-context-provider = { gives-many = 1000000000 } } }]";
    insta::assert_snapshot!(broken("title = \"raised once\"", &format!("title = \"raised once\"\n{many}")));
}

/// Whoever has cases alone means the requirements that everybody has.
#[test]
fn suites_without_requirements_have_the_built_in_ones() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("suites")).unwrap();
    std::fs::write(folder.path().join("suites/small.toml"), SMALL).unwrap();
    let own = Suites::load(&Assets::folder(folder.path()).unwrap()).unwrap();
    let built_in = Suites::load(&Assets::embedded()).unwrap();
    assert_eq!(own.catalogue(), built_in.catalogue());
}

#[test]
fn names_that_do_not_exist_are_pointed_at() {
    insta::assert_snapshot!(broken("parameters = [\"visitor\"]", "parameters = [\"vistor\"]"), @r#"
     × there is no parameter called `vistor` (small.toml, line 9)
       ╭─[small.toml:9:25]
     8 │ title = "{visitor} with {message}"
     9 │ full = [{ parameters = ["vistor"], with = { message = "plain" } }]
       ·                         ────┬───
       ·                             ╰── expected one of `message`, `visitor`
    10 │ exclude = [{ when = { visitor = "escape", message = ["empty"] }, reason = "the same as dismiss there" }]
       ╰────
     help: did you mean `visitor`?
    "#);
    insta::assert_snapshot!(broken("with = { message = \"plain\" }", "with = { message = \"plan\" }"), @r#"
     × there is no value of `message` called `plan` (small.toml, line 9)
       ╭─[small.toml:9:56]
     8 │ title = "{visitor} with {message}"
     9 │ full = [{ parameters = ["visitor"], with = { message = "plan" } }]
       ·                                                        ───┬──
       ·                                                           ╰── expected one of `plain`, `empty`
    10 │ exclude = [{ when = { visitor = "escape", message = ["empty"] }, reason = "the same as dismiss there" }]
       ╰────
     help: did you mean `plain`?
    "#);
    insta::assert_snapshot!(broken("visitor = \"escape\"", "visitor = [\"accept\", \"flees\"]"), @r#"
     × there is no value of `visitor` called `flees` (small.toml, line 10)
       ╭─[small.toml:10:33]
     9 │ full = [{ parameters = ["visitor"], with = { message = "plain" } }]
    10 │ exclude = [{ when = { visitor = ["accept", "flees"], message = ["empty"] }, reason = "the same as dismiss there" }]
       ·                                 ─────────┬─────────
       ·                                          ╰── expected one of `accept`, `escape`
    11 │ 
       ╰────
    "#);
    insta::assert_snapshot!(broken("\"{visitor} with", "\"{who} with"), @r#"
     × the title speaks of an unknown parameter (small.toml, line 8)
      ╭─[small.toml:8:9]
    7 │ id = "invite"
    8 │ title = "{who} with {message}"
      ·         ───────────┬──────────
      ·                    ╰── expected only {message}, {visitor} in braces
    9 │ full = [{ parameters = ["visitor"], with = { message = "plain" } }]
      ╰────
    "#);
}

#[test]
fn a_full_product_speaks_of_each_parameter_once() {
    insta::assert_snapshot!(broken(", with = { message = \"plain\" }", ""), @r#"
     × nothing is said of the parameter `message` (small.toml, line 9)
       ╭─[small.toml:9:24]
     8 │ title = "{visitor} with {message}"
     9 │ full = [{ parameters = ["visitor"] }]
       ·                        ─────┬─────
       ·                             ╰── expected it here, or with a value in `with`
    10 │ exclude = [{ when = { visitor = "escape", message = ["empty"] }, reason = "the same as dismiss there" }]
       ╰────
    "#);
    insta::assert_snapshot!(broken("with = { message = \"plain\" }", "with = { message = \"plain\", visitor = \"accept\" }"), @r#"
     × `visitor` is both taken in full and fixed (small.toml, line 9)
       ╭─[small.toml:9:65]
     8 │ title = "{visitor} with {message}"
     9 │ full = [{ parameters = ["visitor"], with = { message = "plain", visitor = "accept" } }]
       ·                                                                 ───┬───
       ·                                                                    ╰── expected it here or in `parameters`
    10 │ exclude = [{ when = { visitor = "escape", message = ["empty"] }, reason = "the same as dismiss there" }]
       ╰────
    "#);
}

#[test]
fn nothing_is_said_twice() {
    insta::assert_snapshot!(broken("id = \"invite\"", "id = \"ready/once\""), @r#"
     × the id `ready/once` is taken (small.toml, line 7)
      ╭─[small.toml:7:6]
    6 │ [[matrix]]
    7 │ id = "ready/once"
      ·      ──────┬─────
      ·            ╰── first used in small.toml, line 3
    8 │ title = "{visitor} with {message}"
      ╰────
    "#);
    insta::assert_snapshot!(broken("{ name = \"empty\"", "{ name = \"plain\""), @r#"
     × a second value is called `plain` (small.toml, line 14)
       ╭─[small.toml:14:70]
    13 │ name = "message"
    14 │ values = [{ name = "plain", call = { message = "Hello" } }, { name = "plain", call = { message = "" } }]
       ·                                                                      ───┬───
       ·                                                                         ╰── expected a name of its own
    15 │ 
       ╰────
    "#);
    insta::assert_snapshot!(broken("name = \"escape\", after", "name = \"escape\", call = { message = \"\" }, after"), @r#"
     × `call.message` is given twice in one scenario (small.toml, line 18)
       ╭─[small.toml:18:61]
    17 │ name = "visitor"
    18 │ values = [{ name = "accept", after = ["accept"] }, { name = "escape", call = { message = "" }, after = ["escape"] }]
       ·                                                             ────┬───
       ·                                                                 ╰── this value gives it, and the parameter `message` does too
       ╰────
    "#);
}

#[test]
fn ids_can_be_typed_in_a_shell() {
    insta::assert_snapshot!(broken("id = \"ready/once\"", "id = \"ready/Raised once!\""), @r#"
     × `ready/Raised once!` cannot be an id (small.toml, line 3)
      ╭─[small.toml:3:6]
    2 │ [[case]]
    3 │ id = "ready/Raised once!"
      ·      ──────────┬─────────
      ·                ╰── expected words of a-z, 0-9 and hyphens, separated by slashes, such as `ready/raised-once`
    4 │ title = "raised once"
      ╰────
    "#);
    insta::assert_snapshot!(broken("{ name = \"accept\"", "{ name = \"accept=now\""), @r#"
     × `accept=now` cannot be a name (small.toml, line 18)
       ╭─[small.toml:18:20]
    17 │ name = "visitor"
    18 │ values = [{ name = "accept=now", after = ["accept"] }, { name = "escape", after = ["escape"] }]
       ·                    ──────┬─────
       ·                          ╰── expected a word of a-z, 0-9 and hyphens, such as `in-new-window`
       ╰────
    "#);
}

#[test]
fn a_requirement_is_written_once() {
    let twice = format!("{CATALOGUE}{CATALOGUE}");
    let error = Suites::parse([SourceFile::new("requirements.toml", twice)]).unwrap_err();
    insta::assert_snapshot!(rendered(&error), @r#"
     × a second requirement has the id `message.default` (requirements.toml, line 15)
       ╭─[requirements.toml:15:6]
    14 │ [[requirement]]
    15 │ id = "message.default"
       ·      ────────┬────────
       ·              ╰── expected an id of its own
    16 │ level = "must"
       ╰────
    "#);
}

#[test]
fn a_case_that_contradicts_the_contract_is_a_bug_of_the_suite() {
    let text = SMALL.replacen("title = \"raised once\"", "title = \"raised once\"\nsteps = [\"accept\"]", 1);
    let suites = Suites::parse([SourceFile::new("small.toml", text)]).unwrap();
    let error = Plan::build(&suites, Some(2), &Filter::default()).unwrap_err();
    insta::assert_snapshot!(rendered(&error), @r#"
     × BUG IN SUITE: the case `ready/once` contradicts the contract (small.toml, line 3)
      ╭─[small.toml:3:6]
    2 │ [[case]]
    3 │ id = "ready/once"
      ·      ──────┬─────
      ·            ╰── step 1: accept: no notification is shown at this point
    4 │ title = "raised once"
      ╰────
     help: correct the case; nothing is said about the widget
    "#);
}

#[test]
fn a_folder_is_read_and_a_missing_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Suites::load(&Assets::folder(folder.path()).unwrap()).unwrap_err();
    assert!(error.to_string().contains("suites"), "{error}");
    std::fs::create_dir(folder.path().join("suites")).unwrap();
    std::fs::write(folder.path().join("suites/small.toml"), SMALL).unwrap();
    std::fs::write(folder.path().join("suites/requirements.toml"), CATALOGUE).unwrap();
    std::fs::write(folder.path().join("suites/notes.txt"), "not a suite").unwrap();
    let suites = Suites::load(&Assets::folder(folder.path()).unwrap()).unwrap();
    assert_eq!(suites.ids(), small().ids());
    assert_eq!(suites.catalogue().iter().count(), 2);
}
