//! Makes JSON text well-formed Unicode: browsers write half a surrogate pair, which a page can have in any string, as an
//! escape that stands for no character.

use std::borrow::Cow;

/// The text with `\ufffd`, the replacement character, in the place of every escape of half a surrogate pair.
pub(super) fn well_formed(json: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = json[at..].find('\\') {
        let escape = at + found;
        at = match unit(&json[escape..]) {
            Some(0xD800..=0xDBFF) if matches!(unit(&json[escape + 6..]), Some(0xDC00..=0xDFFF)) => {
                escape + 12
            }
            Some(0xD800..=0xDFFF) => {
                out.push_str(&json[kept..escape]);
                out.push_str(r"\ufffd");
                kept = escape + 6;
                kept
            }
            // Whatever is escaped begins no escape itself.
            _ => json[escape + 1..]
                .chars()
                .next()
                .map_or(json.len(), |escaped| escape + 1 + escaped.len_utf8()),
        };
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[kept..]);
    Cow::Owned(out)
}

/// The UTF-16 code unit whose escape the text begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(r"\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::well_formed;

    #[test]
    fn half_a_pair_is_replaced_and_nothing_else() {
        let cases = [
            (r#"{"a":"Hi \ud83d"}"#, r#"{"a":"Hi \ufffd"}"#),
            (r#""\ude00\ud83d\ude00\ud83d!""#, r#""\ufffd\ud83d\ude00\ufffd!""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d \\\ud83d \n\u00e9""#, r#""\\ud83d \\\ufffd \n\u00e9""#),
            (r#""\ud83d\\ude00""#, r#""\ufffd\\ude00""#),
            (r#""plain é 😀""#, r#""plain é 😀""#),
            (r"\", r"\"),
            (r"\u12", r"\u12"),
            (r"\é\ud83d", r"\é\ufffd"),
        ];
        for (text, expected) in cases {
            assert_eq!(well_formed(text), expected);
        }
    }

    proptest! {
        /// Whatever code units a page has in a string, what a browser writes of them can be read.
        #[test]
        fn every_string_of_a_page_can_be_read(units in prop::collection::vec(
            prop_oneof![any::<u16>(), 0xD7FFu16..0xE001, Just(u16::from(b'\\')), Just(u16::from(b'u'))], 0..20,
        )) {
            let escaped: String = units.iter().map(|unit| match u8::try_from(*unit) {
                Ok(b'\\') => r"\\".to_owned(),
                Ok(plain @ b'a'..=b'z') => char::from(plain).to_string(),
                _ => format!("\\u{unit:04x}"),
            }).collect();
            let read: Value = serde_json::from_str(&well_formed(&format!("\"{escaped}\""))).unwrap();
            prop_assert_eq!(read.as_str().unwrap(), String::from_utf16_lossy(&units));
        }

        #[test]
        fn no_text_is_too_odd(text in r"([\\u0-9d-f]|\PC){0,20}") {
            let once = well_formed(&text).into_owned();
            prop_assert_eq!(well_formed(&once), once.as_str());
        }
    }
}
