//! What the suites of this version plan, and what small ones that are written wrongly get.

mod broken;
mod listing;
mod shipped;

use super::Suites;
use crate::source::SourceFile;

/// A suite that is small enough to be read beside a test.
const SMALL: &str = r#"
[[case]]
id = "ready/once"
title = "raised once"

[[matrix]]
id = "invite"
title = "{visitor} with {message}"
full = [{ parameters = ["visitor"], with = { message = "plain" } }]
exclude = [{ when = { visitor = "escape", message = ["empty"] }, reason = "the same as dismiss there" }]

[[matrix.parameter]]
name = "message"
values = [{ name = "plain", call = { message = "Hello" } }, { name = "empty", call = { message = "" } }]

[[matrix.parameter]]
name = "visitor"
values = [{ name = "accept", after = ["accept"] }, { name = "escape", after = ["escape"] }]
"#;

const CATALOGUE: &str = r#"
[[requirement]]
id = "message.default"
level = "must"
source = "the reference page"
text = "A call without a message shows the default."

[[requirement]]
id = "message.verbatim"
level = "must"
source = "the reference page"
text = "The message is shown to the letter."
"#;

fn small() -> Suites {
    Suites::parse([
        SourceFile::new("suites/small.toml", SMALL),
        SourceFile::new("suites/requirements.toml", CATALOGUE),
    ])
    .unwrap()
}
