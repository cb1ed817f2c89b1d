//! Small texts of the display: durations, counts, words of a command.

use std::time::Duration;

use textwrap::core::display_width;
use textwrap::{WordSeparator, WordSplitter};

/// A duration to read: `0.12 s`, `59.9 s`, `2 min 05 s`.
pub(super) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.995 {
        format!("{seconds:.2} s")
    } else if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// A duration that is only a guess: `8 s`, `3 min`.
pub(super) fn roughly(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().round() as u64;
    if seconds < 90 { format!("{seconds} s") } else { format!("{} min", (seconds + 30) / 60) }
}

/// The columns that a text takes: two for a wide character, none for one that is put over another.
pub(super) fn columns(text: &str) -> usize {
    display_width(text)
}

/// The text broken between words, so that lines of `width` columns can begin with `indent` spaces. A word
/// that is too long for a line has one of its own; what has room is left as it is.
pub(super) fn wrapped(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(room) = width.and_then(|width| width.checked_sub(indent)).filter(|room| *room >= 20) else {
        return text.to_owned();
    };
    let layout = textwrap::Options::new(room)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, layout).join(&format!("\n{}", " ".repeat(indent)))
}

/// `1 case`, `2 cases`.
pub(crate) fn count(number: usize, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {singular}s") }
}

/// The text as one word of a POSIX shell; with control characters, one of bash and zsh.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if text == crate::source::visible(text) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => {
                word.push('\\');
                word.push(character);
            }
            ' '..='~' => word.push(character),
            _ => {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    word.push_str(&format!("\\x{byte:02x}"));
                }
            }
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{columns, roughly, seconds, shell_word, wrapped};

    #[test]
    fn durations_round_without_showing_sixty_seconds() {
        let cases =
            [(0, "0.00 s"), (1234, "1.23 s"), (9996, "10.0 s"), (59_949, "59.9 s"), (59_960, "1 min 00 s")];
        for (millis, text) in cases {
            assert_eq!(seconds(Duration::from_millis(millis)), text);
        }
        assert_eq!(seconds(Duration::from_secs(725)), "12 min 05 s");
    }

    #[test]
    fn a_guess_has_no_decimals() {
        let cases =
            [(400, "0 s"), (17_900, "18 s"), (89_400, "89 s"), (95_000, "2 min"), (600_000, "10 min")];
        for (millis, text) in cases {
            assert_eq!(roughly(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn prose_is_broken_between_words() {
        let text = "A call without a message shows the documented default text.";
        assert_eq!(
            wrapped(text, 4, Some(34)),
            "A call without a message shows\n    the documented default text."
        );
        assert_eq!(wrapped(text, 4, Some(80)), text);
        assert_eq!(wrapped(text, 4, None), text);
        assert_eq!(wrapped(text, 70, Some(80)), text, "where there is no room, the terminal breaks lines");
        let word = "x".repeat(50);
        assert_eq!(wrapped(&format!("a {word} b"), 2, Some(30)), format!("a\n  {word}\n  b"));
    }

    #[test]
    fn a_wide_character_takes_two_columns() {
        let text = "ご質問はありますか 担当者がチャットでお答えします 😀😀";
        assert_eq!(
            wrapped(text, 2, Some(40)),
            "ご質問はありますか\n  担当者がチャットでお答えします 😀😀",
            "18 + 1 + 30 columns do not fit into 38, 30 + 1 + 4 do"
        );
        assert_eq!(columns("e\u{301}te\u{301}"), 3, "an accent of its own is over its letter");
    }

    #[test]
    fn a_plain_id_is_not_quoted() {
        assert_eq!(shell_word("message.default/prechat-on"), "message.default/prechat-on");
    }

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("it's *"), r"'it'\''s *'");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("$(true)\n'"), r"$'$(true)\x0a\''");
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for text in ["a b", "it's", "$(false) `x` \"y\" \\", "tab\tnewline\nend", "\u{1b}[31m", "ünï 🎉"]
        {
            let script = format!("printf %s {}", shell_word(text));
            let output = std::process::Command::new("bash").arg("-c").arg(script).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }
}
