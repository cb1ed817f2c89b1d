//! The program in a working folder of its own, with an environment that the test chooses.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use lcw::browser::provision;
use lcw::config::Settings;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::leftovers;
use crate::processes;

/// Far longer than any of these runs takes: one that is not over by then hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// The checkout's own fixtures.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// A working folder in which nobody has configured anything.
pub(crate) struct Scratch {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Scratch {
    /// An empty one. Temporary files of what runs in it are its own, too.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("lcw-run-").tempdir().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// One with `fixtures`: the reference widget, its pages and requirements, and this one suite.
    pub(crate) fn with_suite(suite: &str) -> Self {
        let scratch = Self::new();
        for folder in ["widget", "pages"] {
            scratch.copy(folder);
        }
        fs::create_dir(scratch.path("fixtures/suites")).unwrap();
        let catalogue = "suites/requirements.toml";
        fs::copy(Path::new(FIXTURES).join(catalogue), scratch.path("fixtures").join(catalogue)).unwrap();
        scratch.write("fixtures/suites/small.toml", suite);
        scratch
    }

    /// The same with a variable in the environment of every run.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    fn copy(&self, folder: &str) {
        let target = self.path("fixtures").join(folder);
        fs::create_dir_all(&target).unwrap();
        for entry in fs::read_dir(Path::new(FIXTURES).join(folder)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
        }
    }

    /// A path in it.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Where what runs in it puts its temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.path("tmp")
    }

    /// Writes a file, and the folders that it is in.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a file that can be run.
    pub(crate) fn write_program(&self, path: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(path, text);
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
        self.path(path)
    }

    /// Makes a named pipe.
    pub(crate) fn pipe(&self, path: &str) -> PathBuf {
        let path = self.path(path);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    /// Replaces a text that is in a file exactly once.
    pub(crate) fn edit(&self, path: &str, find: &str, replace: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(find).count(), 1, "{find:?} in {path}");
        self.write(path, &text.replace(find, replace));
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Reads a JSON document.
    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    /// Reads a stream of events.
    pub(crate) fn events(&self, path: &str) -> Vec<Value> {
        self.read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The program with these arguments; nothing of the tests' own environment configures it.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        // Whoever runs the tests in the background, or under `nohup`, has these signals ignored, and a
        // process inherits that.
        let mut command = Command::new("/usr/bin/env");
        command.args(["--default-signal=INT,HUP", env!("CARGO_BIN_EXE_lcw")]);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("LCW_") || name.starts_with("CLICOLOR") || name == "NO_COLOR" {
                command.env_remove(name);
            }
        }
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        command.env("TMPDIR", self.temporary()).envs(variables);
        command
    }

    /// Runs the program to its end and makes sure that it leaves nothing behind.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        let ended = self.start(arguments).end();
        leftovers::are_gone(&self.temporary());
        ended
    }

    /// Starts the program.
    pub(crate) fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Running { child, stdout: Output::follow(stdout), stderr: Output::follow(stderr) }
    }
}

/// A run that goes on.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// What it writes for people.
    pub(crate) stdout: Output,
    /// What it writes beside that.
    pub(crate) stderr: Output,
}

/// What a program writes, line by line.
#[derive(Debug)]
pub(crate) struct Output {
    lines: Receiver<String>,
    text: String,
}

impl Output {
    fn follow(pipe: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            loop {
                let mut line = String::new();
                match pipe.read_line(&mut line) {
                    Ok(0) => break,
                    line_or_error => drop(line_or_error.unwrap()),
                }
                // The test may have failed meanwhile.
                let _ = sender.send(line);
            }
        });
        Self { lines, text: String::new() }
    }

    /// Waits for a line that holds these words, and gives it.
    pub(crate) fn wait_for(&mut self, words: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("no {words:?} in {:?}: {error}", self.text));
            self.text.push_str(&line);
            if line.contains(words) {
                return line;
            }
        }
    }

    /// All of it, once the program has ended.
    fn all(&mut self) -> String {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.text.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => return std::mem::take(&mut self.text),
                Err(RecvTimeoutError::Timeout) => panic!("something that it started holds its output"),
            }
        }
    }
}

impl Running {
    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> Ended {
        let in_time = processes::ends(self.child.id().cast_signed(), PATIENCE);
        if !in_time {
            self.child.kill().unwrap();
        }
        let code = self.child.wait().unwrap().code();
        let ended = Ended { code, stdout: self.stdout.all(), stderr: self.stderr.all() };
        assert!(in_time, "it hangs: {ended:#?}");
        ended
    }
}

impl Drop for Running {
    /// A test that failed half-way leaves nothing running; what it had started, its watchdogs end.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Ended {
    /// The same, after making sure of the exit code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Makes sure that standard error holds each of these.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) {
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in\n{}", self.stderr);
        }
    }
}

/// The arguments of a run of the suite in this browser, or in `all`, with more of them.
pub(crate) fn run_in<'a>(browser: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", "--fixtures", "fixtures", "--browser", browser], more].concat()
}

/// Installs the browsers, if `LCW_PROVISION=1` allows it. Without them the run itself says what to do.
pub(crate) fn need_browsers() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let settings = Settings::default();
        let provisioned = runtime.block_on(provision::for_tests(&settings.browsers, &settings));
        provisioned.unwrap_or_else(|error| panic!("failed to {error}"));
    });
}
