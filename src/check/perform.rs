//! Performs the steps of a scenario, and judges what they lead to.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use url::Url;

use super::CheckError;
use super::run::StepFailure;
use super::visit::Visit;
use crate::browser::bidi::{Activate, BidiError, CallFunction, Close, ContextId, Create, CreateType};
use crate::probe::{Command, Edge, Place, Point};
use crate::site::{Difference, Expect, Loaded, Shown, SiteStep, diagnose, judge};

/// How long a moment is waited for in real time when it is not as expected: a chat needs its connection. The page's own
/// time stands still meanwhile.
pub(super) const PATIENCE: Duration = Duration::from_millis(1_500);

/// How long while a window is open: it needs a page, and that one its widget and its chat.
const PATIENCE_WITH_A_WINDOW: Duration = Duration::from_secs(6);

/// A scenario that is under way.
#[derive(Debug)]
pub(super) struct Performance<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) base: &'a Url,
    pub(super) visit: &'a mut Visit,
    /// The page that was visited last.
    page: Option<Url>,
    /// The tab that the visitor is in, when it is another one.
    elsewhere: Option<ContextId>,
}

impl<'a> Performance<'a> {
    pub(super) fn new(loaded: &'a Loaded, base: &'a Url, visit: &'a mut Visit) -> Self {
        Self { loaded, base, visit, page: None, elsewhere: None }
    }

    /// Performs every step; gives what is not as expected at the first that is not.
    pub(super) async fn perform(self) -> Result<Option<StepFailure>, CheckError> {
        self.perform_from(0).await
    }

    /// Likewise, without those steps that were performed before.
    pub(super) async fn perform_from(mut self, first: usize) -> Result<Option<StepFailure>, CheckError> {
        for (at, step) in self.loaded.scenario.steps.iter().enumerate().skip(first) {
            let number = at + 1;
            self.visit.begin_step(number, step.to_string());
            let failed = match step {
                SiteStep::Expect(expect) => self.expect(number, expect).await?,
                step => match self.take(step).await {
                    Ok(()) => None,
                    Err(error) if error.is_about_the_page() => Some(self.not_taken(number, step, &error)),
                    Err(error) => return Err(error),
                },
            };
            if failed.is_some() {
                return Ok(failed);
            }
        }
        Ok(None)
    }

    fn failure(&self, number: usize) -> StepFailure {
        let (step, line) = self.loaded.step(number).unwrap_or_default();
        StepFailure { number, step, line, ..StepFailure::default() }
    }

    /// A step that could not be taken. An invitation that cannot be answered is most likely none.
    fn not_taken(&self, number: usize, step: &SiteStep, error: &CheckError) -> StepFailure {
        let answers = matches!(step, SiteStep::Accept | SiteStep::Dismiss);
        let expect = Expect { invitation: Some(Shown::Any(true)), ..Expect::default() };
        let causes = if answers {
            self.causes(&expect, &judge(&expect, &self.visit.timeline, &self.visit.seen))
        } else {
            Vec::new()
        };
        StepFailure { reason: Some(format!("failed to {error}")), causes, ..self.failure(number) }
    }

    fn causes(&self, expect: &Expect, differences: &[Difference]) -> Vec<String> {
        diagnose(&self.loaded.scenario, expect, differences, &self.visit.timeline)
    }

    async fn expect(&mut self, number: usize, expect: &Expect) -> Result<Option<StepFailure>, CheckError> {
        let began = Instant::now();
        loop {
            self.visit.look().await?;
            let patience = if self.visit.seen.windows.is_empty() { PATIENCE } else { PATIENCE_WITH_A_WINDOW };
            let deadline = began + patience;
            let differences = judge(expect, &self.visit.timeline, &self.visit.seen);
            if differences.is_empty() {
                return Ok(None);
            }
            if !self.visit.changes_before(deadline).await? {
                let causes = self.causes(expect, &differences);
                return Ok(Some(StepFailure { differences, causes, ..self.failure(number) }));
            }
        }
    }

    async fn take(&mut self, step: &SiteStep) -> Result<(), CheckError> {
        if step.touches_the_page() {
            self.turn_to_the_page().await?;
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
                self.run("sessionStorage.clear()").await?;
                self.visit.leave().await?;
                return self.visit.open(&url).await;
            }
            SiteStep::Reload => {
                let Some(url) = self.page.clone() else { return Ok(()) };
                return self.visit.reload(&url).await;
            }
            SiteStep::Advance(by) | SiteStep::Idle(by) => return self.visit.advance(*by).await,
            SiteStep::Scroll(to) => self.ask(&Command::Scroll(json!(to))).await?,
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
            SiteStep::Accept => self.visit.handle.press(Place::Accept).await?,
            SiteStep::Dismiss => self.visit.handle.press(Place::Dismiss).await?,
            SiteStep::Escape => self.visit.handle.escape().await?,
            SiteStep::SubmitSurvey => self.visit.handle.submit_survey().await?,
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

    async fn click(&self, selector: &str) -> Result<(), CheckError> {
        let point: Option<Point> = self.visit.handle.ask(&Command::Point(selector)).await?;
        let point = point.ok_or_else(|| CheckError::OutOfReach { selector: selector.to_owned() })?;
        Ok(self.visit.handle.click(point).await?)
    }

    /// Runs page code; what it throws is the page's error, as if the page had thrown it.
    async fn run(&self, script: &str) -> Result<(), CheckError> {
        let function = format!("async () => {{\n{script}\n}}");
        let call = CallFunction::in_context(&self.visit.handle.context, &function, []);
        self.visit.handle.bidi.send(&call).await?.into_value().map_err(BidiError::from)?;
        Ok(())
    }

    async fn switch_tab(&mut self) -> Result<(), CheckError> {
        let user_context = Some(self.visit.guest.user_context.clone());
        let create = Create { kind: CreateType::Tab, user_context, background: false };
        let bidi = &self.visit.handle.bidi;
        let other = bidi.send(&create).await?.context;
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
