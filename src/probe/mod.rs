//! The JavaScript that watches a page and controls its clock, and the typed messages it sends.
//!
//! [`Probe::script`] is installed as a BiDi preload script, so it runs in every window and frame before
//! the page's own code. It reports through a channel ([`Message`]) and takes [`Command`]s; nothing polls.

mod clock;
mod command;
mod message;
mod selectors;

pub use clock::{ClockStart, EndingCookie};
pub use command::{Command, CommandError, Edge, Inspection, PartFound, Point, SurveyField};
pub use message::{Journal, Leftovers, Look, Message, Seen};
pub use selectors::{Place, Selectors};

/// The probe, ready to be put into pages.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// How the parts of the widget under test are found.
    pub selectors: Selectors,
    /// Whether a journal is kept of what the page does; without it a page runs a little faster.
    pub journal: bool,
    /// Where every page's clock starts, and that it moves only by [`Command::Advance`]; without it clocks
    /// run with real time until they are held.
    pub clock: Option<ClockStart>,
}

/// What the probe's code uses of the browser's own, taken before page code may put others in their place.
const NATIVES: &str = "Array, CSS, Error, Map, Math, Number, Object, Promise, Proxy, Reflect, Set, String, Symbol, WeakMap, WeakSet";

/// The probe's address in stacks, by which it knows its own lines.
const NAME: &str = "lcw-probe";

impl Probe {
    /// A preload script that goes behind the probe's: the visitor is said to come from this page. The probe needs
    /// [`Probe::journal`] and [`Probe::clock`].
    pub fn referrer_script(referrer: &str) -> String {
        let referrer = serde_json::json!(referrer);
        Self::first_script(&format!("globalThis[Symbol.for(\"lcw-harness.probe\")].cameFrom({referrer});"))
    }

    /// A preload script that goes behind the probe's: runs in a window's own document unless one of its origin led
    /// there since a page was opened. The probe needs [`Probe::clock`].
    pub fn first_script(script: &str) -> String {
        format!(
            "() => {{\nif (window === top && globalThis[Symbol.for(\"lcw-harness.probe\")]?.isFirst()) {{\n{script}\n}}\n}}"
        )
    }

    /// A preload script that goes behind the probe's and is somebody's own: what it throws is no error of the page,
    /// and is noted once, of the page's own document. The probe needs [`Probe::journal`].
    pub fn visitor_script(script: &str) -> String {
        format!(
            "() => {{\ntry {{\n(() => {{\n{script}\n}})();\n}} catch (error) {{\n\
             globalThis[Symbol.for(\"lcw-harness.probe\")]?.journal?.add(\"visitor-script-threw\", {{ text: String(error) }});\n}}\n}}"
        )
    }

    /// An expression of page code: whether it runs in another document than the one that is known by this.
    pub fn elsewhere(document: &str) -> String {
        let document = serde_json::json!(document);
        format!("globalThis[Symbol.for(\"lcw-harness.probe\")]?.document !== {document}")
    }

    /// The preload script: a function that takes the channel on which the probe reports.
    pub fn script(&self) -> String {
        let options =
            serde_json::json!({ "selectors": self.selectors, "journal": self.journal, "clock": self.clock });
        let parts = [
            include_str!("values.js"),
            include_str!("tasks.js"),
            include_str!("listeners.js"),
            include_str!("fired.js"),
            include_str!("timers.js"),
            include_str!("dates.js"),
            include_str!("animations.js"),
            include_str!("events.js"),
            include_str!("departure.js"),
            include_str!("cookies.js"),
            include_str!("loading.js"),
            include_str!("moves.js"),
            include_str!("observers.js"),
            include_str!("pending.js"),
            include_str!("imports.js"),
            include_str!("clock.js"),
            include_str!("roots.js"),
            include_str!("watch.js"),
            include_str!("reach.js"),
            include_str!("odd.js"),
            include_str!("sdk.js"),
            include_str!("mishaps.js"),
            include_str!("policy.js"),
            include_str!("gestures.js"),
            include_str!("journal.js"),
            include_str!("visit.js"),
            include_str!("paints.js"),
            include_str!("reports.js"),
            include_str!("windows.js"),
            include_str!("heard.js"),
            include_str!("probe.js"),
        ]
        .join("\n");
        // The options stand in a script, where U+2028 and U+2029 are allowed since ECMAScript 2019.
        format!(
            "(channel) => {{\n\"use strict\";\nconst {{ {NATIVES} }} = globalThis;\n{parts}\nstartProbe(channel, {options});\n\
             //# sourceURL={NAME}\n}}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_one_function_that_starts_the_probe_with_the_selectors() {
        let probe = Probe {
            selectors: Selectors { accept: "#\"quoted\"".into(), ..Selectors::default() },
            ..Probe::default()
        };
        let script = probe.script();
        assert!(script.starts_with("(channel) => {"), "{script}");
        assert!(script.contains(r##""accept":"#\"quoted\"""##), "{script}");
    }

    /// The parts are one function, in which the later one of two would take the place of the other without a word.
    #[test]
    fn no_two_functions_of_the_probe_have_one_name() {
        let script = Probe::default().script();
        let names = script.lines().filter_map(|line| {
            line.strip_prefix("async ").unwrap_or(line).strip_prefix("function ")?.split('(').next()
        });
        let mut names: Vec<_> = names.collect();
        assert!(names.len() > 50, "{names:?}");
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert_eq!(twice, Vec::<&[&str]>::new());
    }
}
