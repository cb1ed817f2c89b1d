//! The names that people type in a shell, in a report, and again years later.

/// Whether this can be an id: words of small letters, digits and hyphens, separated by slashes, so that a shell
/// needs no quotes.
pub fn is_id(text: &str) -> bool {
    text.split('/').all(is_word)
}

/// Whether this is one word of an id; it does not begin with a hyphen, or it would look like an option.
pub fn is_word(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !text.is_empty() && !text.starts_with('-') && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_between_slashes() {
        for id in ["a", "ready/raised-once", "after-20-s", "1/2/3"] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "/", "a/", "/a", "a//b", "-a", "a/-b", "A", "a b", "a=b", "ä", "a_b"] {
            assert!(!is_id(id), "{id}");
        }
        assert!(!is_word("a/b"));
    }
}
