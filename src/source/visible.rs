//! Text of which every character can be seen, whatever a page or a suite puts in it.

use std::fmt::Write as _;

/// The text with its control and formatting characters made visible, so that it stays on one line,
/// cannot steer a terminal, and can stand in XML: newline as `␊`, tab as `␉`, escape as `␛`, a
/// bidirectional mark as `<U+202E>`. What joins an emoji or a letter to its neighbour is kept.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = None;
    for character in text.chars() {
        if is_joiner(character) && previous.is_some_and(takes_joiner) {
            out.push(character);
        } else {
            push(&mut out, character);
        }
        previous = Some(character);
    }
    out
}

/// As [`visible`], line by line: for what is meant to have several, such as a log. The further lines are
/// set off.
pub(crate) fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n    ")
}

/// As [`visible`], and also joiners, variation selectors and combining accents as code points: for
/// the place where two texts differ, and may differ in nothing else.
pub(crate) fn visible_entirely(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_joiner(character) || matches!(character, '\u{300}'..='\u{36f}') {
            let _ = write!(out, "<U+{:04X}>", u32::from(character));
        } else {
            push(&mut out, character);
        }
    }
    out
}

fn push(out: &mut String, character: char) {
    match character {
        '\u{0}'..='\u{1f}' => {
            // The pictures of the C0 control characters stand in the same order from U+2400.
            out.extend(char::from_u32(0x2400 + u32::from(character)));
        }
        '\u{7f}' => out.push('␡'),
        _ if is_hidden(character) => {
            let _ = write!(out, "<U+{:04X}>", u32::from(character));
        }
        _ => out.push(character),
    }
}

/// Control characters and what Unicode calls default-ignorable, separators that look like a plain
/// space or break a line, and noncharacters, which XML cannot hold.
fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    matches!(
        character,
        '\u{80}'..='\u{a0}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || code & 0xfffe == 0xfffe
}

/// Zero-width joiners, emoji variation selectors and the tags of flag sequences.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

/// Whether a joiner after this character belongs to it: beyond Latin, Greek and Cyrillic text, and
/// after the digits and signs of keycaps.
fn takes_joiner(character: char) -> bool {
    character > '\u{5ff}' || matches!(character, '0'..='9' | '#' | '*' | '©' | '®')
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_entirely};

    #[test]
    fn control_characters_get_their_pictures() {
        assert_eq!(visible("a\nb\tc\u{1b}[31m\r\u{0}\u{7f}"), "a␊b␉c␛[31m␍␀␡");
    }

    #[test]
    fn marks_that_turn_text_around_are_named() {
        assert_eq!(visible("safe\u{202e}exe\u{2066}\u{200f}"), "safe<U+202E>exe<U+2066><U+200F>");
        assert_eq!(visible("no\u{a0}break \u{feff}\u{85}"), "no<U+00A0>break <U+FEFF><U+0085>");
        assert_eq!(visible("\u{fffe}\u{1ffff}\u{fdd0}"), "<U+FFFE><U+1FFFF><U+FDD0>");
    }

    #[test]
    fn emoji_and_scripts_stay_whole() {
        for text in [
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "می\u{200c}خواهم",
            "e\u{301}",
            "שלום",
            "3\u{fe0f}\u{20e3}",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_joiner_with_nothing_to_join_is_named() {
        assert_eq!(visible("a\u{200d}b"), "a<U+200D>b");
        assert_eq!(visible("\u{200d}"), "<U+200D>");
    }

    #[test]
    fn where_texts_differ_accents_and_joiners_are_named() {
        assert_eq!(visible_entirely("e\u{301}❤\u{fe0f}"), "e<U+0301>❤<U+FE0F>");
    }
}
