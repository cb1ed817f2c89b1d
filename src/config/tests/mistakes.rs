//! Every mistake is pointed at or named.

use super::{folder, sources, with_variables};
use crate::config::{BrowserChoice, Loaded, Overrides, Sources};
use crate::source::rendered;

/// What a person sees of a configuration file.
fn error_of(text: &str) -> String {
    let folder = folder(text);
    match Loaded::load(&sources(folder.path())) {
        Ok(loaded) => format!("no error: {:?}", loaded.settings),
        Err(error) => rendered(&error),
    }
}

/// What a person sees of a variable.
fn variable_error(name: &str, value: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    match Loaded::load(&with_variables(folder.path(), &[(name, value)])) {
        Ok(loaded) => format!("no error: {:?}", loaded.settings),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_drivers_address_needs_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let url = |browser, url: &str| Overrides {
        browser,
        webdriver_url: vec![url.to_owned()],
        ..Overrides::default()
    };
    let load = |overrides| Loaded::load(&Sources { overrides, ..sources(folder.path()) });
    let one = load(url(Some(BrowserChoice::Firefox), "http://127.0.0.1:4444/?a=b")).unwrap();
    assert_eq!(one.settings.firefox.webdriver_url.unwrap().query(), Some("a=b"));
    insta::assert_snapshot!(rendered(&load(url(None, "http://127.0.0.1:4444")).unwrap_err()), @r"
    × --webdriver-url http://127.0.0.1:4444 does not say for which browser
    help: add `--browser firefox`, or write `--webdriver-url firefox=http://127.0.0.1:4444`
    ");
    let secure = load(url(None, "firefox=https://127.0.0.1:4444")).unwrap_err();
    assert!(secure.to_string().contains("expected an address such as \"http://127.0.0.1:4444\""), "{secure}");
    insta::assert_snapshot!(load(url(None, "firefox=localhost:4444")).unwrap_err(), @r#"--webdriver-url cannot be "localhost:4444": expected an address such as "http://127.0.0.1:4444", or "" to start a driver"#);
}

#[test]
fn unknown_keys_are_pointed_at() {
    insta::assert_snapshot!(error_of("workers = 2\nbrowser = [\"firefox\"]\n"), @r#"
     × unknown key `browser` (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:1]
    1 │ workers = 2
    2 │ browser = ["firefox"]
      · ───┬───
      ·    ╰── expected one of `browsers`, `workers`, `retries`, `fail-fast`, `headless`, `strength`, `deadlines`, `firefox`, `chromium`, `server`
      ╰────
     help: did you mean `browsers`?
    "#);
    insta::assert_snapshot!(error_of("[deadlines]\nsteps = \"5s\"\n"), @r#"
     × unknown key `deadlines.steps` (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:1]
    1 │ [deadlines]
    2 │ steps = "5s"
      · ──┬──
      ·   ╰── expected one of `driver`, `session`, `command`, `step`, `case`
      ╰────
     help: did you mean `deadlines.step`?
    "#);
    insta::assert_snapshot!(error_of("driver = \"/usr/bin/geckodriver\"\n"), @r#"
     × unknown key `driver` (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:1]
    1 │ driver = "/usr/bin/geckodriver"
      · ───┬──
      ·    ╰── expected one of `browsers`, `workers`, `retries`, `fail-fast`, `headless`, `strength`, `deadlines`, `firefox`, `chromium`, `server`
      ╰────
     help: under another table there is `deadlines.driver`, `firefox.driver`, `chromium.driver`
    "#);
    insta::assert_snapshot!(error_of("[chromium.preferences]\na = 1\n"), @r"
     × unknown key `chromium.preferences` (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:11]
    1 │ [chromium.preferences]
      ·           ─────┬─────
      ·                ╰── expected one of `webdriver-url`, `driver`, `binary`, `args`
    2 │ a = 1
      ╰────
     help: under another table there is `firefox.preferences`
    ");
}

#[test]
fn wrong_types_are_pointed_at() {
    insta::assert_snapshot!(error_of("workers = \"two\"\n"), @r#"
     × `workers` cannot be "two" (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:11]
    1 │ workers = "two"
      ·           ──┬──
      ·             ╰── expected a whole number from 1 to 64
      ╰────
    "#);
    insta::assert_snapshot!(error_of("headless = 1\n"), @r"
     × `headless` cannot be 1 (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:12]
    1 │ headless = 1
      ·            ┬
      ·            ╰── expected true or false
      ╰────
    ");
    insta::assert_snapshot!(error_of("deadlines = \"5s\"\n"), @r#"
     × `deadlines` is a table (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:13]
    1 │ deadlines = "5s"
      ·             ──┬─
      ·               ╰── expected keys under [deadlines]
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[firefox]\nargs = [\"-P\", 3]\n"), @r#"
     × `firefox.args` cannot be 3 (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:15]
    1 │ [firefox]
    2 │ args = ["-P", 3]
      ·               ┬
      ·               ╰── expected a text
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[firefox.preferences]\na.b = 1.5\n"), @r"
     × `firefox.preferences` cannot be 1.5 (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:7]
    1 │ [firefox.preferences]
    2 │ a.b = 1.5
      ·       ─┬─
      ·        ╰── expected a whole number, a text, true or false
      ╰────
    ");
}

#[test]
fn impossible_values_are_pointed_at() {
    insta::assert_snapshot!(error_of("workers = 0\n"), @r"
     × `workers` cannot be 0 (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:11]
    1 │ workers = 0
      ·           ┬
      ·           ╰── expected a whole number from 1 to 64
      ╰────
    ");
    insta::assert_snapshot!(error_of("retries = -1\n"), @r"
     × `retries` cannot be -1 (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:11]
    1 │ retries = -1
      ·           ─┬
      ·            ╰── expected a whole number from 0 to 100
      ╰────
    ");
    insta::assert_snapshot!(error_of("strength = 1\n"), @r#"
     × `strength` cannot be 1 (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:12]
    1 │ strength = 1
      ·            ┬
      ·            ╰── expected a whole number from 2 to 5, or "all" for every combination
      ╰────
    "#);
    insta::assert_snapshot!(error_of("strength = 6\n"), @r#"
     × `strength` cannot be 6 (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:12]
    1 │ strength = 6
      ·            ┬
      ·            ╰── expected a whole number from 2 to 5, or "all" for every combination
      ╰────
    "#);
    insta::assert_snapshot!(error_of("browsers = [\"firefox\", \"safari\"]\n"), @r#"
     × `browsers` cannot be "safari" (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:24]
    1 │ browsers = ["firefox", "safari"]
      ·                        ────┬───
      ·                            ╰── expected "firefox" or "chromium"
      ╰────
    "#);
    insta::assert_snapshot!(error_of("browsers = []\n"), @r"
     × `browsers` cannot be an empty list (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:12]
    1 │ browsers = []
      ·            ─┬
      ·             ╰── expected at least one browser
      ╰────
    ");
    insta::assert_snapshot!(error_of("browsers = [\"firefox\", \"firefox\"]\n"), @r#"
     × `browsers` cannot be "firefox" (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:24]
    1 │ browsers = ["firefox", "firefox"]
      ·                        ────┬────
      ·                            ╰── expected each browser once
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[deadlines]\nstep = \"0s\"\n"), @r#"
     × `deadlines.step` cannot be "0s" (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:8]
    1 │ [deadlines]
    2 │ step = "0s"
      ·        ──┬─
      ·          ╰── expected a time longer than zero, up to "24h", as text, such as "10s", "500ms" or "2m"
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[deadlines]\nstep = \"-5s\"\n"), @r#"
     × `deadlines.step` cannot be "-5s" (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:8]
    1 │ [deadlines]
    2 │ step = "-5s"
      ·        ──┬──
      ·          ╰── expected a time longer than zero, up to "24h", as text, such as "10s", "500ms" or "2m"
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[deadlines]\nstep = 5\n"), @r#"
     × `deadlines.step` cannot be 5 (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:8]
    1 │ [deadlines]
    2 │ step = 5
      ·        ┬
      ·        ╰── expected a time longer than zero, up to "24h", as text, such as "10s", "500ms" or "2m"
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[firefox]\nwebdriver-url = \"localhost:4444\"\n"), @r#"
     × `firefox.webdriver-url` cannot be "localhost:4444" (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:17]
    1 │ [firefox]
    2 │ webdriver-url = "localhost:4444"
      ·                 ────────┬───────
      ·                         ╰── expected an address such as "http://127.0.0.1:4444", or "" to start a driver
      ╰────
    "#);
    insta::assert_snapshot!(error_of("[server]\naddress = \"localhost\"\nport = 65536\n"), @r#"
     × `server.address` cannot be "localhost" (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:11]
    1 │ [server]
    2 │ address = "localhost"
      ·           ─────┬─────
      ·                ╰── expected "127.0.0.1" or "::1", where browsers look for the cases' pages, or "0.0.0.0" or "::" to listen everywhere
    3 │ port = 65536
      ╰────
    "#);
    let unreachable = error_of("[server]\naddress = \"192.0.2.1\"\n");
    assert!(unreachable.contains("`server.address` cannot be \"192.0.2.1\""), "{unreachable}");
}

#[test]
fn broken_syntax_is_pointed_at() {
    insta::assert_snapshot!(error_of("workers = 2\nworkers = 3\n"), @r"
     × duplicate key (webdriver.toml, line 2)
      ╭─[webdriver.toml:2:1]
    1 │ workers = 2
    2 │ workers = 3
      · ───┬───
      ·    ╰── here
      ╰────
    ");
    insta::assert_snapshot!(error_of("[deadlines\n"), @r"
     × unclosed table, expected `]` (webdriver.toml, line 1)
      ╭─[webdriver.toml:1:11]
    1 │ [deadlines
      ·           ▲
      ·           ╰── here
      ╰────
    ");
}

#[test]
fn a_variables_mistake_names_the_variable() {
    insta::assert_snapshot!(variable_error("LCW_WORKERS", "0"), @r"LCW_WORKERS cannot be 0: expected a whole number from 1 to 64");
    insta::assert_snapshot!(variable_error("LCW_WORKERS", "many"), @r#"LCW_WORKERS cannot be "many": expected a whole number from 1 to 64"#);
    insta::assert_snapshot!(variable_error("LCW_HEADLESS", "no"), @r#"LCW_HEADLESS cannot be "no": expected true or false"#);
    insta::assert_snapshot!(variable_error("LCW_BROWSERS", "firefox safari"), @r#"LCW_BROWSERS cannot be "safari": expected "firefox" or "chromium""#);
    insta::assert_snapshot!(variable_error("LCW_DEADLINES_STEP", "5"), @r#"LCW_DEADLINES_STEP cannot be "5": expected a time longer than zero, up to "24h", as text, such as "10s", "500ms" or "2m""#);
    insta::assert_snapshot!(variable_error("LCW_FIREFOX_PREFERENCES", "a.b=1"), @r#"LCW_FIREFOX_PREFERENCES cannot be "a.b=1": expected a table such as { "dom.disable_open_during_load" = true }"#);
}

#[test]
fn a_flags_mistake_names_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let overrides = Overrides { workers: Some(0), ..Overrides::default() };
    let error = Loaded::load(&Sources { overrides, ..sources(folder.path()) }).unwrap_err();
    insta::assert_snapshot!(rendered(&error), @r"
    × --workers cannot be 0: expected a whole number from 1 to 64
    help: correct or unset it; docs/configuration.md lists every value
    ");
}
