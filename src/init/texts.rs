//! The texts of the files.

use std::path::Path;

use super::{Place, SCENARIOS, Site};

/// The settings that people change, each with its default, and none of them in force.
pub(super) const SETTINGS: &str = r#"# Settings of lcw, each with its default. Remove the mark before a line to change it, and before the [table] above it.
# `lcw config show` prints all there are, and where each comes from.

# The browsers, in this order: "firefox", "chromium".
#browsers = ["firefox", "chromium"]
# Whether browsers run without a window on a screen.
#headless = true

#[deadlines]
# One scenario, from opening its page to its verdict: "500ms", "10s", "2m".
#case = "1m"

#[firefox]
# The Firefox to start: a path from this file's folder, or a name in PATH; "" finds one.
#binary = ""

#[chromium]
# The Chromium or Chrome to start, likewise.
#binary = ""
"#;

/// A first scenario for the page.
pub(super) fn scenarios(site: &Site) -> String {
    let Site { page, title, .. } = site;
    let command = site.command("");
    let name = title.as_deref().unwrap_or(page);
    let promise = quoted(&format!("Whoever looks at \"{name}\" for 20 seconds is invited to a chat."));
    let (id, visit) = (id(page), quoted(page));
    format!(
        r##"# What the site promises its visitors, and the visits that show whether it keeps it:
#
#     {command}
#
# The page is opened as it is. Its request for the widget's script is answered with a reference widget, other hosts are
# blocked, and its clock moves only by `advance`, so that minutes take a moment.

[[scenario]]
# The name of the scenario: words of small letters, digits and hyphens, separated by slashes.
id = "{id}/after-20-seconds"
# What the page promises, in your words.
promise = {promise}
# Who visits it; what is not given is as the browser has it.
# visitor = {{ locale = "de-DE", viewport = {{ width = 390, height = 844 }}, cookies = [{{ name = "visits", value = "2" }}] }}
steps = [
  {{ visit = {visit} }},
  # Is the visitor to do something first? {{ scroll = "bottom" }}, {{ click = "#buy" }}, "mouse-leave", "revisit"
  {{ advance = "20s" }},
  # Say more as soon as this passes: {{ invitation = {{ text = "Can we help you?", at = "20s" }} }}
  {{ expect = {{ invitation = true, page-errors = 0 }} }},
]
"##
    )
}

/// A workflow that checks the scenarios at each push.
pub(super) fn workflow(site: &Site) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let command = site.command(" --provision");
    let before = match &site.place {
        Place::Folder(root) if root == Path::new(".") => String::new(),
        Place::Folder(root) => format!(
            "      # Is {} built first? Then build it here.\n      # - run: npm ci && npm run build\n",
            root.display()
        ),
        Place::Server(server) => format!(
            "      # Start what answers at {server} here, in the background.\n      # - run: npm ci && npm start &\n"
        ),
    };
    format!(
        r#"# Checks at each push that the site invites its visitors as {SCENARIOS} promises.
name: lcw

on: [push, pull_request]

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v7
{before}      - uses: actions/cache@v6
        with:
          path: |
            ~/.cargo/bin/lcw
            ~/.cache/lcw/drivers
          key: lcw-{version}-${{{{ runner.os }}}}
      - name: Install lcw
        run: command -v lcw || cargo install --locked lcw@{version}
      - name: Check the scenarios
        run: |
          {command}
"#
    )
}

/// As a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// What can stand in an id, of a page's path without its extension.
fn id(page: &str) -> String {
    let path = page.split(['?', '#']).next().unwrap_or_default();
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem).to_lowercase();
    let words = stem.split(|letter: char| !letter.is_ascii_lowercase() && !letter.is_ascii_digit());
    let id = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    if id.is_empty() { "home".to_owned() } else { id }
}
