//! A driver's program: it is not there, ends early, never gets ready, or loses the race for its port.

use std::path::Path;
use std::time::Duration;

use lcw::browser::{BrowserError, Missing};
use lcw::config::{BrowserSettings, Deadlines, Settings};
use rstest::rstest;

use crate::{processes, refused};

/// Settings whose driver is this shell script.
fn scripted(folder: &Path, script: &str) -> Settings {
    let driver = folder.join("fakedriver");
    // Written by another process: a file that this one has open for writing, if only in a child that
    // is just being started by another test, could not be run.
    let write = r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1""#;
    let written =
        std::process::Command::new("sh").args(["-c", write, "sh"]).arg(&driver).arg(script).status();
    assert!(written.unwrap().success());
    let browser =
        BrowserSettings { binary: Some(driver.clone()), driver: Some(driver), ..BrowserSettings::default() };
    // Long enough for a shell to start on a busy machine.
    let deadlines = Deadlines { driver: Duration::from_secs(2), ..Deadlines::default() };
    Settings { deadlines, firefox: browser, ..Settings::default() }
}

#[tokio::test]
async fn a_driver_that_ends_early_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = scripted(folder.path(), "echo 'cannot find libfake.so' >&2; exit 127");
    let error = refused(&settings).await;
    assert!(matches!(error, BrowserError::Start { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("exit status: 127") && text.contains("    cannot find libfake.so"), "{text}");
}

/// chromedriver chooses a port in two steps, between which another process may get it.
#[rstest]
#[case::once(
    "[ -s {0}/starts ] && [ $(wc -l < {0}/starts) -gt 1 ] && echo Listening on 127.0.0.1:9 && exec sleep 600",
    2,
    "Connection refused"
)]
#[case::always("", 4, "Address already in use")]
#[tokio::test]
async fn a_driver_whose_port_was_taken_is_started_again(
    #[case] then: &str,
    #[case] starts: usize,
    #[case] words: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "echo >> {{0}}/starts; {then}\necho 'bind() failed: Address already in use (98)' >&2; exit 1"
    );
    let script = script.replace("{0}", &folder.path().display().to_string());
    let error = refused(&scripted(folder.path(), &script)).await.to_string();
    assert!(error.contains(words), "{error}");
    let started = std::fs::read_to_string(folder.path().join("starts")).unwrap();
    assert_eq!(started.lines().count(), starts);
}

#[rstest]
#[case::says_nothing("echo hello; exec sleep 600", "it did not say its port")]
#[case::lies("echo Listening on 127.0.0.1:9; exec sleep 600", "Connection refused")]
#[tokio::test]
async fn a_driver_that_never_gets_ready_is_given_up(#[case] script: &str, #[case] words: &str) {
    let folder = tempfile::tempdir().unwrap();
    // The driver tells where its private folder is, so that its end can be seen.
    let settings = scripted(
        folder.path(),
        &format!("echo \"$TMPDIR\" > {0}/told; echo $$ > {0}/group; {script}", folder.path().display()),
    );
    let error = refused(&settings).await;
    assert!(matches!(error, BrowserError::NotReady { .. } | BrowserError::Start { .. }), "{error:?}");
    assert!(error.to_string().contains(words), "{error}");
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    let private = Path::new(told.trim()).parent().unwrap();
    if let Some(watchdog) = processes::watchdog(private) {
        assert!(processes::ends(watchdog, Duration::from_secs(10)), "the watchdog is still at it");
    }
    assert!(!private.exists(), "{} is left", private.display());
    let group = std::fs::read_to_string(folder.path().join("group")).unwrap().trim().parse().unwrap();
    assert_eq!(processes::members(group), Vec::<i32>::new());
}

#[tokio::test]
async fn a_driver_that_is_named_but_not_there() {
    let path = std::path::PathBuf::from("/nowhere/geckodriver");
    let browser = BrowserSettings { driver: Some(path.clone()), ..BrowserSettings::default() };
    let error = refused(&Settings { firefox: browser, ..Settings::default() }).await;
    assert!(matches!(&error, BrowserError::Missing(Missing::Unusable { path: named, .. }) if *named == path));
    assert!(error.to_string().contains("/nowhere/geckodriver as geckodriver"), "{error}");
}
