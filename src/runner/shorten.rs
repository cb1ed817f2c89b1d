//! A walk that failed is walked again in shorter ways, until none is found that fails for the same reason.

use std::time::Duration;

use super::attempt::Findings;
use super::jobs::Job;
use super::run::Stop;
use super::worker::{Attempt, Sink, Worker};
use crate::contract::{RequirementId, Scenario};
use crate::event::{CaseResult, Mismatch};
use crate::suite::write_case;
use crate::walk::Shrinking;

/// How long a moment is waited for at most while shorter walks are tried: many of them are waited for in vain.
const IMPATIENT: Duration = Duration::from_secs(1);

impl Worker {
    /// Finds a shortest walk that breaks the same requirement, and tells it in place of the one that failed.
    pub(super) async fn shorten(&mut self, job: &Job, result: &mut CaseResult, stop: &Stop, events: &Sink) {
        let (Some(walk), Some(first)) = (job.walk, job.first_unknown(self.kind(), &result.mismatches)) else {
            return;
        };
        let (requirement, steps) = (first.requirement.clone(), number(first));
        let mut shrinking = Shrinking::new(walk, steps);
        while let Some(shorter) = shrinking.next() {
            let tried = match job.instead(shorter) {
                Ok(shorter) => self.retrace(&shorter.patient_for(IMPATIENT), stop, events).await,
                Err(_) => Retraced::Unclear,
            };
            match tried {
                Retraced::Judged(findings) => shrinking.tell(self.breaks(job, &findings, &requirement)),
                Retraced::Unclear => shrinking.tell(false),
                Retraced::Over => break,
            }
        }
        // What fails for want of patience is no failure, so the last word is had with all of it.
        let mut told = job.case.scenario.clone();
        if let Ok(shortest) = job.instead(shrinking.shortest())
            && let Retraced::Judged(findings) = self.retrace(&shortest, stop, events).await
            && self.breaks(job, &findings, &requirement)
        {
            (result.mismatches, result.recorded) = (findings.mismatches, findings.recorded);
            result.console = findings.seen.console;
            result.steps = shortest.steps();
            told = shortest.case.scenario;
        }
        result.as_case = as_case(job, &requirement, &told);
    }

    /// Whether a shorter walk of this job fails for this reason.
    fn breaks(&self, job: &Job, findings: &Findings, requirement: &RequirementId) -> bool {
        job.first_unknown(self.kind(), &findings.mismatches)
            .is_some_and(|first| first.requirement == *requirement)
    }

    async fn retrace(&mut self, job: &Job, stop: &Stop, events: &Sink) -> Retraced {
        match self.attempt(job, stop).await {
            Attempt::Judged(findings) => Retraced::Judged(findings),
            Attempt::TimedOut(reason) => {
                self.replace(&reason, events).await;
                Retraced::Unclear
            }
            Attempt::Broken(error) => {
                self.replace(&format!("failed to {error}"), events).await;
                Retraced::Over
            }
            Attempt::Stopped => Retraced::Over,
        }
    }
}

/// What came of a shorter walk.
enum Retraced {
    Judged(Box<Findings>),
    /// It was not through in time.
    Unclear,
    /// The browser broke, or somebody wants the run to end.
    Over,
}

fn as_case(job: &Job, requirement: &RequirementId, scenario: &Scenario) -> Option<String> {
    write_case(job.id(), &format!("{}: {requirement}", job.case.title), scenario)
}

/// The number of the step after which something was wrong; the opening of the page is number 0.
fn number(mismatch: &Mismatch) -> usize {
    let number = mismatch.step.split(':').next();
    number.and_then(|number| number.parse().ok()).unwrap_or(usize::MAX)
}
