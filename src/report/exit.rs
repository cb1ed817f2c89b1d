//! The exit codes, which are part of the interface.

use super::Summary;
use crate::event::EndReason;

/// What the process says to whoever started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// Every planned result was given and all are as expected; known divergences are.
    AllAsExpected = 0,
    /// Something was not as expected: failed, timed out, broken, unexpectedly passed, or not run.
    Unexpected = 1,
    /// The command line, the configuration or a suite is wrong, or a report could not be written.
    Usage = 2,
    /// No browser or driver could be started, or none was left.
    NoBrowser = 3,
    /// The filters select no case; that is not success.
    NothingSelected = 4,
    /// The person interrupted the run, or its end was never recorded.
    Interrupted = 130,
}

impl ExitCode {
    /// Every code, in ascending order, for help texts.
    pub const ALL: [Self; 6] = [
        Self::AllAsExpected,
        Self::Unexpected,
        Self::Usage,
        Self::NoBrowser,
        Self::NothingSelected,
        Self::Interrupted,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in a few words for help texts.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AllAsExpected => "all as expected",
            Self::Unexpected => "something was not as expected",
            Self::Usage => "bad usage or configuration",
            Self::NoBrowser => "no browser or driver",
            Self::NothingSelected => "nothing selected",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.code().into()
    }
}

/// The exit code of a run.
///
/// # Precedence
/// An interruption and a missing browser say why there are not more results, so they come before
/// what the results say; an empty plan comes before success.
pub fn exit_code(summary: &Summary, reason: EndReason) -> ExitCode {
    match reason {
        EndReason::Interrupted => ExitCode::Interrupted,
        EndReason::NoBrowser => ExitCode::NoBrowser,
        EndReason::FailFast => ExitCode::Unexpected,
        EndReason::Completed if summary.total == 0 => ExitCode::NothingSelected,
        EndReason::Completed if summary.all_as_expected() => ExitCode::AllAsExpected,
        EndReason::Completed => ExitCode::Unexpected,
    }
}
