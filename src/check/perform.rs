//! Performs the steps of a scenario, and judges what they lead to.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use url::Url;

use super::CheckError;
use super::failure::StepFailure;
use super::visit::Visit;
use crate::browser::bidi::{Activate, BidiError, CallFunction, Close, ContextId, Create, CreateType};
use crate::contract::Observation;
use crate::probe::{Command, Edge, Place, Point, Probe};
use crate::runner::PageHandle;
use crate::site::{Difference, Expect, Shown, SiteScenario, SiteStep, Timeline, diagnose, judge};

/// How long a moment is waited for in real time when it is not as expected, while the page's own time stands still. What
/// the page loads and asks for has come when a step is over; this is for sockets and workers, of which nobody knows
/// when they are done.
const PATIENCE: Duration = Duration::from_millis(200);

/// How many looks at the page that takes at least: on a machine that has no time for a browser to paint, everything
/// takes longer.
const PATIENCE_IN_LOOKS: u32 = 10;

/// How long while something is on its way that the page does not tell of: a window of another origin loads its page,
/// widget and chat, or the real widget starts a chat.
const PATIENCE_WITH_OTHERS: Duration = Duration::from_secs(6);

/// How long the page's time goes on before a visitor's input. Nobody clicks in the instant in which a page attaches its
/// handlers, and frameworks take what comes in it for older than the handler: Vue does not call it.
const INPUT_TAKES: Duration = Duration::from_millis(1);

/// A scenario that is under way.
#[derive(Debug)]
pub(crate) struct Performance {
    /// Who visits, and the steps so far.
    scenario: SiteScenario,
    /// What addresses of pages are relative to.
    base: Url,
    visit: Visit,
    /// The page that was visited last.
    page: Option<Url>,
    /// The tab that the visitor is in, when it is another one.
    elsewhere: Option<ContextId>,
}

impl Performance {
    /// Of the scenario's own steps none has been taken.
    pub(super) fn new(scenario: &SiteScenario, base: Url, visit: Visit) -> Self {
        let scenario = SiteScenario { steps: Vec::new(), ..scenario.clone() };
        Self { scenario, base, visit, page: None, elsewhere: None }
    }

    /// Performs these steps; gives what is not as expected at the first that is not.
    ///
    /// # Errors
    /// When the browser or the harness broke.
    pub(super) async fn perform_all(
        &mut self,
        steps: &[SiteStep],
    ) -> Result<Option<StepFailure>, CheckError> {
        for step in steps {
            let failed = self.perform(step.clone()).await?;
            if failed.is_some() {
                return Ok(failed);
            }
        }
        Ok(None)
    }

    /// Performs a step; gives what is not as expected.
    ///
    /// # Errors
    /// When the browser or the harness broke.
    pub(crate) async fn perform(&mut self, step: SiteStep) -> Result<Option<StepFailure>, CheckError> {
        self.scenario.steps.push(step.clone());
        self.visit.begin_step(self.scenario.steps.len(), step.to_string());
        match &step {
            SiteStep::Expect(expect) => self.expect(&step, expect).await,
            _ => match self.take(&step).await {
                Ok(()) => Ok(None),
                Err(error) if error.is_about_the_page() => Ok(Some(self.not_taken(&step, &error))),
                Err(error) => Err(error),
            },
        }
    }

    /// Everything that happened up to now.
    pub(crate) fn timeline(&self) -> &Timeline {
        &self.visit.timeline
    }

    /// The steps that were begun.
    pub(super) fn steps(&self) -> &[SiteStep] {
        &self.scenario.steps
    }

    /// What was seen last.
    pub(super) fn seen(&self) -> &Observation {
        &self.visit.seen
    }

    /// Waits until a survey or a chat is there, in the page or in a window, or has had its time.
    pub(super) async fn wait_for_a_chat(&mut self) -> Result<(), CheckError> {
        self.wait_until(|performance| performance.seen().shows_survey_or_chat()).await.map(drop)
    }

    /// The visitor leaves, and nothing of them stays in the browser; gives everything that happened.
    pub(crate) async fn end(self) -> (Timeline, Result<(), CheckError>) {
        self.visit.end().await
    }

    fn failure(&self, step: &SiteStep) -> StepFailure {
        StepFailure { number: self.scenario.steps.len(), step: step.in_short(), ..StepFailure::default() }
    }

    /// A step that could not be taken. An invitation that cannot be answered is most likely none.
    fn not_taken(&self, step: &SiteStep, error: &CheckError) -> StepFailure {
        let answers = matches!(step, SiteStep::Accept | SiteStep::Dismiss);
        let expect = Expect { invitation: Some(Shown::Any(true)), ..Expect::default() };
        let causes = if answers {
            self.causes(&expect, &judge(&expect, &self.visit.timeline, &self.visit.seen))
        } else {
            Vec::new()
        };
        StepFailure { reason: Some(format!("failed to {error}")), causes, ..self.failure(step) }
    }

    fn causes(&self, expect: &Expect, differences: &[Difference]) -> Vec<String> {
        diagnose(&self.scenario, expect, differences, &self.visit.timeline)
    }

    /// How long what is missing is waited for as things are, if nothing changes.
    fn patience(&self) -> Duration {
        let is_live = self.visit.attendant.desk().rules.live;
        let others = is_live || self.seen().windows.iter().any(|window| !window.view.survey_or_chat());
        let enough = if others { PATIENCE_WITH_OTHERS } else { PATIENCE };
        enough.max(self.visit.longest_look * PATIENCE_IN_LOOKS)
    }

    /// Waits until everything is as it should be; `false` when it has had its time.
    async fn wait_until(&mut self, is_so: impl Fn(&Self) -> bool) -> Result<bool, CheckError> {
        if self.visit.is_up_to_date()? && is_so(self) {
            return Ok(true);
        }
        let began = Instant::now();
        loop {
            self.visit.look().await?;
            if is_so(self) {
                return Ok(true);
            }
            // What comes may come in several parts, but whatever changes all the time is not waited for for ever.
            let patience = self.patience();
            let deadline = (Instant::now() + patience).min(began + patience.max(PATIENCE_WITH_OTHERS));
            if !self.visit.changes_before(deadline).await? {
                return Ok(false);
            }
        }
    }

    async fn expect(&mut self, step: &SiteStep, expect: &Expect) -> Result<Option<StepFailure>, CheckError> {
        let judged = |performance: &Self| judge(expect, performance.timeline(), performance.seen());
        if self.wait_until(|performance| judged(performance).is_empty()).await? {
            return Ok(None);
        }
        let differences = judged(self);
        let causes = self.causes(expect, &differences);
        Ok(Some(StepFailure { differences, causes, ..self.failure(step) }))
    }

    async fn take(&mut self, step: &SiteStep) -> Result<(), CheckError> {
        if step.touches_the_page() {
            self.turn_to_the_page().await?;
        }
        if step.is_input() {
            self.visit.advance(INPUT_TAKES).await?;
        }
        match step {
            SiteStep::Visit(page) => {
                let url = self
                    .base
                    .join(page)
                    .map_err(|error| CheckError::Address { page: page.clone(), reason: error.to_string() })?;
                self.page = Some(url.clone());
                return self.visit.open(&url).await;
            }
            SiteStep::Revisit => {
                let Some(url) = self.page.clone() else { return Ok(()) };
                return self.visit.open_anew(&url).await;
            }
            SiteStep::Reload => {
                let Some(url) = self.page.clone() else { return Ok(()) };
                return self.visit.reload(&url).await;
            }
            SiteStep::Advance(by) | SiteStep::Idle(by) => return self.visit.advance(*by).await,
            SiteStep::Scroll(to) => {
                self.ask(&Command::Scroll(json!(to))).await?;
                // A browser tells the page of it with the next frame.
                self.visit.settle().await?;
            }
            SiteStep::MouseLeave => self.ask(&Command::Mouse(Edge::Leaves)).await?,
            SiteStep::MouseEnter => self.ask(&Command::Mouse(Edge::Enters)).await?,
            SiteStep::Click(selector) => self.click(selector).await?,
            SiteStep::Type(typed) => {
                self.click(&typed.into).await?;
                self.visit.handle.keyboard(&typed.text).await?;
            }
            SiteStep::SwitchTab => self.switch_tab().await?,
            SiteStep::ReturnToTab => self.return_to_tab().await?,
            SiteStep::Script(script) => self.run(script).await?,
            SiteStep::Reply(reply) => return self.visit.attendant.desk().rules.reply(reply),
            SiteStep::Dialog(answer) => {
                self.visit.attendant.desk().rules.dialogs = answer.clone();
                return Ok(());
            }
            SiteStep::Accept => self.visit.handle.press(Place::Accept, self.visit.deadlines.step).await?,
            SiteStep::Dismiss => self.visit.handle.press(Place::Dismiss, self.visit.deadlines.step).await?,
            SiteStep::Escape => self.visit.handle.escape().await?,
            SiteStep::SubmitSurvey => {
                self.turn_to_the_survey().await?.submit_survey(self.visit.deadlines.step).await?
            }
            SiteStep::Expect(_) => return Ok(()),
        }
        // What a page puts off until after an event would have had its turn when the visitor looks.
        self.visit.advance(Duration::ZERO).await
    }

    async fn ask(&self, command: &Command<'_>) -> Result<(), CheckError> {
        self.visit.handle.ask::<serde_json::Value>(command).await?;
        Ok(())
    }

    /// A visitor turns to the page before they touch it: what it opened may be in front of it, and Chromium keeps
    /// whoever clicks in a hidden page waiting for seconds.
    async fn turn_to_the_page(&self) -> Result<(), CheckError> {
        if self.elsewhere.is_none() && !self.visit.seen.windows.is_empty() {
            let context = self.visit.handle.context.clone();
            self.visit.handle.bidi.send(&Activate { context }).await?;
        }
        Ok(())
    }

    /// Where a survey waits for the visitor: in the page or, if it does not, in a window that the page opened, to which
    /// they turn.
    async fn turn_to_the_survey(&self) -> Result<PageHandle, CheckError> {
        let Visit { handle, guest, .. } = &self.visit;
        let seen = self.seen();
        if seen.view.prechat || !seen.shows_survey() {
            return Ok(handle.clone());
        }
        for context in guest.windows().await? {
            let window = PageHandle::new(handle.bidi.clone(), context.clone());
            if window.ask::<Option<Point>>(&Command::Locate(Place::Submit)).await?.is_some() {
                handle.bidi.send(&Activate { context }).await?;
                return Ok(window);
            }
        }
        Ok(handle.clone())
    }

    async fn click(&self, selector: &str) -> Result<(), CheckError> {
        let point: Option<Point> = self.visit.handle.ask(&Command::Point(selector)).await?;
        let point = point.ok_or_else(|| CheckError::OutOfReach { selector: selector.to_owned() })?;
        Ok(self.visit.handle.click(point).await?)
    }

    /// Runs page code; what it throws is the page's error, as if the page had thrown it.
    async fn run(&mut self, script: &str) -> Result<(), CheckError> {
        // Whoever leaves the page with it does so once.
        let elsewhere = match self.visit.document().await? {
            Some(document) => Probe::elsewhere(document),
            None => "false".to_owned(),
        };
        let function = format!("async () => {{\nif ({elsewhere}) return;\n{script}\n}}");
        let call = CallFunction::in_context(&self.visit.handle.context, &function, []);
        match self.visit.handle.bidi.send(&call).await {
            Err(BidiError::Timeout { waited, .. }) => Err(self.why_a_script_waits(waited).await),
            // It left its page before it was done, as a link does; what comes next is looked at.
            Err(BidiError::Refused { .. }) => Ok(()),
            ran => match ran?.into_value() {
                Ok(_) => Ok(()),
                Err(thrown) => Err(BidiError::from(thrown.without_place()).into()),
            },
        }
    }

    /// Whether it is the script that waits, or nothing in the page has its turn.
    async fn why_a_script_waits(&self, waited: Duration) -> CheckError {
        match self.ask(&Command::Loaded).await {
            Ok(()) => CheckError::ScriptWaits(waited),
            Err(error) => error,
        }
    }

    async fn switch_tab(&mut self) -> Result<(), CheckError> {
        let user_context = Some(self.visit.guest.user_context.clone());
        let create = Create { kind: CreateType::Tab, user_context, background: false };
        let bidi = &self.visit.handle.bidi;
        let other = bidi.send(&create).await?.context;
        self.visit.elsewhere.is_the_visitors(other.clone());
        bidi.send(&Activate { context: other.clone() }).await?;
        self.elsewhere = Some(other);
        Ok(())
    }

    async fn return_to_tab(&mut self) -> Result<(), CheckError> {
        let bidi = &self.visit.handle.bidi;
        bidi.send(&Activate { context: self.visit.handle.context.clone() }).await?;
        if let Some(context) = self.elsewhere.take() {
            bidi.send(&Close { context, prompt_unload: false }).await?;
        }
        Ok(())
    }
}
