//! The display on a terminal, as the screen shows it.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{InMemoryTerm, ProgressDrawTarget, TermLike as _};

use super::streams;
use crate::config::BrowserKind::{Chromium, Firefox};
use crate::event::{Event, Outcome};
use crate::report::{Reporter as _, Terminal, TerminalOptions};

/// What is printed goes to the same screen as the bar.
#[derive(Debug, Clone)]
struct Screen(InMemoryTerm);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_str(&String::from_utf8_lossy(bytes).replace('\n', "\r\n"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn terminal(screen: &InMemoryTerm) -> Terminal {
    Terminal::on(
        TerminalOptions::default(),
        Box::new(Screen(screen.clone())),
        false,
        Some(ProgressDrawTarget::term_like(Box::new(screen.clone()))),
    )
}

#[test]
fn a_bar_shows_running_cases_below_what_went_wrong() {
    let screen = InMemoryTerm::new(40, 100);
    let mut terminal = terminal(&screen);
    let events = [
        (0, Event::RunStarted(streams::header(10))),
        (0, streams::started("message.absent/accept", Chromium, 1)),
        (0, streams::started("message.plain/accept", Firefox, 1)),
        (900, Event::CaseFinished(streams::passed("message.plain/accept", Firefox))),
        (900, streams::started("message.long/accept", Firefox, 1)),
        (
            1000,
            Event::CaseFinished(streams::failed(
                "message.absent/accept",
                Chromium,
                vec![streams::default_text("1: call ({})")],
            )),
        ),
        (1000, streams::started("window/accept", Chromium, 1)),
        (1100, streams::attempt_failed("window/accept", Chromium, Outcome::Infra, "the session was lost")),
        (1200, streams::started("window/accept", Chromium, 2)),
    ];
    for (at, event) in events {
        terminal.event(Duration::from_millis(at), &event).unwrap();
    }
    terminal.tick(Duration::from_millis(2500)).unwrap();
    insta::assert_snapshot!(screen.contents());

    // A worker whose case is over keeps its line, so that nothing jumps.
    let over = Event::CaseFinished(streams::passed("message.long/accept", Firefox));
    terminal.event(Duration::from_millis(2600), &over).unwrap();
    let text = screen.contents();
    assert!(text.contains("  firefox  –\n"), "{text}");

    // At the end the bar is gone and the rest stays.
    terminal.finish().unwrap();
    let text = screen.contents();
    assert!(text.contains("FAILED") && !text.contains('━') && !text.contains("  firefox  –"), "{text}");
}

#[test]
fn the_bar_is_taken_away_when_the_run_breaks_off() {
    let screen = InMemoryTerm::new(20, 80);
    let mut terminal = terminal(&screen);
    terminal.event(Duration::ZERO, &Event::RunStarted(streams::header(10))).unwrap();
    terminal.event(Duration::ZERO, &streams::started("a", Firefox, 1)).unwrap();
    assert!(screen.contents().contains("0 of 10"), "{}", screen.contents());
    drop(terminal);
    assert!(!screen.contents().contains("0 of 10"), "{}", screen.contents());
}

#[test]
fn a_line_longer_than_the_screen_is_cut_and_not_wrapped() {
    let screen = InMemoryTerm::new(20, 40);
    let mut terminal = terminal(&screen);
    terminal.event(Duration::ZERO, &Event::RunStarted(streams::header(10))).unwrap();
    terminal.event(Duration::ZERO, &streams::started(&"long-".repeat(40), Firefox, 1)).unwrap();
    let text = screen.contents();
    assert_eq!(text.lines().filter(|line| line.contains("long-")).count(), 1, "{text}");
}
