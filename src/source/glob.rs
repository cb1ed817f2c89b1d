//! Globs over the ids of cases and requirements.

use globset::{GlobBuilder, GlobMatcher};

/// Reads a glob in which `*` stands for any characters, slashes too, and `?` for any one.
///
/// Only these two are special: ids have none of the other characters that globs know, and a person who
/// types one by mistake should see that nothing fits.
///
/// # Errors
/// Says what is wrong with it.
pub fn glob(text: &str) -> Result<GlobMatcher, String> {
    let escape = |c: char| if "[]{}!\\,".contains(c) { format!("\\{c}") } else { c.to_string() };
    GlobBuilder::new(&text.chars().map(escape).collect::<String>())
        .literal_separator(false)
        .backslash_escape(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}
