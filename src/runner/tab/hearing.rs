//! What a tab, the windows beside it, and the browser report is taken in here.

use url::Url;

use super::{CHANNEL, Tab};
use crate::browser::bidi::{BidiError, ContextId, Event};
use crate::probe::{Message, Seen};
use crate::runner::RunnerError;

impl Tab {
    /// Takes in what has been reported until now.
    pub(super) fn catch_up(&mut self) -> Result<(), RunnerError> {
        while let Some(report) = self.reports.try_next() {
            self.take(Some(&report))?;
        }
        Ok(())
    }

    /// Takes one event into account; `None` is the end of the connection.
    pub(super) fn take(&mut self, event: Option<&Event>) -> Result<(), RunnerError> {
        let Some(event) = event else {
            let reason = self.handle.bidi.closed().unwrap_or_else(|| "the connection ended".into());
            return Err(BidiError::Closed { method: "script.message", reason }.into());
        };
        match event {
            Event::Message(message) if message.channel == CHANNEL => {
                let text = message.data.as_str().unwrap_or_default();
                let report = Message::parse(text).map_err(crate::probe::CommandError::from)?;
                self.hear(report, message.source.context.as_ref())
            }
            Event::ContextCreated(window)
                if window.parent.is_none() && window.context != self.handle.context =>
            {
                self.page.beside.came(window);
                Ok(())
            }
            Event::ContextDestroyed(window) => {
                self.page.beside.went(&window.context);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn hear(&mut self, report: Message, from: Option<&ContextId>) -> Result<(), RunnerError> {
        let own = from == Some(&self.handle.context);
        match report {
            // Another document in the tab: what the old one showed is gone, and the new one counts anew.
            Message::Hello { url, document, .. } if own && self.page.greeted => {
                self.page.latest = Seen::default();
                self.page.document = Some(document);
                self.page.left_for.push(url);
                Ok(())
            }
            Message::Hello { url, leftovers, document, .. } if own && origin_of(&url) == self.page.origin => {
                self.page.greeted = true;
                self.page.document = Some(document);
                // What a document before it still had to say is no longer about the page.
                self.page.latest = Seen::default();
                if self.page.reloaded {
                    return Ok(());
                }
                if leftovers.is_empty() { Ok(()) } else { Err(RunnerError::Leftovers { url, leftovers }) }
            }
            Message::State { origin, seen } if own && origin == self.page.origin => {
                self.page.remember(*seen);
                Ok(())
            }
            report => {
                let Some(from) = from else { return Ok(()) };
                match (report, &mut self.page.second) {
                    (Message::State { seen, .. }, Some((second, known))) if from == second => {
                        *known = seen.observation;
                    }
                    // No blank page, and no window that an earlier case left open.
                    (report, _) if self.page.beside.is_open(from) => {
                        self.page.beside.hear(from, report);
                    }
                    _ => {}
                }
                Ok(())
            }
        }
    }
}

fn origin_of(url: &str) -> String {
    Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
