//! What holds of every stream.

use std::io::Cursor;
use std::time::Duration;

use proptest::prelude::*;

use super::streams;
use crate::config::BrowserKind;
use crate::event::{CaseResult, EndReason, Event, Outcome};
use crate::report::{EventLog, Report, Summary, Terminal, TerminalOptions, read_events_from, replay};

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(vec![
        Outcome::Passed,
        Outcome::Failed,
        Outcome::TimedOut,
        Outcome::Infra,
        Outcome::Skipped,
    ])
}

prop_compose! {
    fn result(number: usize)(
        outcome in outcome(),
        flaky: bool,
        unexpected: bool,
        text in any::<String>(),
        actual in any::<String>(),
        micros in 0..100_000_000_u64,
        chromium: bool,
    ) -> CaseResult {
        let browser = BrowserKind::ALL[usize::from(chromium)];
        let mut result = streams::failed(
            &format!("case/{number}"),
            browser,
            vec![streams::mismatch("message.default", "1: call ({})", &text, &actual)],
        );
        result.outcome = outcome;
        result.flaky = flaky && outcome == Outcome::Passed;
        result.unexpected = unexpected;
        result.duration = Duration::from_micros(micros);
        result.reason = Some(text);
        if matches!(outcome, Outcome::Passed | Outcome::Skipped) {
            result.mismatches.clear();
        }
        result
    }
}

/// The events of each case of a run, in order.
fn cases() -> impl Strategy<Value = Vec<Vec<Event>>> {
    (0..12_usize).prop_flat_map(|number| (0..number).map(result).collect::<Vec<_>>()).prop_map(|results| {
        let events = |result: CaseResult| {
            let mut events = Vec::new();
            if result.flaky {
                events.push(streams::started(&result.id, result.browser, 1));
                events.push(streams::attempt_failed(&result.id, result.browser, Outcome::Failed, "why"));
            }
            events.extend(streams::case(result));
            events
        };
        results.into_iter().map(events).collect()
    })
}

/// A whole run in which the cases interleave as `order` says.
fn interleaved(cases: &[Vec<Event>], order: &[usize]) -> streams::Stream {
    let mut rest: Vec<_> = cases.iter().map(|events| events.iter().cloned()).collect();
    let mut events = vec![Event::RunStarted(streams::header(cases.len()))];
    for pick in order {
        if let Some(events_of_case) =
            rest.len().checked_sub(1).and_then(|last| rest.get_mut(pick % (last + 1)))
        {
            events.extend(events_of_case.next());
        }
    }
    events.extend(rest.into_iter().flatten());
    events.push(Event::RunFinished { reason: EndReason::Completed, duration: Duration::from_secs(1) });
    streams::timed(events)
}

fn counted(summary: &Summary) -> usize {
    summary.passed + summary.failed + summary.skipped + summary.infra + summary.not_run
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_the_outcomes(cases in cases(), cut in 0..40_usize) {
        let mut stream = interleaved(&cases, &[]);
        let summary = streams::fold(&stream).summary;
        prop_assert_eq!(summary.total, cases.len());
        prop_assert_eq!(counted(&summary), summary.total);
        prop_assert_eq!(summary.not_run, 0);
        prop_assert!(summary.flaky <= summary.passed && summary.timed_out <= summary.failed);

        // It is so too wherever the stream is cut off.
        stream.truncate(cut);
        let run = streams::fold(&stream);
        prop_assert_eq!(counted(&run.summary), run.summary.total);
        prop_assert_eq!(run.summary.finished(), run.results.len());
    }

    #[test]
    fn reports_do_not_depend_on_how_cases_interleave(
        cases in cases(),
        order in prop::collection::vec(any::<usize>(), 0..40),
    ) {
        let (one, other) = (streams::fold(&interleaved(&cases, &[])), streams::fold(&interleaved(&cases, &order)));
        prop_assert_eq!(Report::of(&one), Report::of(&other));
        prop_assert_eq!(crate::report::Junit::document(&one)?, crate::report::Junit::document(&other)?);
    }

    #[test]
    fn events_are_read_as_they_were_written(
        cases in cases(),
        order in prop::collection::vec(any::<usize>(), 0..40),
        micros in prop::collection::vec(0..1_u64 << 45, 64),
    ) {
        let mut stream = interleaved(&cases, &order);
        for ((at, _), micros) in stream.iter_mut().zip(micros) {
            *at = Duration::from_micros(micros);
        }
        let mut log = EventLog::new(Vec::new());
        replay(&stream, &mut [&mut log])?;
        let read = read_events_from(Cursor::new(log.into_inner()))?;
        prop_assert_eq!(read.cut_off, None);
        prop_assert_eq!(read.events, stream);
    }

    #[test]
    fn the_display_tells_any_text_without_control_characters(cases in cases()) {
        let out = streams::Shared::default();
        let mut terminal = Terminal::plain(TerminalOptions::default(), Box::new(out.clone()));
        replay(&interleaved(&cases, &[]), &mut [&mut terminal])?;
        let text = out.text();
        prop_assert_eq!(text.chars().find(|c| c.is_control() && *c != '\n'), None);
        let summary = streams::fold(&interleaved(&cases, &[])).summary;
        prop_assert_eq!(text.contains("All as expected"), summary.total > 0 && summary.all_as_expected());
    }
}
