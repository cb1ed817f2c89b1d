//! The ground on which pages are checked: where they are, who answers for the widget, and that nothing gets out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use url::Url;

use super::CheckError;
use super::attendant::{Attendant, Desk};
use super::fence::Fence;
use super::guest::{Guest, fill_storage};
use super::prologue::Prologue;
use super::rules::Rules;
use super::visit::{Start, Visit};
use crate::assets::Assets;
use crate::browser::Browser;
use crate::browser::bidi::{Bidi, Subscribe};
use crate::config::{BrowserKind, Deadlines, Settings};
use crate::server::{CaseSite, FixtureServer, Replacements};
use crate::site::SiteScenario;

/// Where pages are.
#[derive(Debug, Clone)]
pub enum Base {
    /// On a server that is running.
    Url(Url),
    /// In a folder, which is served as it is.
    Root(PathBuf),
}

/// How pages are checked.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// The real widget is left alone, and whatever it asks for; nothing is blocked.
    pub live: bool,
    /// Hosts that pages may ask.
    pub allow: Vec<String>,
}

/// Where pages are, and all that stands around them.
#[derive(Debug)]
pub(super) struct Ground {
    base: Base,
    options: CheckOptions,
    deadlines: Deadlines,
    pages: Replacements,
    server: FixtureServer,
    /// Stands for as long as this does; without one nothing is blocked.
    _fence: Option<Fence>,
}

impl Ground {
    /// Prepares it, and points the browsers of these settings at its fence.
    pub(super) async fn prepare(
        base: Base,
        options: CheckOptions,
        settings: &mut Settings,
    ) -> Result<Self, CheckError> {
        let pages = match &base {
            Base::Url(_) => Replacements::default(),
            Base::Root(path) => {
                let folder = Assets::folder(path);
                let folder = folder.map_err(|source| CheckError::Root { path: path.clone(), source })?;
                Replacements::default().folder_as_it_is(folder)
            }
        };
        let server = FixtureServer::start(&settings.server).await?;
        let fence = if options.live { None } else { Some(Fence::start().await.map_err(CheckError::Fence)?) };
        let mut allowed = options.allow.clone();
        allowed.push(format!("{}:{}", CaseSite::ALL_HOSTS, server.address().port()));
        if let Base::Url(url) = &base
            && let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default())
        {
            allowed.push(format!("{host}:{port}"));
        }
        if let Some(fence) = &fence {
            fence.around(settings, &allowed);
        }
        Ok(Self { base, options, deadlines: settings.deadlines, pages, server, _fence: fence })
    }

    /// Lets a scenario's visitor in; gives also the address to which its pages are relative.
    pub(super) async fn visit(
        &self,
        bidi: &Bidi,
        scenario: &SiteScenario,
    ) -> Result<(Visit, Url), CheckError> {
        let slug = scenario.id.replace('/', "-");
        let site = self.server.open_case_with(&slug, &scenario.widget, self.pages.clone());
        let site: Arc<CaseSite> = Arc::new(site);
        let base = match &self.base {
            Base::Url(url) => url.clone(),
            Base::Root(_) => site.url().clone(),
        };
        let mut rules = Rules {
            site: base.origin(),
            own: site.url().origin(),
            live: self.options.live,
            allowed: self.options.allow.clone(),
            replies: Vec::new(),
            dialogs: scenario.dialogs.clone(),
            widget_folders: Vec::new(),
        };
        for reply in scenario.replies.iter().rev() {
            rules.reply(reply)?;
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let instant =
            scenario.instant().unwrap_or_else(|| i64::try_from(now.as_millis()).unwrap_or(0)) as f64;
        let visitor = &scenario.visitor;
        let guest = Guest::enter(bidi, visitor, &base).await?;
        let prologue = Prologue::new(
            bidi,
            &guest.user_context,
            visitor.script.clone(),
            fill_storage(visitor, &base),
            visitor.referrer.clone(),
        );
        let desk = Desk { rules, referrer: visitor.referrer.clone(), asked: Vec::new() };
        let attendant = Attendant::start(bidi, guest.tab.clone(), Arc::clone(&site), desk);
        // Our own host has another name each time, which says nothing to anybody.
        let origin = matches!(self.base, Base::Root(_)).then(|| base.origin().ascii_serialization());
        let start = Start { prologue, site, origin, instant };
        let visit = Visit::new(bidi, guest, attendant, start, self.deadlines.command);
        Ok((visit, base))
    }

    /// Nobody is here any more.
    pub(super) async fn leave(&self) {
        self.server.shutdown().await;
    }
}

/// A browser in which every request is held.
pub(super) async fn browser(kind: BrowserKind, settings: &Settings) -> Result<Browser, CheckError> {
    let browser = Browser::start(kind, settings).await?;
    let bidi = browser.session().bidi();
    let events = ["script.message", "network.beforeRequestSent", "browsingContext.userPromptOpened"];
    bidi.send(&Subscribe::to(events)).await?;
    Guest::hold_requests(bidi).await?;
    Ok(browser)
}
