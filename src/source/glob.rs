//! Globs over the ids of cases and requirements.

use globset::{GlobBuilder, GlobMatcher};

/// The longest glob: longer than any id or address, and far shorter than what the matcher cannot be made from.
const LONGEST: usize = 5_000;

/// Reads a glob in which `*` stands for any characters, slashes too, and `?` for any one.
///
/// Only these two are special: ids have none of the other characters that globs know, and a person who
/// types one by mistake should see that nothing fits.
///
/// # Errors
/// Says what is wrong with it.
pub fn glob(text: &str) -> Result<GlobMatcher, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let escape = |c: char| if "[]{}!\\,".contains(c) { format!("\\{c}") } else { c.to_string() };
    GlobBuilder::new(&text.chars().map(escape).collect::<String>())
        .literal_separator(false)
        .backslash_escape(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_of_any_length_is_read_or_refused() {
        assert!(glob(&"*".repeat(LONGEST)).unwrap().is_match("ready/once"));
        assert!(glob(&"?".repeat(LONGEST)).is_ok());
        let refused = glob(&"*".repeat(1_000_000)).unwrap_err();
        assert_eq!(refused, "it is longer than 5000 bytes");
    }
}
