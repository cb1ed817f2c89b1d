//! Where a page's clock starts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A clock that is held before the page's first script, and what one advance of it may take.
///
/// Same-origin frames and the windows that a page opens share it. A document that the page itself leads to, on
/// its own origin, goes on where the one before left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockStart {
    /// What `Date.now()` says when a document starts, in milliseconds since 1970.
    pub date: u64,
    /// Which opening of a page this is. A document that one of the same opening has left for is led to, and not the
    /// first.
    pub opening: u64,
    /// How long an advance waits at a time for what the page has asked the network for, in real time.
    /// Whatever has no answer by then is not waited for any more.
    #[serde(serialize_with = "crate::contract::duration::milliseconds::serialize")]
    pub patience: Duration,
    /// How long one advance may take in real time; it fails then, and names the busiest timer. It should be
    /// less than what the harness gives a command.
    #[serde(serialize_with = "crate::contract::duration::milliseconds::serialize")]
    pub deadline: Duration,
    /// How many timers one advance may fire; it fails then, and names the busiest one.
    pub most_timers: u32,
    /// The path, on every origin, at which somebody answers a page's probe with 200 when all scripts have come that
    /// were asked for before, and with another status if there were none. Without it the clock does not wait for what
    /// pages import.
    pub imports: Option<&'static str>,
    /// The cookies with an end that scripts of earlier pages have set, as [`Journal::cookies`](super::Journal::cookies)
    /// last told them.
    pub cookies: Vec<EndingCookie>,
}

/// A cookie that ends by a page's clock, of which no browser knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingCookie {
    /// The host whose it is; with a dot before it, it is that of all hosts below it, too.
    pub host: String,
    /// What makes it the same cookie as another.
    pub id: String,
    /// What a page of that host writes to be rid of it.
    pub gone: String,
    /// When it ends, in milliseconds since 1970.
    pub end: u64,
}

impl ClockStart {
    /// How long whatever a page has asked for is waited for by a harness that gives a command this long.
    pub fn patience_within(command: Duration) -> Duration {
        command / 3
    }

    /// A start at this date, in milliseconds since 1970, for a harness that gives a command this long. Two thirds of it are
    /// the deadline, so that a page that never comes to rest is named. At most a million timers.
    pub fn at(date: u64, command: Duration) -> Self {
        Self {
            date,
            opening: 0,
            patience: Self::patience_within(command),
            deadline: command * 2 / 3,
            most_timers: 1_000_000,
            imports: None,
            cookies: Vec::new(),
        }
    }
}

impl EndingCookie {
    /// Whether pages of this host have it.
    pub fn is_seen_by(&self, host: &str) -> bool {
        match self.host.strip_prefix('.') {
            Some(domain) => host == domain || host.ends_with(&self.host),
            None => host == self.host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domains_cookie_is_seen_below_it() {
        let of =
            |host: &str| EndingCookie { host: host.into(), id: String::new(), gone: String::new(), end: 0 };
        let own = of("shop.example");
        assert!(own.is_seen_by("shop.example") && !own.is_seen_by("www.shop.example"));
        let domain = of(".shop.example");
        assert!(domain.is_seen_by("shop.example") && domain.is_seen_by("www.shop.example"));
        assert!(!domain.is_seen_by("workshop.example") && !domain.is_seen_by("example"));
    }
}
