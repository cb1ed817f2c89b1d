//! Attends to what a browser asks for while a scenario runs: requests that are held, and dialogs. It never waits for the scenario, since the scenario waits for it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::task::AbortHandle;

use super::opening::{Opening, Refused};
use super::prologue::CHANNEL;
use super::rules::{Decision, Rules};
use super::scripts::Scripts;
use crate::browser::bidi::{
    BeforeRequestSent, Bidi, BidiError, BytesValue, CallFunction, ContextId, ContinueRequest, Event,
    FailRequest, HandleUserPrompt, Header, PromptOpened, ProvideResponse, ReadinessState, Reload,
    ScriptMessage,
};
use crate::probe::Message;
use crate::server::{Answer, CaseSite};
use crate::site::{DialogAnswer, Reply, RequestFate};

/// What frames and windows show whose page is blocked; it asks for no icon.
const NOBODY: &str = r#"<!doctype html><title>blocked</title><link rel="icon" href="data:,">"#;

/// The header by which a browser names the method for which it asks permission.
const PREFLIGHT_METHOD: &str = "Access-Control-Request-Method";

/// A request that a page made.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) fate: RequestFate,
    /// It is the page itself.
    pub(super) is_page: bool,
}

/// What the attendant and the scenario share.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) rules: Rules,
    /// Where the visitor comes from to the next page.
    pub(super) referrer: Option<String>,
    pub(super) asked: Vec<Asked>,
    /// The page that is on its way into the scenario's tab.
    pub(super) opening: Opening,
}

/// Attends to one scenario's windows; ends when dropped.
#[derive(Debug)]
pub(super) struct Attendant {
    desk: Arc<Mutex<Desk>>,
    /// Scripts that the browser has been asked for.
    pub(super) scripts: Arc<Scripts>,
    task: AbortHandle,
}

impl Attendant {
    /// Attends from now on. `tab` is the scenario's own tab, and `scripts` are none yet.
    pub(super) fn start(
        bidi: &Bidi,
        tab: ContextId,
        site: Arc<CaseSite>,
        desk: Desk,
        scripts: Scripts,
    ) -> Self {
        let (desk, scripts) = (Arc::new(Mutex::new(desk)), Arc::new(scripts));
        let work =
            Work { bidi: bidi.clone(), tab, site, desk: Arc::clone(&desk), scripts: Arc::clone(&scripts) };
        let task = tokio::spawn(work.attend());
        Self { desk, scripts, task: task.abort_handle() }
    }

    /// What is shared; to be let go of before anything is waited for.
    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the attendant's task works with.
#[derive(Debug, Clone)]
struct Work {
    bidi: Bidi,
    tab: ContextId,
    site: Arc<CaseSite>,
    desk: Arc<Mutex<Desk>>,
    scripts: Arc<Scripts>,
}

impl Work {
    async fn attend(self) {
        let mut events = self.bidi.events();
        let mut loaded_again = HashSet::new();
        while let Some(event) = events.next().await {
            match &*event {
                Event::Message(message) => {
                    if let Some(context) = self.window_in_error(message)
                        && loaded_again.insert(context.clone())
                    {
                        let work = self.clone();
                        tokio::spawn(async move { work.tell(work.load_again(context).await) });
                    }
                }
                Event::BeforeRequestSent(request) if request.is_blocked => {
                    // A worker's are not the page's.
                    if request.context.is_some() {
                        self.scripts.asked(&request.request);
                    }
                    let is_page = request.navigation.is_some() && request.context.as_ref() == Some(&self.tab);
                    if is_about_scripts(request) {
                        let (work, request) = (self.clone(), request.request.request.clone());
                        tokio::spawn(async move { work.tell(work.answer_when_scripts_came(request).await) });
                        continue;
                    }
                    // Pages ask for many things at once.
                    let (work, request) = (self.clone(), request.clone());
                    tokio::spawn(async move { work.tell(work.answer(&request, is_page).await) });
                }
                Event::ResponseCompleted(ended) | Event::FetchError(ended) => {
                    self.scripts.ended(&ended.request);
                }
                Event::PromptOpened(prompt) => self.tell(self.answer_dialog(prompt).await),
                _ => {}
            }
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever asked may be gone by now; then nobody needs the answer.
    fn tell(&self, answered: Result<(), BidiError>) {
        if let Err(error) = answered {
            tracing::debug!("failed to {error}");
        }
    }

    async fn answer(&self, asked: &BeforeRequestSent, is_page: bool) -> Result<(), BidiError> {
        let url = &asked.request.url;
        let (decision, site, is_opened) = {
            let mut desk = self.desk();
            let decision = desk.rules.decide(url);
            let is_opened = is_page && desk.opening.is_the_harness(asked.navigation.as_ref());
            match &decision {
                Decision::Block if is_opened => desk.opening.refuse(Refused::Blocked(url.clone())),
                Decision::Reply(reply) if reply.fail && is_page => {
                    desk.opening.refuse(Refused::Replied(url.clone()));
                }
                _ => {}
            }
            // What belongs to the widget is its own concern, but for the script that a page embeds.
            let is_inner =
                matches!(&decision, Decision::Widget(path) if !path.ends_with(Rules::BOOTSTRAPPER));
            // Of WebSockets the probe tells, in every browser.
            if !is_inner
                && !is_preflight(asked)
                && !is_websocket(asked)
                && let Some(fate) = decision.fate()
            {
                desk.asked.push(Asked {
                    method: asked.request.method.clone(),
                    url: url.clone(),
                    fate,
                    is_page,
                });
            }
            (decision, desk.rules.site.clone(), is_opened)
        };
        let request = asked.request.request.clone();
        match decision {
            Decision::Block | Decision::Reply(_) if is_preflight(asked) => {
                self.bidi.send(&permission(asked, &site)).await.map(drop)
            }
            Decision::Inside | Decision::Pass(_) => {
                let referrer = if is_page { self.desk().referrer.take() } else { None };
                let headers = referrer.map(|referrer| {
                    let others = asked.request.headers.iter();
                    let others = others.filter(|header| !header.name.eq_ignore_ascii_case("referer"));
                    others.cloned().chain([Header::new("Referer", referrer)]).collect()
                });
                self.bidi.send(&ContinueRequest { request, headers }).await.map(drop)
            }
            // Whoever opens a page waits for it.
            Decision::Block if is_opened => self.bidi.send(&FailRequest { request }).await.map(drop),
            // Without anything to show the page stays where it is, and whoever looks at it, too.
            Decision::Block if is_page => {
                self.bidi.send(&respond(request, 204, Vec::new(), "")).await?;
                self.stays().await
            }
            // Frames and other windows are waited for until they have loaded something.
            Decision::Block if asked.navigation.is_some() => {
                let html = vec![Header::new("Content-Type", "text/html")];
                self.bidi.send(&respond(request, 200, html, NOBODY)).await.map(drop)
            }
            Decision::Block => self.bidi.send(&FailRequest { request }).await.map(drop),
            // A browser may show a page of its own in its place, or the one that was there.
            Decision::Reply(reply) if reply.fail && is_page && !is_opened => {
                self.bidi.send(&respond(request, 204, Vec::new(), "")).await?;
                self.stays().await
            }
            Decision::Reply(reply) if reply.fail => self.bidi.send(&FailRequest { request }).await.map(drop),
            Decision::Reply(reply) => self.bidi.send(&reply_to(asked, reply, &site)).await.map(drop),
            Decision::Widget(path) => {
                let answer = self.site.answer(&path).await;
                // A page's own file beside the widget's script is the page's.
                if answer.status == 404 && url::Url::parse(url).is_ok_and(|url| url.origin() == site) {
                    return self.bidi.send(&ContinueRequest { request, headers: None }).await.map(drop);
                }
                self.bidi.send(&provide(request, answer)).await.map(drop)
            }
        }
    }

    /// Tells the probe when all scripts have come that the page asked for.
    async fn answer_when_scripts_came(&self, request: String) -> Result<(), BidiError> {
        let status = if self.scripts.come().await { 200 } else { 204 };
        self.bidi.send(&respond(request, status, Vec::new(), "")).await.map(drop)
    }

    /// Tells the page that it goes nowhere: no browser does, and the probe would wait for its end.
    async fn stays(&self) -> Result<(), BidiError> {
        let function = "() => void globalThis.navigation?.dispatchEvent(new Event(\"navigateerror\"))";
        self.bidi.send(&CallFunction::in_context(&self.tab, function, [])).await.map(drop)
    }

    /// The window that says it shows the browser's own words instead of its page.
    fn window_in_error(&self, message: &ScriptMessage) -> Option<ContextId> {
        let context = message.source.context.clone()?;
        if message.channel != CHANNEL || context == self.tab {
            return None;
        }
        let said = Message::parse(message.data.as_str()?).ok()?;
        matches!(said, Message::Hello { url, .. } if url.starts_with("chrome-error:")).then_some(context)
    }

    /// Loads a window once more: Chromium may begin to load a new one before its requests are held, and the fence lets
    /// nothing through. This time it is answered as it should be.
    async fn load_again(&self, context: ContextId) -> Result<(), BidiError> {
        self.bidi.send(&Reload { context, wait: ReadinessState::None }).await.map(drop)
    }

    async fn answer_dialog(&self, prompt: &PromptOpened) -> Result<(), BidiError> {
        // To stay on a page that is left would end the scenario.
        let (accept, user_text) = match self.desk().rules.dialogs.clone() {
            _ if prompt.kind == "beforeunload" => (true, None),
            DialogAnswer::Dismiss => (false, None),
            DialogAnswer::Accept => (true, None),
            DialogAnswer::Answer(text) => (true, (prompt.kind == "prompt").then_some(text)),
        };
        let answer = HandleUserPrompt { context: prompt.context.clone(), accept, user_text };
        self.bidi.send(&answer).await.map(drop)
    }
}

/// Whether it is the probe that asks for scripts.
fn is_about_scripts(asked: &BeforeRequestSent) -> bool {
    url::Url::parse(&asked.request.url).is_ok_and(|url| url.path() == Scripts::PATH)
}

/// Whether it opens a WebSocket, where the browser tells of it.
fn is_websocket(asked: &BeforeRequestSent) -> bool {
    // One browser names it by the scheme of the handshake, and tells it only by what the handshake has.
    header(asked, "sec-websocket-version").is_some() || asked.request.url.starts_with("ws")
}

/// An answer of our own server in place of another's.
fn provide(request: String, Answer { status, headers, body }: Answer) -> ProvideResponse {
    let of_the_connection = ["content-length", "transfer-encoding", "connection"];
    let headers = headers.into_iter().filter(|(name, _)| !of_the_connection.contains(&name.as_str()));
    respond(request, status, headers.map(|(name, value)| Header::new(name, value)).collect(), body)
}

/// Whether a browser asks on its own whether a page may ask. Not every browser tells of it.
fn is_preflight(asked: &BeforeRequestSent) -> bool {
    asked.request.method == "OPTIONS" && header(asked, PREFLIGHT_METHOD).is_some()
}

/// The value of a request's header.
fn header<'a>(asked: &'a BeforeRequestSent, name: &str) -> Option<&'a str> {
    let header = asked.request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
    match &header.value {
        BytesValue::String(text) => Some(text),
        BytesValue::Base64(_) => None,
    }
}

/// Who may read an answer: whoever asked, with cookies or without. Where the browser does not tell who that is, it is
/// the site.
fn for_whoever_asked(asked: &BeforeRequestSent, site: &url::Origin) -> Vec<Header> {
    let origin = header(asked, "Origin").map_or_else(|| site.ascii_serialization(), str::to_owned);
    vec![
        Header::new("Access-Control-Allow-Origin", origin),
        Header::new("Access-Control-Allow-Credentials", "true"),
    ]
}

/// Yes, the page may ask. What becomes of its request is said when it asks.
fn permission(asked: &BeforeRequestSent, site: &url::Origin) -> ProvideResponse {
    let mut headers = for_whoever_asked(asked, site);
    for (wish, answer) in [
        (PREFLIGHT_METHOD, "Access-Control-Allow-Methods"),
        ("Access-Control-Request-Headers", "Access-Control-Allow-Headers"),
    ] {
        headers.extend(header(asked, wish).map(|wished| Header::new(answer, wished)));
    }
    respond(asked.request.request.clone(), 204, headers, "")
}

/// A reply of the scenario. Pages of any origin may read it, as those that answer pages allow.
fn reply_to(asked: &BeforeRequestSent, reply: Reply, site: &url::Origin) -> ProvideResponse {
    let Reply { status, headers, json, text, .. } = reply;
    let kind = if json.is_some() { "application/json" } else { "text/plain; charset=utf-8" };
    let body = json.map(|json| json.to_string()).or(text).unwrap_or_default();
    let mut all = for_whoever_asked(asked, site);
    all.push(Header::new("Content-Type", kind));
    for (name, value) in headers {
        all.retain(|header| !header.name.eq_ignore_ascii_case(&name));
        all.push(Header::new(name, value));
    }
    respond(asked.request.request.clone(), status.unwrap_or(200), all, body)
}

fn respond(request: String, status: u16, headers: Vec<Header>, body: impl AsRef<[u8]>) -> ProvideResponse {
    ProvideResponse {
        request,
        status_code: status,
        reason_phrase: if status < 400 { "OK" } else { "Not OK" }.into(),
        headers,
        body: BytesValue::Base64(BASE64_STANDARD.encode(body)),
    }
}
