//! Tries a target out before anybody judges it: does it get ready, and does each selector find its part at the
//! moment when that part should be there?

use crate::contract::{EventTarget, Observation, ProactiveChatCall, WidgetSettings};
use crate::probe::{Command, Inspection, PartFound, Place};
use crate::server::{CaseSite, FixtureServer};
use crate::target::{Capability, Target};

use super::RunnerError;
use super::tab::{Tab, Waited};

/// What the checkup's own invitation says; no widget says it by itself.
const MESSAGE: &str = "lcw looks for this text.";

/// What was found of a target.
#[derive(Debug, Clone, Default)]
pub struct Checkup {
    /// The moments that were reached, in their order.
    pub moments: Vec<Moment>,
    /// Why it went no further, with what to do.
    pub stopped: Option<String>,
    /// Errors that reached the page or its console.
    pub errors: Vec<String>,
}

/// One moment at which parts should be there.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When it is, to read after "when".
    pub when: &'static str,
    /// What was found.
    pub parts: Vec<Checked>,
}

/// A part that was looked for.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its name in a target file.
    pub part: &'static str,
    /// Its selector.
    pub selector: String,
    /// What was found.
    pub found: Found,
    /// Selectors of what it might be, if it was not found.
    pub candidates: Vec<String>,
}

/// What a selector finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The part.
    Once,
    /// The part, beside others that match and are shown, too: this many in all.
    Several(usize),
    /// Nothing.
    Nothing,
    /// Elements that nobody could see.
    NotShown(usize),
    /// An element that nobody could press.
    OutOfReach,
    /// An element that holds another text than the message.
    OtherText(String),
}

impl Checkup {
    /// Whether everything was found.
    pub fn is_well(&self) -> bool {
        let all = self.moments.iter().flat_map(|moment| &moment.parts);
        self.stopped.is_none() && all.clone().all(|checked| checked.found == Found::Once)
    }

    /// Opens the target in a tab and looks for its parts.
    ///
    /// # Errors
    /// When the page cannot be opened or the browser broke.
    pub async fn of(target: &Target, tab: &mut Tab, server: &FixtureServer) -> Result<Self, RunnerError> {
        let mut visit = Visit { target, tab, server, site: None, checkup: Self::default() };
        visit.make().await?;
        let seen = visit.tab.settle().await?;
        let mut checkup = visit.checkup;
        checkup.errors = seen.errors.into_iter().chain(seen.console).collect();
        Ok(checkup)
    }
}

/// A checkup that is under way.
struct Visit<'a> {
    target: &'a Target,
    tab: &'a mut Tab,
    server: &'a FixtureServer,
    /// The host of the page that is open.
    site: Option<CaseSite>,
    checkup: Checkup,
}

impl Visit<'_> {
    async fn make(&mut self) -> Result<(), RunnerError> {
        let surveyed = self.offers(Capability::Prechat);
        self.open(surveyed).await?;
        if let Some(why) = self.not_ready().await? {
            return self.stop(why);
        }
        self.look("lcw:ready is raised", &["chat_button"]).await?;
        self.invite(surveyed).await?;
        self.look("startProactiveChat is called", &["notification", "message", "accept", "dismiss"]).await?;
        if let Err(error) = self.tab.handle().press(Place::Accept, self.tab.patience()).await {
            return self
                .stop(format!("failed to {error}; correct `accept`, then what follows can be looked for"));
        }
        if surveyed {
            self.wait(|seen| seen.view.survey_or_chat()).await?;
            let submitted = self.offers(Capability::SubmitSurvey);
            self.look(
                "an invitation with a survey is accepted",
                if submitted { &["prechat", "submit"] } else { &["prechat"] },
            )
            .await?;
            // Anew, as a survey need not be one that can be filled in.
            self.open(false).await?;
            if let Some(why) = self.not_ready().await? {
                return self.stop(why);
            }
            self.invite(false).await?;
            if let Err(error) = self.tab.handle().press(Place::Accept, self.tab.patience()).await {
                return self.stop(format!("failed to {error} the second time, with no survey configured"));
            }
        }
        self.wait(|seen| seen.view.chat).await?;
        let mut parts = vec!["chat"];
        for (capability, its) in [
            (Capability::Send, &["input", "send"][..]),
            (Capability::Minimize, &["minimize"]),
            (Capability::CloseButton, &["close"]),
        ] {
            if self.offers(capability) {
                parts.extend(its);
            }
        }
        self.look("an invitation without a survey is accepted", &parts).await
    }

    fn offers(&self, capability: Capability) -> bool {
        self.target.capabilities.contains(&capability)
    }

    async fn open(&mut self, prechat: bool) -> Result<(), RunnerError> {
        let settings = WidgetSettings { prechat, ..WidgetSettings::default() };
        let (replacements, page) = self.target.subject.served();
        let site = self.server.open_case_with("check", &settings, replacements);
        let url = page.map_or_else(|| site.url().clone(), |page| page.url(site.url(), &settings));
        self.tab.visit_anew(&url).await?;
        self.site = Some(site);
        Ok(())
    }

    /// Waits for `lcw:ready`, and tells what is wrong with it.
    async fn not_ready(&mut self) -> Result<Option<String>, RunnerError> {
        let patience = self.tab.long_patience();
        let ready = |seen: &Observation| seen.events.iter().any(|event| event.name == "lcw:ready");
        let seen = match self.tab.wait_until_within(patience, ready).await? {
            Waited::Seen(seen) => seen,
            Waited::TimedOut(_) => {
                return Ok(Some(format!(
                    "lcw:ready was not raised within {patience:?}; raise it once the SDK can be used: \
                     window.dispatchEvent(new Event(\"lcw:ready\"))"
                )));
            }
        };
        let mut raised = seen.events.iter().filter(|event| event.name == "lcw:ready");
        Ok(if raised.clone().all(|event| event.target != EventTarget::Window) {
            Some("lcw:ready was raised on something else than the window; raise it there".to_owned())
        } else if raised.all(|event| !event.sdk_usable) {
            Some(
                "Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat is no function when lcw:ready is \
                 raised; define it before"
                    .to_owned(),
            )
        } else {
            None
        })
    }

    async fn invite(&mut self, show_prechat: bool) -> Result<(), RunnerError> {
        let call = ProactiveChatCall::with_message(MESSAGE).show_prechat(show_prechat);
        self.tab.handle().ask::<serde_json::Value>(&Command::Call(&call)).await?;
        self.wait(|seen| seen.notification.is_some()).await
    }

    async fn wait(&mut self, holds: impl Fn(&Observation) -> bool) -> Result<(), RunnerError> {
        self.tab.wait_until(holds).await.map(drop)
    }

    fn stop(&mut self, why: String) -> Result<(), RunnerError> {
        self.checkup.stopped = Some(why);
        Ok(())
    }

    async fn look(&mut self, when: &'static str, parts: &[&'static str]) -> Result<(), RunnerError> {
        let seen = self.tab.settle().await?;
        let command = Command::Inspect { parts, text: Some(MESSAGE) };
        let inspection: Inspection = self.tab.handle().ask(&command).await?;
        let parts = parts.iter().zip(&inspection.parts).map(|(part, found)| {
            let mut found = judged(part, found);
            if let ("message", Found::Once, Some(pane)) = (*part, &found, &seen.notification)
                && pane.message != MESSAGE
            {
                found = Found::OtherText(pane.message.clone());
            }
            let candidates = match (*part, &found) {
                (_, Found::Once | Found::Several(_) | Found::OutOfReach) => Vec::new(),
                ("message", _) => inspection.text_in.clone(),
                ("accept" | "dismiss" | "submit" | "send" | "minimize" | "close" | "chat_button", _) => {
                    inspection.buttons.clone()
                }
                _ => Vec::new(),
            };
            let selector = self.target.selectors.get(part).unwrap_or_default().to_owned();
            Checked { part, selector, found, candidates }
        });
        let parts = parts.collect();
        self.checkup.moments.push(Moment { when, parts });
        Ok(())
    }
}

fn judged(part: &str, found: &PartFound) -> Found {
    let is_pressed = !matches!(part, "notification" | "message" | "prechat" | "chat");
    match found {
        PartFound { matches: 0, .. } => Found::Nothing,
        PartFound { shown: 0, matches, .. } => Found::NotShown(*matches),
        PartFound { pressable: false, .. } if is_pressed => Found::OutOfReach,
        PartFound { shown: 1, .. } => Found::Once,
        PartFound { shown, .. } => Found::Several(*shown),
    }
}
