//! The display as a fold: what is written when.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use indicatif::ProgressDrawTarget;

use super::failure::{Writer, name, recorded};
use super::format::{count, seconds};
use super::groups::is_failure;
use super::progress::Progress;
use super::screen::Screen;
use super::style::{FAINT, STRONG, WARNING, paint};
use super::tally::Tally;
use super::{ColorChoice, TerminalOptions, Verbosity, summary};
use crate::contract::RequirementId;
use crate::event::{CaseResult, Event, Outcome, RunStarted};
use crate::report::{Reporter, Run};
use crate::source::{visible, visible_lines};

/// With fewer results than this, progress lines and repetitions are only noise.
const MANY: usize = 20;

/// The display for people.
///
/// On a terminal a bar shows the running cases, and what is not as expected is printed above it at
/// once. In a pipe there are only plain lines: each result that is not as expected, the progress at
/// every tenth, and the end.
pub struct Terminal {
    options: TerminalOptions,
    screen: Screen,
    run: Run,
    tally: Tally,
    /// The requirements of which a failure was printed in full.
    shown: BTreeSet<RequirementId>,
    /// How many tenths of the run were told.
    tenths: usize,
    /// The terminal that it writes to, whose width may change at any time.
    columns: Option<Stream>,
}

/// An output of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Terminal {
    /// A display on an output of the process.
    pub fn new(options: TerminalOptions, stream: Stream) -> Self {
        let wants_bar = options.progress && options.verbosity > Verbosity::Quiet;
        let (out, colored, target): (Box<dyn Write + Send>, _, _) = match stream {
            Stream::Stdout => {
                let out = io::stdout();
                let colored = colored(options.color, &out);
                let live = wants_bar && out.is_terminal();
                (Box::new(out), colored, live.then(ProgressDrawTarget::stdout))
            }
            Stream::Stderr => {
                let out = io::stderr();
                let colored = colored(options.color, &out);
                let live = wants_bar && out.is_terminal();
                (Box::new(out), colored, live.then(ProgressDrawTarget::stderr))
            }
        };
        // A terminal that cannot move its cursor (`TERM=dumb`) gets plain lines.
        let display = Self::on(options, out, colored, target.filter(|target| !target.is_hidden()));
        Self { columns: Some(stream), ..display }
    }

    /// A display that writes plain lines to `out`, in colour only with [`ColorChoice::Always`].
    pub fn plain(options: TerminalOptions, out: Box<dyn Write + Send>) -> Self {
        let colored = options.color == ColorChoice::Always;
        Self::on(options, out, colored, None)
    }

    pub(in crate::report) fn on(
        options: TerminalOptions,
        out: Box<dyn Write + Send>,
        colored: bool,
        target: Option<ProgressDrawTarget>,
    ) -> Self {
        let progress = target.map(|target| Progress::new(target, colored));
        Self {
            options,
            screen: Screen::new(out, colored, progress),
            run: Run::default(),
            tally: Tally::default(),
            shown: BTreeSet::new(),
            tenths: 0,
            columns: None,
        }
    }

    fn is(&self, verbosity: Verbosity) -> bool {
        self.options.verbosity == verbosity
    }

    fn writer(&self) -> Writer<'_> {
        Writer {
            run: &self.run,
            colored: self.screen.colored(),
            whole: self.is(Verbosity::Verbose),
            width: self.columns.and_then(columns),
        }
    }

    /// What a result needs to be told at once; empty when it goes by in silence.
    fn tell(&mut self, result: &CaseResult) -> String {
        let verbose = self.is(Verbosity::Verbose);
        if (result.unexpected && is_failure(result)) || result.outcome == Outcome::Infra {
            let broken: BTreeSet<_> =
                result.mismatches.iter().map(|mismatch| mismatch.requirement.clone()).collect();
            let none = BTreeSet::new();
            let shown = if verbose { &none } else { &self.shown };
            let text = if broken.is_empty() || !broken.is_subset(shown) {
                self.writer().full(result, shown)
            } else {
                self.writer().again(result)
            };
            self.shown.extend(broken);
            return text;
        }
        if verbose || result.unexpected || (result.flaky && !self.is(Verbosity::Quiet)) {
            let recorded = if verbose { recorded(result) } else { String::new() };
            return self.writer().line(result) + "\n" + &recorded;
        }
        String::new()
    }

    /// A line at every tenth, in place of a bar.
    fn tenth(&mut self, at: Duration) -> String {
        let (finished, total) = (self.run.summary.finished(), self.run.summary.total);
        if self.screen.is_live() || !self.is(Verbosity::Normal) || total < MANY {
            return String::new();
        }
        let tenths = finished * 10 / total;
        if tenths <= self.tenths {
            return String::new();
        }
        self.tenths = tenths;
        let time = paint(FAINT, seconds(at));
        format!("{:>3} %  {finished} of {total}: {}  {time}\n", tenths * 10, self.tally)
    }
}

impl Reporter for Terminal {
    fn event(&mut self, at: Duration, event: &Event) -> io::Result<()> {
        self.run.event(at, event);
        let quiet = self.is(Verbosity::Quiet);
        let text = match event {
            Event::RunStarted(start) if !quiet => opening(start),
            Event::CaseFinished(result) => {
                self.tally.add(result);
                self.tell(result) + &self.tenth(at)
            }
            Event::AttemptFailed { case, browser, attempt, reason, .. } if self.is(Verbosity::Verbose) => {
                let label = label("retry");
                format!("{label} {} attempt {attempt}: {}\n", name(case, &[*browser]), visible(reason))
            }
            Event::WorkerReplaced { worker, browser, reason } => {
                let label = label("replaced");
                format!("{label} worker {worker} ({browser}): {}\n", visible_lines(reason))
            }
            Event::Note { message } if !quiet => {
                format!("{} {}\n", label("note"), visible(message))
            }
            _ => String::new(),
        };
        if !text.is_empty() {
            self.screen.print(&text)?;
        }
        self.tick(at)
    }

    fn tick(&mut self, at: Duration) -> io::Result<()> {
        let (run, tally) = (&self.run, &self.tally);
        self.screen.progress(|progress| progress.update(run, tally, at));
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.screen.end_progress();
        // What few results gave is still on the screen and need not be told in full again.
        let brief = self.run.summary.total < MANY && !self.is(Verbosity::Quiet);
        let text = summary::text(&self.writer(), self.options.verbosity, brief);
        self.screen.print(&text)
    }
}

/// Whether colours reach the reader, as the flag, the environment and the output say.
fn colored(choice: ColorChoice, out: &impl anstream::stream::RawStream) -> bool {
    match choice {
        ColorChoice::Auto => anstream::AutoStream::choice(out) != anstream::ColorChoice::Never,
        ColorChoice::Always => true,
        ColorChoice::Never => false,
    }
}

/// How many columns the terminal has at the moment; `None` when the stream is none.
fn columns(stream: Stream) -> Option<usize> {
    let size = match stream {
        Stream::Stdout => rustix::termios::tcgetwinsize(io::stdout()),
        Stream::Stderr => rustix::termios::tcgetwinsize(io::stderr()),
    };
    size.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

fn label(word: &str) -> String {
    paint(WARNING, format!("{word:<9}")).to_string()
}

/// What is about to run.
fn opening(start: &RunStarted) -> String {
    let target = paint(STRONG, visible(&start.target));
    let mut text = format!("Testing {target}: {}\n", count(start.total, "result"));
    for info in &start.browsers {
        let (kind, version, driver) = (info.kind, visible(&info.version), visible(&info.driver));
        text.push_str(&format!("  {kind:<8} {version} {}\n", paint(FAINT, format_args!("({driver})"))));
    }
    if start.left_out > 0 {
        // The list knows no walks.
        let hint = if start.walks.is_some() { "" } else { "; `lcw list` says why" };
        let left_out = format!("{} left out{hint}", count(start.left_out, "case"));
        text.push_str(&format!("{}\n", paint(FAINT, left_out)));
    }
    text
}
