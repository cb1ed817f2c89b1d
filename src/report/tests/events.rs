//! The stored stream.

use std::io::Cursor;

use super::streams::{self, Stream};
use crate::config::BrowserKind;
use crate::event::CaseResult;
use crate::report::{
    CutOff, EventLog, ReadError, Terminal, TerminalOptions, read_events, read_events_from, replay,
};

fn written(stream: &Stream) -> Vec<u8> {
    let mut log = EventLog::new(Vec::new());
    replay(stream, &mut [&mut log]).unwrap();
    log.into_inner()
}

#[test]
fn every_stream_is_read_as_it_was_written() {
    for (name, stream) in streams::all() {
        let read = read_events_from(Cursor::new(written(&stream))).unwrap();
        assert_eq!(read.events, stream, "{name}");
        let whole = name != "cut_off";
        assert_eq!(read.cut_off, (!whole).then_some(CutOff::BetweenLines), "{name}");
    }
}

#[test]
fn a_line_names_its_event_and_time() {
    let text = String::from_utf8(written(&streams::interrupted())).unwrap();
    let second = text.lines().nth(1).unwrap();
    assert_eq!(
        second,
        r#"{"at_ms":10.0,"event":"case-started","case":"a","browser":"firefox","worker":0,"attempt":1}"#
    );
}

#[test]
fn a_folder_is_told_from_a_disk_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_events(folder.path()).unwrap_err();
    assert!(matches!(error, ReadError::Open { .. }), "{error}");
}

#[test]
fn any_beginning_of_a_stream_can_be_read() {
    let bytes = written(&streams::mixed());
    let header = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    for end in 0..bytes.len() {
        let read = read_events_from(Cursor::new(&bytes[..end]));
        match read {
            Err(ReadError::Empty) => assert_eq!(end, 0),
            Err(ReadError::HeaderCutOff) => assert!(end <= header),
            Err(error) => panic!("{error} when cut after {end} bytes"),
            Ok(read) => {
                let lines = bytes[..end].iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(read.events.len(), lines);
                let within = bytes[end - 1] != b'\n';
                let expected = if within { CutOff::WithinLine } else { CutOff::BetweenLines };
                assert_eq!(read.cut_off, Some(expected), "{end}");
            }
        }
    }
    assert_eq!(read_events_from(Cursor::new(&bytes)).unwrap().cut_off, None);
}

#[test]
fn a_newer_stream_is_refused_whatever_its_shape() {
    let line = b"{\"event\":\"run-started\",\"stream_version\":2,\"unheard\":[]}\n";
    let error = read_events_from(Cursor::new(line)).unwrap_err();
    assert!(matches!(error, ReadError::Newer { found: 2, supported: 1 }), "{error}");
    insta::assert_snapshot!(error, @"the stream has version 2, this program reads up to 1; update lcw");
}

#[test]
fn what_is_no_stream_is_refused() {
    let good = String::from_utf8(written(&streams::all_passed())).unwrap();
    let header = good.lines().next().unwrap();
    let read = |text: String| read_events_from(Cursor::new(text)).unwrap_err();
    assert!(matches!(read("not json\n".to_owned()), ReadError::NoHeader));
    assert!(matches!(read("not json".to_owned()), ReadError::NoHeader));
    assert!(matches!(read("{\"event\":\"note\"}".to_owned()), ReadError::NoHeader));
    assert!(matches!(read("{\"event\":\"note\",\"message\":\"\"}\n".to_owned()), ReadError::NoHeader));
    assert!(matches!(read(format!("{header}\nnonsense\n")), ReadError::Line { line: 2, .. }));
    assert!(matches!(
        read(format!("{header}\n{{\"event\":\"unheard\",\"at_ms\":1}}\n")),
        ReadError::Line { line: 2, .. }
    ));
    assert!(matches!(read(format!("{header}\n{header}\n")), ReadError::Misplaced { line: 2, .. }));
    assert!(matches!(read(format!("{good}{header}\n")), ReadError::Misplaced { .. }));
    assert!(matches!(read(format!("{good}{{\"at")), ReadError::Misplaced { .. }));
}

#[test]
fn a_stored_stream_is_rendered_like_the_run_itself() {
    let stream = streams::failures();
    let stored = read_events_from(Cursor::new(written(&stream))).unwrap();
    let render = |stream: &Stream| {
        let out = streams::Shared::default();
        let mut terminal = Terminal::plain(TerminalOptions::default(), Box::new(out.clone()));
        replay(stream, &mut [&mut terminal]).unwrap();
        out.text()
    };
    assert_eq!(render(&stored.events), render(&stream));
}

/// What is added up must not be more than can be counted.
#[test]
fn a_duration_that_nothing_takes_is_no_duration() {
    let mut result = serde_json::to_value(streams::passed("a", BrowserKind::Firefox)).unwrap();
    assert!(serde_json::from_value::<CaseResult>(result.clone()).is_ok());
    for millis in [1.2e22, -1.0] {
        result["duration_ms"] = millis.into();
        assert!(serde_json::from_value::<CaseResult>(result.clone()).is_err(), "{millis}");
    }
}
