//! Looks at pages without being told what they promise: opens each as a visitor, does what visitors do, lets ten minutes
//! pass, and says what invited and what is wrong.

use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;

use super::bench::{Aftermath, CheckEvent, Ended, Stage, Work, in_every_browser};
use super::ground::{Base, CheckOptions};
use super::perform::Performance;
use super::{CheckError, StepFailure};
use crate::browser::bidi::Bidi;
use crate::config::{BrowserKind, Settings};
use crate::runner::Stop;
use crate::site::{
    Finding, Geolocation, Reply, ScenarioFault, ScrollTo, SiteScenario, SiteStep, Timeline, Visitor, findings,
};

/// How long a visitor stays before doing anything: triggers that wait for less come first.
const FIRST: Duration = Duration::from_secs(60);

/// How long a visitor stays after each of the usual moves.
const AFTER_EACH: Duration = Duration::from_secs(60);

/// How long a visitor stays on a page in all.
const STAY: Duration = Duration::from_secs(600);

/// How often a visitor comes back.
const REVISITS: usize = 2;

/// How long a visitor stays when they come back.
const REVISIT_STAY: Duration = Duration::from_secs(60);

/// Pages to look at.
#[derive(Debug)]
pub struct Audit {
    /// The pages, relative to the base.
    pub pages: Vec<String>,
    /// Where they are.
    pub base: Base,
    /// The instant at which visitors come, as an RFC 3339 date and time; `None` is now.
    pub now: Option<String>,
    /// Answers to what pages ask of others.
    pub replies: Vec<Reply>,
    /// How they are checked.
    pub options: CheckOptions,
    /// Browsers, deadlines and the rest.
    pub settings: Settings,
}

/// What there is to say of a page in a browser.
#[derive(Debug, Clone, Serialize)]
pub struct PageAudit {
    /// The page.
    pub page: String,
    /// The browser.
    pub browser: BrowserKind,
    /// What the page may make its invitation depend on, as far as it can be seen.
    pub triggers: Vec<String>,
    /// Each invitation.
    pub invitations: Vec<Invited>,
    /// What is wrong, the heaviest first.
    pub findings: Vec<Finding>,
    /// Why it was not looked at to the end.
    pub reason: Option<String>,
    /// Everything that happened.
    pub timeline: Timeline,
}

/// An invitation, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Invited {
    /// Its text.
    pub message: String,
    /// Since the page was opened.
    #[serde(rename = "since_visit_ms", with = "crate::contract::duration::milliseconds")]
    pub since_visit: Duration,
    /// Which visit it was, from 1.
    pub visit: usize,
    /// What the visitor had done last.
    pub after: String,
    /// What most probably made the page invite.
    pub provoked_by: Option<String>,
}

impl Audit {
    /// Sees that instant and replies are sound.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self) -> Result<(), ScenarioFault> {
        let mut scenario = usual_visitor(self.now.clone(), self.replies.clone());
        scenario.steps = vec![SiteStep::Visit("index.html".into())];
        scenario.check()
    }

    /// Looks at every page in every browser of the settings until all are done or somebody stops it. All browsers are
    /// closed then.
    ///
    /// # Errors
    /// When a browser cannot be started, or the pages cannot be served; what came before has been told.
    pub async fn start(
        self,
        stop: Stop,
        events: UnboundedSender<CheckEvent<PageAudit>>,
    ) -> Result<(), CheckError> {
        let Self { pages, base, now, replies, options, settings } = self;
        let pages = Pages { pages, scenario: usual_visitor(now, replies) };
        in_every_browser(&pages, (base, options), settings, &stop, &events).await
    }
}

/// Pages to look at.
struct Pages {
    pages: Vec<String>,
    /// Who comes to look; there are no steps in it.
    scenario: SiteScenario,
}

impl Work for Pages {
    type Item = String;
    type Result = PageAudit;

    fn items(&self) -> &[String] {
        &self.pages
    }

    async fn perform(
        &self,
        stage: &Stage,
        browser: BrowserKind,
        bidi: &Bidi,
        page: &String,
    ) -> Ended<PageAudit> {
        let (steps, timeline, looked) = match stage.enter(bidi, &self.scenario).await {
            Ok(performance) => look_at(performance, page).await,
            Err(error) => (Vec::new(), Timeline::default(), Err(error)),
        };
        let broken = looked.as_ref().err().map(|error| format!("failed to {error}"));
        let mut findings = findings(&timeline);
        findings.retain(|finding| broken.is_none() || !finding.kind.is_of_absence());
        let failed = looked.ok().flatten();
        let reason = failed.map(|StepFailure { step, reason, .. }| {
            format!("{step}: {}", reason.unwrap_or_else(|| "it was not as expected".into()))
        });
        let invitations = timeline
            .invitations()
            .map(|invitation| Invited {
                message: invitation.message.to_owned(),
                since_visit: invitation.entry.since_visit,
                visit: invitation.entry.visit,
                after: last_move(&steps, invitation.entry.step),
                provoked_by: timeline.provocation(invitation.entry),
            })
            .collect();
        let result = PageAudit {
            page: page.clone(),
            browser,
            triggers: timeline.triggers(),
            invitations,
            findings,
            reason: broken.clone().or(reason),
            timeline,
        };
        Ended { result, browser: broken.map_or(Aftermath::Fit, Aftermath::Broken) }
    }
}

/// Visits a page; gives the visitor's steps, what happened, and what could not be done.
async fn look_at(
    mut performance: Performance,
    page: &str,
) -> (Vec<SiteStep>, Timeline, Result<Option<StepFailure>, CheckError>) {
    let walked = walk(&mut performance, page).await;
    let steps = performance.steps().to_vec();
    let (timeline, left) = performance.end().await;
    (steps, timeline, walked.and_then(|failed| left.map(|()| failed)))
}

/// Whoever comes by, at this instant; nothing is asked of the page.
fn usual_visitor(now: Option<String>, replies: Vec<Reply>) -> SiteScenario {
    SiteScenario {
        id: "audit".into(),
        promise: "Nobody knows.".into(),
        visitor: Visitor {
            now,
            // Somewhere, and willing to tell: what a page makes of it is its own concern.
            geolocation: Some(Geolocation::Granted { latitude: 47.07, longitude: 15.44, accuracy: None }),
            ..Visitor::default()
        },
        replies,
        ..SiteScenario::default()
    }
}

/// What the usual visitor does.
fn usual_moves(page: &str) -> Vec<SiteStep> {
    let stay = || SiteStep::Advance(AFTER_EACH);
    let mut steps = vec![SiteStep::Visit(page.to_owned()), SiteStep::Advance(FIRST)];
    let moves = [
        vec![SiteStep::Scroll(ScrollTo::Percent(50.0)), stay()],
        vec![SiteStep::Scroll(ScrollTo::Bottom), stay()],
        // A page that means to ask once is told from one that asks each time by whoever leaves again, when the
        // invitation is gone by itself.
        vec![SiteStep::MouseLeave, stay(), SiteStep::MouseEnter, stay()],
        vec![SiteStep::MouseLeave, stay(), SiteStep::MouseEnter],
        vec![SiteStep::SwitchTab, stay(), SiteStep::ReturnToTab, stay()],
    ];
    let passed = FIRST + AFTER_EACH * 7;
    steps.extend(moves.into_iter().flatten());
    steps.push(SiteStep::Advance(STAY.saturating_sub(passed)));
    for _ in 1..REVISITS {
        steps.extend([SiteStep::Revisit, SiteStep::Advance(REVISIT_STAY)]);
    }
    steps.push(SiteStep::Revisit);
    steps
}

/// What the usual visitor does on the last visit, until they are invited: an invitation that comes in between is still
/// there after each.
fn last_moves() -> [SiteStep; 4] {
    let stay = |seconds| SiteStep::Advance(Duration::from_secs(seconds));
    [stay(30), stay(29), SiteStep::MouseLeave, stay(59)]
}

/// What the usual visitor does in a chat.
fn moves_in_chat() -> Vec<SiteStep> {
    let stay = || SiteStep::Advance(AFTER_EACH);
    vec![stay(), SiteStep::MouseEnter, SiteStep::MouseLeave, stay()]
}

/// Goes where the usual visitor goes, and accepts what they are invited to on the last visit.
async fn walk(performance: &mut Performance, page: &str) -> Result<Option<StepFailure>, CheckError> {
    let mut failed = performance.perform_all(&usual_moves(page)).await?;
    for step in last_moves() {
        if failed.is_some() {
            return Ok(failed);
        }
        failed = performance.perform(step).await?;
        if failed.is_none() && performance.seen().notification.is_some() {
            return accept(performance).await;
        }
    }
    Ok(failed)
}

async fn accept(performance: &mut Performance) -> Result<Option<StepFailure>, CheckError> {
    let mut failed = performance.perform(SiteStep::Accept).await?;
    performance.wait_for_a_chat().await?;
    if failed.is_none() && performance.seen().shows_survey() {
        failed = performance.perform(SiteStep::SubmitSurvey).await?;
    }
    match failed {
        None => performance.perform_all(&moves_in_chat()).await,
        failed => Ok(failed),
    }
}

/// What the visitor had done last when this step, from 1, took place.
fn last_move(steps: &[SiteStep], number: usize) -> String {
    let before = steps.iter().take(number).rev();
    before
        .into_iter()
        .find(|step| !matches!(step, SiteStep::Advance(_)))
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_stays_for_ten_minutes_and_comes_back() {
        let steps = usual_moves("index.html");
        let first = steps.iter().take_while(|step| **step != SiteStep::Revisit);
        let stayed: Duration =
            first.filter_map(|step| if let SiteStep::Advance(by) = step { Some(*by) } else { None }).sum();
        assert_eq!(stayed, STAY);
        assert_eq!(steps.iter().filter(|step| **step == SiteStep::Revisit).count(), REVISITS);
        assert_eq!(last_move(&steps, 2), SiteStep::Visit("index.html".into()).to_string());
    }
}
