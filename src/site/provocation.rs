//! What a page listens to and looks at, and what made it call.

use std::time::Duration;

use super::words::{listening_on, quoted, seconds, short, spot};
use super::{Entry, Happening, RequestFate, Timeline};

/// How far apart two times may be that are the same.
const SAME: Duration = Duration::from_millis(1);

impl Timeline {
    /// What most probably made the page do this: the last thing before it at the same instant that makes pages do
    /// something, in words such as "a timeout of 20 s".
    pub fn provocation(&self, of: &Entry) -> Option<String> {
        let place = self.entries.iter().position(|entry| std::ptr::eq(entry, of) || entry == of)?;
        let (earlier, later) = (&self.entries[..place], &self.entries[place + 1..]);
        let same = |entry: &&Entry| entry.at.abs_diff(of.at) <= SAME;
        let last = earlier.iter().rev().filter(same).find_map(|entry| Some((entry, at_once(entry)?)));
        let is_cause =
            |entry: &Entry| matches!(entry.happening, Happening::Timer { .. } | Happening::Event { .. });
        if let Some((_, words)) = last.as_ref().filter(|(entry, _)| is_cause(entry)) {
            return Some(words.clone());
        }
        // A timer is noted apart from what it leads to, and so may stand after it.
        let timer = later.iter().take_while(same).find_map(|entry| timer_words(&entry.happening));
        let repeated = || earlier.iter().rev().find_map(|entry| repeated(entry, of.at));
        let loading = || of.since_visit <= SAME;
        timer
            .or_else(repeated)
            .or_else(|| last.map(|(_, words)| words))
            .or_else(|| loading().then(|| "the page itself, while it was loaded".to_owned()))
    }

    /// What the page may make its invitation depend on, as far as it can be seen, each once: what it listens to,
    /// reads and waits for.
    pub fn triggers(&self) -> Vec<String> {
        let mut all = Vec::new();
        for entry in &self.entries {
            let trigger = match &entry.happening {
                Happening::Listens { event, target, added_at } => {
                    format!(
                        "listens to {}{}{}",
                        short(event),
                        listening_on(*target),
                        spot(added_at.as_deref())
                    )
                }
                Happening::Reads { what, key } => read_words(what, key.as_deref()),
                Happening::Timer { timer, set_at, .. } if timer == "timeout" || timer == "interval" => {
                    let delay = timer_words(&entry.happening).unwrap_or_default();
                    format!("sets {delay}{}", spot(set_at.as_deref()))
                }
                _ => continue,
            };
            if !all.contains(&trigger) {
                all.push(trigger);
            }
        }
        all
    }
}

/// What the page read, in words.
pub(super) fn read_words(what: &str, key: Option<&str>) -> String {
    let key = key.map(|key| format!(" {}", quoted(key))).unwrap_or_default();
    match what {
        "cookie" => format!("reads the cookie{}", if key.is_empty() { "s" } else { &key }),
        "localStorage" => format!("reads local storage{key}"),
        "sessionStorage" => format!("reads session storage{key}"),
        "referrer" => "reads document.referrer".to_owned(),
        "geolocation" => "asks where the visitor is".to_owned(),
        what => format!("reads {what}{key}"),
    }
}

/// "a timeout of 20 s"; nothing for what is no timer with a delay.
pub(super) fn timer_words(happening: &Happening) -> Option<String> {
    let Happening::Timer { timer, delay, .. } = happening else { return None };
    match timer.as_str() {
        "frame" => Some("an animation frame".to_owned()),
        "idle" => Some("an idle callback".to_owned()),
        timer => {
            let delay = Duration::try_from_secs_f64(delay / 1e3).unwrap_or_default();
            let article = if timer.starts_with('i') { "an" } else { "a" };
            Some(format!("{article} {timer} of {}", seconds(delay)))
        }
    }
}

/// What this makes a page do at the same instant.
fn at_once(entry: &Entry) -> Option<String> {
    match &entry.happening {
        Happening::Timer { .. } => timer_words(&entry.happening),
        Happening::Event { name, .. } => Some(format!("`{name}`")),
        Happening::Request { method, url, fate: RequestFate::Replied | RequestFate::Allowed } => {
            Some(format!("the answer to {method} {url}"))
        }
        Happening::Step { words } => {
            let is_time = words.starts_with("let ") || words.starts_with("do nothing");
            let is_page = words.starts_with("visit ") || words.starts_with("expect ");
            (!is_time && !is_page).then(|| format!("the step \"{words}\""))
        }
        _ => None,
    }
}

/// A timer that fired several times, the first long before: only the first time is told.
fn repeated(entry: &Entry, at: Duration) -> Option<String> {
    let Happening::Timer { delay, times, .. } = &entry.happening else { return None };
    let since = at.checked_sub(entry.at)?.as_secs_f64() * 1e3;
    let beats = (since / delay).round();
    let on_a_beat = *delay > 0.0 && (since - beats * delay).abs() <= 1.0 && beats < *times as f64;
    if on_a_beat { timer_words(&entry.happening) } else { None }
}
