//! From a request to its answer: which host it is for, what it may ask, and which file or record it gets.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Path, Request, State, WebSocketUpgrade};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use tower::ServiceExt as _;
use url::Url;

use crate::assets::AssetsError;
use crate::contract::{PageKind, WidgetSettings};

use super::availability::AgentAvailability;
use super::configuration::{APP_ID, WidgetConfiguration, app_id_for, settings_from_query};
use super::fixture_server::Shared;
use super::page::{self, PageValues};
use super::site::{CASE_SUFFIX, CaseState};
use super::{RecordedRequest, conversation, files, linked};

/// The largest request body that is read; no route wants any.
const MAX_BODY_BYTES: usize = 16 * 1024;

const WIDGET_PREFIX: &str = "/livechatwidget/scripts/";
const CONNECTOR_PREFIX: &str = "/livechatconnector/";

/// What is delivered stays as it is for as long as its host exists.
const KEEP: &str = "public, max-age=86400, immutable";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/livechatconnector/config/{organisation}/{app}", get(configuration))
        .route("/livechatconnector/conversation/{organisation}/{app}", get(converse))
        .route("/livechatconnector/availability/{organisation}/{app}", get(availability))
        .fallback(file)
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), admit))
        .with_state(shared)
}

/// What is answered to a request that came over no connection.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values of the headers; those that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// Marks a request that a page sent to another host, which the harness answers in that one's place.
#[derive(Debug, Clone, Copy)]
struct InPlaceOfAnother;

/// Answers a request without a connection.
pub(super) async fn answer(router: Router, host: &Url, path: &str) -> Answer {
    let authority = &host[url::Position::BeforeHost..url::Position::AfterPort];
    let refused =
        |status: StatusCode| Answer { status: status.as_u16(), headers: Vec::new(), body: Bytes::new() };
    let request = Request::builder().uri(path).header(HOST, authority).extension(InPlaceOfAnother);
    let Ok(request) = request.body(Body::empty()) else { return refused(StatusCode::BAD_REQUEST) };
    let Ok(response) = router.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let headers =
        parts.headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?)));
    Answer { status: parts.status.as_u16(), headers: headers.collect(), body }
}

/// Whom a request is for.
#[derive(Debug, Clone)]
struct Visit {
    /// The scheme, host and port that the browser used.
    origin: String,
    /// Where pages of this host have the widget's files from.
    widget_origin: String,
    host: HostKind,
}

/// What is served on a host.
#[derive(Debug, Clone)]
enum HostKind {
    /// One case.
    Case(Arc<CaseState>),
    /// The widget as the server has it, and nothing else, to the pages of all cases.
    Delivery,
    /// Everything, to people.
    Plain,
}

/// A request that cannot be answered, with what to tell a person about it.
#[derive(Debug)]
struct Refusal(StatusCode, String);

impl Refusal {
    fn not_found(path: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("There is nothing at {path}."))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, format!("{}\n", self.1)).into_response()
    }
}

/// Lets in what is for a host of this server and within its limits; records and logs every answer.
async fn admit(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let uri = request.uri().clone();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let visit = match visit(&shared, &request) {
        Ok(visit) => visit,
        Err(refusal) => {
            tracing::debug!(%method, path, reason = refusal.1, "request for no host of this server");
            return with_common_headers(refusal.into_response(), path);
        }
    };
    let response = match accept(request).await {
        Ok(mut request) => {
            request.extensions_mut().insert(visit.clone());
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    };
    let mut response = with_common_headers(response, path);
    if matches!(visit.host, HostKind::Delivery) && response.status().is_success() {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEEP));
    }
    let status = response.status().as_u16();
    tracing::debug!(origin = visit.origin, %method, path, status, "request");
    if let HostKind::Case(case) = visit.host {
        case.record(RecordedRequest { method, path: path.to_owned(), status });
    }
    response
}

fn with_common_headers(mut response: Response, path: &str) -> Response {
    let status = response.status();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A widget's script and settings are for pages of any origin, as they are in production.
    if path.starts_with(WIDGET_PREFIX) || path.starts_with(CONNECTOR_PREFIX) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

/// Finds the host that a request is for: a case's, or the plain one (`localhost` or an address).
///
/// Any other name is refused, also because a page elsewhere could have its own name point here.
fn visit(shared: &Shared, request: &Request) -> Result<Visit, Refusal> {
    let nowhere = |host: &str| Refusal(StatusCode::NOT_FOUND, format!("There is no site at {host:?}."));
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // A request in absolute form names its host there, and that one counts.
    let authority = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => host.parse::<Authority>().map_err(|_| nowhere(host))?,
    };
    if authority.as_str().contains('@') {
        return Err(nowhere(authority.as_str()));
    }
    let name = authority.host().to_ascii_lowercase();
    let delivery = &shared.sites.delivery;
    let host = match name.strip_suffix(CASE_SUFFIX) {
        Some(label) if label == *delivery && request.uri().path().starts_with(WIDGET_PREFIX) => {
            HostKind::Delivery
        }
        Some(label) => HostKind::Case(shared.sites.find(label).ok_or_else(|| nowhere(authority.as_str()))?),
        None if name == "localhost" || is_address(&name) => HostKind::Plain,
        None => return Err(nowhere(authority.as_str())),
    };
    let origin = format!("http://{}", authority.as_str().to_ascii_lowercase());
    // With a file replaced, the widget is this case's alone. It then comes from the page's own origin, whose
    // scripts' errors a browser tells in full.
    let widget_origin = match (&host, authority.port_u16()) {
        (HostKind::Case(case), Some(port))
            if !case.replacements.touch_widget() && !shared.replacements.touch_widget() =>
        {
            format!("http://{delivery}{CASE_SUFFIX}:{port}")
        }
        _ => origin.clone(),
    };
    Ok(Visit { origin, widget_origin, host })
}

fn is_address(host: &str) -> bool {
    host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// Refuses methods that change something and bodies over the limit; what body there is, is read and
/// dropped, so that the connection can be used again.
async fn accept(request: Request) -> Result<Request, Refusal> {
    let method = request.method();
    if !matches!(*method, Method::GET | Method::HEAD) {
        let text = format!("{method} is not for this server; it answers GET and HEAD.");
        return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, text));
    }
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let too_large = || {
        let text = format!("A request's body may have {MAX_BODY_BYTES} bytes.");
        Refusal(StatusCode::PAYLOAD_TOO_LARGE, text)
    };
    if request.body().size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(too_large());
    }
    let (parts, body) = request.into_parts();
    axum::body::to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| too_large())?;
    Ok(Request::from_parts(parts, Body::empty()))
}

/// The widget's settings.
async fn configuration(
    Extension(visit): Extension<Visit>,
    in_place_of_another: Option<Extension<InPlaceOfAnother>>,
    Path((_organisation, app)): Path<(String, String)>,
) -> Result<Json<WidgetConfiguration>, Refusal> {
    let configuration = WidgetConfiguration::from(visit.settings(&app)?);
    // A conversation is a connection, which nobody can answer in another's place.
    Ok(Json(match in_place_of_another {
        Some(_) => configuration.conversing_at(visit.origin),
        None => configuration,
    }))
}

/// Whether agents are there.
async fn availability(
    Extension(visit): Extension<Visit>,
    Path((_organisation, app)): Path<(String, String)>,
) -> Result<Json<AgentAvailability>, Refusal> {
    let asked = visit.case().map_or(0, |case| case.ask_availability());
    Ok(Json(AgentAvailability::new(&visit.settings(&app)?, asked)))
}

/// The conversation end.
async fn converse(
    State(shared): State<Arc<Shared>>,
    Extension(visit): Extension<Visit>,
    upgrade: WebSocketUpgrade,
) -> Response {
    conversation::accept(upgrade, visit.case().cloned(), shared.stop.clone())
}

/// A file of the widget, or a page and what belongs to it.
async fn file(
    State(shared): State<Arc<Shared>>,
    Extension(mut visit): Extension<Visit>,
    in_place_of_another: Option<Extension<InPlaceOfAnother>>,
    uri: Uri,
) -> Result<Response, Refusal> {
    if in_place_of_another.is_some() {
        // There it is that other host which has the widget's files.
        visit.widget_origin.clear();
    }
    let decoded = percent_encoding::percent_decode_str(uri.path()).decode_utf8();
    let path = decoded.map_err(|_| Refusal::not_found(uri.path()))?;
    if let Some(folder) = visit.case().and_then(|case| case.replacements.pages()) {
        let name = path.trim_start_matches('/');
        let name = if name.is_empty() || name.ends_with('/') {
            format!("{name}index.html")
        } else {
            name.to_owned()
        };
        if let Some(content) = folder.read(&name).map_err(unreadable)? {
            let is_filled = !visit.is_as_it_is();
            return visit.answer(&name, content.into_owned().into(), &uri, is_filled);
        }
        // Only the harness's own questions in place of the widget's host get beyond.
        if visit.is_as_it_is() && in_place_of_another.is_none() {
            return Err(Refusal::not_found(uri.path()));
        }
        // Of the fixtures only what a page of somebody else's may use: the widget, and what is added to the page.
        if !path.starts_with(WIDGET_PREFIX) && !page::is_added(&path) {
            return Err(Refusal::not_found(uri.path()));
        }
    }
    let path = match (&*path, &visit.host) {
        ("/", HostKind::Case(_)) => "pages/index.html".to_owned(),
        ("/", HostKind::Plain) => "pages/contents.html".to_owned(),
        (path, _) => match path.strip_prefix(WIDGET_PREFIX) {
            Some(rest) => format!("widget/{rest}"),
            None => format!("pages/{}", path.strip_prefix('/').unwrap_or(path)),
        },
    };
    let replacements: Vec<_> =
        visit.case().into_iter().map(|case| &case.replacements).chain([&shared.replacements]).collect();
    let read = |path: &str| files::read(&shared.assets, &replacements, path);
    let content = read(&path).map_err(unreadable)?.ok_or_else(|| Refusal::not_found(uri.path()))?;
    let text = |file: &str| String::from_utf8(read(&format!("widget/{file}")).ok()??.into()).ok();
    let module = path.strip_prefix("widget/").filter(|file| file.ends_with(".js"));
    // A person who looks at the pages wants to see the files as they are.
    let is_one = in_place_of_another.is_some() || !matches!(visit.host, HostKind::Plain);
    let one = module.filter(|_| is_one).and_then(|file| linked::linked(file, text));
    visit.answer(&path, one.map_or(content, Bytes::from), &uri, true)
}

fn unreadable(error: AssetsError) -> Refusal {
    tracing::error!(%error, "a file cannot be served");
    Refusal(StatusCode::INTERNAL_SERVER_ERROR, format!("The server failed to {error}."))
}

impl Visit {
    /// The case that has this host, if it is one's.
    fn case(&self) -> Option<&Arc<CaseState>> {
        match &self.host {
            HostKind::Case(case) => Some(case),
            HostKind::Delivery | HostKind::Plain => None,
        }
    }

    /// Whether pages of this host are served as they are.
    fn is_as_it_is(&self) -> bool {
        self.case().is_some_and(|case| case.replacements.are_as_they_are())
    }

    /// The settings of this host's widget; the plain host's widgets carry them in their app id.
    fn settings(&self, app_id: &str) -> Result<WidgetSettings, Refusal> {
        match self.case() {
            Some(case) => Ok(case.settings.clone()),
            None => settings_from_query(app_id).map_err(|error| Refusal(StatusCode::BAD_REQUEST, error)),
        }
    }

    /// A file as this host serves it; a page is filled in, unless it is to be as it is.
    fn answer(&self, path: &str, content: Bytes, uri: &Uri, is_filled: bool) -> Result<Response, Refusal> {
        let kind =
            if is_filled { files::content_type(path) } else { files::content_type_as_it_is(path, &content) };
        let content_type = [(CONTENT_TYPE, kind)];
        let text = match std::str::from_utf8(&content) {
            Ok(text) if path.ends_with(".html") && is_filled => text,
            _ => return Ok((content_type, Body::from(content)).into_response()),
        };
        let query = uri.query().unwrap_or_default();
        let mut response = (content_type, Body::from(self.fill(text, query)?)).into_response();
        // The widget's own window is no page that embeds it.
        if self.settings(query)?.page == PageKind::StrictPolicy && !uri.path().starts_with(WIDGET_PREFIX) {
            let policy = page::strict_policy(&self.origin, &self.widget_origin);
            let policy = HeaderValue::try_from(policy).map_err(|_| Refusal::not_found(uri.path()))?;
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        }
        Ok(response)
    }

    /// A page as this host serves it.
    fn fill(&self, page: &str, query: &str) -> Result<String, Refusal> {
        let settings = self.settings(query)?;
        let (app_id, call) = match self.case() {
            Some(_) => (APP_ID.to_owned(), settings.page_call.as_ref()),
            None => (app_id_for(&settings), None),
        };
        let Self { origin, widget_origin, .. } = self;
        let kind = settings.page;
        Ok(page::fill(page, &PageValues { origin, widget_origin, app_id: &app_id, kind, call }))
    }
}
