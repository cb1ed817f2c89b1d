//! The exit codes.

use super::streams;
use crate::event::{EndReason, Outcome};
use crate::report::{ExitCode, Summary, exit_code};

fn summary(outcome: Outcome, unexpected: bool) -> Summary {
    let mut result = streams::passed("a", crate::config::BrowserKind::Firefox);
    (result.outcome, result.unexpected) = (outcome, unexpected);
    streams::fold(&streams::run_of(vec![result], EndReason::Completed)).summary
}

#[test]
fn results_decide_a_completed_run() {
    let cases = [
        (Outcome::Passed, false, ExitCode::AllAsExpected),
        (Outcome::Passed, true, ExitCode::Unexpected),
        (Outcome::Failed, false, ExitCode::AllAsExpected),
        (Outcome::Failed, true, ExitCode::Unexpected),
        (Outcome::TimedOut, true, ExitCode::Unexpected),
        (Outcome::Infra, false, ExitCode::Unexpected),
        (Outcome::Infra, true, ExitCode::Unexpected),
        (Outcome::Skipped, false, ExitCode::AllAsExpected),
    ];
    for (outcome, unexpected, code) in cases {
        let summary = summary(outcome, unexpected);
        assert_eq!(exit_code(&summary, EndReason::Completed), code, "{outcome:?}, unexpected: {unexpected}");
    }
}

#[test]
fn the_end_of_the_run_comes_before_its_results() {
    let good = summary(Outcome::Passed, false);
    assert_eq!(exit_code(&good, EndReason::Interrupted), ExitCode::Interrupted);
    assert_eq!(exit_code(&good, EndReason::NoBrowser), ExitCode::NoBrowser);
    assert_eq!(exit_code(&good, EndReason::FailFast), ExitCode::Unexpected);
    let missing = Summary { total: 2, not_run: 1, ..good };
    assert_eq!(exit_code(&missing, EndReason::Completed), ExitCode::Unexpected);
    assert_eq!(exit_code(&Summary::default(), EndReason::Completed), ExitCode::NothingSelected);
    assert_eq!(exit_code(&Summary::default(), EndReason::Interrupted), ExitCode::Interrupted);
}

#[test]
fn the_numbers_are_an_interface() {
    assert_eq!(ExitCode::ALL.map(ExitCode::code), [0, 1, 2, 3, 4, 130]);
}

#[test]
fn a_timed_out_case_is_a_failed_one() {
    let summary = summary(Outcome::TimedOut, true);
    assert_eq!((summary.failed, summary.timed_out, summary.unexpected), (1, 1, 1));
}
