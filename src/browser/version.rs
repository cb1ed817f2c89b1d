//! What version an executable says it is.

use std::fmt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// A version as an executable tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The whole version, such as `156.0.8078.79`.
    pub text: String,
    /// Its first number.
    pub major: u32,
}

impl Version {
    /// Its first two numbers; the second is 0 when it is none.
    pub fn minor(&self) -> (u32, u32) {
        (self.major, self.text.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.text)
    }
}

/// Asks an executable for its version.
///
/// # Errors
/// A fragment that says what happened: it cannot be run, says nothing in time, or no version.
pub async fn version(executable: &Path, patience: Duration) -> Result<Version, String> {
    let run = Command::new(executable)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match timeout(patience, run).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(format!("it cannot be run: {error}")),
        Err(_) => return Err(format!("it gave no answer within {}", humantime::format_duration(patience))),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    version_in(&text).ok_or_else(|| format!("it told no version ({})", output.status))
}

/// The first word that begins like a version number.
pub(super) fn version_in(text: &str) -> Option<Version> {
    text.split_whitespace().find_map(|word| {
        let (major, _) = word.split_once('.')?;
        Some(Version { text: word.to_owned(), major: major.parse().ok()? })
    })
}

#[cfg(test)]
mod tests {
    use super::super::discovery::tests::folder;
    use super::*;

    #[test]
    fn versions_are_read_from_what_executables_print() {
        let read = |text: &str| version_in(text).map(|version| (version.text.clone(), version.minor()));
        assert_eq!(read("Mozilla Firefox 153.7.0esr"), Some(("153.7.0esr".into(), (153, 7))));
        assert_eq!(read("geckodriver 0.37.1 (abc 2026)"), Some(("0.37.1".into(), (0, 37))));
        let chromium = "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)";
        assert_eq!(read(chromium), Some(("156.0.8078.79".into(), (156, 0))));
        assert_eq!(read("command not found."), None);
    }

    #[tokio::test]
    async fn an_executable_that_says_no_version_in_time_is_given_up() {
        let mute = folder(&["mute"], "");
        let reason = version(&mute.path().join("mute"), Duration::from_secs(20)).await;
        assert!(reason.as_ref().is_err_and(|reason| reason.contains("no version")), "{reason:?}");
        let slow = folder(&["slow"], "exec tail -f /dev/null");
        let reason = version(&slow.path().join("slow"), Duration::from_millis(100)).await;
        assert!(reason.as_ref().is_err_and(|reason| reason.contains("within 100ms")), "{reason:?}");
    }
}
