//! Where in a TOML text a value stands, asked for after the text was read as types.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One step on the way from the beginning of a text to a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// The value of this key.
    Key(&'a str),
    /// The element with this number, from 0.
    At(usize),
}

impl<'a> From<&'a str> for Part<'a> {
    fn from(key: &'a str) -> Self {
        Self::Key(key)
    }
}

impl From<usize> for Part<'_> {
    fn from(at: usize) -> Self {
        Self::At(at)
    }
}

/// The values of a text, each with its place.
pub(super) struct Places<'a>(Spanned<DeValue<'a>>);

impl<'a> Places<'a> {
    /// The places of a text that was read before; without any if it cannot be.
    pub(super) fn of(text: &'a str) -> Self {
        let empty = || Spanned::new(0..0, DeTable::new());
        let table = DeTable::parse(text).unwrap_or_else(|_| empty());
        let span = table.span();
        Self(Spanned::new(span, DeValue::Table(table.into_inner())))
    }

    /// Whether this place is in the value of a key of this name, wherever that is.
    pub(super) fn is_in(&self, key: &str, place: &Range<usize>) -> bool {
        fn holds(value: &Spanned<DeValue<'_>>, key: &str, at: usize) -> bool {
            match value.get_ref() {
                DeValue::Table(table) => table.iter().any(|(name, value)| {
                    (name.get_ref() == key && value.span().contains(&at)) || holds(value, key, at)
                }),
                DeValue::Array(values) => values.iter().any(|value| holds(value, key, at)),
                _ => false,
            }
        }
        holds(&self.0, key, place.start)
    }

    /// The place of the value that `way` leads to; of the last value on the way that is written, if it is not.
    pub(super) fn find(&self, way: &[Part<'_>]) -> Range<usize> {
        let mut here = &self.0;
        for part in way {
            let next = match (part, here.get_ref()) {
                (Part::Key(key), DeValue::Table(table)) => table.get(*key),
                (Part::At(at), DeValue::Array(array)) => array.get(*at),
                _ => None,
            };
            match next {
                Some(value) => here = value,
                None => break,
            }
        }
        here.span()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[[scenario]]\nid = \"a\"\n[[scenario]]\nid = \"b\"\nvisitor.now = \"x\"\nsteps = [\n  \"revisit\",\n  { click = \"#buy\" },\n]\n";

    fn text_at(way: &[Part<'_>]) -> &'static str {
        &TEXT[Places::of(TEXT).find(way)]
    }

    #[test]
    fn values_are_found_in_tables_and_lists_however_they_are_written() {
        assert_eq!(text_at(&["scenario".into(), 1.into(), "id".into()]), "\"b\"");
        assert_eq!(text_at(&["scenario".into(), 1.into(), "visitor".into(), "now".into()]), "\"x\"");
        let second = ["scenario".into(), 1.into(), "steps".into(), 1.into()];
        assert_eq!(text_at(&second), "{ click = \"#buy\" }");
    }

    #[test]
    fn a_place_is_in_the_value_of_a_key() {
        let of = |text: &str| TEXT.find(text).map(|at| at..at + 1).unwrap();
        let places = Places::of(TEXT);
        assert!(places.is_in("steps", &of("#buy")) && places.is_in("now", &of("\"x\"")));
        assert!(!places.is_in("steps", &of("\"x\"")) && !places.is_in("click", &of("\"revisit")));
    }

    #[test]
    fn what_is_not_written_stands_where_it_would_be() {
        assert_eq!(text_at(&["scenario".into(), 1.into(), "id".into(), "odd".into()]), "\"b\"");
        assert_eq!(text_at(&["scenario".into(), 0.into(), "steps".into(), 7.into()]), "[[scenario]]");
    }
}
