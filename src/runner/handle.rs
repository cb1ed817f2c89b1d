//! One page at hand: what its probe is asked for, and what a visitor does there as input of the browser.

use serde::de::DeserializeOwned;
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
    /// How it is reached when a page opened it.
    opened: Option<Opened>,
}

/// Chromium never answers what is asked over BiDi of a window that a page opened with an address, nor does anything in it:
/// it is asked through the page, and used over classic WebDriver, which speaks of it.
#[derive(Debug, Clone)]
struct Opened {
    /// The page, if it knows of the window.
    opener: Option<ContextId>,
    classic: Classic,
}

impl PageHandle {
    /// The page in a tab of the harness's.
    pub(crate) fn new(bidi: Bidi, context: ContextId) -> Self {
        Self { bidi, context, opened: None }
    }

    /// The one window that this page opened and that is open, of which `classic` speaks; the page `is_opener` unless it was
    /// told not to know of it.
    pub(super) fn in_window(&self, context: ContextId, is_opener: bool, classic: Classic) -> Self {
        let opener = is_opener.then(|| self.context.clone());
        Self { bidi: self.bidi.clone(), context, opened: Some(Opened { opener, classic }) }
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
        let opener = self.opened.as_ref().and_then(|opened| opened.opener.as_ref());
        let argument = match opener {
            Some(_) => Command::argument(&commands.iter().map(Command::InWindow).collect::<Vec<_>>()),
            None => Command::argument(commands),
        };
        let argument = LocalValue::from(argument);
        let call = CallFunction::in_context(opener.unwrap_or(&self.context), Command::FUNCTION, [argument]);
        let answer =
            self.page_answer(self.bidi.send(&call).await).await?.into_value().map_err(BidiError::from)?;
        Ok(Command::answer(answer.as_str().unwrap_or_default())?)
    }

    /// Tells a page that does not answer from a browser that does not.
    pub(crate) async fn page_answer<T>(&self, answer: Result<T, BidiError>) -> Result<T, RunnerError> {
        match answer {
            Err(BidiError::Timeout { waited, .. }) if windows(&self.bidi).await.is_ok() => {
                Err(RunnerError::PageHangs(waited))
            }
            answer => Ok(answer?),
        }
    }

    /// Presses a part of the widget with the mouse.
    ///
    /// # Errors
    /// [`RunnerError::OutOfReach`] when a visitor could not press it either.
    pub async fn press(&self, place: Place) -> Result<(), RunnerError> {
        let point: Option<Point> = self.ask(&Command::Locate(place)).await?;
        self.click(point.ok_or(RunnerError::OutOfReach(place))?).await
    }

    /// Types text, or one of [`keys`], where the focus is.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn keyboard(&self, text: &str) -> Result<(), RunnerError> {
        if let Some(Opened { classic, .. }) = &self.opened {
            return Ok(classic.keyboard(text).await?);
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

    /// Fills in every field of the pre-chat survey here and submits it.
    ///
    /// # Errors
    /// [`RunnerError::SurveyField`] when a field is of a kind that is not known here.
    pub async fn submit_survey(&self) -> Result<(), RunnerError> {
        let fields: Vec<SurveyField> = self.ask(&Command::SurveyFields).await?;
        for field in fields {
            let point = field.point.ok_or_else(|| RunnerError::SurveyField(field.input_type.clone()))?;
            match (field.kind.as_str(), field.input_type.as_str()) {
                ("textarea", _) | ("input", "text" | "search") => {
                    self.click(point).await?;
                    self.keyboard(ANY_TEXT).await?;
                }
                ("input", "email") => {
                    self.click(point).await?;
                    self.keyboard("visitor@example.com").await?;
                }
                ("input", "tel" | "number") => {
                    self.click(point).await?;
                    self.keyboard("1").await?;
                }
                ("input", "checkbox" | "radio") => self.click(point).await?,
                ("input", "submit" | "button" | "hidden") => {}
                _ => return Err(RunnerError::SurveyField(field.input_type)),
            }
        }
        self.press(Place::Submit).await
    }

    /// Types a message into the chat in the page and sends it.
    ///
    /// # Errors
    /// [`RunnerError::OutOfReach`] when message box or send button cannot be pressed.
    pub async fn send_message(&self, text: &str) -> Result<(), RunnerError> {
        self.press(Place::Input).await?;
        self.keyboard(text).await?;
        self.press(Place::Send).await
    }

    /// Whether the tab has this page open, at whatever place in it.
    pub(crate) async fn is_open(&self, url: &Url) -> Result<bool, RunnerError> {
        let this = GetTree { root: Some(self.context.clone()), max_depth: Some(0) };
        let tree = self.page_answer(self.bidi.send(&this).await).await?;
        let page = |url: &Url| {
            let mut page = url.clone();
            page.set_fragment(None);
            page
        };
        let mut open = tree.contexts.iter().filter_map(|context| Url::parse(&context.url).ok());
        Ok(open.any(|open| page(&open) == page(url)))
    }

    /// Presses the mouse's main button at a point of the viewport.
    pub(crate) async fn click(&self, point: Point) -> Result<(), RunnerError> {
        if let Some(Opened { classic, .. }) = &self.opened {
            return Ok(classic.click((point.x, point.y)).await?);
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
