//! The display in a pipe.

use std::time::Duration;

use super::streams::{self, Shared, Stream};
use crate::config::BrowserKind::{Chromium, Firefox};
use crate::event::{EndReason, Event, RandomWalks};
use crate::report::{ColorChoice, Junit, Reporter as _, Terminal, TerminalOptions, Verbosity, replay};

fn display(stream: &Stream, color: ColorChoice, verbosity: Verbosity) -> String {
    let out = Shared::default();
    let options = TerminalOptions { color, verbosity, ..TerminalOptions::default() };
    let mut terminal = Terminal::plain(options, Box::new(out.clone()));
    replay(stream, &mut [&mut terminal]).unwrap();
    out.text()
}

fn plain(stream: &Stream) -> String {
    display(stream, ColorChoice::Never, Verbosity::Normal)
}

#[test]
fn every_stream_reads_well_in_a_pipe() {
    for (name, stream) in streams::all() {
        insta::assert_snapshot!(format!("plain_{name}"), plain(&stream));
    }
}

#[test]
fn colours_are_used_with_meaning() {
    for (name, stream) in [("failures", streams::failures()), ("mixed", streams::mixed())] {
        let text = display(&stream, ColorChoice::Always, Verbosity::Normal);
        insta::assert_snapshot!(format!("coloured_{name}"), text.replace('\u{1b}', "␛"));
    }
}

#[test]
fn verbose_tells_every_result_and_every_failure_in_full() {
    let text = display(&streams::failures(), ColorChoice::Never, Verbosity::Verbose);
    assert_eq!(text.matches("passed    ready/").count(), 20, "{text}");
    assert!(!text.contains("as above"), "{text}");
    insta::assert_snapshot!(
        "verbose_mixed",
        display(&streams::mixed(), ColorChoice::Never, Verbosity::Verbose)
    );
}

#[test]
fn quiet_tells_only_what_is_not_as_expected_and_the_end() {
    insta::assert_snapshot!(
        display(&streams::all_passed(), ColorChoice::Never, Verbosity::Quiet),
        @r"
    firefox  140.5.0         2 passed
    chromium 142.0.7444.175  2 passed
    All as expected: 4 results in 4.32 s
    "
    );
    let text = display(&streams::mixed(), ColorChoice::Never, Verbosity::Quiet);
    assert!(text.contains("INFRA") && !text.contains("\nSkipped") && !text.contains("Testing"), "{text}");
}

#[test]
fn a_pipe_gets_no_control_characters() {
    for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
        for (name, stream) in streams::all() {
            let text = display(&stream, ColorChoice::Never, verbosity);
            let found = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(found, None, "{name}: {text:?}");
        }
    }
}

#[test]
fn progress_is_told_at_every_tenth_and_not_more_often() {
    let results = (0..250).map(|number| streams::passed(&format!("case/{number:03}"), Firefox)).collect();
    let text = plain(&streams::run_of(results, EndReason::Completed));
    let tenths: Vec<_> = text.lines().filter(|line| line.contains(" %  ")).collect();
    assert_eq!(tenths.len(), 10, "{text}");
    assert!(tenths[0].starts_with(" 10 %  25 of 250: 25 passed"), "{}", tenths[0]);
    assert!(tenths[9].starts_with("100 %  250 of 250: 250 passed"), "{}", tenths[9]);
}

#[test]
fn a_requirement_broken_in_many_cases_is_shown_once_and_counted() {
    let results = (0..30)
        .map(|number| {
            let browser = if number % 2 == 0 { Firefox } else { Chromium };
            streams::failed(
                &format!("case/{number:02}"),
                browser,
                vec![streams::default_text("1: call ({})")],
            )
        })
        .collect();
    let text = plain(&streams::run_of(results, EndReason::Completed));
    assert_eq!(text.matches("(as above)").count(), 29, "{text}");
    assert_eq!(text.matches("    expected ").count(), 2, "at once and at the end: {text}");
    assert!(text.contains("30 cases") && text.contains("and 22 more"), "{text}");
    assert!(text.contains("lcw run --browser firefox case/00"), "{text}");
}

#[test]
fn the_log_of_a_browser_that_was_replaced_is_told_once() {
    let mut stream = streams::all_passed();
    let reason = "failed to go on\nthe end of its log:\n    no display today".to_owned();
    let at = stream[1].0;
    stream.insert(1, (at, Event::WorkerReplaced { worker: 0, browser: Firefox, reason }));
    for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
        let text = display(&stream, ColorChoice::Never, verbosity);
        assert_eq!(text.matches("failed to go on").count(), 2, "at once and at the end: {text}");
        assert_eq!(text.matches("no display today").count(), 1, "{text}");
    }
}

#[test]
fn a_failure_is_told_at_once() {
    let out = Shared::default();
    let options = TerminalOptions::default();
    let mut terminal = Terminal::plain(options, Box::new(out.clone()));
    let failed = streams::failed("broken", Firefox, vec![streams::default_text("1: call ({})")]);
    terminal.event(Duration::ZERO, &Event::RunStarted(streams::header(2))).unwrap();
    terminal.event(Duration::ZERO, &Event::CaseFinished(failed)).unwrap();
    assert!(out.text().contains("Without a message, the notification shows exactly"), "{}", out.text());
}

#[test]
fn stopping_early_says_how_much_was_not_run() {
    let mut stream = streams::interrupted();
    let last = stream.len() - 1;
    let failed = streams::failed("b", Firefox, vec![streams::default_text("1: call ({})")]);
    stream[last].1 = Event::CaseFinished(failed);
    stream.push((
        Duration::from_secs(1),
        Event::RunFinished { reason: EndReason::FailFast, duration: Duration::from_secs(1) },
    ));
    let text = plain(&stream);
    assert!(
        text.ends_with(
            "Stopped early by --fail-fast: 1 of 4 not run\nNot as expected: 1 of 3 results in 1.00 s\n"
        ),
        "{text}"
    );
}

#[test]
fn the_command_of_a_walk_names_the_walks_that_the_run_was_of() {
    let failed = streams::failed("walk/7/3", Firefox, vec![streams::default_text("1: call ({})")]);
    let mut stream = streams::run_of(vec![failed], EndReason::Completed);
    let Event::RunStarted(header) = &mut stream[0].1 else { panic!("no header") };
    header.walks = Some(RandomWalks { number: 20, seed: 7 });
    header.left_out = 19;
    let text = plain(&stream);
    assert!(text.contains("\n19 cases left out\n"), "{text}");
    let command = "lcw run --walks 20 --seed 7 --browser firefox walk/7/3\n";
    assert!(text.contains(command), "{text}");
}

#[test]
fn the_command_of_a_case_is_the_one_that_the_run_was_started_with() {
    let failed = streams::failed("broken", Firefox, vec![streams::default_text("1: call ({})")]);
    let mut stream = streams::run_of(vec![failed], EndReason::Completed);
    let Event::RunStarted(header) = &mut stream[0].1 else { panic!("no header") };
    header.command = "lcw run --config ci/night.toml --target ours".into();
    let command = "lcw run --config ci/night.toml --target ours --browser firefox broken\n";
    let text = plain(&stream);
    assert!(text.contains(command), "{text}");
    let document = Junit::document(&streams::fold(&stream)).unwrap();
    assert!(document.contains(command.trim_end()), "{document}");
}

#[test]
fn an_id_is_not_taken_for_an_option_by_the_command_of_its_case() {
    let failed = streams::failed("--all", Chromium, vec![streams::default_text("1: call ({})")]);
    let run = streams::fold(&streams::run_of(vec![failed.clone()], EndReason::Completed));
    assert_eq!(run.command(&failed), "lcw run --browser chromium -- --all");
}
