//! The ground on which pages are checked: where they are, who answers for the widget, and that nothing gets out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use url::{Host, Url};

use super::CheckError;
use super::attendant::{Attendant, Desk};
use super::fence::Fence;
use super::guest::{Guest, fill_storage};
use super::opening::Opening;
use super::perform::Performance;
use super::prologue::Prologue;
use super::rules::Rules;
use super::scripts::Scripts;
use super::visit::{Start, Visit};
use crate::assets::{Assets, AssetsError};
use crate::browser::Browser;
use crate::browser::bidi::{Bidi, Subscribe};
use crate::config::{BrowserKind, Deadlines, Settings};
use crate::probe::ClockStart;
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

/// The address of a server that has pages.
///
/// # Errors
/// Why it is none. `localhost:3000` is an address of the scheme `localhost` to whoever parses it only.
pub(crate) fn server_address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(_) => Err("it does not begin with http:// or https://".into()),
        Err(error) => Err(error.to_string()),
    }
}

/// A host that pages may ask, as addresses have it.
///
/// # Errors
/// Why it is none.
pub(crate) fn host(text: &str) -> Result<String, String> {
    match Host::parse(text) {
        Ok(host) if !text.contains('*') => Ok(host.to_string()),
        _ => Err(
            "expected a whole host and nothing else, such as `fonts.example`; every port of it may be asked"
                .into(),
        ),
    }
}

/// How pages are checked.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// The real widget is left alone, and whatever it asks for; nothing is blocked.
    pub live: bool,
    /// Hosts that pages may ask.
    pub allow: Vec<String>,
}

/// A site whose pages are checked.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    base: Base,
    options: CheckOptions,
    pages: Replacements,
}

impl Site {
    /// The site that is there.
    ///
    /// # Errors
    /// [`CheckError::Root`] when the folder cannot be used.
    pub(crate) fn find(base: Base, options: CheckOptions) -> Result<Self, CheckError> {
        let pages = match &base {
            Base::Url(_) => Replacements::default(),
            Base::Root(path) => {
                let folder = Assets::folder(path).map_err(|error| {
                    let (AssetsError::Folder { source, .. } | AssetsError::Read { source, .. }) = error;
                    CheckError::Root { path: path.clone(), source }
                })?;
                Replacements::default().folder_as_it_is(folder)
            }
        };
        Ok(Self { base, options, pages })
    }

    /// Whom its pages may ask beside our own server. A browser with a fence is for one such list.
    pub(crate) fn allowed(&self) -> Vec<String> {
        let mut allowed = self.options.allow.clone();
        if let Base::Url(url) = &self.base
            && let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default())
        {
            allowed.push(format!("{host}:{port}"));
        }
        allowed
    }
}

/// What stands around sites while they are checked: our own server, and the fence.
#[derive(Debug)]
pub(crate) struct Ground {
    deadlines: Deadlines,
    server: FixtureServer,
    /// Stands for as long as this does.
    fence: Fence,
}

impl Ground {
    /// Prepares it.
    ///
    /// # Errors
    /// When nothing can listen on the loopback address.
    pub(crate) async fn prepare(settings: &Settings) -> Result<Self, CheckError> {
        Self::with(FixtureServer::start(&settings.server).await?, settings.deadlines).await
    }

    /// Prepares it around a server that is there already.
    ///
    /// # Errors
    /// As [`Ground::prepare`].
    pub(crate) async fn with(server: FixtureServer, deadlines: Deadlines) -> Result<Self, CheckError> {
        let fence = Fence::start().await.map_err(CheckError::Fence)?;
        Ok(Self { deadlines, server, fence })
    }

    /// Points the browsers of these settings at the fence, but for what this site may ask; not at all if everything is
    /// left alone.
    pub(crate) fn around(&self, site: &Site, settings: &mut Settings) {
        if !site.options.live {
            let mut allowed = site.allowed();
            allowed.push(format!("{}:{}", CaseSite::ALL_HOSTS, self.server.address().port()));
            self.fence.around(settings, &allowed);
        }
    }

    /// Lets a scenario's visitor in, who has done nothing yet. While they are there nobody else may be in this browser:
    /// it does not say of every request whose it is, and shows one tab at a time.
    ///
    /// # Errors
    /// When a reply's pattern is none, or the browser does not let the visitor in.
    pub(crate) async fn enter(
        &self,
        site: &Site,
        bidi: &Bidi,
        scenario: &SiteScenario,
    ) -> Result<Performance, CheckError> {
        let Site { base, options, pages } = site;
        let slug = scenario.id.replace('/', "-");
        let case = Arc::new(self.server.open_case_with(&slug, &scenario.widget, pages.clone()));
        let is_ours = matches!(base, Base::Root(_));
        let base = match base {
            Base::Url(url) => url.clone(),
            Base::Root(_) => case.url().clone(),
        };
        let mut rules = Rules {
            site: base.origin(),
            own: case.url().origin(),
            live: options.live,
            allowed: options.allow.clone(),
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
            self.deadlines.command,
        );
        let desk = Desk {
            rules,
            referrer: visitor.referrer.clone(),
            asked: Vec::new(),
            opening: Opening::default(),
        };
        let scripts = Scripts::with(ClockStart::patience_within(self.deadlines.command));
        let attendant = Attendant::start(bidi, guest.tab.clone(), Arc::clone(&case), desk, scripts);
        // Our own host has another name each time, which says nothing to anybody.
        let origin = is_ours.then(|| base.origin().ascii_serialization());
        let start = Start { prologue, site: case, origin, instant };
        let visit = Visit::new(bidi, guest, attendant, start, self.deadlines);
        Ok(Performance::new(scenario, base, visit))
    }

    /// Nobody is here any more.
    pub(crate) async fn leave(&self) {
        self.server.shutdown().await;
    }
}

/// A browser in which every request is held.
pub(crate) async fn browser(kind: BrowserKind, settings: &Settings) -> Result<Browser, CheckError> {
    let browser = Browser::start(kind, settings).await?;
    let bidi = browser.session().bidi();
    let events = [
        "script.message",
        "network.beforeRequestSent",
        "network.responseCompleted",
        "network.fetchError",
        "browsingContext.contextCreated",
        "browsingContext.contextDestroyed",
        "browsingContext.userPromptOpened",
    ];
    bidi.send(&Subscribe::to(events)).await?;
    Guest::hold_requests(bidi).await?;
    Ok(browser)
}
