//! `lcw audit`: what invites on a page, and what is wrong with it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use clap::{Args, ValueEnum};
use tokio::sync::mpsc;

use super::check::{ended, exit_code};
use super::interrupts::Interrupts;
use super::output::{complain, finish_output, print, write_json};
use super::selection::{Browsers, address, load};
use super::{Failure, Global, block_on, provision};
use crate::check::{Audit, Base, CheckEvent, CheckOptions, PageAudit, host};
use crate::init::as_path;
use crate::report::{ExitCode, count};
use crate::runner::Stop;
use crate::site::{FindingLevel, Reply, seconds};
use crate::source::{visible, visible_lines};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();
const FAINT: Style = Style::new().dimmed();

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// Pages: addresses, all on one server, or files, all in one folder or below it; with a query or a
    /// fragment, too, such as `order.html?number=7`
    #[arg(value_name = "URL|FILE", required = true)]
    pages: Vec<String>,
    /// The folder that is served [default: that of the first file]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// The lightest finding that makes the command fail
    #[arg(long, value_enum, default_value = "warning", value_name = "LEVEL")]
    level: Level,
    /// When the visitors come: a date such as 2026-12-05, from its midnight in UTC, or a date and time with
    /// offset [default: now]
    #[arg(long, value_name = "DATE", value_parser = instant)]
    now: Option<String>,
    /// An answer to what pages ask of others: a pattern of addresses, and the body, JSON or text
    #[arg(long, num_args = 2, value_names = ["URL", "BODY"])]
    reply: Vec<String>,
    /// A host that pages may ask; all others are blocked
    #[arg(long, value_name = "HOST", value_parser = host)]
    allow: Vec<String>,
    #[command(flatten)]
    browsers: Browsers,
    /// Install what is missing first
    #[arg(long)]
    provision: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// Visitors do not get what the page means to show them
    Error,
    /// Some visitors may not, or are in the way of something
    Warning,
    /// Worth a look
    Note,
}

impl From<Level> for FindingLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Note => Self::Note,
        }
    }
}

pub(super) fn audit(global: &Global, args: &AuditArgs) -> Result<ExitCode, Failure> {
    let settings = load(global, args.browsers.overrides())?;
    let (base, pages) = places(&args.pages, args.root.as_deref())?;
    let options = CheckOptions { live: false, allow: args.allow.clone() };
    let (now, replies) = (args.now.clone(), replies(&args.reply));
    let audit = Audit { pages, base, now, replies, options, settings };
    audit.check().map_err(|fault| Failure::usage(fault.to_string()))?;
    block_on(async {
        let mut interrupts = Interrupts::listen()?;
        if !provision::before(args.provision, &audit.settings, &mut interrupts).await? {
            return Ok(ExitCode::Interrupted);
        }
        watch(audit, interrupts, global, args).await
    })?
}

/// The date or the instant that a person gave, as an instant.
fn instant(text: &str) -> Result<String, String> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Ok(text.to_owned());
    }
    let date = text.parse::<jiff::civil::Date>().ok().filter(|date| date.to_string() == text);
    let example =
        "expected a date, or date, time and offset, such as 2026-12-05 or 2026-12-05T09:00:00+01:00";
    date.map(|date| format!("{date}T00:00:00Z")).ok_or_else(|| example.to_owned())
}

/// Patterns and bodies, which take turns, as replies.
fn replies(given: &[String]) -> Vec<Reply> {
    let (pairs, _) = given.as_chunks();
    let replies = pairs.iter().map(|[url, body]| match serde_json::from_str::<serde_json::Value>(body) {
        Ok(json) => Reply::json(url, json),
        Err(_) => Reply::text(url, body),
    });
    replies.collect()
}

/// A page's file, and the query and fragment after its name. A file may have a question mark in its name, too.
fn file_and_rest(page: &str) -> (&Path, &str) {
    let parts = |at: usize| (Path::new(&page[..at]), &page[at..]);
    let whole = (Path::new(page), "");
    let marks = page.match_indices(['?', '#']).map(|(at, _)| parts(at));
    std::iter::once(whole).chain(marks).find(|(file, _)| file.exists()).unwrap_or(whole)
}

/// Where pages are, and what they are called there.
fn places(pages: &[String], root: Option<&Path>) -> Result<(Base, Vec<String>), Failure> {
    if pages.iter().all(|page| address(page).is_some()) {
        if root.is_some() {
            return Err(Failure::usage("--root is for files, and these are addresses; leave it out"));
        }
        let urls = pages.iter().filter_map(|page| address(page)).collect::<Result<Vec<_>, _>>()?;
        let first = urls.first().cloned().ok_or_else(|| Failure::usage("name a page"))?;
        if let Some(other) = urls.iter().find(|url| url.origin() != first.origin()) {
            let text = format!("{other} is on another server than {first}; audit one server at a time");
            return Err(Failure::usage(text));
        }
        return Ok((Base::Url(first), pages.to_vec()));
    }
    if let Some(address) = pages.iter().find(|page| address(page).is_some()) {
        return Err(Failure::usage(format!(
            "{address} is an address and others are files; audit them apart"
        )));
    }
    let canonical = |path: &Path| {
        path.canonicalize()
            .map_err(|error| Failure::usage(format!("cannot find {}: {error}", path.display())))
    };
    let files = pages.iter().map(|page| {
        let (file, rest) = file_and_rest(page);
        canonical(file).map(|file| (file, rest))
    });
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let root = match (root, files.first().and_then(|(file, _)| file.parent())) {
        (Some(root), _) => canonical(root)?,
        (None, Some(folder)) => folder.to_owned(),
        (None, None) => return Err(Failure::usage("name a file")),
    };
    let names = files.iter().map(|(file, rest)| match file.strip_prefix(&root) {
        Ok(name) => Ok(as_path(name) + rest),
        Err(_) => Err(Failure::usage(format!(
            "{} is not below {}; give the folder of all pages with --root",
            file.display(),
            root.display()
        ))),
    });
    let names = names.collect::<Result<Vec<_>, _>>()?;
    Ok((Base::Root(root), names))
}

async fn watch(
    audit: Audit,
    interrupts: Interrupts,
    global: &Global,
    args: &AuditArgs,
) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    let pages = audit.pages.clone();
    let planned = pages.len() * audit.settings.browsers.len();
    let stop = Stop::default();
    let (sender, mut events) = mpsc::unbounded_channel();
    let running = tokio::spawn(audit.start(stop.clone(), sender));
    let mut audits: Vec<PageAudit> = Vec::new();
    let worst = FindingLevel::from(args.level);
    let is_bad = |audit: &PageAudit| {
        audit.reason.is_some() || audit.findings.iter().any(|finding| finding.level <= worst)
    };
    let take = |event: CheckEvent<PageAudit>| match event {
        CheckEvent::Ended(audit) => {
            if !args.json && (!global.quiet || is_bad(&audit)) {
                print(global.color, &text(&audit, global.verbose > 0));
            }
            audits.push(*audit);
        }
        CheckEvent::Note(note) => complain(format_args!("note: {note}")),
        CheckEvent::Started(_) => {}
    };
    interrupts.follow(&mut events, &stop, take).await;
    // What was seen until a browser could not be replaced is worth telling, too.
    let ended = match ended(running.await) {
        Err(failure) if audits.is_empty() => return Err(failure),
        ended => ended,
    };
    let bad =
        audits.iter().flat_map(|audit| &audit.findings).filter(|finding| finding.level <= worst).count();
    let incomplete = audits.iter().any(|audit| audit.reason.is_some());
    if args.json {
        // Browsers look beside each other; whoever compares two documents wants one order.
        audits.sort_by_key(|audit| (pages.iter().position(|page| *page == audit.page), audit.browser));
        finish_output(write_json(&mut std::io::stdout().lock(), &audits))?;
    } else {
        let (style, words) = if bad > 0 || incomplete {
            (BAD, count(bad, "finding"))
        } else if audits.len() < planned {
            (BAD, "Interrupted: nothing wrong yet".into())
        } else {
            (GOOD, "Nothing wrong".into())
        };
        let took = began.elapsed().as_secs_f64();
        let looks = count(audits.len(), "look");
        print(
            global.color,
            &format!("{style}{words}{style:#} of level {worst} or above: {looks} in {took:.1} s\n"),
        );
    }
    exit_code(&stop, ended, bad == 0 && !incomplete && audits.len() == planned)
}

fn text(audit: &PageAudit, whole: bool) -> String {
    let PageAudit { page, browser, triggers, invitations, findings, reason, timeline } = audit;
    let mut out = format!("{page} in {browser}\n");
    for invited in invitations {
        let at = seconds(invited.since_visit);
        let by = invited.provoked_by.as_ref().map(|by| format!(", provoked by {by}")).unwrap_or_default();
        let visit = if invited.visit > 1 { format!(" of visit {}", invited.visit) } else { String::new() };
        let _ = writeln!(out, "  {GOOD}invites{GOOD:#}  at {at}{visit}: {:?}", invited.message);
        let after = visible(&format!("{}{by}", invited.after));
        let _ = writeln!(out, "           {FAINT}after: {after}{FAINT:#}");
    }
    for trigger in triggers {
        let _ = writeln!(out, "  {FAINT}{}{FAINT:#}", visible(&trigger.to_string()));
    }
    for finding in findings {
        let style = match finding.level {
            FindingLevel::Error => BAD,
            FindingLevel::Warning => WARNING,
            FindingLevel::Note => FAINT,
        };
        let _ = writeln!(
            out,
            "  {style}{:<7}{style:#}  {} {FAINT}({}){FAINT:#}",
            finding.level.to_string(),
            visible(&finding.text),
            finding.id
        );
        if let Some(at) = &finding.at {
            let _ = writeln!(out, "           {FAINT}{}{FAINT:#}", visible(at));
        }
    }
    if let Some(reason) = reason {
        let _ = writeln!(out, "  {BAD}not looked at to the end{BAD:#}: {}", visible_lines(reason));
    }
    if whole {
        for line in timeline.text(usize::MAX).lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_midnight_and_an_instant_itself() {
        assert_eq!(instant("2026-12-05"), Ok("2026-12-05T00:00:00Z".to_owned()));
        let whole = "2026-12-05T09:00:00+01:00";
        assert_eq!(instant(whole), Ok(whole.to_owned()));
        for odd in ["", "tomorrow", "2026-02-30", "20261205", "2026-12-05T09:00:00"] {
            assert!(instant(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_query_follows_a_files_name_unless_it_is_a_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        for name in ["order.html", "what?.html"] {
            std::fs::write(path(name), "").unwrap();
        }
        let names = |pages: &[&str]| {
            let pages: Vec<_> = pages.iter().map(|page| path(page)).collect();
            places(&pages, None).map(|(_, names)| names)
        };
        let given = ["order.html", "order.html?number=7&from=/faq?#top", "order.html#a?b", "what?.html"];
        let expected = ["order.html", "order.html?number=7&from=/faq?#top", "order.html#a?b", "what%3F.html"];
        assert_eq!(names(&given).ok(), Some(expected.map(str::to_owned).to_vec()));
        assert!(names(&["other.html?number=7"]).is_err());
    }
}
