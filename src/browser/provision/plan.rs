//! What is missing and what to do about it, decided without changing anything.

use std::fmt;
use std::path::PathBuf;

use super::GECKODRIVER;
use crate::browser::discovery::{Missing, Part, find_part};
use crate::browser::places::provisioned_folder;
use crate::config::{BrowserKind, Settings};

/// What of this machine decides how things are installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The package manager, if it is a known one.
    pub packages: Option<PackageManager>,
    /// Whether this process may install packages by itself.
    pub root: bool,
    /// Whether there is a `sudo`.
    pub sudo: bool,
    /// Whether there is a cargo.
    pub cargo: bool,
    /// The folder under which `cargo install` puts `bin/geckodriver`; `None` without a home.
    pub drivers: Option<PathBuf>,
}

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PackageManager {
    Apt,
    Dnf,
    Pacman,
    Zypper,
    Brew,
}

impl PackageManager {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Apt, "apt-get"),
        (Self::Dnf, "dnf"),
        (Self::Pacman, "pacman"),
        (Self::Zypper, "zypper"),
        (Self::Brew, "brew"),
    ];

    /// The command that installs this, typed by hand.
    fn by_hand(self, package: &Packages) -> String {
        match self {
            Self::Apt => format!("sudo apt-get install {}", package.names[0]),
            Self::Dnf => format!("sudo dnf install {}", package.elsewhere),
            Self::Pacman => format!("sudo pacman -S {}", package.elsewhere),
            Self::Zypper => format!("sudo zypper install {}", package.elsewhere),
            Self::Brew => format!("brew install --cask {}", package.elsewhere),
        }
    }
}

impl Machine {
    /// Looks at this machine.
    pub fn look() -> Self {
        let there = |name: &str| which::which(name).is_ok();
        let packages = PackageManager::ALL.into_iter().find(|(_, command)| there(command));
        Self {
            packages: packages.map(|(manager, _)| manager),
            root: rustix::process::geteuid().is_root(),
            sudo: there("sudo"),
            cargo: std::env::var_os("CARGO").is_some() || there("cargo"),
            drivers: provisioned_folder().and_then(|bin| bin.parent().map(PathBuf::from)),
        }
    }
}

/// One thing to install, and what it is called where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packages {
    /// What messages call it.
    pub what: &'static str,
    /// Its names in Debian, Ubuntu and what descends from them; the first that exists is taken.
    pub names: &'static [&'static str],
    /// Its name in most other package managers.
    pub elsewhere: &'static str,
}

const FIREFOX: Packages =
    Packages { what: "Firefox", names: &["firefox-esr", "firefox"], elsewhere: "firefox" };
const CHROMIUM: Packages =
    Packages { what: "Chromium", names: &["chromium", "chromium-browser"], elsewhere: "chromium" };
const CHROMEDRIVER: Packages = Packages {
    what: "chromedriver",
    names: &["chromium-driver", "chromium-chromedriver"],
    elsewhere: "chromedriver",
};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Build and install geckodriver with cargo, into a folder of the user's own.
    CargoInstall {
        /// The folder; the executable comes into its `bin`.
        root: PathBuf,
    },
    /// Install packages with apt-get, after an update of its lists.
    Apt {
        /// What.
        packages: Vec<Packages>,
        /// Whether `sudo -n` is needed.
        sudo: bool,
    },
    /// Something that has to be done by hand.
    ByHand {
        /// What is missing.
        what: &'static str,
        /// The command to type.
        command: String,
    },
}

/// Has cargo build geckodriver in three fifths of the time. It passes a few messages on at a browser's start and is asked
/// for next to nothing after it; no difference could be measured.
pub(super) const UNOPTIMISED: (&str, &str) = ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CargoInstall { root } => {
                write!(
                    out,
                    "{}={} cargo install geckodriver --locked --version {GECKODRIVER} --root {}",
                    UNOPTIMISED.0,
                    UNOPTIMISED.1,
                    root.display()
                )
            }
            Self::Apt { packages, sudo } => {
                let prefix = if *sudo { "sudo -n " } else { "" };
                let names: Vec<String> = packages.iter().map(|package| package.names.join("|")).collect();
                write!(
                    out,
                    "{prefix}apt-get update && {prefix}apt-get install -y --no-install-recommends {}",
                    names.join(" ")
                )
            }
            Self::ByHand { what, command } => write!(out, "by hand, for {what}: {command}"),
        }
    }
}

/// What is missing and what to do about it; empty when nothing is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What to do, in this order.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Decides what to do for these browsers on this machine. A path that the configuration or the
    /// environment names wrongly is not something to install; starting the browser tells of it.
    pub fn make(kinds: &[BrowserKind], settings: &Settings, machine: &Machine) -> Self {
        let missing = |kind: BrowserKind, part: Part| {
            let settings = settings.browser(kind);
            settings.webdriver_url.is_none()
                && matches!(find_part(kind, part, settings), Err(Missing::NotFound { .. }))
        };
        Self::decide(kinds, missing, machine)
    }

    fn decide(kinds: &[BrowserKind], missing: impl Fn(BrowserKind, Part) -> bool, machine: &Machine) -> Self {
        let mut steps = Vec::new();
        let mut packages = Vec::new();
        for (kind, part, package) in [
            (BrowserKind::Firefox, Part::Browser, FIREFOX),
            (BrowserKind::Chromium, Part::Browser, CHROMIUM),
            (BrowserKind::Chromium, Part::Driver, CHROMEDRIVER),
        ] {
            if kinds.contains(&kind) && missing(kind, part) {
                packages.push(package);
            }
        }
        let by_hand = |package: &Packages| Step::ByHand {
            what: package.what,
            command: match machine.packages {
                Some(manager) => manager.by_hand(package),
                None => {
                    format!("install {} and put it on PATH, or name it in webdriver.toml", package.elsewhere)
                }
            },
        };
        match machine.packages {
            _ if packages.is_empty() => {}
            Some(PackageManager::Apt) if machine.root || machine.sudo => {
                steps.push(Step::Apt { packages, sudo: !machine.root });
            }
            _ => steps.extend(packages.iter().map(by_hand)),
        }
        if kinds.contains(&BrowserKind::Firefox) && missing(BrowserKind::Firefox, Part::Driver) {
            steps.push(match &machine.drivers {
                Some(root) if machine.cargo => Step::CargoInstall { root: root.clone() },
                _ => Step::ByHand {
                    what: "geckodriver",
                    command: format!("cargo install geckodriver --locked --version {GECKODRIVER}"),
                },
            });
        }
        Self { steps }
    }

    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return out.write_str("nothing is missing");
        }
        let lines: Vec<String> = self.steps.iter().map(ToString::to_string).collect();
        out.write_str(&lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(packages: Option<PackageManager>, root: bool, sudo: bool) -> Machine {
        Machine { packages, root, sudo, cargo: true, drivers: Some("/home/me/.cache/lcw/drivers".into()) }
    }

    fn decide(missing: &[(BrowserKind, Part)], machine: &Machine) -> String {
        Plan::decide(&BrowserKind::ALL, |kind, part| missing.contains(&(kind, part)), machine).to_string()
    }

    const EVERYTHING: [(BrowserKind, Part); 4] = [
        (BrowserKind::Firefox, Part::Driver),
        (BrowserKind::Firefox, Part::Browser),
        (BrowserKind::Chromium, Part::Driver),
        (BrowserKind::Chromium, Part::Browser),
    ];

    #[test]
    fn a_machine_with_everything_needs_nothing() {
        assert_eq!(decide(&[], &machine(Some(PackageManager::Apt), true, true)), "nothing is missing");
    }

    #[test]
    fn root_installs_by_apt_and_cargo() {
        let plan = decide(&EVERYTHING, &machine(Some(PackageManager::Apt), true, false));
        let expected = "apt-get update && apt-get install -y --no-install-recommends \
             firefox-esr|firefox chromium|chromium-browser chromium-driver|chromium-chromedriver\n\
             CARGO_PROFILE_RELEASE_OPT_LEVEL=0 cargo install geckodriver --locked --version 0.37.1 --root /home/me/.cache/lcw/drivers";
        assert_eq!(plan, expected);
    }

    #[test]
    fn others_need_sudo_that_asks_nothing() {
        let plan = decide(
            &[(BrowserKind::Chromium, Part::Driver)],
            &machine(Some(PackageManager::Apt), false, true),
        );
        let expected = "sudo -n apt-get update && sudo -n apt-get install -y --no-install-recommends \
             chromium-driver|chromium-chromedriver";
        assert_eq!(plan, expected);
    }

    #[test]
    fn where_nothing_can_be_installed_the_command_is_told() {
        let missing = [(BrowserKind::Firefox, Part::Browser)];
        for (manager, command) in [
            (Some(PackageManager::Apt), "sudo apt-get install firefox-esr"),
            (Some(PackageManager::Dnf), "sudo dnf install firefox"),
            (Some(PackageManager::Brew), "brew install --cask firefox"),
            (None, "install firefox and put it on PATH, or name it in webdriver.toml"),
        ] {
            let plan = decide(&missing, &machine(manager, false, false));
            assert_eq!(plan, format!("by hand, for Firefox: {command}"));
        }
    }

    #[test]
    fn only_what_the_chosen_browsers_need_is_installed() {
        let machine = machine(Some(PackageManager::Apt), true, true);
        let plan = Plan::decide(&[BrowserKind::Chromium], |_, _| true, &machine);
        assert!(!plan.to_string().contains("firefox") && !plan.to_string().contains("geckodriver"), "{plan}");
    }
}
