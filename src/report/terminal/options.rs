//! What a person can choose about the display.

/// When to use colour; the values of `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum ColorChoice {
    /// As `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR` ask for, else on a terminal that has colours.
    #[default]
    Auto,
    /// Always, also in a pipe.
    Always,
    /// Never.
    Never,
}

impl From<ColorChoice> for anstream::ColorChoice {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => Self::Auto,
            ColorChoice::Always => Self::Always,
            ColorChoice::Never => Self::Never,
        }
    }
}

/// How much is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verbosity {
    /// Only what is not as expected, and the result.
    Quiet,
    /// Also the progress; the first failure of each requirement in full, further ones as a line.
    #[default]
    Normal,
    /// Every result, and every failure in full.
    Verbose,
}

/// The settings of a [`Terminal`](super::Terminal).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalOptions {
    /// When to use colour.
    pub color: ColorChoice,
    /// How much is told.
    pub verbosity: Verbosity,
    /// Whether a terminal gets a progress bar; turn it off when something else writes there too,
    /// such as a log.
    pub progress: bool,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self { color: ColorChoice::Auto, verbosity: Verbosity::Normal, progress: true }
    }
}
