//! Starts the workers of all browsers side by side.

use tokio::task::JoinSet;

use super::{RunnerError, Stop, Worker};
use crate::config::{BrowserKind, Settings};
use crate::event::BrowserInfo;
use crate::probe::Probe;
use crate::server::FixtureServer;

/// Workers whose browsers are up.
#[derive(Debug, Default)]
pub struct Crew {
    /// Those that could be started, in the order of the configured browsers.
    pub workers: Vec<Worker>,
    /// What they drive, each browser once.
    pub browsers: Vec<BrowserInfo>,
    /// Why the first that could not be started was not.
    pub error: Option<RunnerError>,
}

impl Crew {
    /// Starts as many workers for each browser of the settings as they say, but none that would have nothing
    /// to do when there are only so many `tasks`.
    pub async fn start(
        settings: &Settings,
        server: &FixtureServer,
        probe: &Probe,
        tasks: usize,
        stop: &Stop,
    ) -> Self {
        let mut starting = JoinSet::new();
        let kinds = settings.browsers.iter();
        let kinds = kinds.flat_map(|kind| std::iter::repeat_n(*kind, workers(settings, *kind, tasks)));
        for (number, kind) in kinds.enumerate() {
            let mut worker = Worker::new(number, kind, settings.clone(), server.clone(), probe.clone());
            let stop = stop.clone();
            starting.spawn(async move {
                let info = worker.start(&stop).await;
                (number, worker, info)
            });
        }
        let mut crew = Self::default();
        let mut started = starting.join_all().await;
        started.sort_by_key(|(number, ..)| *number);
        for (_, worker, info) in started {
            match info {
                Some(Ok(info)) => {
                    crew.workers.push(worker);
                    if !crew.browsers.contains(&info) {
                        crew.browsers.push(info);
                    }
                }
                Some(Err(error)) => crew.error = crew.error.or(Some(error)),
                None => {}
            }
        }
        crew
    }
}

/// What workers that work side by side bring, once all of them have ended. One that panics loses what it alone has, and
/// `tell` is told; its browser was killed when it was dropped.
pub(crate) async fn all_ended<T: 'static>(mut working: JoinSet<T>, mut tell: impl FnMut(String)) -> Vec<T> {
    let mut brought = Vec::new();
    while let Some(ended) = working.join_next().await {
        match ended {
            Ok(more) => brought.push(more),
            Err(panic) => tell(format!("BUG IN THE HARNESS: a worker panicked: {panic}; please report it")),
        }
    }
    brought
}

/// How many workers a browser gets.
fn workers(settings: &Settings, kind: BrowserKind, tasks: usize) -> usize {
    settings.workers_at_once(kind).min(tasks.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_worker_that_panics_takes_with_it_is_its_own() {
        let mut working = JoinSet::new();
        working.spawn(async { panic!("out of order") });
        working.spawn(async { 7 });
        let mut told = Vec::new();
        assert_eq!(all_ended(working, |note| told.push(note)).await, [7]);
        let [note] = &told[..] else { panic!("{told:?}") };
        assert!(
            note.starts_with("BUG IN THE HARNESS: a worker panicked: ") && note.contains("out of order"),
            "{note}"
        );
    }
}
