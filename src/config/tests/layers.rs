//! What each layer says, and which wins.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use super::{folder, load_text, sources, with_variables};
use crate::config::key::{KEYS, Key};
use crate::config::*;

const SHIPPED: &str = include_str!("../../../webdriver.toml");

#[test]
fn the_shipped_file_is_the_defaults_with_every_key_said() {
    let loaded = load_text(SHIPPED);
    assert_eq!(loaded.settings, Settings::default());
    for key in KEYS {
        assert!(matches!(loaded.origin(key.path), Origin::File { .. }), "{} is not in the file", key.path);
    }
}

#[test]
fn every_key_of_the_shipped_file_has_its_comment() {
    let lines: Vec<&str> = SHIPPED.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(lines[at - 1].starts_with("# "), "{line}");
        }
    }
}

#[test]
fn the_documentation_speaks_of_every_key_and_its_variable() {
    let text = include_str!("../../../docs/configuration.md");
    for key in KEYS {
        assert!(text.contains(&format!("| `{}` ", key.path)), "{} is not documented", key.path);
        assert!(text.contains(&format!("`{}`", key.variable())), "{} is not documented", key.variable());
    }
}

#[test]
fn without_any_layer_all_is_default() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = Loaded::load(&sources(folder.path())).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    assert!(loaded.entries().all(|entry| *entry.origin == Origin::Default));
}

#[test]
fn a_later_layer_wins_and_is_named() {
    let folder = folder("# mine\nworkers = 2\nretries = 2\nheadless = true\n\n[deadlines]\nstep = \"7s\"\n");
    let overrides = Overrides { workers: Some(4), headed: true, ..Overrides::default() };
    let sources =
        Sources { overrides, ..with_variables(folder.path(), &[("LCW_WORKERS", "3"), ("LCW_RETRIES", "3")]) };
    let loaded = Loaded::load(&sources).unwrap();
    assert_eq!((loaded.settings.workers, loaded.settings.retries, loaded.settings.headless), (4, 3, false));
    assert_eq!(loaded.settings.deadlines.step, Duration::from_secs(7));
    let origins = ["workers", "retries", "headless", "deadlines.step", "strength"];
    assert_eq!(
        origins.map(|key| loaded.origin(key).to_string()),
        ["--workers", "LCW_RETRIES", "--headed", "webdriver.toml:7", "default"]
    );
}

#[test]
fn the_nearest_file_upwards_is_used_and_config_names_another() {
    let outer = folder("workers = 2\n");
    let inner = outer.path().join("site/tests");
    fs::create_dir_all(&inner).unwrap();
    assert_eq!(Loaded::load(&sources(&inner)).unwrap().settings.workers, 2);
    fs::write(outer.path().join("site/other.toml"), "workers = 5\n").unwrap();
    let named = Sources { config: Some(PathBuf::from("../other.toml")), ..sources(&inner) };
    assert_eq!(Loaded::load(&named).unwrap().settings.workers, 5);
    let variable = with_variables(&inner, &[("LCW_CONFIG", "../other.toml")]);
    assert_eq!(Loaded::load(&variable).unwrap().settings.workers, 5);
    let missing = Sources { config: Some(PathBuf::from("nowhere.toml")), ..sources(&inner) };
    assert!(matches!(Loaded::load(&missing), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn a_nearest_file_that_cannot_be_read_is_told_and_not_passed_over() {
    let outer = folder("workers = 2\n");
    let inner = outer.path().join("site");
    fs::create_dir_all(inner.join("webdriver.toml")).unwrap();
    assert!(matches!(Loaded::load(&sources(&inner)), Err(ConfigError::Unreadable { .. })));
    fs::remove_dir(inner.join("webdriver.toml")).unwrap();
    std::os::unix::fs::symlink("gone.toml", inner.join("webdriver.toml")).unwrap();
    assert!(matches!(Loaded::load(&sources(&inner)), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn paths_start_from_the_file_and_bare_programs_from_the_path() {
    let folder =
        folder("server.fixtures = \"my\"\n[firefox]\ndriver = \"bin/geckodriver\"\nbinary = \"firefox\"\n");
    let settings = Loaded::load(&sources(folder.path())).unwrap().settings;
    assert_eq!(settings.server.fixtures, Some(folder.path().join("my")));
    assert_eq!(settings.firefox.driver, Some(folder.path().join("bin/geckodriver")));
    assert_eq!(settings.firefox.binary, Some(PathBuf::from("firefox")));
}

#[test]
fn every_kind_of_value_is_taken_over() {
    let settings = load_text(
        "browsers = \"all\"\nstrength = \"all\"\n\
         [deadlines]\ncase = \"1m 30s\"\n\
         [firefox]\nwebdriver-url = \"http://127.0.0.1:4444\"\nargs = [\"-P\", \"two words\"]\n\
         [firefox.preferences]\ndom.ipc.processCount = 1\n\"a.b\" = true\nc = \"text\"\n\
         [server]\naddress = \"::1\"\nport = 8_080\n",
    )
    .settings;
    assert_eq!(settings.browsers, BrowserKind::ALL);
    assert_eq!(settings.strength, None);
    assert_eq!(settings.deadlines.case, Duration::from_secs(90));
    assert_eq!(settings.firefox.webdriver_url.unwrap().port(), Some(4444));
    assert_eq!(settings.firefox.args, ["-P", "two words"]);
    let preferences = serde_json::to_value(&settings.firefox.preferences).unwrap();
    assert_eq!(preferences, serde_json::json!({ "a.b": true, "c": "text", "dom.ipc.processCount": 1 }));
    assert_eq!(settings.server.address, "::1".parse::<IpAddr>().unwrap());
    assert_eq!(settings.server.port, 8080);
}

#[test]
fn variables_are_written_as_people_write_them() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = Loaded::load(&with_variables(
        folder.path(),
        &[
            ("LCW_BROWSERS", "chromium, firefox"),
            ("LCW_HEADLESS", "0"),
            ("LCW_STRENGTH", "all"),
            ("LCW_RETRIES", ""),
            ("LCW_CHROMIUM_ARGS", "--lang=de --window-size=800,600"),
            ("LCW_FIREFOX_ARGS", "[\"-P\", \"two words\"]"),
            ("LCW_FIREFOX_PREFERENCES", "{ \"a.b\" = 1 }"),
            ("LCW_SERVER_FIXTURES", "my \"odd\" folder"),
            ("LCW_DEADLINES_STEP", "250ms"),
        ],
    ))
    .unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.browsers, [BrowserKind::Chromium, BrowserKind::Firefox]);
    assert!(!settings.headless);
    assert_eq!(settings.strength, None);
    assert_eq!(loaded.origin("retries"), &Origin::Default);
    assert_eq!(settings.chromium.args, ["--lang=de", "--window-size=800,600"]);
    assert_eq!(settings.firefox.args, ["-P", "two words"]);
    assert_eq!(settings.firefox.preferences["a.b"], 1);
    assert_eq!(settings.server.fixtures, Some(folder.path().join("my \"odd\" folder")));
    assert_eq!(settings.deadlines.step, Duration::from_millis(250));
}

#[test]
fn a_misspelt_variable_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("LCW_WORKRES", "3"), ("LCW_LOG", "debug"), ("LCW_PROVISION", "1"), ("LCWX", "1")];
    let loaded = Loaded::load(&with_variables(folder.path(), &variables)).unwrap();
    assert_eq!(loaded.warnings, ["the variable LCW_WORKRES is not known; did you mean LCW_WORKERS?"]);
}

#[test]
fn every_flag_is_a_layer() {
    let folder = tempfile::tempdir().unwrap();
    let overrides = Overrides {
        browser: Some(BrowserChoice::Chromium),
        workers: Some(3),
        retries: Some(1),
        fail_fast: true,
        headed: true,
        strength: Some(3),
        all: false,
        webdriver_url: vec!["http://127.0.0.1:9515".to_owned(), "firefox=http://127.0.0.1:4444".to_owned()],
        fixtures: Some("my".to_owned()),
    };
    let all = Overrides { all: true, ..overrides.clone() };
    let loaded = Loaded::load(&Sources { overrides, ..sources(folder.path()) }).unwrap();
    let from_flags: Vec<String> = loaded
        .entries()
        .filter(|entry| *entry.origin != Origin::Default)
        .map(|entry| format!("{} = {} ({})", entry.key, entry.value, entry.origin))
        .map(|line| line.replace(&folder.path().display().to_string(), "HERE"))
        .collect();
    insta::assert_snapshot!(from_flags.join("\n"), @r#"
    browsers = ["chromium"] (--browser)
    workers = 3 (--workers)
    retries = 1 (--retries)
    fail-fast = true (--fail-fast)
    headless = false (--headed)
    strength = 3 (--strength)
    firefox.webdriver-url = "http://127.0.0.1:4444/" (--webdriver-url)
    chromium.webdriver-url = "http://127.0.0.1:9515/" (--webdriver-url)
    server.fixtures = "HERE/my" (--fixtures)
    "#);
    let loaded = Loaded::load(&Sources { overrides: all, ..sources(folder.path()) }).unwrap();
    assert_eq!((loaded.settings.strength, loaded.origin("strength")), (None, &Origin::Flag("--all")));
}

#[test]
fn values_are_shown_with_their_origins() {
    let folder = folder("workers = 2\n\n[firefox]\nargs = [\"-P\"]\n");
    let overrides = Overrides { headed: true, ..Overrides::default() };
    let sources = Sources { overrides, ..with_variables(folder.path(), &[("LCW_DEADLINES_CASE", "90s")]) };
    let loaded = Loaded::load(&sources).unwrap();
    let mut out = Vec::new();
    loaded.write_text(&mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    browsers                ["firefox", "chromium"]  default
    workers                 2                        webdriver.toml:1
    retries                 0                        default
    fail-fast               false                    default
    headless                false                    --headed
    strength                2                        default
    deadlines.driver        "20s"                    default
    deadlines.session       "1m"                     default
    deadlines.command       "15s"                    default
    deadlines.step          "5s"                     default
    deadlines.case          "1m 30s"                 LCW_DEADLINES_CASE
    firefox.webdriver-url   ""                       default
    firefox.driver          ""                       default
    firefox.binary          ""                       default
    firefox.args            ["-P"]                   webdriver.toml:4
    firefox.preferences     {}                       default
    chromium.webdriver-url  ""                       default
    chromium.driver         ""                       default
    chromium.binary         ""                       default
    chromium.args           []                       default
    server.address          "127.0.0.1"              default
    server.port             0                        default
    server.fixtures         ""                       default
    "#);
    let mut out = Vec::new();
    loaded.write_json(&mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json[1], serde_json::json!({ "key": "workers", "value": 2, "origin": "webdriver.toml:1" }));
    assert_eq!(json.as_array().unwrap().len(), KEYS.len());
}

#[test]
fn no_two_keys_share_a_variable() {
    let variables: std::collections::BTreeSet<String> = KEYS.iter().map(Key::variable).collect();
    assert_eq!(variables.len(), KEYS.len());
}

proptest! {
    /// What is shown of any settings, written to a file, gives the same settings.
    #[test]
    fn what_is_shown_can_be_written(
        workers in 1..=64_usize,
        retries in 0..=100_u32,
        fail_fast: bool,
        strength in prop::option::of(2..=5_usize),
        step in 1..10_000_000_u64,
        args in prop::collection::vec(any::<String>(), 0..4),
        preference in any::<String>(),
        number: i32,
        port: u16,
    ) {
        let mut settings = Settings { workers, retries, fail_fast, strength, ..Settings::default() };
        settings.deadlines.step = Duration::from_micros(step);
        settings.chromium.args = args;
        settings.firefox.preferences.insert(preference, number.into());
        settings.server.port = port;
        let text: String =
            KEYS.iter().map(|key| format!("{} = {}\n", key.path, (key.show)(&settings))).collect();
        prop_assert_eq!(load_text(&text).settings, settings);
    }

    /// No text of a variable breaks the loader: it is taken over or named.
    #[test]
    fn any_variable_is_taken_or_named(at in 0..KEYS.len(), text in any::<String>()) {
        let folder = tempfile::tempdir().unwrap();
        let name = KEYS[at].variable();
        match Loaded::load(&with_variables(folder.path(), &[(&name, &text)])) {
            Ok(loaded) => prop_assert_eq!(loaded.origin(KEYS[at].path) == &Origin::Default, text.is_empty()),
            Err(error) => prop_assert!(error.to_string().contains(&name)),
        }
    }
}
