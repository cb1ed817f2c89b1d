//! A case's held clock: it gives the widget the time of its own that a step may take, and takes it back afterwards.

use std::time::Duration;

use tokio::time::Instant;

use crate::contract::oracle::{Fact, StepPrediction};
use crate::contract::{Observation, Step};
use crate::probe::Command;

use super::RunnerError;
use super::tab::{Tab, Waited};

/// What a widget gets of its own time, bit by bit, until it has done what a step leads to: the next animation frame, a
/// delay, a pane that fades. No page says that it takes none. Half a second in all, far less than a minute may be wrong by.
const BITS: [Duration; 3] =
    [Duration::from_millis(20), Duration::from_millis(80), Duration::from_millis(400)];

/// How long each bit is waited for in real time, as what no clock holds may be late, too.
const BIT_PATIENCE: Duration = Duration::from_millis(250);

/// The clock of one case, real until a step holds it.
#[derive(Debug, Default)]
pub(super) struct HeldClock {
    held: bool,
    /// How far it was moved beyond what the steps say. The next steps that move it move it less, so that a minute is one.
    ahead: Duration,
    /// Invitations that were predicted so far.
    invitations: usize,
    /// What was seen before the widget was given time in vain.
    before: Option<Observation>,
}

impl HeldClock {
    /// Takes note of the next step, and tells what of its command is left to do.
    pub(super) fn next<'a>(
        &mut self,
        step: &Step,
        command: Option<Command<'a>>,
        prediction: &StepPrediction,
    ) -> Option<Command<'a>> {
        let invitations = prediction.claims.iter().find_map(|claim| match claim.fact {
            Fact::NotificationsShown(times) => Some(times),
            _ => None,
        });
        // A new invitation has its minute from here on, however much time the one before has taken.
        if invitations.is_some_and(|times| times != self.invitations) {
            self.invitations = invitations.unwrap_or_default();
            self.ahead = Duration::ZERO;
        }
        match step {
            Step::HoldClock => self.held = true,
            // The next page's clock runs.
            Step::Reload => *self = Self { invitations: self.invitations, ..Self::default() },
            _ => {}
        }
        match command {
            Some(Command::Advance(by)) => {
                let moved = by.saturating_sub(self.ahead);
                self.ahead = self.ahead.saturating_sub(by);
                Some(Command::Advance(moved))
            }
            command => command,
        }
    }

    /// Whether time stands still until a step moves it.
    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    /// What was seen before the last wait gave the widget time in vain. What holds there and no longer afterwards was broken
    /// by that time, which may be more than an invitation had left.
    pub(super) fn take_before(&mut self) -> Option<Observation> {
        self.before.take()
    }

    /// As [`Tab::wait_after`], with time for the widget while its clock is held.
    ///
    /// # Errors
    /// As [`Tab::wait_after`].
    pub(super) async fn wait_after(
        &mut self,
        tab: &mut Tab,
        commands: &[Command<'_>],
        within: Duration,
        holds: impl Fn(&Observation) -> bool,
    ) -> Result<Waited, RunnerError> {
        if !self.held {
            return tab.wait_after(commands, within, holds).await;
        }
        let began = Instant::now();
        let before = match tab.wait_after(commands, BIT_PATIENCE.min(within), &holds).await? {
            Waited::TimedOut(before) => before,
            seen => return Ok(seen),
        };
        for bit in BITS {
            self.ahead += bit;
            // A widget may have led to another page meanwhile, whose clock nobody has held.
            let commands = [Command::HoldClock, Command::Advance(bit)];
            let waited = tab.wait_after(&commands, BIT_PATIENCE.min(within), &holds).await?;
            if matches!(waited, Waited::Seen(_)) {
                return Ok(waited);
            }
        }
        self.before = Some(before);
        tab.wait_until_within(within.saturating_sub(began.elapsed()), holds).await
    }
}
