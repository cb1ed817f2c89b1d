//! One page at hand: what its probe is asked for, and what a visitor does there as input of the browser.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::RunnerError;
use crate::browser::Classic;
use crate::browser::bidi::{
    Bidi, BidiError, CallFunction, ContextId, GetTree, LocalValue, PerformActions, keys,
};
use crate::probe::{Command, Place, Point, SurveyField};

/// What the harness types where it does not matter.
const ANY_TEXT: &str = "Test";

/// A window's page: asks its probe, presses and types.
#[derive(Debug, Clone)]
pub struct PageHandle {
    pub(crate) bidi: Bidi,
    pub(crate) context: ContextId,
    /// How a window is reached that a page opened: Chromium answers nothing over BiDi of one that it opened with an address.
    classic: Option<Classic>,
}

impl PageHandle {
    /// The page in a tab of the harness's.
    pub(crate) fn new(bidi: Bidi, context: ContextId) -> Self {
        Self { bidi, context, classic: None }
    }

    /// The page in a window that this page opened, of which `classic` speaks.
    pub(super) fn in_window(&self, context: ContextId, classic: Classic) -> Self {
        Self { bidi: self.bidi.clone(), context, classic: Some(classic) }
    }

    /// Asks the page's probe for something.
    ///
    /// # Errors
    /// When the page does not answer or the probe refuses.
    pub async fn ask<T: DeserializeOwned>(&self, command: &Command<'_>) -> Result<T, RunnerError> {
        self.ask_all(std::slice::from_ref(command)).await
    }

    /// Asks for several things, one after the other, and takes the answer to the last.
    ///
    /// # Errors
    /// As [`PageHandle::ask`].
    pub(crate) async fn ask_all<T: DeserializeOwned>(
        &self,
        commands: &[Command<'_>],
    ) -> Result<T, RunnerError> {
        self.ask_document(None, commands).await
    }

    /// The same of the one document that has greeted with this; who has come after it does nothing.
    ///
    /// # Errors
    /// As [`PageHandle::ask`], and one that [is of the document's end](RunnerError::is_of_a_document_that_was_left).
    pub(crate) async fn ask_document<T: DeserializeOwned>(
        &self,
        document: Option<&str>,
        commands: &[Command<'_>],
    ) -> Result<T, RunnerError> {
        let argument = Command::argument(commands);
        if let Some(classic) = &self.classic {
            let answer = self.page_answer(classic.call(Command::FUNCTION, &argument).await).await?;
            return Ok(Command::answer(answer.as_str().unwrap_or_default())?);
        }
        let arguments =
            [LocalValue::from(argument), document.map_or(LocalValue::Undefined, LocalValue::from)];
        let call = CallFunction::in_context(&self.context, Command::FUNCTION, arguments);
        let answer =
            self.page_answer(self.bidi.send(&call).await).await?.into_value().map_err(BidiError::from)?;
        Ok(Command::answer(answer.as_str().unwrap_or_default())?)
    }

    /// Tells a page that does not answer from a browser that does not.
    pub(crate) async fn page_answer<T>(
        &self,
        answer: Result<T, impl Into<RunnerError>>,
    ) -> Result<T, RunnerError> {
        let error = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error.into(),
        };
        match error.timed_out() {
            Some(waited) if windows(&self.bidi).await.is_ok() => Err(RunnerError::PageHangs(waited)),
            _ => Err(error),
        }
    }

    /// Presses a part of the widget with the mouse, as soon as it can be pressed, for so long at most.
    ///
    /// # Errors
    /// [`RunnerError::OutOfReach`] when a visitor could not press it either.
    pub async fn press(&self, part: Place, patience: Duration) -> Result<(), RunnerError> {
        let reach = Command::Reach { part, within: self.within(patience) };
        let point: Option<Point> = self.ask(&reach).await?;
        self.click(point.ok_or(RunnerError::OutOfReach(part))?).await
    }

    /// Likewise, if it can be pressed now; otherwise nothing is done.
    ///
    /// # Errors
    /// When the page does not answer.
    pub(super) async fn press_if_there(&self, part: Place) -> Result<(), RunnerError> {
        match self.ask::<Option<Point>>(&Command::Locate(part)).await? {
            Some(point) => self.click(point).await,
            None => Ok(()),
        }
    }

    /// How long the page may wait before it answers, for which it has no longer than for anything.
    fn within(&self, patience: Duration) -> Duration {
        patience.min(self.bidi.deadline() / 2)
    }

    /// Types text, or one of [`keys`], where the focus is. A line break is the Enter key, and a tab the Tab key.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn keyboard(&self, text: &str) -> Result<(), RunnerError> {
        let text = &text.replace("\r\n", "\n").replace(['\n', '\r'], keys::ENTER).replace('\t', keys::TAB);
        if let Some(classic) = &self.classic {
            return self.page_answer(classic.keyboard(text).await).await;
        }
        self.page_answer(self.bidi.send(&PerformActions::press(&self.context, text)).await).await.map(drop)
    }

    /// Presses Escape.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn escape(&self) -> Result<(), RunnerError> {
        self.keyboard(keys::ESCAPE).await
    }

    /// Fills in the pre-chat survey here and submits it. Fields that need not be filled in, and are of a kind that is not
    /// known here, stay as they are. Each field and the submit button is waited for so long at most.
    ///
    /// # Errors
    /// [`RunnerError::SurveyField`] when a required field is of a kind that is not known here, and
    /// [`RunnerError::SurveyFieldOutOfReach`] when a field cannot be pressed.
    pub async fn submit_survey(&self, patience: Duration) -> Result<(), RunnerError> {
        let fields: Vec<SurveyField> = self.ask(&Command::SurveyFields).await?;
        for (at, field) in fields.into_iter().enumerate() {
            let text = match (field.kind.as_str(), field.input_type.as_str()) {
                ("textarea", _) | ("input", "text" | "search" | "password") => Some(ANY_TEXT),
                ("input", "email") => Some("visitor@example.com"),
                ("input", "url") => Some("https://example.com/"),
                ("input", "tel" | "number") => Some("1"),
                ("input", "checkbox" | "radio") => None,
                // The first choice after the one that is none.
                ("select", "select-one") if field.required && field.empty => {
                    self.ask::<Value>(&Command::FocusField(at)).await?;
                    self.keyboard(keys::ARROW_DOWN).await?;
                    continue;
                }
                ("input", "submit" | "button" | "reset" | "image" | "hidden") => continue,
                _ if !field.required || !field.empty => continue,
                _ => return Err(RunnerError::SurveyField(field.input_type)),
            };
            let reach = Command::ReachField { at, within: self.within(patience) };
            let point: Option<Point> = self.ask(&reach).await?;
            self.click(point.ok_or(RunnerError::SurveyFieldOutOfReach(field.input_type))?).await?;
            if let Some(text) = text {
                self.keyboard(text).await?;
            }
        }
        self.press(Place::Submit, patience).await
    }

    /// Types a message into the chat in the page and sends it; box and button are waited for so long at most each.
    ///
    /// # Errors
    /// [`RunnerError::OutOfReach`] when message box or send button cannot be pressed.
    pub async fn send_message(&self, text: &str, patience: Duration) -> Result<(), RunnerError> {
        self.press(Place::Input, patience).await?;
        self.keyboard(text).await?;
        self.press(Place::Send, patience).await
    }

    /// Whether the tab has this page open, at whatever place in it.
    pub(crate) async fn is_open(&self, url: &Url) -> Result<bool, RunnerError> {
        let page = |url: &Url| {
            let mut page = url.clone();
            page.set_fragment(None);
            page
        };
        Ok(self.address().await?.is_some_and(|open| page(&open) == page(url)))
    }

    /// Whether the tab has a page of this origin open.
    pub(super) async fn is_at(&self, origin: &str) -> Result<bool, RunnerError> {
        Ok(self.address().await?.is_some_and(|open| open.origin().ascii_serialization() == origin))
    }

    /// The address of the page that the tab has open.
    async fn address(&self) -> Result<Option<Url>, RunnerError> {
        let this = GetTree { root: Some(self.context.clone()), max_depth: Some(0) };
        let tree = self.page_answer(self.bidi.send(&this).await).await?;
        Ok(tree.contexts.first().and_then(|context| Url::parse(&context.url).ok()))
    }

    /// Presses the mouse's main button at a point of the viewport.
    pub(crate) async fn click(&self, point: Point) -> Result<(), RunnerError> {
        if let Some(classic) = &self.classic {
            return self.page_answer(classic.click((point.x, point.y)).await).await;
        }
        let (x, y) = (point.x.try_into().unwrap_or(i32::MAX), point.y.try_into().unwrap_or(i32::MAX));
        self.page_answer(self.bidi.send(&PerformActions::click_point(&self.context, x, y)).await)
            .await
            .map(drop)
    }
}

/// The windows and tabs of a session.
pub(super) async fn windows(bidi: &Bidi) -> Result<Vec<ContextId>, RunnerError> {
    let tree = bidi.send(&GetTree { max_depth: Some(0), ..GetTree::default() }).await?;
    Ok(tree.contexts.into_iter().map(|window| window.context).collect())
}
