//! What runs in a document before its page's own scripts: the probe, its clock where the scenario's is, and the visitor's
//! own scripts.

use std::time::Duration;

use super::CheckError;
use super::scripts::Scripts;
use crate::browser::bidi::{
    AddPreloadScript, Bidi, CallFunction, ContextInfo, GetTree, LocalValue, PreloadScriptId,
    RemovePreloadScript, ScriptException, UserContextId,
};
use crate::probe::{ClockStart, EndingCookie, Probe};

/// The name of the channel on which probes report.
pub(super) const CHANNEL: &str = "lcw-check";

/// In which tab a page is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// The one that is there.
    Same,
    /// As if in a new one: what pages have kept for theirs is gone.
    New,
}

/// Forgets what is kept for a tab. A document without an origin keeps nothing.
const FORGET: &str = "try { sessionStorage.clear(); } catch {}";

/// What runs before the pages of a visitor.
#[derive(Debug)]
pub(super) struct Prologue {
    bidi: Bidi,
    user_context: UserContextId,
    /// Runs in every document, such as what signs the visitor in.
    script: Option<String>,
    /// Runs in the first page only, such as what fills the storage, and not in those to which it leads.
    first_script: Option<String>,
    /// Where the visitor comes from to the first page.
    referrer: Option<String>,
    /// How long a command may take.
    command: Duration,
    /// How many pages were opened.
    opened: u64,
    installed: Vec<PreloadScriptId>,
    /// Likewise, for the first page only.
    installed_first: Vec<PreloadScriptId>,
}

impl Prologue {
    pub(super) fn new(
        bidi: &Bidi,
        user_context: &UserContextId,
        script: Option<String>,
        first_script: Option<String>,
        referrer: Option<String>,
        command: Duration,
    ) -> Self {
        let (bidi, user_context) = (bidi.clone(), user_context.clone());
        Self {
            bidi,
            user_context,
            script,
            first_script,
            referrer,
            command,
            opened: 0,
            installed: Vec::new(),
            installed_first: Vec::new(),
        }
    }

    /// Before a page is opened at this instant, in milliseconds since 1970, with these cookies of earlier ones, in the tab
    /// that is there or as if in a new one. Chromium answers nobody who adds a script while a navigation is held, so it
    /// cannot be done later.
    pub(super) async fn before_page(
        &mut self,
        date: f64,
        cookies: Vec<EndingCookie>,
        tab: Tab,
    ) -> Result<(), CheckError> {
        let before = std::mem::take(&mut self.installed);
        self.remove(before).await?;
        self.opened += 1;
        let probe = Probe {
            journal: true,
            clock: Some(ClockStart {
                imports: Some(Scripts::PATH),
                cookies,
                opening: self.opened,
                ..ClockStart::at(date.round() as u64, self.command)
            }),
            ..Probe::default()
        };
        let probe = self.install(probe.script(), vec![LocalValue::channel(CHANNEL)]).await?;
        self.installed.push(probe);
        if tab == Tab::New {
            // Later than the last word of the page before, and in each origin to which the visitor comes.
            let script = self.install(Probe::first_script(FORGET), Vec::new()).await?;
            self.installed.push(script);
        }
        let referrer = self.referrer.take().map(|referrer| Probe::referrer_script(&referrer));
        let first_script = self.first_script.take().map(|script| Probe::first_script(&script));
        for script in [referrer, first_script].into_iter().flatten() {
            let script = self.install(script, Vec::new()).await?;
            self.installed_first.push(script);
        }
        if let Some(script) = &self.script {
            let script = self.install(Probe::visitor_script(script), Vec::new()).await?;
            self.installed.push(script);
        }
        Ok(())
    }

    /// Whether the visitor's script is one: a browser would blame the page for it, or nobody. It is asked in a tab of
    /// nobody's, as what is asked in the visitor's before its first page leaves Firefox without the places of later errors.
    pub(super) async fn check_script(&self) -> Result<(), CheckError> {
        let Some(script) = &self.script else { return Ok(()) };
        let tree = self.bidi.send(&GetTree { max_depth: Some(0), ..GetTree::default() }).await?;
        let is_nobodys = |tab: &ContextInfo| tab.user_context.as_ref() != Some(&self.user_context);
        let Some(tab) = tree.contexts.into_iter().find(is_nobodys) else { return Ok(()) };
        let parse = "(script) => { new Function(script); }";
        let call = CallFunction::in_context(&tab.context, parse, [script.as_str().into()]);
        let refused = |thrown: ScriptException| CheckError::VisitorScript(thrown.text);
        self.bidi.send(&call).await?.into_value().map(drop).map_err(refused)
    }

    /// After a page has loaded; those to which it leads by itself are not the first. Nothing else is touched: a frame
    /// that the page adds meanwhile would have no probe.
    pub(super) async fn after_page(&mut self) -> Result<(), CheckError> {
        let first = std::mem::take(&mut self.installed_first);
        self.remove(first).await
    }

    /// The visitor has left. A browser goes on to look after what was to run before the pages of somebody who is gone:
    /// each would cost it a little in every document of those who come later.
    pub(super) async fn end(mut self) -> Result<(), CheckError> {
        self.after_page().await?;
        let installed = std::mem::take(&mut self.installed);
        self.remove(installed).await
    }

    async fn remove(&self, scripts: Vec<PreloadScriptId>) -> Result<(), CheckError> {
        for script in scripts {
            self.bidi.send(&RemovePreloadScript { script }).await?;
        }
        Ok(())
    }

    async fn install(
        &self,
        function: String,
        arguments: Vec<LocalValue>,
    ) -> Result<PreloadScriptId, CheckError> {
        let script = AddPreloadScript {
            function_declaration: function,
            arguments,
            user_contexts: vec![self.user_context.clone()],
            ..AddPreloadScript::default()
        };
        Ok(self.bidi.send(&script).await?.script)
    }
}
