//! What a visitor does in a tab, as input of the browser: presses, types, fills in.

use super::Tab;
use crate::browser::bidi::{PerformActions, keys};
use crate::probe::{Command, Place, Point, SurveyField};
use crate::runner::RunnerError;

/// What the harness types where it does not matter.
const ANY_TEXT: &str = "Test";

impl Tab {
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
        self.page_answer(self.bidi.send(&PerformActions::press(&self.context, text)).await).await.map(drop)
    }

    /// Presses Escape.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn escape(&self) -> Result<(), RunnerError> {
        self.keyboard(keys::ESCAPE).await
    }

    /// Fills in every field of the pre-chat survey in the page and submits it.
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

    async fn click(&self, point: Point) -> Result<(), RunnerError> {
        let (x, y) = (point.x.try_into().unwrap_or(i32::MAX), point.y.try_into().unwrap_or(i32::MAX));
        self.page_answer(self.bidi.send(&PerformActions::click_point(&self.context, x, y)).await)
            .await
            .map(drop)
    }
}
