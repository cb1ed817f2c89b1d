//! What runs in a document before its page's own scripts: the probe, its clock where the scenario's is, and the visitor's
//! own scripts.

use super::CheckError;
use super::scripts::Scripts;
use crate::browser::bidi::{
    AddPreloadScript, Bidi, LocalValue, PreloadScriptId, RemovePreloadScript, UserContextId,
};
use crate::probe::{ClockStart, JournalOptions, Probe};

/// The name of the channel on which probes report.
pub(super) const CHANNEL: &str = "lcw-check";

/// What runs before the pages of a visitor.
#[derive(Debug)]
pub(super) struct Prologue {
    bidi: Bidi,
    user_context: UserContextId,
    /// Runs in every document, such as what signs the visitor in.
    script: Option<String>,
    /// Runs in the first page only, such as what fills the storage.
    first_script: Option<String>,
    /// Where the visitor comes from to the first page.
    referrer: Option<String>,
    installed: Vec<PreloadScriptId>,
}

impl Prologue {
    pub(super) fn new(
        bidi: &Bidi,
        user_context: &UserContextId,
        script: Option<String>,
        first_script: Option<String>,
        referrer: Option<String>,
    ) -> Self {
        let (bidi, user_context) = (bidi.clone(), user_context.clone());
        Self { bidi, user_context, script, first_script, referrer, installed: Vec::new() }
    }

    /// Before a page is opened at this instant, in milliseconds since 1970. Chromium answers nobody who adds a script
    /// while a navigation is held, so it cannot be done later.
    pub(super) async fn before_page(&mut self, date: f64) -> Result<(), CheckError> {
        for script in self.installed.drain(..) {
            self.bidi.send(&RemovePreloadScript { script }).await?;
        }
        let probe = Probe {
            journal: Some(JournalOptions { referrer: self.referrer.clone() }),
            clock: Some(ClockStart { imports: Some(Scripts::PATH), ..ClockStart::at(date.round() as u64) }),
            ..Probe::default()
        };
        self.install(probe.script(), vec![LocalValue::channel(CHANNEL)]).await?;
        for script in [self.first_script.clone(), self.script.clone()].into_iter().flatten() {
            self.install(format!("() => {{\n{script}\n}}"), Vec::new()).await?;
        }
        Ok(())
    }

    /// After the page that was opened then; those to which it leads by itself are not the first.
    pub(super) async fn after_page(&mut self, date: f64) -> Result<(), CheckError> {
        let was_first = self.first_script.take().is_some() | self.referrer.take().is_some();
        if was_first { self.before_page(date).await } else { Ok(()) }
    }

    async fn install(&mut self, function: String, arguments: Vec<LocalValue>) -> Result<(), CheckError> {
        let script = AddPreloadScript {
            function_declaration: function,
            arguments,
            user_contexts: vec![self.user_context.clone()],
            ..AddPreloadScript::default()
        };
        self.installed.push(self.bidi.send(&script).await?.script);
        Ok(())
    }
}
