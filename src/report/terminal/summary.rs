//! The end of the display: what a person reads first.

use std::fmt::Write as _;

use super::Verbosity;
use super::failure::{Writer, field, name};
use super::format::{count, seconds};
use super::groups::{broken, by_reason, is_failure};
use super::style::{BAD, COMMAND, FAINT, GOOD, STRONG, WARNING, paint};
use super::tally::Tally;
use crate::config::BrowserKind;
use crate::event::{CaseResult, EndReason, Outcome};
use crate::report::Run;
use crate::source::visible;

/// How many cases a group names before it only counts them.
const NAMED: usize = 8;

/// Everything after the last result. With `brief`, a broken requirement is named and not described.
pub(super) fn text(writer: &Writer<'_>, verbosity: Verbosity, brief: bool) -> String {
    let run = writer.run;
    let mut out = String::new();
    by_requirement(&mut out, writer, brief);
    let unexplained = |outcome: Outcome| {
        move |result: &&CaseResult| {
            result.unexpected && result.outcome == outcome && result.mismatches.is_empty()
        }
    };
    section(&mut out, writer, "Timed out", unexplained(Outcome::TimedOut));
    section(&mut out, writer, "Failed for another reason", unexplained(Outcome::Failed));
    section(&mut out, writer, "Infrastructure errors (they say nothing about the widget)", |result| {
        result.outcome == Outcome::Infra
    });
    section(&mut out, writer, "Passed although a failure was expected", |result| {
        result.unexpected && result.outcome == Outcome::Passed
    });
    section(&mut out, writer, "Skipped although they were to run", |result| {
        result.unexpected && result.outcome == Outcome::Skipped
    });
    unused_expectations(&mut out, run);
    flaky(&mut out, run, writer.whole);
    if verbosity > Verbosity::Quiet {
        section(&mut out, writer, "Known failures", |result| !result.unexpected && is_failure(result));
        section(&mut out, writer, "Skipped", |result| {
            !result.unexpected && result.outcome == Outcome::Skipped
        });
    }
    not_run(&mut out, run, writer.whole);
    replaced(&mut out, run);
    browsers(&mut out, run);
    verdict(&mut out, run);
    out
}

/// The broken requirements, each with its words, its first case and the ids of the others.
fn by_requirement(out: &mut String, writer: &Writer<'_>, brief: bool) {
    let groups = broken(writer.run);
    if groups.is_empty() {
        return;
    }
    heading(out, "Not as documented");
    for (index, group) in groups.iter().enumerate() {
        if brief {
            let level = writer.run.requirement(group.requirement).map(|it| format!(" ({})", it.level));
            let id = paint(STRONG, visible(group.requirement.as_str()));
            let number = paint(BAD, numbers(&group.cases));
            let _ = writeln!(out, "  {id}{}: {number}", level.unwrap_or_default());
            continue;
        }
        if index > 0 {
            out.push('\n');
        }
        writer.requirement(out, group.requirement);
        writer.mismatch(out, group.first);
        field(out, "broken in", paint(BAD, numbers(&group.cases)));
        for line in names(&group.cases, writer.whole) {
            let _ = writeln!(out, "             {line}");
        }
        if let Some(first) = group.cases.first() {
            field(out, "run", paint(COMMAND, writer.run.command(first)));
        }
    }
}

/// The results that match, grouped by their reason.
fn section(out: &mut String, writer: &Writer<'_>, title: &str, is_in: impl Fn(&&CaseResult) -> bool) {
    let groups = by_reason(writer.run.results.values().filter(|result| is_in(result)));
    if groups.is_empty() {
        return;
    }
    heading(out, title);
    for (reason, cases) in groups {
        let _ = writeln!(out, "  {}", visible(reason));
        for line in names(&cases, writer.whole) {
            let _ = writeln!(out, "    {line}");
        }
    }
}

/// The known divergences that no result had to do with.
fn unused_expectations(out: &mut String, run: &Run) {
    if run.unused_expectations.is_empty() {
        return;
    }
    heading(out, "Expectations that no failure had to do with; remove them, as `lcw expect update` does");
    for unused in &run.unused_expectations {
        let _ = writeln!(out, "  {}", visible(unused));
    }
}

/// The cases that were as expected only after another attempt, with why the attempts before were not.
fn flaky(out: &mut String, run: &Run, whole: bool) {
    let flaky: Vec<_> = run.results.iter().filter(|(_, result)| result.flaky).collect();
    if flaky.is_empty() {
        return;
    }
    heading(out, "Flaky: as expected, but not at the first attempt");
    let named = if whole { flaky.len() } else { NAMED };
    for (key, result) in flaky.iter().take(named) {
        let _ = writeln!(out, "  {}", name(&result.id, &[result.browser]));
        for attempt in run.attempts.get(*key).into_iter().flatten() {
            let _ = writeln!(out, "    attempt {}: {}", attempt.attempt, visible(&attempt.reason));
        }
    }
    rest(flaky.len(), named).into_iter().for_each(|line| {
        let _ = writeln!(out, "  {line}");
    });
}

/// The cases that were begun and have no result; with `whole` also those that were not begun.
fn not_run(out: &mut String, run: &Run, whole: bool) {
    let all = run.not_run();
    let (begun, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|key| run.running.contains_key(*key));
    for (title, cases) in
        [("Begun and not finished", begun), ("Not run", if whole { other } else { Vec::new() })]
    {
        if !cases.is_empty() {
            heading(out, title);
        }
        for case in cases {
            let _ = writeln!(out, "  {}", name(&case.id, &[case.browser]));
        }
    }
}

fn replaced(out: &mut String, run: &Run) {
    if run.replaced.is_empty() {
        return;
    }
    heading(out, "Replaced workers");
    for worker in &run.replaced {
        // The log below the first line was told when it happened.
        let reason = worker.reason.lines().next().unwrap_or_default();
        let _ = writeln!(out, "  {} ({}): {}", worker.worker, worker.browser, visible(reason));
    }
}

/// A line for each browser.
fn browsers(out: &mut String, run: &Run) {
    out.push('\n');
    if run.results.is_empty() {
        return;
    }
    let version = |browser: BrowserKind| {
        let info = run.header.iter().flat_map(|header| &header.browsers).find(|info| info.kind == browser);
        info.map(|info| visible(&info.version)).unwrap_or_default()
    };
    let browsers: Vec<_> = run.browsers().into_iter().map(|browser| (browser, version(browser))).collect();
    let width = browsers.iter().map(|(_, version)| version.chars().count()).max().unwrap_or_default();
    for (browser, version) in browsers {
        let tally = Tally::of(run.results.values().filter(|result| result.browser == browser));
        let _ = writeln!(out, "{browser:<8} {}  {tally}", paint(FAINT, format!("{version:<width$}")));
    }
}

/// The last line: whether all is well, and if the run ended early, that it did.
fn verdict(out: &mut String, run: &Run) {
    let summary = run.summary;
    let time = seconds(run.duration);
    let wrong =
        run.results.values().filter(|result| result.unexpected || result.outcome == Outcome::Infra).count();
    let not_begun = run.end_reason == Some(EndReason::NoBrowser) && summary.finished() == 0;
    if !not_begun && (summary.not_run > 0 || run.end_reason.is_none()) {
        let why = match run.end_reason {
            None => "Cut off",
            Some(EndReason::Interrupted) => "Interrupted",
            Some(EndReason::FailFast) => "Stopped early by --fail-fast",
            Some(EndReason::NoBrowser) => "Stopped early with no browser left",
            Some(EndReason::Completed) => "Incomplete",
        };
        let _ = writeln!(
            out,
            "{}",
            paint(WARNING, format_args!("{why}: {} of {} not run", summary.not_run, summary.total))
        );
    }
    let line = match (wrong, summary.finished()) {
        _ if not_begun => {
            // All have to be up before the first case; one may be.
            let some = run.header.as_ref().is_some_and(|header| !header.browsers.is_empty());
            let which = if some { "Not every browser" } else { "No browser" };
            paint(BAD, format!("{which} could be started; `lcw doctor` says what is missing"))
        }
        (0, 0) if summary.total == 0 => {
            paint(WARNING, "Nothing was selected; `lcw list` prints what there is".to_owned())
        }
        (0, 0) => paint(WARNING, format!("No results after {time}")),
        (wrong, results) if summary.unused_expectations > 0 => {
            let unused = count(summary.unused_expectations, "unused expectation");
            let results = count(results, "result");
            paint(BAD.bold(), format!("Not as expected: {wrong} of {results}, and {unused}, in {time}"))
        }
        (0, results) if summary.not_run > 0 || run.end_reason != Some(EndReason::Completed) => {
            paint(WARNING, format!("{} as expected so far, in {time}", count(results, "result")))
        }
        (0, results) => {
            paint(GOOD.bold(), format!("All as expected: {} in {time}", count(results, "result")))
        }
        (wrong, results) => {
            paint(BAD.bold(), format!("Not as expected: {wrong} of {} in {time}", count(results, "result")))
        }
    };
    let _ = writeln!(out, "{line}");
}

fn heading(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n{}", paint(STRONG, title));
}

/// How many cases these results are of, and how many results where that is another number.
fn numbers(results: &[&CaseResult]) -> String {
    let cases = by_case(results).len();
    if cases == results.len() {
        return count(cases, "case");
    }
    format!("{}, {}", count(cases, "case"), count(results.len(), "result"))
}

/// The results by case, in the order of their first one.
fn by_case<'a>(results: &[&'a CaseResult]) -> Vec<(&'a str, Vec<BrowserKind>)> {
    let mut cases: Vec<(&str, Vec<BrowserKind>)> = Vec::new();
    for result in results {
        match cases.iter_mut().find(|(id, _)| *id == result.id) {
            Some((_, browsers)) => browsers.push(result.browser),
            None => cases.push((&result.id, vec![result.browser])),
        }
    }
    cases
}

/// The cases' names, a line each with its browsers; without `whole` only the first.
fn names(results: &[&CaseResult], whole: bool) -> Vec<String> {
    let cases = by_case(results);
    let named = if whole { cases.len() } else { NAMED };
    let lines = cases.iter().take(named).map(|(id, browsers)| name(id, browsers));
    lines.chain(rest(cases.len(), named)).collect()
}

fn rest(all: usize, named: usize) -> Option<String> {
    let more = all.checked_sub(named).filter(|more| *more > 0)?;
    Some(paint(FAINT, format!("and {more} more; -v names them all")).to_string())
}
