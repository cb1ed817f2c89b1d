//! Where the harness's own trace goes: standard error, by `-v` or `LCW_LOG`.

use std::env::VarError;

use tracing_subscriber::EnvFilter;

use super::Global;
use super::output::complain;

/// The variable with a filter in the words of tracing-subscriber, such as `lcw::bidi=trace`.
const VARIABLE: &str = "LCW_LOG";

/// Starts logging; once in a process.
pub(super) fn start(global: &Global) {
    let default = match global.verbose {
        0 | 1 => "lcw=warn",
        2 => "lcw=debug",
        _ => "lcw=trace",
    };
    let wanted = match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => EnvFilter::try_new(&text).map_err(|error| error.to_string()),
        Err(VarError::NotUnicode(_)) => Err("it is not Unicode text".to_owned()),
        _ => Ok(EnvFilter::new(default)),
    };
    let filter = wanted.unwrap_or_else(|error| {
        complain(format_args!("warning: {VARIABLE} is not a filter: {error}; using {default}"));
        EnvFilter::new(default)
    });
    let colors = anstream::AutoStream::new(std::io::stderr(), global.color.into()).current_choice();
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colors != anstream::ColorChoice::Never)
        .with_writer(std::io::stderr)
        .try_init();
    // Only a test that runs several commands in one process gets here twice.
    drop(started);
}

/// Whether the log writes so much that a progress bar would only be in its way.
pub(super) fn is_chatty(global: &Global) -> bool {
    global.verbose > 1 || std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}
