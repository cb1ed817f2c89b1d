//! The JavaScript that watches a page and controls its clock, and the typed messages it sends.
//!
//! [`Probe::script`] is installed as a BiDi preload script, so it runs in every window and frame before
//! the page's own code. It reports through a channel ([`Message`]) and takes [`Command`]s; nothing polls.

mod command;
mod message;
mod selectors;

pub use command::{Command, CommandError, Inspection, PartFound, Point, SurveyField};
pub use message::{Leftovers, Message, Seen};
pub use selectors::{Place, Selectors};

/// The probe, ready to be put into pages.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// How the parts of the widget under test are found.
    pub selectors: Selectors,
}

impl Probe {
    /// The preload script: a function that takes the channel on which the probe reports.
    pub fn script(&self) -> String {
        let options = serde_json::json!({ "selectors": self.selectors });
        // Taken now, as page code may put others in their place.
        let natives = "Array, CSS, Error, Map, Math, Number, Object, Promise, Proxy, Reflect, Set, String, Symbol, \
                       WeakMap, WeakSet";
        // The options stand in a script, where U+2028 and U+2029 are allowed since ECMAScript 2019.
        format!(
            "(channel) => {{\n\"use strict\";\nconst {{ {natives} }} = globalThis;\n{}\n{}\n{}\n{}\n{}\n{}\n{}\nstartProbe(channel, {options});\n}}",
            include_str!("values.js"),
            include_str!("clock.js"),
            include_str!("roots.js"),
            include_str!("watch.js"),
            include_str!("odd.js"),
            include_str!("sdk.js"),
            include_str!("probe.js"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_one_function_that_starts_the_probe_with_the_selectors() {
        let probe = Probe { selectors: Selectors { accept: "#\"quoted\"".into(), ..Selectors::default() } };
        let script = probe.script();
        assert!(script.starts_with("(channel) => {"), "{script}");
        assert!(script.contains(r##""accept":"#\"quoted\"""##), "{script}");
    }
}
