//! The progress bar: a line for each worker and the counts below them.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::format::{roughly, seconds};
use super::screen::painted;
use super::style::{FAINT, STRONG, paint};
use super::tally::Tally;
use crate::config::BrowserKind;
use crate::report::{CaseKey, Run};
use crate::source::visible;

/// More workers than this share one line, so that the bar leaves room for what is above it.
const LINES: usize = 12;
/// A case that runs for less has no time beside it: a number that flickers tells nothing.
const NOTABLE: Duration = Duration::from_secs(1);
/// So many results make a forecast of the rest worth showing.
const FORECAST_FROM: usize = 20;

/// A worker: its browser and number.
type Worker = (BrowserKind, usize);

/// The bar. It draws when it is told something and has no thread of its own.
pub(super) struct Progress {
    bars: MultiProgress,
    total: ProgressBar,
    /// A line for each worker, kept between its cases so that nothing jumps.
    workers: BTreeMap<Worker, ProgressBar>,
    running: BTreeMap<CaseKey, Worker>,
    colored: bool,
    /// Whether the run's size is known, which it is once its browsers are up.
    started: bool,
}

impl Progress {
    pub(super) fn new(target: ProgressDrawTarget, colored: bool) -> Self {
        let bars = MultiProgress::with_draw_target(target);
        let total = bars.add(ProgressBar::new(0));
        // Browsers take some seconds; a screen that stays empty looks like a command that hangs.
        total.set_style(style("{wide_msg}"));
        total.set_message(painted(&paint(FAINT, "starting the browsers").to_string(), colored));
        total.tick();
        Self { bars, total, workers: BTreeMap::new(), running: BTreeMap::new(), colored, started: false }
    }

    /// Writes something else where the bar is, and draws it again below.
    pub(super) fn suspend<R>(&self, write: impl FnOnce() -> R) -> R {
        self.bars.suspend(write)
    }

    /// Shows what the run came to at `at`.
    pub(super) fn update(&mut self, run: &Run, tally: &Tally, at: Duration) {
        if run.header.is_none() {
            return;
        }
        if !std::mem::replace(&mut self.started, true) {
            // With the counts beside it a line still fits on 80 columns.
            self.total.set_style(style("{bar:14} {wide_msg}"));
        }
        self.free_workers(run);
        for (key, case) in &run.running {
            let worker = (key.browser, case.worker);
            self.running.insert(key.clone(), worker);
            let Some(line) = self.line(worker) else { continue };
            let elapsed = at.saturating_sub(case.since);
            let mut text =
                format!("  {} {}", paint(FAINT, format_args!("{:<8}", key.browser.name())), visible(&key.id));
            if case.attempt > 1 {
                text.push_str(&format!(" (attempt {})", case.attempt));
            }
            if elapsed >= NOTABLE {
                text.push_str(&format!("  {}", paint(STRONG, seconds(elapsed))));
            }
            line.set_message(painted(&text, self.colored));
        }
        self.show_total(run, tally, at);
    }

    /// Empties the lines of workers whose case is over.
    fn free_workers(&mut self, run: &Run) {
        let over: Vec<_> =
            self.running.keys().filter(|key| !run.running.contains_key(key)).cloned().collect();
        for key in over {
            if let Some(line) = self.running.remove(&key).and_then(|worker| self.workers.get(&worker)) {
                let idle = format!("  {}", paint(FAINT, format_args!("{:<8} –", key.browser.name())));
                line.set_message(painted(&idle, self.colored));
            }
        }
    }

    /// The worker's line; `None` when there are too many workers for one each.
    fn line(&mut self, worker: Worker) -> Option<ProgressBar> {
        if !self.workers.contains_key(&worker) {
            if self.workers.len() >= LINES {
                return None;
            }
            let line = ProgressBar::new(0);
            line.set_style(style("{wide_msg}"));
            // Lines stand in the workers' order, whoever began first.
            let line = match self.workers.range(worker..).next() {
                Some((_, next)) => self.bars.insert_before(next, line),
                None => self.bars.insert_before(&self.total, line),
            };
            self.workers.insert(worker, line);
        }
        self.workers.get(&worker).cloned()
    }

    fn show_total(&self, run: &Run, tally: &Tally, at: Duration) {
        let (finished, total) = (run.summary.finished(), run.summary.total);
        let mut text = format!(" {finished} of {total}  {tally}  {}", paint(FAINT, seconds(at)));
        if finished >= FORECAST_FROM && finished < total {
            let left = at.mul_f64((total - finished) as f64 / finished as f64);
            text.push_str(&paint(FAINT, format_args!(", about {} left", roughly(left))).to_string());
        }
        self.total.set_length(total as u64);
        self.total.set_position(finished as u64);
        self.total.set_message(painted(&text, self.colored));
    }
}

impl Drop for Progress {
    /// Takes the bar off the screen, also when the run ends in a panic. If the screen does not
    /// answer there is nothing left to tidy.
    fn drop(&mut self) {
        let _ = self.bars.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}
