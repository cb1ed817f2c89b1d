//! Random little programs that set timers in each other.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Serialize;
use serde_json::{Value, json};

/// What a page's code does at its start, and how its clock is moved then.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Program {
    pub(crate) actions: Vec<Action>,
    /// How far each advance goes, in microseconds.
    pub(crate) advances: Vec<u64>,
}

/// One thing that a callback does.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Action {
    /// Under which it is logged and cleared; its place in the program.
    pub(crate) slot: usize,
    #[serde(flatten)]
    pub(crate) kind: Kind,
    /// What its own callback does.
    pub(crate) body: Vec<Action>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Reads every clock there is.
    Look,
    Timeout {
        delay: Value,
        /// Whether the handler is text.
        code: bool,
    },
    Interval {
        delay: Value,
        /// It clears itself the last time.
        times: u32,
        /// Whether before its body or after it.
        early: bool,
    },
    Frame,
    Idle,
    Promise,
    Microtask,
    Message,
    /// Clears what was last set in a slot.
    Clear {
        target: usize,
    },
}

fn delay() -> impl Strategy<Value = Value> {
    let odd = json!([
        -5,
        "-5",
        "NaN",
        "Infinity",
        "soon",
        "7.9",
        4.999,
        4_294_967_301_u64,
        2_147_483_648_u64,
        null
    ]);
    let odd = odd.as_array().unwrap().clone();
    prop_oneof![
        4 => (0..6_u32).prop_map(Value::from),
        4 => select(vec![10, 16, 17, 33, 34, 50, 100, 250_u32]).prop_map(Value::from),
        1 => select(odd),
    ]
}

fn nesting() -> impl Strategy<Value = Kind> {
    prop_oneof![
        5 => (delay(), prop::bool::weighted(0.1)).prop_map(|(delay, code)| Kind::Timeout { delay, code }),
        2 => (delay(), 1..8_u32, any::<bool>())
            .prop_map(|(delay, times, early)| Kind::Interval { delay, times, early }),
        2 => Just(Kind::Frame),
        1 => Just(Kind::Idle),
        2 => Just(Kind::Promise),
        1 => Just(Kind::Microtask),
        1 => Just(Kind::Message),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let leaf = prop_oneof![
        1 => Just(Kind::Look),
        1 => any::<usize>().prop_map(|target| Kind::Clear { target }),
        3 => nesting(),
    ];
    let leaf = leaf.prop_map(|kind| Action { slot: 0, kind, body: Vec::new() });
    leaf.prop_recursive(8, 24, 4, |inner| {
        (nesting(), vec(inner, 0..4)).prop_map(|(kind, body)| Action { slot: 0, kind, body })
    })
}

/// Any program.
pub(crate) fn program() -> impl Strategy<Value = Program> {
    let advance = select(vec![0, 1_000, 4_000, 16_667, 20_000, 33_333, 50_000, 100_000, 400_000]);
    (vec(action(), 1..6), vec(advance, 1..4)).prop_map(|(mut actions, advances)| {
        let mut count = 0;
        number(&mut actions, &mut count);
        aim(&mut actions, count);
        Program { actions, advances }
    })
}

fn number(actions: &mut [Action], next: &mut usize) {
    for action in actions {
        action.slot = *next;
        *next += 1;
        number(&mut action.body, next);
    }
}

fn aim(actions: &mut [Action], count: usize) {
    for action in actions {
        if let Kind::Clear { target } = &mut action.kind {
            *target %= count;
        }
        aim(&mut action.body, count);
    }
}
