//! A command that could not be carried out: what is said and the exit code.

use std::error::Error;
use std::io::{IsTerminal, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, Report};

use crate::report::{ColorChoice, ExitCode};

/// Why a command was not carried out.
#[derive(Debug)]
pub struct Failure {
    code: ExitCode,
    what: What,
}

#[derive(Debug)]
enum What {
    /// A sentence.
    Text(String),
    /// A place in a file, shown with a caret.
    Place(Report),
}

impl Failure {
    /// Bad usage or configuration, in words.
    pub fn usage(text: impl Into<String>) -> Self {
        Self { code: ExitCode::Usage, what: What::Text(text.into()) }
    }

    /// Bad usage or configuration, with its place.
    pub fn place(diagnostic: impl Diagnostic + Send + Sync + 'static) -> Self {
        Self { code: ExitCode::Usage, what: What::Place(Report::new(diagnostic)) }
    }

    /// No browser or driver; the error's text reads after "failed to".
    pub fn no_browser(error: &dyn Error) -> Self {
        Self { code: ExitCode::NoBrowser, what: What::Text(format!("failed to {error}")) }
    }

    /// Prints it for people and gives the exit code.
    pub fn print(self, color: ColorChoice) -> ExitCode {
        let mut out = anstream::AutoStream::new(std::io::stderr(), color.into());
        // There is no better place to complain that standard error cannot be written to.
        let _ = match self.what {
            What::Text(text) => {
                let style = anstyle::AnsiColor::Red.on_default().bold();
                writeln!(out, "{style}error{style:#}: {text}")
            }
            What::Place(report) => {
                let theme = if std::io::stderr().is_terminal() {
                    GraphicalTheme::unicode()
                } else {
                    GraphicalTheme::unicode_nocolor()
                };
                let mut text = String::new();
                let handler = GraphicalReportHandler::new_themed(theme);
                match handler.render_report(&mut text, report.as_ref()) {
                    Ok(()) => writeln!(out, "{text}"),
                    Err(_) => writeln!(out, "error: {report}"),
                }
            }
        };
        self.code
    }
}
