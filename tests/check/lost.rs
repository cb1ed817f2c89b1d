//! Browsers that do not come up: what was seen until then is told, and nobody has to wait for one that hangs.

use std::fs;

use lcw::browser::discovery;
use lcw::config::{BrowserKind, BrowserSettings};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::scratch::{Scratch, need_browsers};
use crate::third_party::ThirdParty;
use crate::{leftovers, page};

/// Scenarios of pages with these names.
fn scenarios(pages: &[&str]) -> String {
    let scenario = |name: &&str| {
        format!(
            "[[scenario]]\nid = \"{name}\"\npromise = \"Nobody is invited.\"\nsteps = [{{ visit = \"{name}.html\" }}, {{ expect = {{ invitation = false }} }}]\n"
        )
    };
    pages.iter().map(scenario).collect()
}

#[test]
fn what_was_seen_until_a_browser_could_not_be_replaced_is_told() {
    need_browsers();
    let (scratch, third_party) = (Scratch::new(), ThirdParty::start());
    let driver = discovery::find(BrowserKind::Firefox, &BrowserSettings::default()).unwrap().driver.path;
    // It works once.
    let once = format!("#!/bin/sh\nmkdir started || exit 1\nexec '{}' \"$@\"\n", driver.display());
    let once = scratch.write_program("geckodriver", &once).display().to_string();
    let scratch = scratch.variable("LCW_FIREFOX_DRIVER", once);
    scratch.write("quiet.html", &page(""));
    let script = format!("<script src=\"{}/script.js\"></script>", third_party.url());
    scratch.write("fatal.html", &format!("<!doctype html><title>page</title>{script}"));
    scratch.write("scenarios.toml", &scenarios(&["quiet", "fatal"]));
    let arguments = ["check", "scenarios.toml", "--browser", "firefox", "--allow", "127.0.0.1", "--json"];
    let mut run = scratch.start(arguments);
    let asked = third_party.request();
    for driver in leftovers::drivers(&scratch.temporary()) {
        kill_process_group(Pid::from_raw(driver.group).unwrap(), Signal::KILL).unwrap();
    }
    let ended = run.end().code(3);
    drop(asked);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    let seen = crate::results(&document).iter().map(|result| (&result["id"], &result["outcome"]));
    assert_eq!(seen.collect::<Vec<_>>(), [(&"quiet".into(), &"passed".into())]);
    leftovers::are_gone(&scratch.temporary());
}

#[test]
fn interrupted_while_its_browser_hangs_at_the_start_it_ends() {
    let scratch = Scratch::new().variable("LCW_DEADLINES_DRIVER", "1h");
    let pipe = scratch.pipe("started");
    let hangs = scratch.write_program("driver", "#!/bin/sh\necho > started\nexec /bin/sleep 600\n");
    let scratch = scratch
        .variable("LCW_CHROMIUM_DRIVER", hangs.display().to_string())
        .variable("LCW_CHROMIUM_BINARY", "/bin/sh");
    scratch.write("quiet.html", &page(""));
    scratch.write("scenarios.toml", &scenarios(&["quiet"]));
    let mut run = scratch.start(["check", "scenarios.toml", "--browser", "chromium"]);
    fs::read(pipe).unwrap();
    run.signal(Signal::INT);
    run.end().code(130);
    leftovers::are_gone(&scratch.temporary());
}
