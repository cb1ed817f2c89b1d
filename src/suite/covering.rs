//! Covering arrays: few rows in which every combination of `t` parameters' values still occurs.
//!
//! A fault that needs `t` arguments to meet is met by some row of an array of strength `t`, at a small
//! part of the full product's cost (Kuhn, Kacker and Lei, NIST SP 800-142). The rows are found greedily: each
//! row starts from a combination that no row has yet, and every other parameter takes the value that
//! brings most further combinations. Nothing is random, so the same parameters give the same rows.

use std::collections::BTreeSet;

/// One value for each parameter, as positions in their lists of values.
pub(super) type Row = Vec<usize>;

/// Some parameters' values, the others open.
type Partial = Vec<Option<usize>>;

/// Which rows may occur: the parameters' numbers of values, and the combinations that are left out.
#[derive(Debug, Clone)]
pub(super) struct Space {
    sizes: Vec<usize>,
    forbidden: Vec<Forbidden>,
}

/// A combination that no row may have: for each parameter whether a value is part of it.
///
/// A parameter that it does not speak of has `None`.
pub(super) type Forbidden = Vec<Option<Vec<bool>>>;

impl Space {
    /// A space over parameters with these numbers of values, each at least 1.
    pub(super) fn new(sizes: Vec<usize>, forbidden: Vec<Forbidden>) -> Self {
        Self { sizes, forbidden }
    }

    /// The number of the first combination left out that this row has, if any.
    pub(super) fn forbidden_by(&self, row: &[usize]) -> Option<usize> {
        let has = |combination: &Forbidden| {
            combination.iter().zip(row).all(|(values, &value)| values.as_ref().is_none_or(|set| set[value]))
        };
        self.forbidden.iter().position(has)
    }

    /// Every row that can be written, those left out too, in order of the parameters.
    pub(super) fn product(&self) -> impl Iterator<Item = Row> {
        let total: usize = self.sizes.iter().product();
        (0..total).map(|number| {
            let mut rest = number;
            let mut row: Row = self
                .sizes
                .iter()
                .rev()
                .map(|size| {
                    let value = rest % size;
                    rest /= size;
                    value
                })
                .collect();
            row.reverse();
            row
        })
    }

    /// Rows that together with `given` have every combination of `strength` parameters' values that
    /// some allowed row has. `given` come first, in their order and without repetition; they must be allowed.
    pub(super) fn cover(&self, strength: usize, given: impl IntoIterator<Item = Row>) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for row in given {
            debug_assert!(self.forbidden_by(&row).is_none(), "a given row is left out");
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let mut open = Open::new(self, strength.min(self.sizes.len()));
        for row in &rows {
            open.remove_covered(row);
        }
        while let Some(row) = self.best_row(&mut open) {
            open.remove_covered(&row);
            rows.push(row);
        }
        rows
    }

    /// The row that has most open combinations, of those grown from the first few open ones.
    ///
    /// Combinations that no allowed row has are dropped from `open` on the way.
    fn best_row(&self, open: &mut Open) -> Option<Row> {
        const SEEDS: usize = 12;
        let mut best: Option<(usize, Row)> = None;
        let mut impossible = Vec::new();
        let mut seeds = 0;
        for (number, values) in open.iter() {
            let mut partial: Partial = vec![None; self.sizes.len()];
            for (&parameter, &value) in open.sets[number].iter().zip(values) {
                partial[parameter] = Some(value);
            }
            let Some(row) = self.grow(partial, open) else {
                impossible.push((number, values.clone()));
                continue;
            };
            let gain = open.gain(&row);
            if best.as_ref().is_none_or(|(most, _)| gain > *most) {
                best = Some((gain, row));
            }
            seeds += 1;
            if seeds == SEEDS {
                break;
            }
        }
        for (number, values) in impossible {
            open.tuples[number].remove(&values);
        }
        best.map(|(_, row)| row)
    }

    /// Fills the open parameters one by one, each time with the value that promises most open
    /// combinations, the first of equals; `None` when no allowed row has what is already there.
    fn grow(&self, mut partial: Partial, open: &Open) -> Option<Row> {
        if !self.can_be_completed(&mut partial) {
            return None;
        }
        loop {
            let mut best: Option<(u64, usize, usize)> = None;
            for parameter in 0..self.sizes.len() {
                if partial[parameter].is_some() {
                    continue;
                }
                for value in 0..self.sizes[parameter] {
                    partial[parameter] = Some(value);
                    if self.can_be_completed(&mut partial) {
                        let promise = open.promise(parameter, &partial, &self.sizes);
                        if best.is_none_or(|(most, ..)| promise > most) {
                            best = Some((promise, parameter, value));
                        }
                    }
                }
                partial[parameter] = None;
            }
            let Some((_, parameter, value)) = best else { break };
            partial[parameter] = Some(value);
        }
        partial.into_iter().collect()
    }

    /// Whether some allowed row has these values; `partial` is as before afterwards.
    fn can_be_completed(&self, partial: &mut Partial) -> bool {
        // Only parameters that a combination left out speaks of can be in the way.
        let decisive =
            |parameter: usize| self.forbidden.iter().any(|combination| combination[parameter].is_some());
        let is_hit = |combination: &Forbidden, partial: &Partial| {
            combination.iter().zip(partial).all(|(values, value)| match (values, value) {
                (None, _) => true,
                (Some(set), Some(value)) => set[*value],
                (Some(_), None) => false,
            })
        };
        if self.forbidden.iter().any(|combination| is_hit(combination, partial)) {
            return false;
        }
        let next =
            (0..self.sizes.len()).find(|&parameter| partial[parameter].is_none() && decisive(parameter));
        let Some(parameter) = next else { return true };
        let possible = (0..self.sizes[parameter]).any(|value| {
            partial[parameter] = Some(value);
            self.can_be_completed(partial)
        });
        partial[parameter] = None;
        possible
    }
}

/// The combinations of values that no row has yet.
struct Open {
    /// Each set of parameters that has to be covered.
    sets: Vec<Vec<usize>>,
    /// For each set the combinations of its values that are still open.
    tuples: Vec<BTreeSet<Vec<usize>>>,
}

impl Open {
    fn new(space: &Space, strength: usize) -> Self {
        let sets = combinations(space.sizes.len(), strength);
        let tuples = sets
            .iter()
            .map(|set| {
                let sizes = set.iter().map(|&parameter| space.sizes[parameter]).collect();
                Space::new(sizes, Vec::new()).product().collect()
            })
            .collect();
        Self { sets, tuples }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &Vec<usize>)> {
        self.tuples
            .iter()
            .enumerate()
            .flat_map(|(number, open)| open.iter().map(move |values| (number, values)))
    }

    /// How many open combinations this row has.
    fn gain(&self, row: &[usize]) -> usize {
        let sets = covered(&self.sets, row);
        sets.filter(|(number, values)| self.tuples[*number].contains(values)).count()
    }

    fn remove_covered(&mut self, row: &[usize]) {
        for (number, values) in covered(&self.sets, row) {
            self.tuples[number].remove(&values);
        }
    }

    /// How many open combinations with `parameter` a row will have that is `partial` so far and filled
    /// by chance, on average, in fractions of 2^32.
    fn promise(&self, parameter: usize, partial: &Partial, sizes: &[usize]) -> u64 {
        let fits = |set: &[usize], values: &[usize]| {
            set.iter()
                .zip(values)
                .all(|(&parameter, &value)| partial[parameter].is_none_or(|given| given == value))
        };
        let promises = self.sets.iter().zip(&self.tuples).filter(|(set, _)| set.contains(&parameter));
        promises
            .map(|(set, tuples)| {
                let open = tuples.iter().filter(|values| fits(set, values)).count() as u64;
                let free = set.iter().filter(|&&parameter| partial[parameter].is_none());
                let ways: usize = free.map(|&parameter| sizes[parameter]).product();
                (open << 32) / ways as u64
            })
            .sum()
    }
}

/// The combinations that a row has, each with the number of its set.
fn covered<'a>(sets: &'a [Vec<usize>], row: &'a [usize]) -> impl Iterator<Item = (usize, Vec<usize>)> + 'a {
    sets.iter()
        .enumerate()
        .map(|(number, set)| (number, set.iter().map(|&parameter| row[parameter]).collect()))
}

/// Every set of `size` of the numbers below `count`, in order.
fn combinations(count: usize, size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    (size - 1..count)
        .flat_map(|last| {
            combinations(last, size - 1).into_iter().map(move |mut set| {
                set.push(last);
                set
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A space with up to five parameters of up to four values, and up to three combinations left out.
    fn spaces() -> impl Strategy<Value = Space> {
        prop::collection::vec(1..=4_usize, 1..=5).prop_flat_map(|sizes| {
            let one: Vec<_> = sizes
                .iter()
                .map(|&size| prop::option::weighted(0.4, prop::collection::vec(any::<bool>(), size)))
                .collect();
            prop::collection::vec(one, 0..=3).prop_map(move |forbidden| Space::new(sizes.clone(), forbidden))
        })
    }

    fn allowed(space: &Space) -> Vec<Row> {
        space.product().filter(|row| space.forbidden_by(row).is_none()).collect()
    }

    fn tuples_of(space: &Space, strength: usize, rows: &[Row]) -> BTreeSet<(usize, Vec<usize>)> {
        let sets = combinations(space.sizes.len(), strength.min(space.sizes.len()));
        rows.iter().flat_map(|row| covered(&sets, row).collect::<Vec<_>>()).collect()
    }

    proptest! {
        #[test]
        fn every_combination_that_an_allowed_row_has_is_covered(space in spaces(), strength in 1..=4_usize) {
            let rows = space.cover(strength, []);
            prop_assert_eq!(
                tuples_of(&space, strength, &rows),
                tuples_of(&space, strength, &allowed(&space))
            );
        }

        #[test]
        fn rows_are_allowed_distinct_and_always_the_same(space in spaces(), strength in 1..=3_usize) {
            let rows = space.cover(strength, []);
            for row in &rows {
                prop_assert_eq!(row.len(), space.sizes.len());
                prop_assert!(row.iter().zip(&space.sizes).all(|(value, size)| value < size));
                prop_assert_eq!(space.forbidden_by(row), None);
            }
            prop_assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len());
            prop_assert_eq!(space.cover(strength, []), rows);
        }

        #[test]
        fn given_rows_come_first_and_count(space in spaces(), strength in 1..=3_usize) {
            let given: Vec<Row> = allowed(&space).into_iter().step_by(3).collect();
            let rows = space.cover(strength, given.clone());
            prop_assert_eq!(&rows[..given.len()], &given[..]);
            prop_assert_eq!(
                tuples_of(&space, strength, &rows),
                tuples_of(&space, strength, &allowed(&space))
            );
            let added = &rows[given.len()..];
            prop_assert!(added.iter().all(|row| !given.contains(row)));
        }

        #[test]
        fn strength_of_all_parameters_is_the_full_product(space in spaces()) {
            let rows: BTreeSet<Row> = space.cover(space.sizes.len(), []).into_iter().collect();
            prop_assert_eq!(rows, allowed(&space).into_iter().collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn the_product_is_in_order_of_the_parameters() {
        let rows: Vec<Row> = Space::new(vec![2, 3], vec![]).product().collect();
        assert_eq!(rows, [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
    }

    #[test]
    fn the_arrays_are_small() {
        // The least possible number of rows is the product of the two (three) largest parameters.
        let invitation = Space::new(vec![9, 3, 4, 2, 4], vec![]);
        assert_eq!(invitation.cover(2, []).len(), 36);
        assert!(invitation.cover(3, []).len() <= 160, "{}", invitation.cover(3, []).len());
        // Ten parameters of four values: 1,048,576 rows in full; published greedy tools need 28 to 31.
        let ten = Space::new(vec![4; 10], vec![]);
        assert!(ten.cover(2, []).len() <= 32, "{}", ten.cover(2, []).len());
    }

    #[test]
    fn a_space_in_which_everything_is_left_out_has_no_rows() {
        let space = Space::new(vec![2, 2], vec![vec![None, None]]);
        assert_eq!(space.cover(2, []), Vec::<Row>::new());
    }
}
