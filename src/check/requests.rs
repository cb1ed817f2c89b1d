//! When a page made which request: it tells itself of some, and the browser of all (pure).

use super::attendant::Asked;
use crate::site::{Happening, RequestFate};

/// What a page asked for, as far as it is not in the timeline yet.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// As it told itself; the harness hears of a request only later.
    told: Vec<Told>,
    /// Addresses of windows that are blocked and in the timeline already.
    refused_windows: Vec<String>,
}

#[derive(Debug)]
struct Told {
    url: String,
    at: Moment,
}

/// When something was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// In milliseconds since 1970.
    pub(super) date: f64,
    /// The step of the scenario.
    pub(super) step: usize,
}

impl Requests {
    /// The page told that it asks for this.
    pub(super) fn told(&mut self, url: String, at: Moment) {
        self.told.push(Told { url, at });
    }

    /// A window is blocked, and the timeline has its request.
    pub(super) fn refused_window(&mut self, url: String) {
        self.refused_windows.push(url);
    }

    /// What the browser was asked for, as the timeline has it. What a page needs at one moment browsers ask for in an
    /// order that is another each time, so it comes in that of the addresses, behind the page itself.
    ///
    /// `opened` is when the page was opened, `now` when it is not known any better.
    pub(super) fn entries(
        &mut self,
        asked: Vec<Asked>,
        opened: f64,
        now: Moment,
    ) -> impl Iterator<Item = (Moment, Happening)> + use<> {
        let mut entries = Vec::new();
        for asked in asked {
            if !self.is_there(&asked) {
                entries.push((self.moment(&asked, opened, now), asked));
            }
        }
        entries.sort_by(|(at, left), (other, right)| {
            let page_first = right.is_page.cmp(&left.is_page);
            at.date.total_cmp(&other.date).then(page_first).then_with(|| left.url.cmp(&right.url))
        });
        entries
            .into_iter()
            .map(|(at, Asked { method, url, fate, .. })| (at, Happening::Request { method, url, fate }))
    }

    fn is_there(&mut self, asked: &Asked) -> bool {
        let Asked { method, url, fate, .. } = asked;
        let noted = self.refused_windows.iter().position(|window| window == url);
        let noted = noted.filter(|_| *fate == RequestFate::Blocked && method == "GET");
        noted.map(|at| self.refused_windows.remove(at)).is_some()
    }

    fn moment(&mut self, asked: &Asked, opened: f64, now: Moment) -> Moment {
        let told = self.told.iter().position(|told| told.url == asked.url).map(|at| self.told.remove(at));
        match told {
            Some(told) => told.at,
            None if asked.is_page => Moment { date: opened, ..now },
            None => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(url: &str, fate: RequestFate) -> Asked {
        Asked { method: "GET".into(), url: url.into(), fate, is_page: url == "page" }
    }

    fn site(url: &str) -> Asked {
        asked(url, RequestFate::Site)
    }

    fn told(entries: impl Iterator<Item = (Moment, Happening)>) -> Vec<(f64, usize, String)> {
        let name = |happening| match happening {
            Happening::Request { url, .. } => url,
            other => panic!("no request: {other:?}"),
        };
        entries.map(|(at, happening)| (at.date, at.step, name(happening))).collect()
    }

    const NOW: Moment = Moment { date: 70.0, step: 3 };

    #[test]
    fn what_is_needed_at_one_moment_comes_in_one_order_whatever_order_it_was_asked_for_in() {
        let orders = [["page", "a", "b"], ["page", "b", "a"]];
        for order in orders {
            let entries = Requests::default().entries(order.map(site).into(), 70.0, NOW);
            assert_eq!(
                told(entries),
                [(70.0, 3, "page".into()), (70.0, 3, "a".into()), (70.0, 3, "b".into())]
            );
        }
    }

    #[test]
    fn a_request_was_made_when_the_page_told_of_it() {
        let mut requests = Requests::default();
        requests.told("b".into(), Moment { date: 20.0, step: 2 });
        let entries = requests.entries(["a", "b", "b", "page"].map(site).into(), 10.0, NOW);
        let expected = [(10.0, 3, "page"), (20.0, 2, "b"), (70.0, 3, "a"), (70.0, 3, "b")];
        assert_eq!(told(entries), expected.map(|(date, step, url)| (date, step, url.to_owned())));
    }

    #[test]
    fn a_window_that_was_blocked_is_told_once() {
        let mut requests = Requests::default();
        requests.refused_window("window".into());
        let blocked = || vec![asked("window", RequestFate::Blocked)];
        assert_eq!(requests.entries(blocked(), 0.0, NOW).count(), 0);
        assert_eq!(requests.entries(blocked(), 0.0, NOW).count(), 1);
    }
}
