//! Whose turn it is: as many tests as there are workers have a browser of a kind at once, and the others wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::TestError;
use crate::config::BrowserKind;

/// Who has a turn.
#[derive(Debug)]
pub(super) struct Turns {
    limits: BTreeMap<BrowserKind, Arc<Semaphore>>,
    /// The threads of tests, each once for every turn that it has or waits for.
    tests: Mutex<Vec<(ThreadId, BrowserKind)>>,
}

/// A test's turn in a browser; the next one's when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    test: ThreadId,
    kind: BrowserKind,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Turns of which there are so many at once in each browser.
    pub(super) fn new(workers: impl Fn(BrowserKind) -> usize) -> Arc<Self> {
        let limits = BrowserKind::ALL.map(|kind| (kind, Arc::new(Semaphore::new(workers(kind))))).into();
        Arc::new(Self { limits, tests: Mutex::default() })
    }

    /// Waits for a turn of the test of this thread; the wait is as long as the other tests take. A test that
    /// has one already, in whatever browser, does not wait for another: it would wait for itself, or for a test that
    /// waits for it.
    pub(super) async fn wait(self: &Arc<Self>, kind: BrowserKind, test: ThreadId) -> Result<Turn, TestError> {
        let has_one = {
            let mut tests = self.tests();
            let has_one = tests.iter().any(|(other, _)| *other == test);
            tests.push((test, kind));
            has_one
        };
        let mut turn = Turn { turns: Arc::clone(self), test, kind, permit: None };
        if !has_one {
            let closed = || TestError::Bug("the browsers' semaphore is closed".into());
            let limit = self.limits.get(&kind).ok_or_else(closed)?;
            turn.permit = Some(Arc::clone(limit).acquire_owned().await.map_err(|_| closed())?);
        }
        Ok(turn)
    }

    fn tests(&self) -> MutexGuard<'_, Vec<(ThreadId, BrowserKind)>> {
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Whether it is beside another one of the same test, for which nobody has kept a browser.
    pub(super) fn is_extra(&self) -> bool {
        self.permit.is_none()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut tests = self.turns.tests();
        if let Some(at) = tests.iter().position(|test| *test == (self.test, self.kind)) {
            tests.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn tests_wait_for_each_other_and_none_for_itself() {
        let turns = Turns::new(|_| 1);
        let mine = std::thread::current().id();
        let others = std::thread::spawn(|| std::thread::current().id()).join().unwrap();
        let now = |kind, test| turns.wait(kind, test).now_or_never().map(Result::unwrap);
        let first = now(BrowserKind::Firefox, mine).unwrap();
        let second = now(BrowserKind::Firefox, mine).unwrap();
        assert!(!first.is_extra() && second.is_extra());
        assert!(now(BrowserKind::Firefox, others).is_none());
        // Each has what the other wants.
        let theirs = now(BrowserKind::Chromium, others).unwrap();
        assert!(now(BrowserKind::Chromium, mine).is_some());
        assert!(now(BrowserKind::Firefox, others).is_some());
        drop(theirs);
        drop(first);
        let theirs = now(BrowserKind::Firefox, others).unwrap();
        drop(second);
        assert!(now(BrowserKind::Firefox, mine).is_none());
        drop(theirs);
        assert!(now(BrowserKind::Firefox, mine).is_some());
    }
}
