//! Filters: which cases of a suite a person wants to run.

use std::collections::BTreeSet;

use globset::GlobMatcher;
use miette::Diagnostic;
use thiserror::Error;

use crate::contract::{Catalogue, RequirementId};
use crate::source::{glob, nearest};

/// What marks a word that speaks of requirements only.
const REQUIREMENT: &str = "req:";

/// A word that cannot be used as a filter.
#[derive(Debug, Error, Diagnostic)]
#[error("cannot use `{word}` as a filter: {reason}")]
#[diagnostic(help(
    "a filter is a part of an id, a whole id, a glob with `*` and `?`, or `req:` and a requirement's id"
))]
pub struct FilterError {
    word: String,
    reason: String,
}

/// Selects cases by words, any of which may fit, and leaves out those that an excluding word fits.
///
/// A word fits a case
/// - whose whole id it is: then it fits only that one, however many other ids contain it;
/// - whose id contains it;
/// - whose whole id it fits as a glob, when it has a `*` (any characters, slashes too) or `?` (any one);
/// - that covers the requirement with exactly this id;
/// - that covers a requirement whose id fits what follows `req:`, a whole id or a glob.
///
/// No words select every case.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    include: Vec<Word>,
    exclude: Vec<Word>,
}

impl Filter {
    /// A filter of words to include and words to exclude.
    ///
    /// # Errors
    /// When a word is empty or not a glob although it has a `*` or `?`.
    pub fn new<'a>(
        include: impl IntoIterator<Item = &'a str>,
        exclude: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, FilterError> {
        Ok(Self {
            include: include.into_iter().map(Word::new).collect::<Result<_, _>>()?,
            exclude: exclude.into_iter().map(Word::new).collect::<Result<_, _>>()?,
        })
    }

    /// The filter with one more word to include.
    ///
    /// # Errors
    /// As [`Filter::new`].
    pub fn or(mut self, word: &str) -> Result<Self, FilterError> {
        self.include.push(Word::new(word)?);
        Ok(self)
    }

    /// Whether no word is included or excluded.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether something with this id that is about these requirements is selected; `is_id` knows all ids
    /// that there are.
    pub fn selects(
        &self,
        id: &str,
        requirements: &BTreeSet<RequirementId>,
        is_id: impl Fn(&str) -> bool,
    ) -> bool {
        self.bind(is_id).selects(id, requirements)
    }

    /// Keeps those that are selected, each known by its id and by the requirements that it is about; gives the words
    /// that fit none of them.
    pub fn retain<T>(
        &self,
        all: &mut Vec<T>,
        known_by: impl Fn(&T) -> (String, BTreeSet<RequirementId>),
    ) -> Vec<String> {
        let known: Vec<_> = all.iter().map(known_by).collect();
        let bound = self.bind(|word| known.iter().any(|(id, _)| id == word));
        let idle = bound.idle(known.iter().map(|(id, requirements)| (id.as_str(), requirements)));
        let mut selected = known.iter().map(|(id, requirements)| bound.selects(id, requirements));
        all.retain(|_| selected.next().unwrap_or_default());
        idle
    }

    /// The filter with every word that is a whole id bound to just that case; `is_id` knows all ids.
    pub(super) fn bind(&self, is_id: impl Fn(&str) -> bool) -> BoundFilter<'_> {
        let bind = |words: &'_ [Word]| words.iter().map(|word| is_id(&word.text)).collect();
        BoundFilter { filter: self, include_ids: bind(&self.include), exclude_ids: bind(&self.exclude) }
    }
}

/// A filter that knows which of its words are ids.
pub(super) struct BoundFilter<'a> {
    filter: &'a Filter,
    include_ids: Vec<bool>,
    exclude_ids: Vec<bool>,
}

impl BoundFilter<'_> {
    /// Whether a word is this whole id.
    pub(super) fn names(&self, id: &str) -> bool {
        self.filter.include.iter().any(|word| word.text == id)
    }

    /// Whether a case is selected.
    pub(super) fn selects(&self, id: &str, requirements: &BTreeSet<RequirementId>) -> bool {
        let any = |words: &[Word], ids: &[bool]| {
            words.iter().zip(ids).any(|(word, is_id)| word.fits(*is_id, id, requirements))
        };
        (self.filter.include.is_empty() || any(&self.filter.include, &self.include_ids))
            && !any(&self.filter.exclude, &self.exclude_ids)
    }

    /// The words, to include or to exclude, that fit none of these cases.
    pub(super) fn idle<'c>(
        &self,
        cases: impl Iterator<Item = (&'c str, &'c BTreeSet<RequirementId>)> + Clone,
    ) -> Vec<String> {
        let words = self.filter.include.iter().zip(&self.include_ids);
        let words = words.chain(self.filter.exclude.iter().zip(&self.exclude_ids));
        words
            .filter(|(word, is_id)| {
                !cases.clone().any(|(id, requirements)| word.fits(**is_id, id, requirements))
            })
            .map(|(word, _)| word.text.clone())
            .collect()
    }
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    pattern: Pattern,
}

#[derive(Debug, Clone)]
enum Pattern {
    Part,
    Glob(GlobMatcher),
    Requirement(String),
    RequirementGlob(GlobMatcher),
}

impl Word {
    fn new(text: &str) -> Result<Self, FilterError> {
        let error = |reason: &str| FilterError { word: text.to_owned(), reason: reason.to_owned() };
        let requirement = text.strip_prefix(REQUIREMENT);
        let pattern = requirement.unwrap_or(text);
        if pattern.is_empty() {
            return Err(error("it is empty, so it would fit everything"));
        }
        let matcher = if pattern.contains(['*', '?']) {
            Some(glob(pattern).map_err(|reason| error(&reason))?)
        } else {
            None
        };
        let pattern = match (requirement, matcher) {
            (None, None) => Pattern::Part,
            (None, Some(glob)) => Pattern::Glob(glob),
            (Some(id), None) => Pattern::Requirement(id.to_owned()),
            (Some(_), Some(glob)) => Pattern::RequirementGlob(glob),
        };
        Ok(Self { text: text.to_owned(), pattern })
    }

    fn fits(&self, is_id: bool, id: &str, requirements: &BTreeSet<RequirementId>) -> bool {
        if is_id {
            return self.text == id;
        }
        let covers = |wanted: &str| requirements.iter().any(|requirement| requirement.as_str() == wanted);
        match &self.pattern {
            Pattern::Part => id.contains(&self.text) || covers(&self.text),
            Pattern::Glob(glob) => glob.is_match(id),
            Pattern::Requirement(wanted) => covers(wanted),
            Pattern::RequirementGlob(glob) => {
                requirements.iter().any(|requirement| glob.is_match(requirement.as_str()))
            }
        }
    }
}

/// The filter that a word which fits nothing most likely stands for: the requirements that begin with it,
/// or the one with nearly its id.
pub fn did_you_mean(word: &str, catalogue: &Catalogue) -> Option<String> {
    let word = word.strip_prefix(REQUIREMENT).unwrap_or(word);
    let ids: Vec<&str> = catalogue.iter().map(|requirement| requirement.id.as_str()).collect();
    if ids.contains(&word) {
        return None;
    }
    if ids.iter().any(|id| id.starts_with(word)) {
        return Some(format!("{REQUIREMENT}{word}*"));
    }
    nearest(word, ids).map(|id| format!("{REQUIREMENT}{id}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IDS: [&str; 4] = ["ready/raised-once", "ready/raised-once-more", "life/late", "invite/a=b/c=d"];

    fn selected(include: &[&str], exclude: &[&str]) -> Vec<&'static str> {
        let filter = Filter::new(include.iter().copied(), exclude.iter().copied()).unwrap();
        let bound = filter.bind(|word| IDS.contains(&word));
        let covered = |id: &str| match id {
            "life/late" => {
                BTreeSet::from([RequirementId::new("life.minute"), RequirementId::new("message.default")])
            }
            _ => BTreeSet::from([RequirementId::new("ready.once")]),
        };
        IDS.into_iter().filter(|id| bound.selects(id, &covered(id))).collect()
    }

    #[test]
    fn no_words_select_everything() {
        assert_eq!(selected(&[], &[]), IDS);
        assert!(Filter::default().is_empty());
    }

    #[test]
    fn a_part_of_an_id_selects_all_that_contain_it() {
        assert_eq!(selected(&["raised"], &[]), ["ready/raised-once", "ready/raised-once-more"]);
        assert_eq!(selected(&["a=b"], &[]), ["invite/a=b/c=d"]);
    }

    #[test]
    fn a_whole_id_selects_just_that_case() {
        assert_eq!(selected(&["ready/raised-once"], &[]), ["ready/raised-once"]);
        assert_eq!(selected(&["raised"], &["ready/raised-once"]), ["ready/raised-once-more"]);
    }

    #[test]
    fn a_glob_is_held_against_the_whole_id_and_crosses_slashes() {
        assert_eq!(selected(&["ready/*"], &[]), ["ready/raised-once", "ready/raised-once-more"]);
        assert_eq!(selected(&["*once"], &[]), ["ready/raised-once"]);
        assert_eq!(selected(&["invite*=d"], &[]), ["invite/a=b/c=d"]);
        assert_eq!(selected(&["life/lat?"], &[]), ["life/late"]);
        assert_eq!(selected(&["{life,ready}/*"], &[]), Vec::<&str>::new());
    }

    #[test]
    fn a_requirement_selects_the_cases_that_cover_it() {
        assert_eq!(selected(&["message.default"], &[]), ["life/late"]);
        assert_eq!(selected(&["req:message.default"], &[]), ["life/late"]);
        assert_eq!(
            selected(&["req:ready.*"], &["life"]),
            ["ready/raised-once", "ready/raised-once-more", "invite/a=b/c=d"]
        );
        assert_eq!(selected(&["req:life"], &[]), Vec::<&str>::new());
    }

    #[test]
    fn an_empty_word_is_refused() {
        for word in ["", "req:"] {
            assert!(Filter::new([word], []).is_err());
        }
    }

    #[test]
    fn words_that_fit_nothing_are_named() {
        let filter = Filter::new(["life", "req:life.*", "nothing"], ["late", "never"]).unwrap();
        let mut ids = IDS.to_vec();
        let idle = filter.retain(&mut ids, |id| ((*id).to_owned(), BTreeSet::new()));
        assert_eq!(idle, ["req:life.*", "nothing", "never"]);
        assert!(ids.iter().all(|id| id.contains("life") && !id.contains("late")), "{ids:?}");
    }

    #[test]
    fn a_word_that_fits_nothing_suggests_a_requirement() {
        let suites = crate::suite::Suites::load(&crate::assets::Assets::embedded()).unwrap();
        let suggestion = |word| did_you_mean(word, suites.catalogue());
        assert_eq!(suggestion("message.emp").as_deref(), Some("req:message.emp*"));
        assert_eq!(suggestion("req:mesage.default").as_deref(), Some("req:message.default"));
        assert_eq!(suggestion("message.default"), None, "there is nothing wrong with it");
        assert_eq!(suggestion("no-such-case"), None);
    }

    proptest! {
        #[test]
        fn any_of_the_words_is_enough_and_excluding_wins(words in prop::collection::vec("[a-z=/?*-]{1,5}", 1..4), out in "[a-z=/-]{1,3}") {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let together = selected(&words, &[]);
            for id in IDS {
                let alone = words.iter().any(|word| selected(&[*word], &[]).contains(&id));
                prop_assert_eq!(together.contains(&id), alone);
            }
            let without = selected(&words, &[out.as_str()]);
            let excluded = selected(&[out.as_str()], &[]);
            let left: Vec<&str> = together.into_iter().filter(|id| !excluded.contains(id)).collect();
            prop_assert_eq!(without, left);
        }

        #[test]
        fn any_text_without_wildcards_is_a_word(text in "[^*?]{1,12}") {
            prop_assert_eq!(Filter::new([text.as_str()], []).is_ok(), text != "req:");
        }

        #[test]
        fn any_text_with_a_wildcard_is_a_word(text in "[ -~]{0,6}[*?][ -~]{0,6}") {
            prop_assert!(Filter::new([text.as_str()], []).is_ok());
        }
    }
}
