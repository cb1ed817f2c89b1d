//! `lcw target`: a target is tried out before any verdict on its widget is given.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::{Args, Subcommand};

use super::interrupts::Interrupts;
use super::output::finish_output;
use super::selection::{Browsers, Subject, load_with_origins, suites};
use super::{Failure, Global, block_on};
use crate::config::{BrowserKind, Overrides, Settings};
use crate::probe::Probe;
use crate::report::{ExitCode, count};
use crate::runner::{Checked, Checkup, Found, RunnerError, Seat, Stop};
use crate::server::FixtureServer;
use crate::source::visible;
use crate::target::Target;

#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    #[command(subcommand)]
    command: TargetCommand,
}

#[derive(Debug, Subcommand)]
enum TargetCommand {
    /// Load the page, wait for lcw:ready, and try each selector at the moment when it should match
    Check(Box<CheckArgs>),
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// A target file, or a name under [targets] in webdriver.toml
    #[arg(value_name = "NAME|FILE")]
    target: String,
    #[command(flatten)]
    browsers: Browsers,
    /// Show the browser's window
    #[arg(long)]
    headed: bool,
    /// A folder laid out as fixtures/, instead of the built-in one
    #[arg(long, value_name = "PATH")]
    fixtures: Option<String>,
}

pub(super) fn target(global: &Global, args: &TargetArgs) -> Result<ExitCode, Failure> {
    let TargetCommand::Check(args) = &args.command;
    let overrides =
        Overrides { headed: args.headed, fixtures: args.fixtures.clone(), ..args.browsers.overrides() };
    let loaded = load_with_origins(global, overrides)?;
    let settings = loaded.settings;
    let (_, suites) = suites(&settings)?;
    let target = Subject::of(&args.target).target(loaded.file.as_deref(), &suites)?;
    let mut code = ExitCode::AllAsExpected;
    for (number, kind) in settings.browsers.iter().enumerate() {
        let looked = block_on(async {
            let stop = Stop::default();
            Interrupts::listen()?.heed(&stop, look(*kind, &settings, &target, &stop)).await
        })??;
        let Some((text, ended)) = looked else { return Ok(ExitCode::Interrupted) };
        let gap = if number > 0 { "\n" } else { "" };
        finish_output(write!(std::io::stdout().lock(), "{gap}{text}"))?;
        if ended != ExitCode::AllAsExpected {
            code = ended;
        }
    }
    Ok(code)
}

/// Tries the selectors in a browser: what was found, for people, and how that is to end; `None` when it was interrupted.
async fn look(
    kind: BrowserKind,
    settings: &Settings,
    target: &Target,
    stop: &Stop,
) -> Result<Option<(String, ExitCode)>, Failure> {
    let server = FixtureServer::start(&settings.server).await.map_err(|error| Failure::no_browser(&error))?;
    let probe = Probe { selectors: target.selectors.clone(), ..Probe::default() };
    let is_foreign = settings.browser(kind).webdriver_url.is_some();
    let Some(seat) = stop.or_start(is_foreign, Seat::take(kind, settings, &probe, None)).await else {
        return Ok(None);
    };
    let mut seat = match seat {
        Err(error @ RunnerError::Selectors(_)) => return Err(Failure::usage(format!("failed to {error}"))),
        Err(_) if stop.is_requested() => return Ok(None),
        seat => seat.map_err(|error| Failure::no_browser(&error))?,
    };
    let version = seat.session().browser_version().to_owned();
    let checked = tokio::select! {
        biased;
        () = stop.requested() => None,
        checked = Checkup::of(target, seat.tab_mut(), &server) => Some(checked),
    };
    if let Err(leak) = seat.release().await {
        tracing::warn!("failed to {leak}");
    }
    server.shutdown().await;
    let Some(checked) = checked else { return Ok(None) };
    let (text, code) = match checked {
        Ok(checkup) if checkup.is_well() => (told(&checkup), ExitCode::AllAsExpected),
        Ok(checkup) => (told(&checkup), ExitCode::Unexpected),
        Err(error) if error.is_loss() => return Err(Failure::no_browser(&error)),
        Err(error) => (format!("failed to {}\n", visible(&error.to_string())), ExitCode::Unexpected),
    };
    Ok(Some((format!("Checking {} in {kind} {version}\n\n{text}", visible(&target.name)), code)))
}

/// The checkup for people.
fn told(checkup: &Checkup) -> String {
    let mut text = String::new();
    for moment in &checkup.moments {
        let _ = writeln!(text, "when {}", moment.when);
        for checked in &moment.parts {
            let (what, advice) = words(checked);
            let _ = writeln!(text, "  {:<13} {what:<15} {}", checked.part, visible(&checked.selector));
            if !advice.is_empty() {
                let _ = writeln!(text, "  {:<13} {advice}", "");
            }
        }
    }
    if let Some(why) = &checkup.stopped {
        let _ = writeln!(text, "{}", visible(why));
    }
    let all: Vec<_> = checkup.moments.iter().flat_map(|moment| &moment.parts).collect();
    let found = all.iter().filter(|checked| checked.found == Found::Once).count();
    for error in &checkup.errors {
        let _ = writeln!(text, "the page says: {}", visible(error));
    }
    let verdict = if checkup.is_well() {
        format!("All {} found; `lcw run --target` can judge the widget", count(found, "part"))
    } else {
        format!("{found} of {} found; correct the target file and check again", count(all.len(), "part"))
    };
    text + "\n" + &verdict + "\n"
}

/// The capability that a widget without this part does not offer.
fn without(part: &str) -> Option<&'static str> {
    Some(match part {
        "prechat" => "prechat",
        "submit" => "submit-survey",
        "input" | "send" => "send",
        "minimize" => "minimize",
        "close" => "close-button",
        _ => return None,
    })
}

/// What was found of a part, and what to do about it.
fn words(checked: &Checked) -> (&'static str, String) {
    let candidates = match checked.candidates.as_slice() {
        [] => String::new(),
        some => {
            let some: Vec<_> = some.iter().take(8).map(|selector| visible(selector)).collect();
            format!("; is it {}?", some.join(" or "))
        }
    };
    match &checked.found {
        Found::Once => ("found", String::new()),
        Found::Several(number) => (
            "matches several",
            format!(
                "{number} elements are shown that match, and the first is used; write one that fits just the part"
            ),
        ),
        Found::Nothing => (
            "not found",
            format!(
                "nothing in the page matches{}{}",
                if candidates.is_empty() {
                    "; what is in a shadow root or a frame needs `>>>`, as in \"chat-box >>> .message\""
                } else {
                    &candidates
                },
                without(checked.part)
                    .map(|capability| format!(
                        "{} the widget has none, list what it offers as `capabilities`, without {capability:?}",
                        if candidates.is_empty() { "; if" } else { " If" }
                    ))
                    .unwrap_or_default()
            ),
        ),
        Found::NotShown(number) => (
            "not visible",
            format!(
                "{}: hidden, transparent, or without a size{candidates}",
                match number {
                    1 => "an element matches that cannot be seen".to_owned(),
                    _ => format!("{} match, and none can be seen", count(*number, "element")),
                }
            ),
        ),
        Found::OutOfReach => {
            ("out of reach", "it cannot be pressed: disabled, covered, or outside of the window".to_owned())
        }
        Found::OtherText(actual) => {
            ("other text", format!("it holds {:?} and not just the message{candidates}", visible(actual)))
        }
    }
}
