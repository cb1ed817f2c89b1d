//! The browsers that the clock's tests take turns in, and the page that they open.

use std::sync::OnceLock;
use std::time::Duration;

use lcw::browser::bidi::{
    CallFunction, Coordinates, LocalValue, PermissionDescriptor, PermissionState, SetGeolocationOverride,
    SetPermission, UserContextId,
};
use lcw::browser::provision;
use lcw::config::BrowserKind;
use lcw::contract::{Ready, WidgetSettings};
use lcw::probe::{ClockStart, Probe};
use lcw::runner::Seat;
use lcw::server::{CaseSite, FixtureServer, Replacements};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

/// 14 November 2023, 22:13:20 UTC.
pub(crate) const DATE: u64 = 1_700_000_000_000;

/// A browser whose pages start at [`DATE`].
pub(crate) struct Stage {
    pub(crate) seat: Seat,
    server: FixtureServer,
    /// It ends when it is dropped.
    site: Option<CaseSite>,
}

impl Stage {
    async fn set(kind: BrowserKind) -> Self {
        let settings = lcw::testing::settings().unwrap();
        provision::for_tests(&[kind], &settings).await.unwrap();
        let server = FixtureServer::start(&settings.server).await.unwrap();
        let clock = ClockStart {
            patience: Duration::from_secs(1),
            deadline: Duration::from_secs(5),
            most_timers: 50_000,
            ..ClockStart::at(DATE, settings.deadlines.command)
        };
        let probe = Probe { clock: Some(clock), ..Probe::default() };
        let seat = Seat::take(kind, &settings, &probe, None).await.unwrap();
        Self { seat, server, site: None }
    }

    /// Opens a page on an origin of its own.
    pub(crate) async fn open(&mut self, body: &str) {
        let page = format!("<!doctype html><meta charset=utf-8><title>page</title><body>{HELPERS}{body}");
        let replaced = Replacements::default()
            .file("pages/index.html", page)
            .file(
                "pages/other.html",
                format!("<!doctype html><title>other</title>{HELPERS}<script>log('other')</script>"),
            )
            .file("pages/script.js", "log('script')");
        let settings = WidgetSettings { ready: Ready::Harness, ..WidgetSettings::default() };
        let site = self.server.open_case_with("clock", &settings, replaced);
        self.seat.tab_mut().visit(site.url()).await.unwrap();
        self.site = Some(site);
    }

    /// Lets the page know where the visitor is.
    pub(crate) async fn place(&self, latitude: f64) {
        let bidi = self.seat.session().bidi();
        let context = UserContextId::from("default");
        let permission = SetPermission {
            descriptor: PermissionDescriptor { name: "geolocation".into() },
            state: PermissionState::Granted,
            origin: self.site.as_ref().unwrap().url().origin().ascii_serialization(),
            user_context: context.clone(),
        };
        bidi.send(&permission).await.unwrap();
        let coordinates = Coordinates { latitude, longitude: 11.0, accuracy: 10.0 };
        bidi.send(&SetGeolocationOverride { coordinates, user_contexts: vec![context] }).await.unwrap();
    }

    pub(crate) async fn evaluate(&self, function: &str, argument: &str) -> Value {
        let argument = LocalValue::String(argument.into());
        let call = CallFunction::in_context(self.seat.tab().context(), function, [argument]);
        self.seat.session().bidi().send(&call).await.unwrap().into_json().unwrap()
    }

    /// Moves the clock; answers with what the page has logged since it was opened.
    pub(crate) async fn advance(&self, by: Duration) -> Value {
        self.evaluate("(by) => advance(Number(by))", &(by.as_secs_f64() * 1e3).to_string()).await
    }
}

/// What the pages of these tests have: a log with the clock's time, and the clock.
const HELPERS: &str = r#"<script>
  const entries = (window.opener ?? window.parent).entries ?? [];
  window.entries = entries;
  const log = (what) => entries.push(`${what}@${Math.round(performance.timeOrigin + performance.now() - 17e11)}`);
  const probe = window[Symbol.for("lcw-harness.probe")];
  const advance = async (by) => {
    const { error } = JSON.parse(await probe.perform(JSON.stringify([{ command: "advance", value: by }])));
    return error ?? entries;
  };
</script>"#;

pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap())
}

/// What a page has logged when its clock was moved.
pub(crate) fn logged(kind: BrowserKind, body: &str, by: Duration) -> Value {
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        stage.advance(by).await
    })
}

/// Likewise, and what it was waited for in vain.
pub(crate) fn logged_and_unfinished(kind: BrowserKind, body: &str, by: Duration) -> (Value, Value) {
    runtime().block_on(async {
        let mut stage = stage(kind).await;
        stage.open(body).await;
        (stage.advance(by).await, stage.evaluate("() => probe.clock.takeUnfinished()", "").await)
    })
}

/// The tests of a browser take turns in it.
pub(crate) async fn stage(kind: BrowserKind) -> tokio::sync::MutexGuard<'static, Stage> {
    static STAGES: [tokio::sync::OnceCell<Mutex<Stage>>; 2] =
        [tokio::sync::OnceCell::const_new(), tokio::sync::OnceCell::const_new()];
    let cell = &STAGES[usize::from(kind == BrowserKind::Chromium)];
    cell.get_or_init(async || Mutex::new(Stage::set(kind).await)).await.lock().await
}
