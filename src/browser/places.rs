//! What drivers and browsers are called, and where they usually are.

use std::env;
use std::path::PathBuf;

use super::discovery::{Origin, Part};
use super::provision::GECKODRIVER;
use crate::config::BrowserKind;

/// The environment variables that may name it; the first two are what GitHub's and Azure's images set.
pub(super) fn variables(kind: BrowserKind, part: Part) -> Vec<&'static str> {
    match (kind, part) {
        (BrowserKind::Firefox, Part::Driver) => vec!["GECKOWEBDRIVER"],
        (BrowserKind::Chromium, Part::Driver) => vec!["CHROMEWEBDRIVER"],
        (BrowserKind::Firefox, Part::Browser) => vec!["FIREFOX_BIN"],
        (BrowserKind::Chromium, Part::Browser) => vec!["CHROME_BIN"],
    }
}

pub(super) fn names(kind: BrowserKind, part: Part) -> &'static [&'static str] {
    match (kind, part) {
        (BrowserKind::Firefox, Part::Driver) => &["geckodriver"],
        (BrowserKind::Chromium, Part::Driver) => &["chromedriver"],
        (BrowserKind::Firefox, Part::Browser) => &["firefox-esr", "firefox"],
        (BrowserKind::Chromium, Part::Browser) => &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
            "Chromium",
            "Google Chrome",
        ],
    }
}

/// The user's folder for what may be removed at any time; `None` without a home.
pub(super) fn cache_folder() -> Option<PathBuf> {
    Some(directories::ProjectDirs::from("", "", "lcw")?.cache_dir().to_owned())
}

/// Where `lcw provision` puts executables: a folder of the user's own, and of the version that is pinned, so
/// that another pin is installed and found in place of an older one.
pub(super) fn provisioned_folder() -> Option<PathBuf> {
    Some(cache_folder()?.join("drivers").join(format!("geckodriver-{GECKODRIVER}")).join("bin"))
}

pub(super) fn usual_places(kind: BrowserKind, part: Part) -> Vec<(PathBuf, Origin)> {
    let mut places: Vec<(PathBuf, Origin)> = Vec::new();
    let mut usual = |folder: PathBuf| places.push((folder, Origin::UsualPlace));
    if part == Part::Driver {
        if let Some(cargo) = env::var_os("CARGO_HOME") {
            usual(PathBuf::from(cargo).join("bin"));
        }
        if let Some(home) = env::home_dir() {
            usual(home.join(".cargo/bin"));
        }
    }
    let fixed: &[&str] = match (kind, part) {
        (BrowserKind::Firefox, Part::Driver) => &["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"],
        (BrowserKind::Chromium, Part::Driver) => &[
            "/usr/bin",
            "/usr/local/bin",
            "/usr/lib/chromium",
            "/usr/lib/chromium-browser",
            "/opt/homebrew/bin",
        ],
        (BrowserKind::Firefox, Part::Browser) => &[
            "/usr/bin",
            "/usr/local/bin",
            "/usr/lib/firefox-esr",
            "/usr/lib/firefox",
            "/opt/firefox",
            "/Applications/Firefox.app/Contents/MacOS",
        ],
        (BrowserKind::Chromium, Part::Browser) => &[
            "/usr/bin",
            "/usr/local/bin",
            "/usr/lib/chromium",
            "/usr/lib/chromium-browser",
            "/opt/google/chrome",
            "/opt/chromium",
            "/Applications/Chromium.app/Contents/MacOS",
            "/Applications/Google Chrome.app/Contents/MacOS",
        ],
    };
    fixed.iter().for_each(|folder| usual(PathBuf::from(folder)));
    if let Some(folder) = provisioned_folder() {
        places.insert(0, (folder, Origin::Provisioned));
    }
    places
}
