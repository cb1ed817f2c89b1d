//! What the HTML standard says of timers, as a model: it runs a program and tells what is logged, and when.
//!
//! What the standard leaves to browsers is the clock's own word: sixty frames a second, counted from its start, and
//! a page that is idle a millisecond after it asked, when nothing else is due.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::program::{Action, Kind, Program};

/// A callback that ran: its slot, and the time on the clock in microseconds.
pub(crate) type Entry = (usize, u64);

struct Timer<'a> {
    action: &'a Action,
    kind: Timing,
    /// In microseconds, as all times.
    due: u64,
    order: u64,
    /// The nesting level of its task; the standard's "timer nesting level".
    level: u32,
    left: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timing {
    Once(u64),
    Again(u64),
    Frame,
    Idle,
}

/// A page on a held clock.
pub(crate) struct Model<'a> {
    now: u64,
    order: u64,
    next_id: u64,
    timers: BTreeMap<u64, Timer<'a>>,
    /// The timer that was last set in each slot.
    set: BTreeMap<usize, u64>,
    jobs: VecDeque<&'a Action>,
    messages: VecDeque<&'a Action>,
    level: u32,
    /// How many timers fired in the advance that had the most.
    pub(crate) most_fired: usize,
    pub(crate) log: Vec<Entry>,
}

impl<'a> Model<'a> {
    /// Runs a program that starts at this time.
    pub(crate) fn run(program: &'a Program, start: u64) -> Self {
        let mut model = Self {
            now: start,
            order: 0,
            next_id: 0,
            timers: BTreeMap::new(),
            set: BTreeMap::new(),
            jobs: VecDeque::new(),
            messages: VecDeque::new(),
            level: 0,
            most_fired: 0,
            log: Vec::new(),
        };
        model.perform(&program.actions);
        model.end_task();
        for by in &program.advances {
            model.advance(*by);
        }
        model
    }

    fn advance(&mut self, by: u64) {
        let end = self.now + by;
        let mut fired = 0;
        loop {
            self.deliver();
            let due = self.timers.iter().filter(|(_, timer)| timer.due <= end);
            let first = due.min_by_key(|(_, timer)| (timer.due, timer.kind == Timing::Idle, timer.order));
            let Some((&id, timer)) = first else { break };
            self.now = self.now.max(timer.due);
            self.fire(id);
            fired += 1;
        }
        self.now = end;
        self.most_fired = self.most_fired.max(fired);
    }

    /// Messages are tasks of their own, and none waits for time to pass.
    fn deliver(&mut self) {
        while let Some(action) = self.messages.pop_front() {
            self.call(action);
            self.end_task();
        }
    }

    fn fire(&mut self, id: u64) {
        let Some(timer) = self.timers.get_mut(&id) else { return };
        let (action, kind) = (timer.action, timer.kind);
        self.level = timer.level;
        timer.left = timer.left.saturating_sub(1);
        let is_last = timer.left == 0;
        match (&action.kind, kind) {
            (Kind::Interval { early, .. }, Timing::Again(delay)) => {
                if is_last && *early {
                    self.timers.remove(&id);
                }
                self.call(action);
                if is_last {
                    self.timers.remove(&id);
                }
                // Its jobs are a part of the task, and may still clear it.
                self.run_jobs();
                let due = self.now + self.wait(delay);
                if let Some(timer) = self.timers.get_mut(&id) {
                    self.order += 1;
                    (timer.due, timer.order, timer.level) = (due, self.order, self.level + 1);
                }
            }
            _ => {
                self.timers.remove(&id);
                self.call(action);
            }
        }
        self.end_task();
    }

    fn end_task(&mut self) {
        self.run_jobs();
        self.level = 0;
    }

    fn run_jobs(&mut self) {
        while let Some(action) = self.jobs.pop_front() {
            self.call(action);
        }
    }

    fn call(&mut self, action: &'a Action) {
        self.log.push((action.slot, self.now));
        self.perform(&action.body);
    }

    fn perform(&mut self, actions: &'a [Action]) {
        for action in actions {
            match &action.kind {
                Kind::Look => self.log.push((action.slot, self.now)),
                Kind::Timeout { delay, .. } => self.add(action, Timing::Once(milliseconds(delay)), 1),
                Kind::Interval { delay, times, .. } => {
                    self.add(action, Timing::Again(milliseconds(delay)), *times);
                }
                Kind::Frame => self.add(action, Timing::Frame, 1),
                Kind::Idle => self.add(action, Timing::Idle, 1),
                Kind::Promise | Kind::Microtask => self.jobs.push_back(action),
                Kind::Message => self.messages.push_back(action),
                Kind::Clear { target } => {
                    if let Some(id) = self.set.get(target) {
                        self.timers.remove(id);
                    }
                }
            }
        }
    }

    fn add(&mut self, action: &'a Action, kind: Timing, left: u32) {
        let (due, level) = match kind {
            Timing::Once(delay) | Timing::Again(delay) => (self.now + self.wait(delay), self.level + 1),
            Timing::Frame => ((0..).map(frame).find(|frame| *frame > self.now).unwrap(), 0),
            Timing::Idle => (self.now + 1_000, 0),
        };
        self.order += 1;
        self.next_id += 1;
        self.timers.insert(self.next_id, Timer { action, kind, due, order: self.order, level, left });
        self.set.insert(action.slot, self.next_id);
    }

    /// How long a timer waits that is set now.
    fn wait(&self, delay: u64) -> u64 {
        // Browsers slow the sixth down, the standard the seventh.
        let least = if self.level >= 5 { 4 } else { 0 };
        delay.max(least) * 1_000
    }
}

/// When a frame is due.
fn frame(number: u64) -> u64 {
    (number * 1_000_000 + 30) / 60
}

/// A delay as Web IDL reads a `long`: whole, and what is left of it in 32 bits.
fn milliseconds(delay: &Value) -> u64 {
    let number = match delay {
        Value::Number(number) => number.as_f64().unwrap(),
        Value::String(text) => text.parse().unwrap_or(f64::NAN),
        _ => 0.0,
    };
    if !number.is_finite() {
        return 0;
    }
    let low = (number.trunc() as i64 as u32).cast_signed();
    u64::try_from(low).unwrap_or(0)
}
