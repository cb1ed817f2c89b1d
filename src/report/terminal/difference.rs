//! Expected against actual, the difference marked inside the line.

use std::ops::Range;

use anstyle::Style;
use similar::{DiffTag, TextDiff};

use super::style::{BAD, FAINT, GOOD, paint};
use crate::source::{visible, visible_entirely};

/// Texts that together are longer than this many bytes are only compared by their common beginning
/// and end.
const WORDS_LIMIT: usize = 20_000;
/// Stretches that together are longer than this many bytes are not compared letter by letter.
const LETTERS_LIMIT: usize = 2_000;
/// How much two stretches must have in common, of 1, to be compared letter by letter; less gives
/// confetti.
const LIKENESS: f32 = 0.6;
/// A stretch longer than this many characters is shortened…
const LONG: usize = 120;
/// …to this many at each end.
const KEPT: usize = 40;

/// A stretch of both texts: the same in both, or what one has in the place of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    old: Range<usize>,
    new: Range<usize>,
    same: bool,
}

/// Expected and actual as two texts for the display.
///
/// What differs is shown in reverse, or stands between `[-…-]` and `{+…+}` when there is no colour.
/// Texts that have nothing in common are not marked. Long stretches are shortened unless `whole`.
pub(in crate::report) fn difference(
    expected: &str,
    actual: &str,
    colored: bool,
    whole: bool,
) -> (String, String) {
    let pieces = pieces(expected, actual);
    let alike = pieces.iter().any(|piece| piece.same && !expected[piece.old.clone()].trim().is_empty());
    let side = |text: &str, range: fn(&Piece) -> Range<usize>, style: Style, brackets| {
        let marks = alike.then_some(if colored { ("", "") } else { brackets });
        let pieces: Vec<_> = pieces.iter().map(|piece| (&text[range(piece)], piece.same)).collect();
        side(&pieces, style, marks, whole)
    };
    (
        side(expected, |piece| piece.old.clone(), GOOD, ("[-", "-]")),
        side(actual, |piece| piece.new.clone(), BAD, ("{+", "+}")),
    )
}

/// One side's text. `marks` stand around what differs; without them nothing is marked.
fn side(pieces: &[(&str, bool)], style: Style, marks: Option<(&str, &str)>, whole: bool) -> String {
    let pieces: Vec<_> = pieces.iter().filter(|(text, _)| !text.is_empty()).collect();
    let Some(last) = pieces.len().checked_sub(1) else {
        return paint(FAINT, "(empty)").to_string();
    };
    let mut out = String::new();
    for (index, (text, same)) in pieces.iter().enumerate() {
        let marks = marks.filter(|_| !same);
        let text = if *same { visible(text) } else { visible_entirely(text) };
        let text = outer_spaces(&text, index == 0 || marks.is_some(), index == last || marks.is_some());
        let text = if whole { text } else { shortened(&text) };
        match marks {
            Some((open, close)) => {
                out.push_str(&paint(style.invert(), format_args!("{open}{text}{close}")).to_string());
            }
            None => out.push_str(&paint(style, text).to_string()),
        }
    }
    out
}

/// Spaces at an end that nobody would see become `·`.
fn outer_spaces(text: &str, start: bool, end: bool) -> String {
    let rest = text.trim_start_matches(' ');
    let inner = rest.trim_end_matches(' ');
    let dots = |number: usize, shown: bool| if shown { "·" } else { " " }.repeat(number);
    let before = dots(text.len() - rest.len(), start || (end && inner.is_empty()));
    format!("{before}{inner}{}", dots(rest.len() - inner.len(), end))
}

fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONG {
        return text.to_owned();
    }
    let start: String = text.chars().take(KEPT).collect();
    let end: String = text.chars().skip(length - KEPT).collect();
    format!("{start}…({} characters)…{end}", length - 2 * KEPT)
}

/// Both texts cut into stretches: by words, and by letters where two stretches are alike.
fn pieces(old: &str, new: &str) -> Vec<Piece> {
    if old.len() + new.len() > WORDS_LIMIT {
        return by_ends(old, new);
    }
    let words = joined(old, cut(&TextDiff::from_words(old, new), 0, 0));
    words.into_iter().flat_map(|piece| letters(old, new, piece)).collect()
}

/// A difference's operations as stretches; `old_at` and `new_at` are where the compared texts begin.
fn cut(diff: &TextDiff<'_, '_, str>, mut old_at: usize, mut new_at: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for op in diff.ops() {
        let old_bytes: usize = op.old_range().filter_map(|index| diff.old_slice(index)).map(str::len).sum();
        let new_bytes: usize = op.new_range().filter_map(|index| diff.new_slice(index)).map(str::len).sum();
        pieces.push(Piece {
            old: old_at..old_at + old_bytes,
            new: new_at..new_at + new_bytes,
            same: op.tag() == DiffTag::Equal,
        });
        old_at += old_bytes;
        new_at += new_bytes;
    }
    pieces
}

/// Neighbouring changes become one, and so do changes with only space between them.
fn joined(old: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        let between = |space: &Piece| space.same && old[space.old.clone()].trim().is_empty();
        match out.as_slice() {
            [.., before, space] if !piece.same && !before.same && between(space) => {
                out.pop();
            }
            _ => {}
        }
        match out.last_mut() {
            Some(before) if !piece.same && !before.same => {
                before.old.end = piece.old.end;
                before.new.end = piece.new.end;
            }
            _ => out.push(piece),
        }
    }
    out
}

/// A change cut further where its two sides are alike.
fn letters(old: &str, new: &str, piece: Piece) -> Vec<Piece> {
    let (old_text, new_text) = (&old[piece.old.clone()], &new[piece.new.clone()]);
    if piece.same || old_text.is_empty() || new_text.is_empty() {
        return vec![piece];
    }
    if old_text.len() + new_text.len() <= LETTERS_LIMIT {
        let diff = TextDiff::from_graphemes(old_text, new_text);
        if diff.ratio() >= LIKENESS {
            return cut(&diff, piece.old.start, piece.new.start);
        }
    }
    // What is long is shortened to its ends, which must not be what the two have in common.
    let ends = by_ends(old_text, new_text);
    let hides = |end: &Piece| end.same && old_text[end.old.clone()].chars().count() >= KEPT;
    if ends.iter().any(hides) { moved(ends, &piece) } else { vec![piece] }
}

/// The stretches of a piece's texts as those of the whole texts; empty ones are left out.
fn moved(pieces: Vec<Piece>, within: &Piece) -> Vec<Piece> {
    let by = |range: Range<usize>, start: usize| range.start + start..range.end + start;
    let pieces = pieces.into_iter().filter(|piece| !(piece.old.is_empty() && piece.new.is_empty()));
    pieces
        .map(|piece| Piece {
            old: by(piece.old, within.old.start),
            new: by(piece.new, within.new.start),
            same: piece.same,
        })
        .collect()
}

/// The common beginning, what differs, and the common end; takes linear time.
fn by_ends(old: &str, new: &str) -> Vec<Piece> {
    let start: usize = old
        .chars()
        .zip(new.chars())
        .take_while(|(a, b)| a == b)
        .map(|(character, _)| character.len_utf8())
        .sum();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end: usize = old_rest
        .chars()
        .rev()
        .zip(new_rest.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(character, _)| character.len_utf8())
        .sum();
    vec![
        Piece { old: 0..start, new: 0..start, same: true },
        Piece { old: start..old.len() - end, new: start..new.len() - end, same: false },
        Piece { old: old.len() - end..old.len(), new: new.len() - end..new.len(), same: true },
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{difference, pieces};

    fn plain(expected: &str, actual: &str) -> [String; 2] {
        let (expected, actual) = difference(expected, actual, false, false);
        [expected, actual].map(|text| anstream::adapter::strip_str(&text).to_string())
    }

    #[test]
    fn one_letter_is_marked_inside_its_word() {
        assert_eq!(plain("I'm here to help", "Im here to help"), ["I[-'-]m here to help", "Im here to help"]);
        assert_eq!(plain("Hello", "Hallo"), ["H[-e-]llo", "H{+a+}llo"]);
    }

    #[test]
    fn words_with_little_in_common_are_marked_whole() {
        assert_eq!(
            plain("the pre-chat survey is shown", "the conversation is shown"),
            ["the [-pre-chat survey-] is shown", "the {+conversation+} is shown"]
        );
    }

    #[test]
    fn texts_with_nothing_in_common_are_not_marked() {
        assert_eq!(plain("undefined", "42"), ["undefined", "42"]);
        assert_eq!(plain("", "Hello"), ["(empty)", "Hello"]);
        assert_eq!(plain("a b", "x y"), ["a b", "x y"]);
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(plain("Hello", "Hello "), ["Hello", "Hello{+·+}"]);
        assert_eq!(plain("  Hello", "Hello"), ["[-··-]Hello", "Hello"]);
        assert_eq!(plain(" x ", " x "), ["·x·", "·x·"]);
        assert_eq!(plain("one\ntwo", "one two"), ["one[-␊-]two", "one{+·+}two"]);
        assert_eq!(plain("abc", "\u{202e}abc"), ["abc", "{+<U+202E>+}abc"]);
        assert_eq!(plain("cafe\u{301} now", "café now"), ["caf[-e<U+0301>-] now", "caf{+é+} now"]);
        assert_eq!(plain("", " "), ["(empty)", "·"]);
    }

    #[test]
    fn an_emoji_is_never_cut() {
        assert_eq!(
            plain("Hi 👩\u{200d}👧 you", "Hi 👩\u{200d}👦 you"),
            ["Hi [-👩<U+200D>👧-] you", "Hi {+👩<U+200D>👦+} you"]
        );
    }

    #[test]
    fn long_stretches_are_shortened_around_the_difference() {
        let long = "word ".repeat(100);
        let [expected, actual] = plain(&format!("{long}end"), &format!("{long}and"));
        assert!(expected.ends_with("word [-e-]nd"), "{expected}");
        assert!(actual.ends_with("word {+a+}nd"), "{actual}");
        assert!(expected.contains("…(420 characters)…"), "{expected}");
        let (whole, _) = difference(&format!("{long}end"), &long, false, true);
        assert!(whole.contains(&long));
    }

    #[test]
    fn texts_that_differ_never_look_the_same() {
        let word = |middle: &str| format!("{}{middle}{}", "W".repeat(1500), "W".repeat(1500));
        let [expected, actual] = plain(&word("a"), &word("b"));
        assert!(expected.contains("W[-a-]W") && actual.contains("W{+b+}W"), "{expected} {actual}");
        let japanese = |letter: &str| format!("{}{letter}{}", "窓".repeat(200), "口".repeat(200));
        let [expected, actual] = plain(&japanese("の"), &japanese("が"));
        assert!(expected.contains("窓[-の-]口") && actual.contains("窓{+が+}口"), "{expected} {actual}");
        let unlike = |middle: &str| format!("{}{}{}", "a".repeat(50), middle.repeat(150), "z".repeat(50));
        let [expected, actual] = plain(&format!("say {}", unlike("x")), &format!("say {}", unlike("y")));
        assert!(expected.contains("[-xxx") && actual.contains("{+yyy"), "{expected} {actual}");
    }

    #[test]
    fn colour_takes_the_place_of_brackets() {
        let (_, actual) = difference("Hello", "Hallo", true, false);
        assert!(actual.contains("\u{1b}[7m") && !actual.contains("{+"), "{actual:?}");
    }

    #[test]
    fn huge_texts_are_compared_by_their_ends() {
        let (old, new) = ("ä".repeat(50_000) + "x", "ä".repeat(49_999) + "öx");
        let [expected, actual] = plain(&old, &new);
        assert!(expected.ends_with("[-ä-]x") && actual.ends_with("{+ö+}x"), "{expected} {actual}");
    }

    proptest! {
        #[test]
        fn the_stretches_are_the_texts(
            old in "([abé \n\u{301}👩\u{200d}]{0,12} ?){0,4}",
            new in "([abé \n\u{301}👩\u{200d}]{0,12} ?){0,4}",
        ) {
            let pieces = pieces(&old, &new);
            let all = |text: &str, side: fn(&super::Piece) -> std::ops::Range<usize>| {
                pieces.iter().map(|piece| text[side(piece)].to_owned()).collect::<String>()
            };
            prop_assert_eq!(all(&old, |piece| piece.old.clone()), old.clone());
            prop_assert_eq!(all(&new, |piece| piece.new.clone()), new.clone());
            for piece in pieces.iter().filter(|piece| piece.same) {
                prop_assert_eq!(&old[piece.old.clone()], &new[piece.new.clone()]);
            }
        }
    }
}
