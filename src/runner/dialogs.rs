//! Answers the dialogs that pages open.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

use crate::browser::bidi::{Bidi, Event, HandleUserPrompt};

/// Dismisses dialogs as they open, so that no command waits behind one, and remembers them: a page that
/// opens one while a case runs does what no case asks for.
#[derive(Debug)]
pub(super) struct Dialogs {
    seen: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Dialogs {
    /// Starts with the first dialog from now on.
    pub(super) fn dismiss_all(bidi: Bidi) -> Self {
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let mut events = bidi.events();
        let list = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                let Event::PromptOpened(prompt) = &*event else { continue };
                // To stay on a page that is left would keep the tab from the next case; it is no finding
                // that a chat asks before it is left.
                let leaving = prompt.kind == "beforeunload";
                if !leaving {
                    let text = format!("a dialog opened ({}): {}", prompt.kind, prompt.message);
                    list.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
                let dismiss =
                    HandleUserPrompt { context: prompt.context.clone(), accept: leaving, user_text: None };
                if let Err(error) = bidi.send(&dismiss).await {
                    tracing::warn!("failed to {error}");
                }
            }
        });
        Self { seen, task: task.abort_handle() }
    }

    /// Those of the page that is open.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets them: another page is opened.
    pub(super) fn take(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Dialogs {
    fn drop(&mut self) {
        self.task.abort();
    }
}
