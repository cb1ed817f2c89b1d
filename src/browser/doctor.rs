//! Looks at everything that a run needs, and says what to do about what is not right.

use std::ffi::OsString;
use std::fmt;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;
use url::Url;

use super::capabilities::shared_memory_is_small;
use super::discovery::{Executable, Missing, Part, but, find_part, what};
use super::driver::status;
use super::launch::display_is_missing;
use super::provision::GECKODRIVER;
use super::version::{Version, version};
use crate::config::{BrowserKind, Settings};

/// How long an executable may take to tell its version. The first start of a browser is slow.
const PATIENCE: Duration = Duration::from_secs(20);

/// The oldest geckodriver that knows `--websocket-port`, without which every Firefox wants port 9222.
const OLDEST_GECKODRIVER: (u32, u32) = (0, 30);

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What, such as `geckodriver`.
    pub subject: String,
    /// How it is.
    pub status: Status,
    /// What was seen.
    pub detail: String,
    /// What to do about it, if there is something to do.
    pub next: Option<String>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// As it should be.
    Fine,
    /// It works, but a person should know.
    Warning,
    /// A run will fail.
    Problem,
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

impl Check {
    fn fine(subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { subject: subject.into(), status: Status::Fine, detail: detail.into(), next: None }
    }

    fn new(
        status: Status,
        subject: impl Into<String>,
        detail: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self { subject: subject.into(), status, detail: detail.into(), next: Some(next.into()) }
    }
}

/// Looks at everything that a run with these settings needs. Nothing is changed; every browser is
/// asked for its version.
pub async fn examine(settings: &Settings) -> Vec<Check> {
    let mut checks = Vec::new();
    for kind in &settings.browsers {
        match &settings.browser(*kind).webdriver_url {
            Some(url) => checks.push(running_driver(*kind, url).await),
            None => checks.extend(installed(*kind, settings).await),
        }
    }
    checks.push(loopback());
    checks.push(temporary_folder());
    let starts = |kind| settings.browsers.contains(&kind) && settings.browser(kind).webdriver_url.is_none();
    if starts(BrowserKind::Firefox) {
        checks.push(folders_of_the_user(|name| std::env::var_os(name)));
    }
    checks.extend(["sh", "tail"].map(tool));
    checks.push(display(settings));
    if settings.browsers.contains(&BrowserKind::Chromium) {
        checks.push(sandbox(rustix::process::geteuid().is_root(), |path| std::fs::read_to_string(path).ok()));
        if shared_memory_is_small() {
            checks.push(Check::fine("shared memory", "/dev/shm is small; Chromium is told to do without"));
        }
    }
    checks
}

async fn running_driver(kind: BrowserKind, url: &Url) -> Check {
    let subject = format!("{} at {url}", kind.driver_name());
    let next = || {
        let port = url.port().unwrap_or(4444);
        format!("start it with `{} --port {port}`, or remove `webdriver-url`", kind.driver_name())
    };
    match timeout(PATIENCE, status(url)).await {
        Ok(Ok(())) => Check::fine(subject, "answers"),
        Ok(Err(reason)) => Check::new(Status::Problem, subject, reason, next()),
        Err(_) => Check::new(Status::Problem, subject, "does not answer /status", next()),
    }
}

async fn installed(kind: BrowserKind, settings: &Settings) -> Vec<Check> {
    let (driver, driver_check) = part(kind, Part::Driver, settings).await;
    let (browser, browser_check) = part(kind, Part::Browser, settings).await;
    let mut checks = vec![driver_check, browser_check];
    if let (Some(driver), Some(browser)) = (driver, browser) {
        checks.push(fit(kind, &driver, &browser));
    }
    checks
}

async fn part(kind: BrowserKind, part: Part, settings: &Settings) -> (Option<Version>, Check) {
    let subject = what(kind, part);
    let Executable { path, origin } = match find_part(kind, part, settings.browser(kind)) {
        Ok(found) => found,
        Err(missing) => {
            let (detail, next) = match missing {
                Missing::NotFound { snap, .. } => (
                    format!("not found{}", but(snap.as_deref())),
                    format!("lcw provision --browser {kind}, or name it in webdriver.toml"),
                ),
                Missing::Unusable { path, origin, problem, .. } => (
                    format!("{}, named by the {origin}, is {problem}", path.display()),
                    format!("correct the {origin}, or leave it out to have {subject} searched for"),
                ),
            };
            return (None, Check::new(Status::Problem, subject, detail, next));
        }
    };
    let place = format!("{} (from {origin})", path.display());
    match version(&path, PATIENCE).await {
        Ok(version) => {
            let detail = format!("{version} at {place}");
            (Some(version), Check::fine(subject, detail))
        }
        Err(reason) => {
            let next = format!("try `{} --version` by hand", path.display());
            (None, Check::new(Status::Problem, subject, format!("{place}: {reason}"), next))
        }
    }
}

/// Whether a driver and a browser of these versions work together.
fn fit(kind: BrowserKind, driver: &Version, browser: &Version) -> Check {
    let subject = format!("{} fits {}", kind.driver_name(), what(kind, Part::Browser));
    match kind {
        // chromedriver drives the browser of its own major version only.
        BrowserKind::Chromium if driver.major == browser.major => {
            Check::fine(subject, format!("both are version {}", driver.major))
        }
        BrowserKind::Chromium => Check::new(
            Status::Problem,
            subject,
            format!(
                "chromedriver {} drives Chromium {} only, not {}",
                driver.major, driver.major, browser.major
            ),
            format!("install chromedriver {} (with apt: `apt-get install chromium-driver`)", browser.major),
        ),
        BrowserKind::Firefox if driver.minor() < OLDEST_GECKODRIVER => Check::new(
            Status::Problem,
            subject,
            format!("geckodriver {driver} is older than {}.{}", OLDEST_GECKODRIVER.0, OLDEST_GECKODRIVER.1),
            format!("cargo install geckodriver --locked --version {GECKODRIVER} --force"),
        ),
        BrowserKind::Firefox => Check::fine(subject, "geckodriver drives every current Firefox"),
    }
}

fn loopback() -> Check {
    let attempt = || -> std::io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        Ok(address.port())
    };
    match attempt() {
        Ok(port) => Check::fine("loopback", format!("127.0.0.1 listens and answers (port {port} was tried)")),
        Err(error) => Check::new(
            Status::Problem,
            "loopback",
            format!("127.0.0.1 cannot be used: {error}"),
            "bring up the loopback interface (`ip link set lo up`)",
        ),
    }
}

fn temporary_folder() -> Check {
    let folder = std::env::temp_dir();
    match tempfile::Builder::new().prefix("lcw-doctor-").tempdir() {
        Ok(_) => Check::fine("temporary folder", format!("{} can be written", folder.display())),
        Err(error) => Check::new(
            Status::Problem,
            "temporary folder",
            format!("{}: {error}", folder.display()),
            "set TMPDIR to a folder that can be written",
        ),
    }
}

/// Where Firefox keeps what is no profile's: it waits for ever for folders that it cannot make there, however private
/// its profile is.
fn folders_of_the_user(variable: impl Fn(&str) -> Option<OsString>) -> Check {
    let subject = "the user's folders";
    let folder = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    for (name, in_home) in [("XDG_CACHE_HOME", ".cache"), ("XDG_CONFIG_HOME", ".config")] {
        // Without a home in the environment Firefox asks the system for one.
        let Some(wanted) = folder(name).or_else(|| folder("HOME").map(|home| home.join(in_home))) else {
            continue;
        };
        // What is not there yet is made.
        let there = wanted.ancestors().find(|path| path.exists()).unwrap_or(&wanted);
        if let Err(error) = tempfile::Builder::new().prefix("lcw-doctor-").tempdir_in(there) {
            return Check::new(
                Status::Problem,
                subject,
                format!("Firefox cannot write {}: {error}", wanted.display()),
                "set HOME, or XDG_CACHE_HOME and XDG_CONFIG_HOME, to folders that can be written",
            );
        }
    }
    Check::fine(subject, "Firefox can write what is no profile's")
}

/// A small program that the driver's start needs.
fn tool(name: &str) -> Check {
    match which::which(name) {
        Ok(path) => Check::fine(name, path.display().to_string()),
        Err(_) => {
            Check::new(Status::Problem, name, "not on PATH", "install the system's basic tools (coreutils)")
        }
    }
}

fn display(settings: &Settings) -> Check {
    if settings.headless {
        Check::fine("display", "not needed, browsers run headless")
    } else if display_is_missing() {
        let next = "leave out --headed (`LCW_HEADLESS=0`, `headless = false`), or run under `xvfb-run`";
        Check::new(Status::Problem, "display", "neither DISPLAY nor WAYLAND_DISPLAY is set", next)
    } else {
        Check::fine("display", "there is one")
    }
}

/// Whether Chromium can lock its pages in. `read` reads a file of the system.
fn sandbox(root: bool, read: impl Fn(&str) -> Option<String>) -> Check {
    const SUBJECT: &str = "Chromium's sandbox";
    if root {
        return Check::new(
            Status::Warning,
            SUBJECT,
            "off, because Chromium refuses to run as root in it",
            "run as another user where the pages under test are not trusted",
        );
    }
    let is = |path: &str, value: &str| read(path).is_some_and(|text| text.trim() == value);
    let switch = if is("/proc/sys/kernel/unprivileged_userns_clone", "0") {
        Some("kernel.unprivileged_userns_clone=1")
    } else if is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") {
        Some("kernel.apparmor_restrict_unprivileged_userns=0")
    } else {
        None
    };
    match switch {
        None => Check::fine(SUBJECT, "can be used"),
        Some(switch) => Check::new(
            Status::Warning,
            SUBJECT,
            "the system restricts user namespaces; Chromium may not start without its helper",
            format!("install the package chromium-sandbox, or `sudo sysctl {switch}`"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::version::version_in;
    use super::*;

    fn version(text: &str) -> Version {
        version_in(text).unwrap_or_else(|| panic!("no version in {text}"))
    }

    #[test]
    fn chromedriver_drives_its_own_major_version_only() {
        let fitting = fit(BrowserKind::Chromium, &version("156.0.1"), &version("156.0.9"));
        assert_eq!(fitting.status, Status::Fine);
        let other = fit(BrowserKind::Chromium, &version("155.0.1"), &version("156.0.9"));
        assert_eq!(other.status, Status::Problem);
        assert!(other.next.is_some_and(|next| next.contains("chromedriver 156")));
    }

    #[test]
    fn an_old_geckodriver_is_a_problem() {
        let firefox = version("153.7.0esr");
        assert_eq!(fit(BrowserKind::Firefox, &version("0.37.1"), &firefox).status, Status::Fine);
        assert_eq!(fit(BrowserKind::Firefox, &version("0.29.1"), &firefox).status, Status::Problem);
    }

    #[test]
    fn firefox_needs_both_of_its_users_folders() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let judge = |variables: &[(&str, PathBuf)]| {
            let value =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
            folders_of_the_user(|name| value(name).map(|value| value.clone().into_os_string()))
        };
        let (fine, bad) = (folder.path().join("not/there/yet"), file.join("home"));
        assert_eq!(judge(&[("HOME", fine.clone())]).status, Status::Fine);
        assert_eq!(judge(&[]).status, Status::Fine);
        let check = judge(&[("HOME", bad.clone())]);
        assert_eq!(check.status, Status::Problem);
        assert!(check.detail.contains("file/home/.cache") && check.next.is_some(), "{check:?}");
        let cache = ("XDG_CACHE_HOME", fine.clone());
        assert_eq!(judge(&[("HOME", bad.clone()), cache.clone()]).status, Status::Problem);
        assert_eq!(judge(&[("HOME", bad), cache, ("XDG_CONFIG_HOME", fine)]).status, Status::Fine);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made");
    }

    #[test]
    fn the_sandbox_is_judged_by_user_and_kernel() {
        assert_eq!(sandbox(true, |_| None).status, Status::Warning);
        assert_eq!(sandbox(false, |_| None).status, Status::Fine);
        let restricted = |path: &str| path.contains("apparmor").then(|| "1\n".to_owned());
        let check = sandbox(false, restricted);
        assert!(check.next.is_some_and(|next| next.contains("apparmor_restrict_unprivileged_userns=0")));
    }

    #[tokio::test]
    async fn a_driver_whose_address_has_a_path_is_asked_there() {
        let answer =
            || async { axum::Json(serde_json::json!({ "value": { "ready": true, "message": "" } })) };
        let app = axum::Router::new().route("/wd/hub/status", axum::routing::get(answer));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url: Url = format!("http://{}/wd/hub", listener.local_addr().unwrap()).parse().unwrap();
        let server = tokio::spawn(async { axum::serve(listener, app).await });
        let check = running_driver(BrowserKind::Firefox, &url).await;
        server.abort();
        assert_eq!(check.status, Status::Fine, "{check:?}");
    }

    #[tokio::test]
    async fn a_missing_driver_names_the_next_command() {
        let mut settings = Settings { browsers: vec![BrowserKind::Firefox], ..Settings::default() };
        settings.firefox.driver = Some("/nowhere/geckodriver".into());
        settings.firefox.binary = Some("/nowhere/firefox".into());
        let checks = examine(&settings).await;
        let problems: Vec<_> = checks.iter().filter(|check| check.status == Status::Problem).collect();
        assert_eq!(
            problems.iter().map(|check| &*check.subject).collect::<Vec<_>>(),
            ["geckodriver", "Firefox"]
        );
        assert!(problems.iter().all(|check| check.next.is_some()), "{problems:?}");
    }
}
