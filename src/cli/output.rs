//! What the commands say, whoever is listening.

use std::fmt::Display;
use std::io::{self, Write};

use super::Failure;
use crate::report::ColorChoice;

/// Writes one JSON document and the end of its last line.
pub(super) fn write_json(out: &mut dyn Write, document: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

/// Prints what is for people; a reader that is gone is no reason to stop.
pub(super) fn print(color: ColorChoice, text: &str) {
    let _ = write!(anstream::AutoStream::new(io::stdout(), color.into()), "{text}");
}

/// Tells something on standard error. The terminal may be gone, which must neither keep reports from being written
/// nor change what a command comes to.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// A reader that has seen enough, such as `head`, is no failure.
pub(super) fn finish_output(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::usage(format!("failed to write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
