//! Synthetic streams: what a runner would emit, made by hand.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::config::BrowserKind::{self, Chromium, Firefox};
use crate::contract::{Level, Requirement, RequirementId};
use crate::event::{
    BrowserInfo, CaseResult, EndReason, Event, Mismatch, Outcome, PlannedCase, RunStarted, STREAM_VERSION,
    Tool,
};
use crate::report::Run;

pub(super) type Stream = Vec<(Duration, Event)>;

/// Text that breaks what is not careful: a terminal, XML, a shell, a reader's trust.
pub(super) const HOSTILE: &str = "\u{1b}[31mred\u{1b}[0m \u{7} ]]> <b a='1' b=\"2\"> & &amp; &#0; \u{0}\u{b}\u{fffe}\u{ffff} \
     \u{202e}exe.txt \r\n\t tab \u{85}\u{2028} \u{1f469}\u{200d}\u{1f467} \u{1b}]8;;http://x\u{7}link \u{7f} ";

pub(super) fn header(total: usize) -> RunStarted {
    let browser = |kind: BrowserKind, version: &str, driver: &str| BrowserInfo {
        kind,
        version: version.to_owned(),
        driver: driver.to_owned(),
    };
    RunStarted {
        stream_version: STREAM_VERSION,
        tool: Tool { name: "lcw".to_owned(), version: "0.1.0".to_owned() },
        target: "reference".to_owned(),
        command: "lcw run".to_owned(),
        started: "2026-11-22T18:30:00Z".to_owned(),
        browsers: vec![
            browser(Firefox, "140.5.0", "geckodriver 0.37.1"),
            browser(Chromium, "142.0.7444.175", "chromedriver 142.0.7444.175"),
        ],
        total,
        planned: Vec::new(),
        left_out: 0,
        walks: None,
        requirements: vec![
            requirement(
                "message.default",
                Level::Must,
                "Without a message, the notification shows exactly the default text.",
            ),
            requirement(
                "message.verbatim",
                Level::Must,
                "The notification shows the message as it was given.",
            ),
            requirement(
                "expiry.minute",
                Level::Must,
                "A notification that nobody answers closes by itself after one minute.",
            ),
            requirement("message.markup", Level::Observed, "Markup in a message is shown, not parsed."),
        ],
    }
}

fn requirement(id: &'static str, level: Level, text: &str) -> Requirement {
    Requirement {
        id: RequirementId::new(id),
        level,
        source: "startProactiveChat reference page".to_owned(),
        text: text.to_owned(),
    }
}

pub(super) fn passed(id: &str, browser: BrowserKind) -> CaseResult {
    CaseResult {
        id: id.to_owned(),
        title: format!("What {id} is about"),
        browser,
        outcome: Outcome::Passed,
        flaky: false,
        unexpected: false,
        requirements: vec![RequirementId::new("message.default")],
        mismatches: Vec::new(),
        recorded: Vec::new(),
        console: Vec::new(),
        steps: vec!["open the page".to_owned(), "call ({})".to_owned(), "accept".to_owned()],
        duration: Duration::from_millis(120),
        attempts: 1,
        as_case: None,
        reason: None,
    }
}

pub(super) fn failed(id: &str, browser: BrowserKind, mismatches: Vec<Mismatch>) -> CaseResult {
    CaseResult { outcome: Outcome::Failed, unexpected: true, mismatches, ..passed(id, browser) }
}

pub(super) fn mismatch(id: &'static str, step: &str, expected: &str, actual: &str) -> Mismatch {
    Mismatch {
        requirement: RequirementId::new(id),
        step: step.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    }
}

pub(super) fn default_text(step: &str) -> Mismatch {
    mismatch(
        "message.default",
        step,
        "Hi! Have any questions? I'm here to help",
        "Hi! Have any questions? Im here to help ",
    )
}

/// A whole run of these results, each begun and finished in order, ended for this reason.
pub(super) fn run_of(results: Vec<CaseResult>, reason: EndReason) -> Stream {
    let mut events = vec![Event::RunStarted(header(results.len()))];
    for result in results {
        events.extend(case(result));
    }
    events.push(Event::RunFinished { reason, duration: Duration::from_millis(4321) });
    timed(events)
}

/// A case's events: begun, and its result.
pub(super) fn case(result: CaseResult) -> Vec<Event> {
    let mut events = Vec::new();
    if result.outcome != Outcome::Skipped {
        events.push(started(&result.id, result.browser, 1));
    }
    events.push(Event::CaseFinished(result));
    events
}

pub(super) fn started(id: &str, browser: BrowserKind, attempt: u32) -> Event {
    let worker = usize::from(browser == Chromium);
    Event::CaseStarted { case: id.to_owned(), browser, worker, attempt }
}

pub(super) fn attempt_failed(id: &str, browser: BrowserKind, outcome: Outcome, reason: &str) -> Event {
    Event::AttemptFailed { case: id.to_owned(), browser, attempt: 1, outcome, reason: reason.to_owned() }
}

/// A flaky case's events.
pub(super) fn flaky(id: &str, browser: BrowserKind) -> Vec<Event> {
    vec![
        started(id, browser, 1),
        attempt_failed(id, browser, Outcome::Failed, "message.verbatim: expected \"Hello\", saw nothing"),
        started(id, browser, 2),
        Event::CaseFinished(CaseResult { flaky: true, attempts: 2, ..passed(id, browser) }),
    ]
}

/// Events 10 ms apart.
pub(super) fn timed(events: Vec<Event>) -> Stream {
    events
        .into_iter()
        .enumerate()
        .map(|(index, event)| (Duration::from_millis(10 * index as u64), event))
        .collect()
}

pub(super) fn planned(cases: &[(&str, BrowserKind)]) -> Vec<PlannedCase> {
    cases.iter().map(|(id, browser)| PlannedCase { id: (*id).to_owned(), browser: *browser }).collect()
}

/// Every result passed.
pub(super) fn all_passed() -> Stream {
    let ids = ["message.absent/accept", "message.plain/accept"];
    let results = ids.into_iter().flat_map(|id| BrowserKind::ALL.map(|browser| passed(id, browser)));
    run_of(results.collect(), EndReason::Completed)
}

/// Failures with differences; the same requirement in several cases, two in one case.
pub(super) fn failures() -> Stream {
    let mut results: Vec<_> = (0..20).map(|number| passed(&format!("ready/{number:02}"), Firefox)).collect();
    results.insert(5, failed("message.absent/accept", Firefox, vec![default_text("1: call ({})")]));
    results.insert(9, failed("message.absent/accept", Chromium, vec![default_text("1: call ({})")]));
    results.push(failed(
        "message.absent/expire",
        Firefox,
        vec![
            default_text("1: call ({})"),
            mismatch("expiry.minute", "2: accept", "no notification", "the notification"),
        ],
    ));
    results.push(CaseResult {
        outcome: Outcome::TimedOut,
        reason: Some("gave up after 60 s: waited for the notification, saw an empty page".to_owned()),
        duration: Duration::from_secs(60),
        ..failed("message.long/accept", Chromium, Vec::new())
    });
    results.push(failed(
        "unlisted",
        Firefox,
        vec![mismatch("not.in.catalogue", "after all", "true", "false")],
    ));
    run_of(results, EndReason::Completed)
}

/// Everything that is neither passed nor failed, in a complete run.
pub(super) fn mixed() -> Stream {
    let mut header = header(8);
    header.left_out = 3;
    let mut events = vec![Event::RunStarted(header)];
    events.extend(case(passed("message.plain/accept", Firefox)));
    events.extend(flaky("message.plain/accept", Chromium));
    events.push(started("window/accept", Firefox, 1));
    events.push(attempt_failed("window/accept", Firefox, Outcome::Infra, "the session was lost"));
    events.push(Event::WorkerReplaced {
        worker: 0,
        browser: Firefox,
        reason: "geckodriver ended with status 1".to_owned(),
    });
    events.push(started("window/accept", Firefox, 2));
    events.push(Event::CaseFinished(CaseResult {
        outcome: Outcome::Infra,
        attempts: 2,
        unexpected: true,
        reason: Some("the browser did not start within 60 s, twice".to_owned()),
        ..passed("window/accept", Firefox)
    }));
    for id in ["popup/blocked", "popup/allowed"] {
        events.extend(case(CaseResult {
            outcome: Outcome::Skipped,
            attempts: 0,
            duration: Duration::ZERO,
            reason: Some("needs a browser with a popup blocker".to_owned()),
            ..passed(id, Chromium)
        }));
    }
    events.extend(case(CaseResult {
        unexpected: false,
        reason: Some("known: the production widget trims the message".to_owned()),
        ..failed(
            "message.spaces/accept",
            Firefox,
            vec![mismatch("message.verbatim", "1: call", "  Hello", "Hello")],
        )
    }));
    events.extend(case(CaseResult {
        unexpected: true,
        reason: Some(
            "a failure is expected since the widget trims the message; remove the expectation".to_owned(),
        ),
        ..passed("message.spaces/accept", Chromium)
    }));
    events.extend(case(passed("window/accept", Chromium)));
    events.push(Event::Note { message: "a window was left open by popup/allowed".to_owned() });
    events.push(Event::RunFinished { reason: EndReason::Completed, duration: Duration::from_millis(65_432) });
    timed(events)
}

/// Interrupted with one case running and one never begun.
pub(super) fn interrupted() -> Stream {
    let plan = [("a", Firefox), ("a", Chromium), ("b", Firefox), ("b", Chromium)];
    let header = RunStarted { planned: planned(&plan), ..header(4) };
    let mut events = vec![Event::RunStarted(header)];
    events.extend(case(passed("a", Firefox)));
    events.extend(case(passed("a", Chromium)));
    events.push(started("b", Firefox, 1));
    events.push(Event::RunFinished { reason: EndReason::Interrupted, duration: Duration::from_secs(2) });
    timed(events)
}

/// Nothing selected.
pub(super) fn nothing() -> Stream {
    run_of(Vec::new(), EndReason::Completed)
}

/// Hostile text wherever a text can be.
pub(super) fn hostile() -> Stream {
    let bad = HOSTILE.to_owned();
    let id = RequirementId::from(bad.clone());
    let mut header = header(3);
    header.target.clone_from(&bad);
    header.browsers[0].version.clone_from(&bad);
    header.browsers[0].driver.clone_from(&bad);
    header.requirements.push(Requirement {
        id: id.clone(),
        level: Level::Must,
        source: bad.clone(),
        text: bad.clone(),
    });
    let result = CaseResult {
        id: bad.clone(),
        title: bad.clone(),
        requirements: vec![id.clone()],
        steps: vec![bad.clone(), bad.clone()],
        reason: Some(bad.clone()),
        ..failed(
            "",
            Firefox,
            vec![Mismatch {
                requirement: id,
                step: format!("1: {bad}"),
                expected: bad.clone(),
                actual: format!("{bad}!"),
            }],
        )
    };
    timed(vec![
        Event::RunStarted(header),
        started(&bad, Firefox, 1),
        attempt_failed(&bad, Firefox, Outcome::Failed, &bad),
        Event::WorkerReplaced { worker: 0, browser: Firefox, reason: bad.clone() },
        Event::Note { message: bad.clone() },
        Event::CaseFinished(result.clone()),
        Event::CaseFinished(CaseResult { outcome: Outcome::Infra, browser: Chromium, ..result.clone() }),
        Event::CaseFinished(CaseResult {
            outcome: Outcome::Skipped,
            id: bad + "2",
            unexpected: false,
            ..result
        }),
        Event::RunFinished { reason: EndReason::Completed, duration: Duration::from_secs(1) },
    ])
}

/// Every stream above, by name.
pub(super) fn all() -> [(&'static str, Stream); 7] {
    [
        ("all_passed", all_passed()),
        ("failures", failures()),
        ("mixed", mixed()),
        ("interrupted", interrupted()),
        ("nothing", nothing()),
        ("hostile", hostile()),
        ("cut_off", cut_off()),
    ]
}

/// A stream that breaks off while a case runs.
pub(super) fn cut_off() -> Stream {
    let mut stream = interrupted();
    stream.pop();
    stream
}

/// The fold of a stream.
pub(super) fn fold(stream: &Stream) -> Run {
    let mut run = Run::default();
    for (at, event) in stream {
        run.event(*at, event);
    }
    run
}

/// A writer whose content can be looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
