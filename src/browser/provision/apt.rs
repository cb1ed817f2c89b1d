//! Which of a package's names this system has.

use std::process::Stdio;

use tokio::process::Command;

use super::plan::Packages;
use super::steps::ProvisionError;

/// The first of the names that is a real package here.
pub(super) async fn choose(package: &Packages) -> Result<&'static str, ProvisionError> {
    let mut only_snaps = false;
    for name in package.names {
        match record(name).await {
            Some(record) if hands_over_to_snap(&record) => only_snaps = true,
            Some(_) => return Ok(name),
            None => {}
        }
    }
    Err(if only_snaps {
        ProvisionError::OnlySnap { what: package.what, place: place(package.what) }
    } else {
        ProvisionError::NoPackage {
            what: package.what,
            names: package.names.join(" or "),
            place: place(package.what),
        }
    })
}

/// What apt knows of the version that it would install; `None` when it knows no such package.
async fn record(name: &str) -> Option<String> {
    let output = Command::new("apt-cache")
        .args(["show", "--no-all-versions", name])
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .await
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().any(|line| line.starts_with("Version:")).then_some(text)
}

/// Ubuntu's packages for both browsers only call for snaps. A snap sees neither the private folder
/// that its profile has to be in, nor does it run in most containers.
fn hands_over_to_snap(record: &str) -> bool {
    record.lines().any(|line| {
        let line = line.to_ascii_lowercase();
        match line.split_once(':') {
            Some(("version", version)) => version.contains("snap"),
            Some(("pre-depends" | "depends", others)) => others.contains("snapd"),
            Some((description, words)) if description.starts_with("description") => words.contains(" snap"),
            _ => false,
        }
    })
}

/// Where it comes from when the system has no package.
fn place(what: &str) -> &'static str {
    match what {
        "Firefox" => "https://support.mozilla.org/kb/install-firefox-linux",
        _ => "https://googlechromelabs.github.io/chrome-for-testing/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_only_call_for_snaps_are_known() {
        let by_version = "Package: firefox\nVersion: 1:1snap1-0ubuntu5\nDepends: debconf\n";
        assert!(hands_over_to_snap(by_version));
        let by_dependency =
            "Package: chromium-browser\nVersion: 1:85.0-0ubuntu2\nPre-Depends: debconf, snapd (>= 2)\n";
        assert!(hands_over_to_snap(by_dependency));
        let by_words = "Package: x\nVersion: 1\nDescription-en: Transitional package - x -> x snap\n";
        assert!(hands_over_to_snap(by_words));
        let real =
            "Package: chromium\nVersion: 156.0-1\nDepends: libc6\nDescription-en: web browser\n snappy\n";
        assert!(!hands_over_to_snap(real));
    }
}
