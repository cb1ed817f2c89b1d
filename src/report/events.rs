//! The stream itself as JSON lines: written so that a kill leaves a readable beginning, and read again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Reporter;
use crate::event::{Event, STREAM_VERSION};

/// Writes every event as one line the moment it happens.
///
/// A line is an [`Event`]'s JSON object with `at_ms`, the milliseconds since the run's start. The
/// first line is the header, the last one of a whole stream the footer.
#[derive(Debug)]
pub struct EventLog<W> {
    out: W,
}

impl EventLog<File> {
    /// Begins a new file at `path`, making the folders on the way.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        super::file::prepare(path)?;
        // An unbuffered file: each line is one write, and is with the system once it returns.
        Ok(Self::new(File::create(path)?))
    }
}

impl<W: Write + Send> EventLog<W> {
    /// Writes to `out`, which is flushed after every line.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Gives the writer back.
    pub fn into_inner(self) -> W {
        self.out
    }
}

#[derive(Serialize)]
struct Line<'a> {
    at_ms: f64,
    #[serde(flatten)]
    event: &'a Event,
}

impl<W: Write + Send> Reporter for EventLog<W> {
    fn event(&mut self, at: Duration, event: &Event) -> io::Result<()> {
        let at_ms = at.as_micros() as f64 / 1e3;
        let mut line = serde_json::to_vec(&Line { at_ms, event })?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A stored stream.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedRun {
    /// The events with the time of each since the run's start. The first one is the header.
    pub events: Vec<(Duration, Event)>,
    /// How the stream was cut off; `None` when it ends with its footer.
    pub cut_off: Option<CutOff>,
}

/// How a stream ends that has no footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutOff {
    /// After a whole line.
    BetweenLines,
    /// Within a line, which is left out.
    WithinLine,
}

/// Why a stored stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be opened.
    #[error("failed to open {path}: {source}; check the path, `--report events=PATH` writes such a file", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Reading failed.
    #[error("failed to read after line {line}: {source}; check the disk and try again")]
    Read {
        /// The last line that was read, from 1.
        line: usize,
        /// Why.
        source: io::Error,
    },
    /// There is no whole line.
    #[error("the stream is empty: the run ended before its first event was written; run it again")]
    Empty,
    /// The first line is no header.
    #[error("line 1 is not the header of an event stream; give a file that `--report events=PATH` wrote")]
    NoHeader,
    /// The first line has no end.
    #[error("the stream is cut off within its first line, so nothing is known of the run; run it again")]
    HeaderCutOff,
    /// The stream was written by a newer version.
    #[error("the stream has version {found}, this program reads up to {supported}; update lcw")]
    Newer {
        /// The stream's version.
        found: u64,
        /// [`STREAM_VERSION`].
        supported: u32,
    },
    /// A line is no event.
    #[error(
        "line {line} is not an event: {source}; the file was changed or damaged, run again to get a new one"
    )]
    Line {
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Something follows the footer, or a second header comes.
    #[error("line {line} cannot stand where it does: {what}; give the stream of one run at a time")]
    Misplaced {
        /// The line's number, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
}

/// Reads a stored stream from a file.
///
/// # Errors
/// As [`read_events_from`], and when the file cannot be opened.
pub fn read_events(path: &Path) -> Result<RecordedRun, ReadError> {
    // A folder can be opened, and only then not be read.
    let file = match path.is_dir() {
        true => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
        false => File::open(path),
    };
    let file = file.map_err(|source| ReadError::Open { path: path.to_owned(), source })?;
    read_events_from(BufReader::new(file))
}

/// Reads a stored stream. One that was cut off is read as far as it goes, and says so.
///
/// # Errors
/// When it has no header, was written by a newer version, or has a line that is no event.
pub fn read_events_from(mut reader: impl BufRead) -> Result<RecordedRun, ReadError> {
    let mut events: Vec<(Duration, Event)> = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        reader.read_until(b'\n', &mut bytes).map_err(|source| ReadError::Read { line: line - 1, source })?;
        let Some(whole) = bytes.strip_suffix(b"\n") else {
            // The writer ends every line, so what is left here is nothing or a line that was cut.
            return match (bytes.is_empty(), events.last()) {
                (true, None) => Err(ReadError::Empty),
                (false, None) => Err(unfinished(&bytes)),
                (true, Some((_, Event::RunFinished { .. }))) => Ok(RecordedRun { events, cut_off: None }),
                (false, Some((_, Event::RunFinished { .. }))) => Err(after_footer(line)),
                (true, Some(_)) => Ok(RecordedRun { events, cut_off: Some(CutOff::BetweenLines) }),
                (false, Some(_)) => Ok(RecordedRun { events, cut_off: Some(CutOff::WithinLine) }),
            };
        };
        let value: Value = serde_json::from_slice(whole).map_err(|source| match line {
            1 => ReadError::NoHeader,
            _ => ReadError::Line { line, source },
        })?;
        if line == 1 {
            check_header(&value)?;
        }
        let event = parse(value).map_err(|source| ReadError::Line { line, source })?;
        match (events.last(), &event) {
            (Some((_, Event::RunFinished { .. })), _) => return Err(after_footer(line)),
            (Some(_), (_, Event::RunStarted(_))) => {
                return Err(ReadError::Misplaced { line, what: "it is a second header" });
            }
            _ => events.push(event),
        }
    }
    Err(ReadError::Empty)
}

fn after_footer(line: usize) -> ReadError {
    ReadError::Misplaced { line, what: "it follows the footer" }
}

/// Looks at the version before anything else: a newer header may have another shape.
fn check_header(value: &Value) -> Result<(), ReadError> {
    if value.get("event").and_then(Value::as_str) != Some("run-started") {
        return Err(ReadError::NoHeader);
    }
    match value.get("stream_version").and_then(Value::as_u64) {
        None => Err(ReadError::NoHeader),
        Some(found) if found > u64::from(STREAM_VERSION) => {
            Err(ReadError::Newer { found, supported: STREAM_VERSION })
        }
        Some(_) => Ok(()),
    }
}

/// What a first line is that has no end: a header that was cut, as on a full disk, or something else altogether.
fn unfinished(line: &[u8]) -> ReadError {
    match serde_json::from_slice(line) {
        Ok(value) => check_header(&value).err().unwrap_or(ReadError::HeaderCutOff),
        Err(error) if error.is_eof() => ReadError::HeaderCutOff,
        Err(_) => ReadError::NoHeader,
    }
}

#[derive(Deserialize)]
struct At {
    at_ms: f64,
}

fn parse(mut value: Value) -> serde_json::Result<(Duration, Event)> {
    let At { at_ms } = At::deserialize(&value)?;
    let micros = (at_ms * 1e3).round();
    if !(0.0..1e15).contains(&micros) {
        return Err(serde::de::Error::custom(format_args!("at_ms is {at_ms}, which is no time of a run")));
    }
    let at = Duration::from_micros(micros as u64);
    if let Some(object) = value.as_object_mut() {
        object.remove("at_ms");
    }
    Ok((at, Event::deserialize(value)?))
}
