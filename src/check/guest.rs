//! The visitor of a scenario: a container of the browser with cookies, storage and permissions of its own, and a tab in it.

use url::Url;

use super::CheckError;
use crate::browser::bidi::Viewport as WindowSize;
use crate::browser::bidi::{
    AddIntercept, Bidi, BytesValue, ContextId, Coordinates, Create, CreateType, CreateUserContext, GetTree,
    InterceptPhase, PartialCookie, Partition, PermissionDescriptor, PermissionState, RemoveUserContext,
    SetCookie, SetGeolocationOverride, SetLocaleOverride, SetPermission, SetTimezoneOverride,
    SetUserAgentOverride, SetViewport, UserContextId,
};
use crate::site::{Geolocation, Visitor};

/// How exactly a visitor is known to be somewhere, in metres, when the scenario does not say.
const ACCURACY: f64 = 10.0;

/// A visitor in a browser.
#[derive(Debug)]
pub(super) struct Guest {
    bidi: Bidi,
    pub(super) user_context: UserContextId,
    pub(super) tab: ContextId,
}

impl Guest {
    /// Holds every request of the session from now on; once for a browser.
    pub(super) async fn hold_requests(bidi: &Bidi) -> Result<(), CheckError> {
        let phases = vec![InterceptPhase::BeforeRequestSent];
        bidi.send(&AddIntercept { phases, contexts: Vec::new() }).await?;
        Ok(())
    }

    /// Lets a visitor in; nobody was here before.
    pub(super) async fn enter(bidi: &Bidi, visitor: &Visitor, site: &Url) -> Result<Self, CheckError> {
        let user_context = bidi.send(&CreateUserContext::default()).await?.user_context;
        let create =
            Create { kind: CreateType::Tab, user_context: Some(user_context.clone()), background: false };
        let tab = bidi.send(&create).await?.context;
        let guest = Self { bidi: bidi.clone(), user_context, tab };
        match guest.become_as(visitor, site).await {
            Ok(()) => Ok(guest),
            Err(error) => {
                if let Err(leak) = guest.leave().await {
                    tracing::debug!("failed to {leak}");
                }
                Err(error)
            }
        }
    }

    async fn become_as(&self, visitor: &Visitor, site: &Url) -> Result<(), CheckError> {
        let bidi = &self.bidi;
        let user_contexts = || vec![self.user_context.clone()];
        if let Some(size) = visitor.viewport {
            let viewport = Some(WindowSize { width: size.width, height: size.height });
            bidi.send(&SetViewport { context: self.tab.clone(), viewport }).await?;
        }
        if let Some(locale) = visitor.locale.clone() {
            bidi.send(&SetLocaleOverride { locale, user_contexts: user_contexts() }).await?;
        }
        if let Some(timezone) = visitor.time_zone.clone() {
            bidi.send(&SetTimezoneOverride { timezone, user_contexts: user_contexts() }).await?;
        }
        if let Some(user_agent) = visitor.user_agent.clone() {
            bidi.send(&SetUserAgentOverride { user_agent, user_contexts: user_contexts() }).await?;
        }
        if let Some(geolocation) = &visitor.geolocation {
            let state = match geolocation {
                Geolocation::Granted { .. } => PermissionState::Granted,
                Geolocation::Denied => PermissionState::Denied,
            };
            let permission = SetPermission {
                descriptor: PermissionDescriptor { name: "geolocation".into() },
                state,
                origin: site.origin().ascii_serialization(),
                user_context: self.user_context.clone(),
            };
            bidi.send(&permission).await?;
            if let Geolocation::Granted { latitude, longitude, accuracy } = *geolocation {
                let accuracy = accuracy.unwrap_or(ACCURACY);
                let coordinates = Coordinates { latitude, longitude, accuracy };
                bidi.send(&SetGeolocationOverride { coordinates, user_contexts: user_contexts() }).await?;
            }
        }
        for cookie in &visitor.cookies {
            let cookie = PartialCookie {
                name: cookie.name.clone(),
                value: BytesValue::String(cookie.value.clone()),
                domain: site.host_str().unwrap_or_default().to_owned(),
                path: cookie.path.clone().unwrap_or_else(|| "/".into()),
                http_only: cookie.http_only,
            };
            let partition = Some(Partition::StorageKey { user_context: self.user_context.clone() });
            bidi.send(&SetCookie { cookie, partition }).await?;
        }
        Ok(())
    }

    /// The windows and tabs that are open beside the visitor's own tab.
    pub(super) async fn windows(&self) -> Result<Vec<ContextId>, CheckError> {
        let tree = self.bidi.send(&GetTree { max_depth: Some(0), ..GetTree::default() }).await?;
        let others = tree.contexts.into_iter().filter(|window| {
            window.user_context.as_ref() == Some(&self.user_context) && window.context != self.tab
        });
        Ok(others.map(|window| window.context).collect())
    }

    /// Leaves; everything that was stored is forgotten, every window closed.
    pub(super) async fn leave(self) -> Result<(), CheckError> {
        self.bidi.send(&RemoveUserContext { user_context: self.user_context }).await?;
        Ok(())
    }
}

/// The script that fills the storage of a visitor's first page.
pub(super) fn fill_storage(visitor: &Visitor, site: &Url) -> Option<String> {
    if visitor.local_storage.is_empty() && visitor.session_storage.is_empty() {
        return None;
    }
    let values = serde_json::json!({
        "origin": site.origin().ascii_serialization(),
        "localStorage": visitor.local_storage,
        "sessionStorage": visitor.session_storage,
    });
    Some(format!(
        "const stored = {values};
if (location.origin === stored.origin) {{
  for (const area of [\"localStorage\", \"sessionStorage\"]) {{
    for (const [key, value] of Object.entries(stored[area])) window[area].setItem(key, value);
  }}
}}"
    ))
}
