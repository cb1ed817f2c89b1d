//! The signals that end a run.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;

use super::Failure;
use super::output::complain;
use crate::report::ExitCode;
use crate::runner::Stop;

/// Ctrl-C, the request to terminate, and the end of the terminal, listened to for as long as this lives:
/// one that comes while nobody waits is kept.
#[derive(Debug)]
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

impl Interrupts {
    /// Starts to listen. From here on these signals do not end the process by themselves.
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = || -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hangup: if hangup_may_end_us() { Some(signal(SignalKind::hangup())?) } else { None },
            })
        };
        listen().map_err(|error| {
            Failure::usage(format!("failed to listen for Ctrl-C: {error}; free some file descriptors"))
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => drop(hangup.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = hangup => {}
        }
    }
}

impl Interrupts {
    /// Hands over what is told until there is nothing more, and heeds signals as [`Interrupts::heed`] says.
    pub(super) async fn follow<T>(
        self,
        events: &mut UnboundedReceiver<T>,
        stop: &Stop,
        mut take: impl FnMut(T),
    ) {
        let all = async {
            while let Some(event) = events.recv().await {
                take(event);
            }
        };
        self.heed(stop, all).await;
    }

    /// Does this work. The first signal meanwhile asks for its end; the second ends the process at once, and the drivers'
    /// watchdogs see to the browsers.
    pub(super) async fn heed<T>(mut self, stop: &Stop, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => {
                    self.end_the_process();
                    return done;
                }
                () = self.next() => if stop.is_requested() {
                    std::process::exit(ExitCode::Interrupted.code().into())
                } else {
                    complain("interrupted: closing the browsers; once more stops at once");
                    stop.request();
                },
            }
        }
    }

    /// Nothing is left to clean up, only to be written, perhaps for somebody who does not read: the other end of a pipe.
    /// From here on a signal ends the process at once.
    pub(super) fn end_the_process(mut self) {
        // A task of its own, as whoever writes waits without hearing of signals.
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(ExitCode::Interrupted.code().into())
        });
    }
}

/// Whether the end of the terminal is meant to end this process: `nohup` starts it with the signal ignored,
/// and listening would undo that.
#[cfg(target_os = "linux")]
fn hangup_may_end_us() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 0)
}

/// Elsewhere it cannot be told whether the signal is ignored, so it is left as it is; when it ends the
/// process, the watchdogs clean up.
#[cfg(not(target_os = "linux"))]
fn hangup_may_end_us() -> bool {
    false
}
