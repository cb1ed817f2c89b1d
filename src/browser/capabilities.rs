//! What is asked of a new session: the harness's own flags and preferences, then the person's.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::config::{BrowserKind, BrowserSettings};

/// The inner size of the window, the same in both browsers: a desktop page, not a phone.
const WINDOW: (u32, u32) = (1280, 800);

/// Firefox preferences and why each is set. Measured together they cut a case on an origin of its own
/// to less than a third of the processor time.
const FIREFOX_PREFERENCES: &[(&str, Preference)] = &[
    // One content process for all origins: a case's own origin otherwise costs a new process.
    ("fission.autostart", Preference::Flag(false)),
    ("dom.ipc.processCount", Preference::Number(1)),
    // No spare process is started on suspicion.
    ("dom.ipc.processPrelaunch.enabled", Preference::Flag(false)),
    // Pages that were left are not kept alive for the back button; nothing of a case lives on.
    ("browser.sessionhistory.max_total_viewers", Preference::Number(0)),
    // The window's state is not written to disk every few seconds.
    ("browser.sessionstore.interval", Preference::Number(100_000_000)),
    // Nothing in the browser's own frame moves or fades.
    ("toolkit.cosmeticAnimations.enabled", Preference::Flag(false)),
    ("ui.prefersReducedMotion", Preference::Number(1)),
    // Profiles live for one run; the memory cache is enough.
    ("browser.cache.disk.enable", Preference::Flag(false)),
    ("places.history.enabled", Preference::Flag(false)),
    // No connections that the page did not ask for.
    ("browser.places.speculativeConnect.enabled", Preference::Flag(false)),
    // A page that is left takes its chat's connection along, for which the next ones, of other pages, would have to wait
    // up to 0.4 s each, as if a server had failed.
    ("network.websocket.delay-failed-reconnects", Preference::Flag(false)),
    // No platform accessibility service listens in a headless run; ARIA attributes stay what they are.
    ("accessibility.force_disabled", Preference::Number(1)),
    // No hidden new-tab page is prepared.
    ("browser.newtab.preload", Preference::Flag(false)),
];

/// The value of a preference of the harness's own.
#[derive(Clone, Copy)]
enum Preference {
    Flag(bool),
    Number(i32),
}

impl From<Preference> for Value {
    fn from(preference: Preference) -> Self {
        match preference {
            Preference::Flag(flag) => flag.into(),
            Preference::Number(number) => number.into(),
        }
    }
}

/// Chromium flags and why each is set.
const CHROMIUM_FLAGS: &[&str] = &[
    // No graphics card is needed, and none is looked for.
    "--disable-gpu",
    // A page that is come back to is loaded anew, as in Firefox, whose preferences say so: one that was kept comes back
    // without the timers that the harness holds.
    "--disable-back-forward-cache",
    // Plain TCP to the fixture server and to intercepted hosts.
    "--disable-quic",
    // No welcome page, no question about the default browser.
    "--no-first-run",
    "--no-default-browser-check",
    // Nothing is fetched that the page did not ask for.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Nor is anything asked in spite of these flags: the time, what a form's fields are for (which would tell of the pages
    // under test), hints for pages. And the list below the address bar, which nobody types into, loads no two pages of its
    // own in every window: they cost more than the page under test. Nor does a page load another one before its visitor
    // goes there (speculation rules), of which the driver loses track. The driver adds the features that a person disables.
    "--disable-features=NetworkTimeServiceQuerying,AutofillServerCommunication,OptimizationHints,\
     WebUIOmniboxPopup,WebUIOmniboxAimPopup,Prerender2",
    // The browser's own sign-in and its components that are asked for on demand have no switch; they get an address to
    // which Chromium connects to nobody, port 9 being one of those that it holds for unsafe.
    "--gaia-url=http://127.0.0.1:9",
    "--component-updater=url-source=http://127.0.0.1:9/",
];

/// The capabilities for a new session; without a `profile` geckodriver makes one.
pub(super) fn capabilities(
    kind: BrowserKind,
    binary: Option<&Path>,
    profile: Option<&Path>,
    headless: bool,
    settings: &BrowserSettings,
) -> Map<String, Value> {
    let (key, name, mut options) = match kind {
        BrowserKind::Firefox => ("moz:firefoxOptions", "firefox", firefox(profile, headless, settings)),
        BrowserKind::Chromium => ("goog:chromeOptions", "chrome", chromium(headless, settings)),
    };
    if let Some(binary) = binary {
        options.insert("binary".into(), json!(binary));
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".into(), json!(name));
    capabilities.insert(key.into(), Value::Object(options));
    // The BiDi connection is part of the same session.
    capabilities.insert("webSocketUrl".into(), json!(true));
    // A prompt stays open until the harness handles it: one that the page opens is an observation.
    capabilities.insert("unhandledPromptBehavior".into(), json!("ignore"));
    capabilities
}

fn firefox(profile: Option<&Path>, headless: bool, settings: &BrowserSettings) -> Map<String, Value> {
    let (width, height) = WINDOW;
    let mut args = vec![format!("--width={width}"), format!("--height={height}")];
    if headless {
        args.push("-headless".into());
    }
    if let Some(profile) = profile {
        args.extend(["-profile".into(), profile.display().to_string()]);
    }
    args.extend(settings.args.iter().cloned());
    let mut preferences: Map<String, Value> =
        FIREFOX_PREFERENCES.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    preferences.extend(settings.preferences.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut options = Map::new();
    options.insert("args".into(), json!(args));
    options.insert("prefs".into(), Value::Object(preferences));
    options
}

fn chromium(headless: bool, settings: &BrowserSettings) -> Map<String, Value> {
    let (width, height) = WINDOW;
    let mut args: Vec<String> = CHROMIUM_FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    args.push(format!("--window-size={width},{height}"));
    if headless {
        args.push("--headless=new".into());
    }
    // Chromium refuses to run as root inside its sandbox; anyone else keeps the sandbox.
    if rustix::process::geteuid().is_root() {
        args.push("--no-sandbox".into());
    }
    if shared_memory_is_small() {
        args.push("--disable-dev-shm-usage".into());
    }
    args.extend(settings.args.iter().cloned());
    let mut options = Map::new();
    options.insert("args".into(), json!(args));
    options
}

/// Containers often have 64 MiB of shared memory, with which Chromium's pages crash.
pub(super) fn shared_memory_is_small() -> bool {
    const ENOUGH: u64 = 256 << 20;
    cfg!(target_os = "linux")
        && rustix::fs::statvfs("/dev/shm")
            .is_ok_and(|volume| volume.f_blocks.saturating_mul(volume.f_frsize) < ENOUGH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_arguments_come_last_and_their_preferences_win() {
        let mut settings = BrowserSettings { args: vec!["--mine".into()], ..BrowserSettings::default() };
        settings.preferences.insert("fission.autostart".into(), json!(true));
        let firefox = capabilities(BrowserKind::Firefox, None, None, true, &settings);
        let options = &firefox["moz:firefoxOptions"];
        assert_eq!(options["prefs"]["fission.autostart"], json!(true));
        assert_eq!(options["prefs"]["dom.ipc.processCount"], json!(1));
        for (kind, key) in
            [(BrowserKind::Firefox, "moz:firefoxOptions"), (BrowserKind::Chromium, "goog:chromeOptions")]
        {
            let capabilities = capabilities(kind, Some(Path::new("/opt/browser")), None, true, &settings);
            let args = capabilities[key]["args"].as_array().cloned().unwrap_or_default();
            assert_eq!(args.last(), Some(&json!("--mine")));
            assert_eq!(capabilities[key]["binary"], json!("/opt/browser"));
        }
    }

    #[test]
    fn headed_browsers_get_no_headless_flag() {
        for kind in BrowserKind::ALL {
            let text =
                Value::Object(capabilities(kind, None, None, false, &BrowserSettings::default())).to_string();
            assert!(!text.contains("headless"), "{text}");
        }
    }
}
