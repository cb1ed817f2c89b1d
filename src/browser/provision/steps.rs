//! Does what a plan says.

use std::collections::VecDeque;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::pin::pin;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::plan::{Packages, Plan, Step, UNOPTIMISED};
use super::{GECKODRIVER, apt};
use crate::browser::error::LogTail;
use crate::browser::places::provisioned_folder;

/// How long one command may take. Building geckodriver on a small machine takes minutes.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// What happens while things are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// This command is about to run.
    Command(&'a str),
    /// It printed this line.
    Output(&'a str),
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(command) => write!(out, "+ {command}"),
            Self::Output(line) => write!(out, "  {line}"),
        }
    }
}

/// Why something could not be installed. Texts read after "failed to …".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// Some things have to be installed by hand; everything else is done.
    #[error("install everything; type the rest by hand:{}", listed(.0))]
    ByHand(Vec<(&'static str, String)>),

    /// The system has no such package.
    #[error(
        "install {what}: apt knows no package {names}; get it from {place} and name it in webdriver.toml"
    )]
    NoPackage {
        /// What is missing.
        what: &'static str,
        /// What was looked for.
        names: String,
        /// Where it can be had.
        place: &'static str,
    },

    /// The system's package only calls for a snap, which a driver cannot use.
    #[error(
        "install {what}: this system has it as a snap only, which cannot see the private profile of a test; get it \
         from {place} and name it in webdriver.toml"
    )]
    OnlySnap {
        /// What is missing.
        what: &'static str,
        /// Where it can be had.
        place: &'static str,
    },

    /// A command failed.
    #[error("run `{command}`: {reason}; type it yourself to see what it wants{output}")]
    Command {
        /// The command, without the options that keep it from asking.
        command: String,
        /// How it ended.
        reason: String,
        /// The end of what it printed.
        output: LogTail,
    },

    /// The system refused something.
    #[error("{action}: {source}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
}

fn listed(commands: &[(&'static str, String)]) -> String {
    commands.iter().map(|(what, command)| format!("\n    {command}    # {what}")).collect()
}

impl Plan {
    /// Does it. Every command is told before it runs; packages are installed while geckodriver is built. `stop` ends it
    /// early: at once, unless packages are being installed, which would be left half done. Gives whether all was done.
    ///
    /// # Errors
    /// [`ProvisionError`], with the command to type by hand.
    pub async fn carry_out(
        &self,
        tell: &mut (dyn FnMut(Progress<'_>) + Send),
        stop: &CancellationToken,
    ) -> Result<bool, ProvisionError> {
        let tell = Mutex::new(tell);
        let tell: Tell<'_> = &|progress| tell.lock().unwrap_or_else(PoisonError::into_inner)(progress);
        let (mut install, mut build, mut by_hand) = (None, None, Vec::new());
        for step in &self.steps {
            match step {
                Step::CargoInstall { root } => build = Some(cargo_install(root, tell)),
                Step::Apt { packages, sudo } => install = Some(apt_install(packages, *sudo, tell, stop)),
                Step::ByHand { what, command } => by_hand.push((*what, command.clone())),
            }
        }
        beside(if_any(install), if_any(build), stop).await?;
        if stop.is_cancelled() {
            return Ok(false);
        }
        if by_hand.is_empty() { Ok(true) } else { Err(ProvisionError::ByHand(by_hand)) }
    }
}

/// Whom the progress is told.
type Tell<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// Installs packages while something is built. Installing is not cut off when building fails, which would leave the system's
/// packages half done; building is when installing fails. Neither does `stop` cut off more than the building.
async fn beside(
    install: impl Future<Output = Result<(), ProvisionError>>,
    build: impl Future<Output = Result<(), ProvisionError>>,
    stop: &CancellationToken,
) -> Result<(), ProvisionError> {
    let build = async { stop.run_until_cancelled(build).await.unwrap_or(Ok(())) };
    match select(pin!(install), pin!(build)).await {
        Either::Left((installed, build)) => {
            installed?;
            build.await
        }
        Either::Right((built, install)) => {
            let installed = install.await;
            built.and(installed)
        }
    }
}

async fn if_any(
    work: Option<impl Future<Output = Result<(), ProvisionError>>>,
) -> Result<(), ProvisionError> {
    match work {
        Some(work) => work.await,
        None => Ok(()),
    }
}

/// Waits until no other process of this user installs anything.
pub(super) async fn turn() -> Result<File, ProvisionError> {
    let failed = |source| ProvisionError::Io { action: "lock the folder of installed drivers", source };
    let folder = provisioned_folder().unwrap_or_else(std::env::temp_dir);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(".provision.lock"));
    let file = file.map_err(failed)?;
    let (sender, receiver) = oneshot::channel();
    // A thread of its own: a runtime would wait for it at its end.
    let thread = std::thread::Builder::new().name("lcw-provision".into());
    thread.spawn(move || sender.send(file.lock().map(|()| file))).map_err(failed)?;
    receiver.await.unwrap_or_else(|_| Err(io::Error::other("the waiting thread is gone"))).map_err(failed)
}

async fn cargo_install(root: &Path, tell: Tell<'_>) -> Result<(), ProvisionError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["install", "geckodriver", "--locked", "--version", GECKODRIVER, "--root"])
        .arg(root)
        // Away from the checkout, whose configuration is not meant for this, and without the flags of
        // the build that may be running us.
        .current_dir("/")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_TARGET_DIR")
        .env(UNOPTIMISED.0, UNOPTIMISED.1)
        .kill_on_drop(true);
    run(command, &Step::CargoInstall { root: root.to_owned() }.to_string(), tell).await
}

/// Asks for what there is, and installs it; `stop` ends the asking only.
async fn apt_install(
    packages: &[Packages],
    sudo: bool,
    tell: Tell<'_>,
    stop: &CancellationToken,
) -> Result<(), ProvisionError> {
    let Some(install) = stop.run_until_cancelled(apt_found(packages, sudo, tell)).await else {
        return Ok(());
    };
    let install = install?;
    run(apt_get(sudo, &install), &shown(sudo, &install), tell).await
}

/// The arguments that have apt-get install these packages, of which it is only known now what there is.
async fn apt_found(packages: &[Packages], sudo: bool, tell: Tell<'_>) -> Result<Vec<String>, ProvisionError> {
    let update = ["update"].map(String::from);
    let mut command = apt_get(sudo, &update);
    command.kill_on_drop(true);
    run(command, &shown(sudo, &update), tell).await?;
    let mut install: Vec<String> = ["install", "-y", "--no-install-recommends"].map(String::from).to_vec();
    for package in packages {
        install.push(apt::choose(package).await?.to_owned());
    }
    Ok(install)
}

fn apt_get(sudo: bool, arguments: &[String]) -> Command {
    let mut command = if sudo {
        let mut command = Command::new("sudo");
        // `-n` never asks for a password; `env`, because sudo clears the environment.
        command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    } else {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // Somebody else may be installing.
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    command
}

/// The command as a person would type it.
fn shown(sudo: bool, arguments: &[String]) -> String {
    format!("{}apt-get {}", if sudo { "sudo " } else { "" }, arguments.join(" "))
}

async fn run(mut command: Command, shown: &str, tell: Tell<'_>) -> Result<(), ProvisionError> {
    tell(Progress::Command(shown));
    let mut last: VecDeque<String> = VecDeque::new();
    let ended = follow(&mut command, |line| {
        tell(Progress::Output(&line));
        last.push_back(line);
        if last.len() > 15 {
            last.pop_front();
        }
    });
    let reason = match ended.await {
        Ok(None) => return Ok(()),
        Ok(Some(reason)) => reason,
        Err(error) => error.to_string(),
    };
    let output = LogTail(Vec::from(last).join("\n"));
    Err(ProvisionError::Command { command: shown.to_owned(), reason, output })
}

/// Runs a command and passes on its lines; why it failed, if it did.
async fn follow(command: &mut Command, mut line: impl FnMut(String)) -> io::Result<Option<String>> {
    let deadline = Instant::now() + PATIENCE;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (sender, mut lines) = mpsc::unbounded_channel();
    tokio::spawn(forward(child.stdout.take(), sender.clone()));
    tokio::spawn(forward(child.stderr.take(), sender));
    let work = async {
        while let Some(text) = lines.recv().await {
            line(text);
        }
        child.wait().await
    };
    match timeout_at(deadline, work).await {
        Ok(status) => Ok(status.map(|status| (!status.success()).then(|| status.to_string()))?),
        Err(_) => Ok(Some(format!("it was not done within {}", humantime::format_duration(PATIENCE)))),
    }
}

async fn forward(output: Option<impl AsyncRead + Unpin>, lines: mpsc::UnboundedSender<String>) {
    let Some(output) = output else { return };
    // Whatever language or encoding the system speaks: a command whose output nobody reads any more ends.
    let mut output = BufReader::new(output).split(b'\n');
    while let Ok(Some(line)) = output.next_segment().await {
        // Nobody may be listening any more.
        let _ = lines.send(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_is_told_before_it_runs_and_its_words_are_kept_when_it_fails() {
        let told = Mutex::new(Vec::new());
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let tell = |progress: Progress<'_>| told.lock().unwrap().push(progress.to_string());
        let result = run(command, "sh it", &tell).await;
        let told = told.into_inner().unwrap();
        assert_eq!(told.first().map(String::as_str), Some("+ sh it"));
        assert!(told.contains(&"  one".to_owned()) && told.contains(&"  two".to_owned()), "{told:?}");
        let text = result.map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(text.contains("`sh it`: exit status: 3") && text.contains("    two"), "{text}");
    }

    #[tokio::test]
    async fn what_a_command_says_in_another_encoding_ends_it_not() {
        let mut command = Command::new("sh");
        command.args(["-c", "printf 'sch\\366n\\r\\n'; echo more"]);
        let mut lines = Vec::new();
        assert_eq!(follow(&mut command, |line| lines.push(line)).await.unwrap(), None);
        assert_eq!(lines, ["sch\u{fffd}n", "more"]);
    }

    fn failed(command: &str) -> Result<(), ProvisionError> {
        let (command, reason) = (command.to_owned(), "it failed".to_owned());
        Err(ProvisionError::Command { command, reason, output: LogTail::default() })
    }

    fn told(result: Result<(), ProvisionError>) -> String {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn packages_are_installed_while_something_is_built() {
        let (installing, building) = (oneshot::channel(), oneshot::channel());
        let install = async {
            installing.0.send(()).unwrap();
            building.1.await.unwrap();
            Ok(())
        };
        let build = async {
            building.0.send(()).unwrap();
            installing.1.await.unwrap();
            Ok(())
        };
        assert_eq!(told(beside(install, build, &CancellationToken::new()).await), "");
    }

    #[tokio::test]
    async fn installing_is_not_cut_off_and_building_is() {
        let mut is_installed = false;
        let install = async {
            tokio::task::yield_now().await;
            is_installed = true;
            Ok(())
        };
        let stop = CancellationToken::new();
        assert!(told(beside(install, async { failed("build") }, &stop).await).contains("`build`"));
        assert!(is_installed);
        let endless = std::future::pending();
        assert!(told(beside(async { failed("install") }, endless, &stop).await).contains("`install`"));
    }

    #[tokio::test]
    async fn who_asks_for_the_end_gets_packages_that_are_whole() {
        let (stop, mut is_installed) = (CancellationToken::new(), false);
        let install = async {
            stop.cancel();
            tokio::task::yield_now().await;
            is_installed = true;
            Ok(())
        };
        assert_eq!(told(beside(install, std::future::pending(), &stop).await), "");
        assert!(is_installed);
    }
}
