//! What becomes of a request that a page makes (pure).

use globset::GlobMatcher;
use url::Url;

use super::CheckError;
use crate::site::{DialogAnswer, Reply, RequestFate};
use crate::source::glob;

/// Where our server has the widget's files.
const WIDGET_FOLDER: &str = "/livechatwidget/scripts/";

/// What the widget asks for beside its script: its modules come as one.
const LINKED_FILES: [&str; 2] = ["widget.js", "widget.css"];

/// Where the widget asks its organisation for what it needs.
const CONNECTOR_FOLDER: &str = "/livechatconnector/";

/// What becomes of the requests and the dialogs of a scenario, and when its next page opens.
#[derive(Debug)]
pub(super) struct Rules {
    /// Pages and all that is beside them.
    pub(super) site: url::Origin,
    /// Our own server's host for the scenario, where the widget's conversation is.
    pub(super) own: url::Origin,
    /// Whether the real widget is left alone.
    pub(super) live: bool,
    /// Hosts that may be asked.
    pub(super) allowed: Vec<String>,
    /// The newest first.
    pub(super) replies: Vec<(GlobMatcher, Reply)>,
    pub(super) dialogs: DialogAnswer,
    /// Folders of widgets' scripts that pages have asked for, whatever their host.
    pub(super) widget_folders: Vec<String>,
}

/// What becomes of one request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// It is nobody's concern: nothing of it leaves the browser.
    Inside,
    /// It goes on.
    Pass(RequestFate),
    /// Our own server answers this path in place of whoever was asked.
    Widget(String),
    /// A reply of the scenario answers it.
    Reply(Reply),
    /// It is blocked.
    Block,
}

impl Decision {
    /// As the timeline has it.
    pub(super) fn fate(&self) -> Option<RequestFate> {
        match self {
            Self::Inside => None,
            Self::Pass(fate) => Some(fate.clone()),
            Self::Widget(_) => Some(RequestFate::Widget),
            Self::Reply(_) => Some(RequestFate::Replied),
            Self::Block => Some(RequestFate::Blocked),
        }
    }
}

impl Rules {
    /// The script that pages embed, whatever the host.
    pub(super) const BOOTSTRAPPER: &str = "/LiveChatBootstrapper.js";

    /// Adds a reply, which comes before those that are there.
    ///
    /// # Errors
    /// [`CheckError::Reply`] when its pattern is none.
    pub(super) fn reply(&mut self, reply: &Reply) -> Result<(), CheckError> {
        let matcher =
            glob(&reply.url).map_err(|reason| CheckError::Reply { url: reply.url.clone(), reason })?;
        self.replies.insert(0, (matcher, reply.clone()));
        Ok(())
    }

    /// Decides about a request.
    pub(super) fn decide(&mut self, address: &str) -> Decision {
        let Ok(mut url) = Url::parse(address) else { return Decision::Block };
        let connects = match url.scheme() {
            "ws" => Some("http"),
            "wss" => Some("https"),
            "http" | "https" => None,
            _ => return Decision::Inside,
        };
        // A WebSocket belongs to the site whose pages it is for.
        if connects.is_some_and(|scheme| url.set_scheme(scheme).is_err()) {
            return Decision::Block;
        }
        if url.origin() == self.own && url.path().starts_with(CONNECTOR_FOLDER) {
            return Decision::Inside;
        }
        // Nobody stands in for the other end of a WebSocket.
        let is_request = connects.is_none();
        let reply = || self.replies.iter().find(|(matcher, _)| matcher.is_match(address));
        if is_request && let Some((_, reply)) = reply() {
            return Decision::Reply(reply.clone());
        }
        if is_request
            && !self.live
            && let Some(path) = self.widget_path(&url)
        {
            return Decision::Widget(path);
        }
        if url.origin() == self.site {
            return Decision::Pass(RequestFate::Site);
        }
        let host = url.host_str().unwrap_or_default();
        if self.live || self.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
            return Decision::Pass(RequestFate::Allowed);
        }
        Decision::Block
    }

    /// The path at which our server has what is asked of a widget's host.
    fn widget_path(&mut self, url: &Url) -> Option<String> {
        let path = url.path();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        if let Some(folder) = path.strip_suffix(Self::BOOTSTRAPPER) {
            let mut folder_url = url.clone();
            folder_url.set_path(&format!("{folder}/"));
            folder_url.set_query(None);
            if !self.widget_folders.iter().any(|known| known == folder_url.as_str()) {
                self.widget_folders.push(folder_url.into());
            }
            return Some(format!("{WIDGET_FOLDER}{}", &Self::BOOTSTRAPPER[1..]));
        }
        if path.contains(CONNECTOR_FOLDER) || path.contains(WIDGET_FOLDER) {
            let at = path.find(CONNECTOR_FOLDER).or_else(|| path.find(WIDGET_FOLDER))?;
            return Some(format!("{}{query}", &path[at..]));
        }
        let whole = &url[..url::Position::AfterPath];
        let file = self.widget_folders.iter().find_map(|folder| whole.strip_prefix(folder.as_str()))?;
        // Beside the script may be files of the page's own, if they share a folder.
        let is_widgets = if url.origin() == self.site {
            LINKED_FILES.contains(&file)
        } else {
            file.ends_with(".js") || file.ends_with(".css") || file.ends_with(".html")
        };
        is_widgets.then(|| format!("{WIDGET_FOLDER}{file}{query}"))
    }
}
