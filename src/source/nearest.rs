//! "Did you mean": the known word that a mistyped one is closest to.

/// The candidate that `word` most likely stands for: the one that the fewest typing slips (a letter
/// too many, missing, wrong, or two swapped) turn into it, if that is at most a third of its length.
///
/// Of several equally close ones the first is given.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (slips(word, candidate), candidate))
        .filter(|(slips, candidate)| *slips <= candidate.chars().count().max(3) / 3)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance of two words.
fn slips(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, &l) in left.iter().enumerate() {
        let mut next = vec![i + 1; right.len() + 1];
        for (j, &r) in right.iter().enumerate() {
            let mut cost = (last[j] + usize::from(l != r)).min(last[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && l == right[j - 1] && left[i - 1] == r {
                cost = cost.min(before[j - 1] + 1);
            }
            next[j + 1] = cost;
        }
        before = std::mem::replace(&mut last, next);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slip_is_a_letter_too_many_missing_wrong_or_swapped() {
        for wrong in ["workerss", "wokers", "workars", "wrokers"] {
            assert_eq!(slips(wrong, "workers"), 1, "{wrong}");
        }
        assert_eq!(slips("", "abc"), 3);
    }

    #[test]
    fn the_closest_word_is_suggested_and_a_strange_one_is_not() {
        let known = ["workers", "retries", "browsers"];
        assert_eq!(nearest("wrokers", known), Some("workers"));
        assert_eq!(nearest("browser", known), Some("browsers"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }

    proptest! {
        #[test]
        fn slips_are_a_distance(a in "[a-d]{0,7}", b in "[a-d]{0,7}") {
            prop_assert_eq!(slips(&a, &b), slips(&b, &a));
            prop_assert_eq!(slips(&a, &b) == 0, a == b);
            prop_assert!(slips(&a, &b) <= a.len().max(b.len()));
        }
    }
}
