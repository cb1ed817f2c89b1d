//! Scripts on their way to pages. Of those that a page imports it does not tell itself, so they are waited for here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::browser::bidi::RequestData;

/// What a request for a script is for, as browsers name it.
const DESTINATION: &str = "script";

/// What has become of the scripts that were asked for.
#[derive(Debug)]
pub(super) struct Scripts {
    patience: Duration,
    awaited: Mutex<Awaited>,
    fewer: Notify,
}

#[derive(Debug, Default)]
struct Awaited {
    /// Those that are not there yet, by the ids of their requests.
    open: HashMap<String, Script>,
    /// Addresses of those that did not come.
    in_vain: Vec<String>,
}

#[derive(Debug)]
struct Script {
    url: String,
    asked: Instant,
}

impl Scripts {
    /// Where a page's probe asks whether they have come.
    pub(super) const PATH: &str = "/.lcw-harness/scripts";

    /// None yet; each is waited for this long since it was asked for.
    pub(super) fn with(patience: Duration) -> Self {
        Self { patience, awaited: Mutex::default(), fewer: Notify::default() }
    }

    /// A page asks for something, which may be a script.
    pub(super) fn asked(&self, request: &RequestData) {
        if request.destination.as_deref() == Some(DESTINATION) {
            let script = Script { url: request.url.clone(), asked: Instant::now() };
            self.awaited().open.insert(request.request.clone(), script);
        }
    }

    /// It is there, or will not come.
    pub(super) fn ended(&self, request: &RequestData) {
        if self.awaited().open.remove(&request.request).is_some() {
            self.fewer.notify_waiters();
        }
    }

    /// Waits until all are there that were asked for by now or meanwhile; gives whether there were any.
    pub(super) async fn come(&self) -> bool {
        let mut came = false;
        loop {
            let fewer = self.fewer.notified();
            let deadline = self.awaited().open.values().map(|script| script.asked + self.patience).min();
            let Some(deadline) = deadline else { return came };
            came = true;
            if timeout_at(deadline, fewer).await.is_err() {
                let Awaited { open, in_vain } = &mut *self.awaited();
                let late = open.extract_if(|_, script| script.asked + self.patience <= deadline);
                in_vain.extend(late.map(|(_, script)| script.url));
            }
        }
    }

    /// Addresses of those that did not come, since this was asked last.
    pub(super) fn take_in_vain(&self) -> Vec<String> {
        std::mem::take(&mut self.awaited().in_vain)
    }

    fn awaited(&self) -> MutexGuard<'_, Awaited> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    fn request(id: &str, destination: Option<&str>) -> RequestData {
        RequestData {
            request: id.into(),
            url: format!("http://shop.example/{id}"),
            method: "GET".into(),
            headers: Vec::new(),
            destination: destination.map(Into::into),
        }
    }

    #[tokio::test]
    async fn only_scripts_are_waited_for() {
        let scripts = Scripts::with(Duration::ZERO);
        scripts.asked(&request("image", Some("image")));
        scripts.asked(&request("unknown", None));
        assert!(!scripts.come().await);
    }

    #[tokio::test]
    async fn scripts_that_others_ask_for_are_waited_for_too() {
        let scripts = Scripts::with(Duration::from_secs(60));
        let (first, second) = (request("first", Some("script")), request("second", Some("script")));
        scripts.asked(&first);
        let mut come = pin!(scripts.come());
        assert!((&mut come).now_or_never().is_none());
        scripts.asked(&second);
        scripts.ended(&first);
        assert!((&mut come).now_or_never().is_none());
        scripts.ended(&second);
        assert_eq!(come.now_or_never(), Some(true));
        assert!(scripts.take_in_vain().is_empty());
    }

    #[tokio::test]
    async fn a_script_that_does_not_come_is_given_up_and_named() {
        let scripts = Scripts::with(Duration::from_millis(1));
        scripts.asked(&request("first", Some("script")));
        assert!(scripts.come().await);
        assert_eq!(scripts.take_in_vain(), ["http://shop.example/first"]);
        assert!(!scripts.come().await);
        assert!(scripts.take_in_vain().is_empty());
    }
}
