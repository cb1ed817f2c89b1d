//! A walk that failed is walked again in shorter ways, until none is found that fails for the same reason.

use std::time::Duration;

use super::jobs::Job;
use super::run::Stop;
use super::worker::{Attempt, Sink, Worker};
use crate::contract::{RequirementId, Scenario};
use crate::event::{CaseResult, Mismatch};
use crate::suite::write_case;
use crate::walk::Shrinking;

/// How long a moment is waited for at most while shorter walks are tried: about half of them are waited for in
/// vain.
const IMPATIENT: Duration = Duration::from_secs(1);

impl Worker {
    /// Finds a shortest walk that fails, and tells it in place of the failed one.
    pub(super) async fn shorten(&mut self, job: &Job, result: &mut CaseResult, stop: &Stop, events: &Sink) {
        let (Some(walk), Some(first)) = (job.walk, result.mismatches.first()) else { return };
        let (requirement, steps) = (first.requirement.clone(), number(first));
        let mut shrinking = Shrinking::new(walk, steps);
        while let Some(shorter) = shrinking.next() {
            let Some(fails) = self.still_fails(job, shorter, &requirement, stop, events).await else { break };
            shrinking.tell(fails);
        }
        // What failed for want of patience is no failure, so the last word is had with all of it.
        let shortest = shrinking.shortest();
        let told = match job.instead(shortest.clone()) {
            Ok(shorter) => match self.attempt(&shorter, stop).await {
                Attempt::Judged(findings) if blames(&findings.mismatches, &requirement) => {
                    result.mismatches = findings.mismatches;
                    result.steps = shorter.steps();
                    result.console = findings.seen.console;
                    shortest
                }
                _ => job.case.scenario.clone(),
            },
            Err(_) => job.case.scenario.clone(),
        };
        let title = format!("{}, {requirement}", walk.title());
        result.as_case = write_case(&walk.id(), &title, &told);
    }

    /// Whether a shorter walk breaks the same requirement; `None` when nothing can be said any more.
    async fn still_fails(
        &mut self,
        job: &Job,
        shorter: Scenario,
        requirement: &RequirementId,
        stop: &Stop,
        events: &Sink,
    ) -> Option<bool> {
        let shorter = job.instead(shorter).ok()?.patient_for(IMPATIENT);
        match self.attempt(&shorter, stop).await {
            Attempt::Judged(findings) => Some(blames(&findings.mismatches, requirement)),
            Attempt::TimedOut(reason) => {
                self.replace(&reason, events).await;
                Some(false)
            }
            Attempt::Broken(error) => {
                self.replace(&format!("failed to {error}"), events).await;
                None
            }
            Attempt::Stopped => None,
        }
    }
}

fn blames(mismatches: &[Mismatch], requirement: &RequirementId) -> bool {
    mismatches.first().is_some_and(|first| first.requirement == *requirement)
}

/// The number of the step after which something was wrong; the opening of the page is number 0.
fn number(mismatch: &Mismatch) -> usize {
    let number = mismatch.step.split(':').next();
    number.and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
}
