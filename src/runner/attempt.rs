//! One attempt at one case: open the page, perform the steps, and have each moment judged.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::contract::oracle::{Claim, Fact, StepPrediction};
use crate::contract::verdict::{Violation, judge};
use crate::contract::{
    ConversationStart, Level, Observation, RequirementId, Scenario, Step, requirement_ids,
};
use crate::event::Mismatch;
use crate::probe::{Command, Place};
use crate::server::{CaseSite, Conversation, FixtureServer};

use super::handle::PageHandle;
use super::held::HeldClock;
use super::tab::{Tab, Waited};
use super::{RunnerError, jobs::Job};

/// How long a held or real clock is moved on after the last step, so that what a widget still has up
/// its sleeve is seen: far less than an invitation's minute.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// How long a claim that is known to break is waited for, once everything else is as predicted: long enough that a
/// divergence which is gone is noticed, and no waste of the whole deadline.
const KNOWN: Duration = Duration::from_secs(1);

/// How long `lcw:ready` and a notification are waited for of which nobody says whether they will come: a widget that is
/// late with them is judged, called by the page and used by a visitor, no earlier than another.
const PERHAPS: Duration = Duration::from_secs(3);

/// What an attempt found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Claims that did not hold; the attempt ends at the first step that has some.
    pub(super) mismatches: Vec<Mismatch>,
    /// The same for what nobody specified: recorded, never failed.
    pub(super) recorded: Vec<Mismatch>,
    /// What was seen last.
    pub(super) seen: Observation,
    /// Why the browser is of no further use, although something was found with it.
    pub(super) unfit: Option<RunnerError>,
}

/// Which moment of its case an attempt has come to, for whoever tells where it was given up.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicUsize);

impl Progress {
    /// The moment's place among the predictions: 0 is the opened page.
    pub(super) fn moment(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn advance(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs a case once.
///
/// # Errors
/// When browser or harness broke, so that nothing can be said about the widget.
pub(super) async fn attempt(
    job: &Job,
    tab: &mut Tab,
    server: &FixtureServer,
    progress: &Progress,
) -> Result<Findings, RunnerError> {
    let Scenario { settings, steps } = &job.case.scenario;
    let site = server.open_case_with(&job.slug(), settings, job.replacements.clone());
    let turns = site.turns();
    tab.visit_anew(&job.url(&site)).await?;
    tab.look_again_on(turns);
    let mut findings = Findings::default();
    let mut clock = HeldClock::default();
    let mut moments = job.predictions.iter();
    let mut stuck = false;
    // 1. The opened page, then each step; a wrong moment ends the case, for what follows stands on it.
    let mut before = moments.next();
    if let Some(opened) = before {
        findings.judge(job, tab, &site, &mut clock, &[], opened).await?;
    }
    for (step, prediction) in steps.iter().zip(moments) {
        if !findings.mismatches.is_empty() {
            break;
        }
        progress.advance();
        match perform(tab, &site, step, job.patience.unwrap_or(tab.patience())).await {
            Ok(command) => {
                let command = clock.next(step, command, prediction);
                findings.judge(job, tab, &site, &mut clock, command.as_slice(), prediction).await?;
            }
            Err(error) if error.is_about_the_widget() => {
                findings.judge_page(job, tab, before).await?;
                if findings.mismatches.is_empty() {
                    findings.cannot_perform(job, prediction, step, &error);
                }
                // Also where that is no failure, what follows stands on it.
                stuck = true;
                break;
            }
            Err(error) => return Err(error),
        }
        before = Some(prediction);
    }
    // 2. Nothing more may happen by itself a moment later. While the clock is held, the case says itself how far it
    //    moves.
    if let Some(last) = job.predictions.last()
        && findings.mismatches.is_empty()
        && !stuck
    {
        let mut last = last.clone();
        if !clock.is_held() {
            last.step.push_str(", a moment later");
            let commands = [Command::HoldClock, Command::Advance(AFTERWARDS)];
            findings.judge(job, tab, &site, &mut clock, &commands, &last).await?;
        }
        if findings.mismatches.is_empty() && tab.wait_if_left().await? {
            findings.judge_page(job, tab, Some(&last)).await?;
        }
    }
    // 3. The next case starts from one window again; one that nobody predicted is this case's finding.
    match tab.close_other_windows().await {
        Ok(open) => findings.count_windows(job, open),
        // What did not hold does not hold, whatever becomes of the browser.
        Err(error) if !findings.mismatches.is_empty() => findings.unfit = Some(error),
        Err(error) => return Err(error),
    }
    Ok(findings)
}

/// Performs a visitor's or an agent's step; it is waited so long until it can be done. What page code or time does is the
/// probe's to do, and returned.
async fn perform<'a>(
    tab: &mut Tab,
    site: &CaseSite,
    step: &'a Step,
    patience: Duration,
) -> Result<Option<Command<'a>>, RunnerError> {
    match step {
        Step::FireReady => return Ok(Some(Command::FireReady)),
        Step::OnReady(call) => return Ok(Some(Command::OnReady(call))),
        Step::Call(call) => return Ok(Some(Command::Call(call))),
        Step::OddCall(call) => return Ok(Some(Command::OddCall(call))),
        Step::Sdk(call) => return Ok(Some(Command::Sdk(call))),
        Step::StartChat(call) => return Ok(Some(Command::StartChat(call))),
        // An exchange of its own: Chromium was seen never to answer a call that closed a window of the page's
        // and then waited for anything.
        Step::CloseChat => tab.handle().ask::<serde_json::Value>(&Command::CloseChat).await.map(drop)?,
        Step::HoldClock => return Ok(Some(Command::HoldClock)),
        Step::Advance(by) => return Ok(Some(Command::Advance(*by))),
        Step::AcceptIfShown => tab.handle().press_if_there(Place::Accept).await?,
        Step::DismissIfShown => tab.handle().press_if_there(Place::Dismiss).await?,
        Step::Accept => press(tab, Place::Accept, patience).await?,
        Step::Dismiss => press(tab, Place::Dismiss, patience).await?,
        Step::Escape => tab.handle().escape().await?,
        Step::SubmitSurvey => {
            once_there(tab, Place::Submit, patience).await?;
            tab.submit_survey(patience).await?;
        }
        Step::Send(text) => {
            once_there(tab, Place::Input, patience).await?.send_message(text, patience).await?;
        }
        Step::OpenChat | Step::Maximize => press(tab, Place::ChatButton, patience).await?,
        Step::Minimize => press(tab, Place::Minimize, patience).await?,
        Step::CloseWidget => press(tab, Place::Close, patience).await?,
        Step::CloseWindow => {
            wait_to_see(tab, patience, |seen| seen.windows.iter().any(|window| window.view.survey_or_chat()))
                .await?;
            tab.close_window().await?;
        }
        Step::AgentSays(text) => {
            conversation_begins(site, patience).await;
            reached(site.agent_says(text))?;
        }
        Step::AgentEnds => {
            conversation_begins(site, patience).await;
            reached(site.agent_ends())?;
        }
        Step::SecondTab => tab.open_second_tab().await?,
        Step::Reload => tab.reload().await?,
    }
    Ok(None)
}

/// Waits for a conversation, for as long as a step may take: after an odd call nothing is claimed of the chat that could
/// have been waited for.
async fn conversation_begins(site: &CaseSite, patience: Duration) {
    // Without one the agent reaches nobody, and that is told.
    let _ = tokio::time::timeout(patience, site.conversation_begins()).await;
}

async fn press(tab: &mut Tab, place: Place, patience: Duration) -> Result<(), RunnerError> {
    once_there(tab, place, patience).await?.press(place, patience).await
}

/// The page, once it shows this part of the widget.
async fn once_there(tab: &mut Tab, place: Place, patience: Duration) -> Result<&PageHandle, RunnerError> {
    wait_to_see(tab, patience, |seen| match place {
        Place::Accept | Place::Dismiss => seen.notification.is_some(),
        Place::Submit => seen.shows_survey(),
        Place::Input | Place::Send => seen.view.chat,
        Place::ChatButton => seen.view.chat_button,
        Place::Minimize | Place::Close => seen.view.survey_or_chat(),
    })
    .await?;
    Ok(tab.handle())
}

/// Waits as a visitor does, for as long as a step may take: after what nobody specified nothing is claimed that could have
/// been waited for. What does not come is told by what is done with it.
async fn wait_to_see(
    tab: &mut Tab,
    patience: Duration,
    there: impl Fn(&Observation) -> bool,
) -> Result<(), RunnerError> {
    if !there(tab.last_seen()) {
        tab.wait_until_within(patience, there).await?;
    }
    Ok(())
}

/// Adds what the conversation end was told, of which a page may show nothing.
fn with_conversations(mut seen: Observation, site: &CaseSite) -> Observation {
    let started = site.conversations().into_iter();
    seen.conversations = started
        .map(|Conversation { context, token, ended, .. }| ConversationStart { context, token, ended })
        .collect();
    seen
}

/// What a page's next call or a visitor's next move stands on, of what nobody specified.
fn to_wait_for(unspecified: &StepPrediction) -> StepPrediction {
    let is_awaited = |fact: &Fact| matches!(fact, Fact::Notification(true) | Fact::ReadyOnWindow(1..));
    let claims = unspecified.claims.iter().filter(|claim| is_awaited(&claim.fact)).cloned().collect();
    StepPrediction { step: unspecified.step.clone(), claims }
}

/// Whether an agent was in so many conversations that it could act.
fn reached(conversations: usize) -> Result<(), RunnerError> {
    if conversations == 0 { Err(RunnerError::NoConversation) } else { Ok(()) }
}

impl Findings {
    /// Has the probe do this, waits until the moment is as predicted, and takes down what is not.
    async fn judge(
        &mut self,
        job: &Job,
        tab: &mut Tab,
        site: &CaseSite,
        clock: &mut HeldClock,
        commands: &[Command<'_>],
        prediction: &StepPrediction,
    ) -> Result<(), RunnerError> {
        // Judged apart: what nobody specified must not hide what somebody did.
        let (unspecified, claims) = prediction
            .claims
            .iter()
            .cloned()
            .partition(|claim| job.level(&claim.requirement) == Level::Unspecified);
        let claims = StepPrediction { step: prediction.step.clone(), claims };
        let unspecified = StepPrediction { step: prediction.step.clone(), claims: unspecified };
        let patience = job.patience.unwrap_or(tab.patience());
        let browser = tab.browser();
        let broken = |seen: &Observation| judge(&claims, &with_conversations(seen.clone(), site));
        let holds = |seen: &Observation| broken(seen).is_empty();
        let known = |broken| job.is_known(browser, &mismatch(prediction, broken));
        let as_known = |seen: &Observation| broken(seen).into_iter().all(known);
        let mut commands = commands;
        let perhaps = to_wait_for(&unspecified);
        if !perhaps.claims.is_empty() {
            let there = |seen: &Observation| judge(&perhaps, seen).is_empty();
            tab.wait_after(std::mem::take(&mut commands), PERHAPS.min(patience), there).await?;
        }
        let waited = match clock.wait_after(tab, commands, patience, as_known).await? {
            Waited::Seen(seen) if !holds(&seen) => tab.wait_until_within(KNOWN.min(patience), holds).await?,
            waited => waited,
        };
        let seen = with_conversations(waited.into_observation(), site);
        let mut violations = judge(&claims, &seen);
        if let Some(before) = clock.take_before() {
            let before = broken(&before);
            let was_broken = |now: &Violation| before.iter().any(|then| then.requirement == now.requirement);
            if violations.iter().any(was_broken) {
                violations.retain(was_broken);
            }
        }
        self.mismatches.extend(violations.into_iter().map(|broken| mismatch(prediction, broken)));
        self.recorded
            .extend(judge(&unspecified, &seen).into_iter().map(|broken| mismatch(prediction, broken)));
        self.seen = seen;
        Ok(())
    }

    /// Takes down what has become of the page itself since it was judged: a widget that takes it away, for one.
    async fn judge_page(
        &mut self,
        job: &Job,
        tab: &mut Tab,
        before: Option<&StepPrediction>,
    ) -> Result<(), RunnerError> {
        let Some(before) = before else { return Ok(()) };
        let is_specified = |claim: &&Claim| job.level(&claim.requirement) != Level::Unspecified;
        let is_of_the_page = |claim: &&Claim| matches!(claim.fact, Fact::NoErrors | Fact::ReadyOnWindow(_));
        let claims = before.claims.iter().filter(is_specified).filter(is_of_the_page).cloned().collect();
        let claims = StepPrediction { step: before.step.clone(), claims };
        let broken = judge(&claims, &tab.settle().await?);
        self.mismatches.extend(broken.into_iter().map(|broken| mismatch(before, broken)));
        Ok(())
    }

    /// The widget shows what it should, but a visitor cannot do the step. Once nothing is specified any more, that is
    /// recorded as everything else is.
    fn cannot_perform(&mut self, job: &Job, prediction: &StepPrediction, step: &Step, error: &RunnerError) {
        let expected = format!("a visitor can {step}");
        let actual = format!("failed to {error}");
        let is_unspecified = |claim: &Claim| job.level(&claim.requirement) == Level::Unspecified;
        if let [Claim { requirement, .. }, ..] = &prediction.claims[..]
            && prediction.claims.iter().all(is_unspecified)
        {
            let requirement = requirement.clone();
            self.recorded.push(mismatch(prediction, Violation { requirement, expected, actual }));
            return;
        }
        let requirement = match step {
            Step::SubmitSurvey => requirement_ids::PRECHAT_THEN_CHAT,
            Step::Send(_) => requirement_ids::CHAT_MESSAGE_SENT,
            Step::OpenChat => requirement_ids::CHAT_BUTTON_OPENS,
            Step::Minimize => requirement_ids::CHAT_MINIMIZE,
            Step::Maximize => requirement_ids::CHAT_MAXIMIZE,
            Step::CloseWidget => requirement_ids::CHAT_CLOSE_BUTTON,
            Step::CloseWindow => requirement_ids::WINDOW_NEW,
            Step::AgentSays(_) => requirement_ids::CHAT_MESSAGE_RECEIVED,
            Step::AgentEnds => requirement_ids::EVENT_THREAD_UPDATE,
            _ => requirement_ids::NOTIFICATION_REACHABLE,
        };
        self.mismatches.push(mismatch(prediction, Violation { requirement, expected, actual }));
    }

    /// Compares the windows that the browser had at the end with those that were seen last.
    fn count_windows(&mut self, job: &Job, open: usize) {
        let known = self.seen.windows.len() + usize::from(self.seen.second_tab.is_some());
        if open > known
            && self.mismatches.is_empty()
            && let Some(last) = job.predictions.last()
        {
            let windows = |number: usize| match number {
                1 => "1 other window at the end".to_owned(),
                _ => format!("{number} other windows at the end"),
            };
            let requirement: RequirementId = requirement_ids::WINDOW_ONLY_ON_ACCEPT;
            let violation = Violation { requirement, expected: windows(known), actual: windows(open) };
            self.mismatches.push(mismatch(last, violation));
        }
    }
}

fn mismatch(prediction: &StepPrediction, violation: Violation) -> Mismatch {
    let Violation { requirement, expected, actual } = violation;
    Mismatch { requirement, step: prediction.step.clone(), expected, actual }
}
