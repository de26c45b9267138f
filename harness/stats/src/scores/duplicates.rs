//! The same comparison twice would count twice. Found with one bit per possible comparison where that is small
//! (score matrices are dense), else by sorting.

use super::Row;

/// Index of the first row that repeats an earlier one: same reference, probe, attempt, condition.
pub(super) fn first(rows: &[Row], subjects: usize, conditions: usize) -> Option<usize> {
    let attempts = rows.iter().map(|row| row.attempt as usize + 1).max()?;
    let places = [subjects, subjects, attempts, conditions]
        .iter()
        .try_fold(1_usize, |all, n| all.checked_mul(*n));
    match places {
        Some(places) if places <= rows.len().saturating_mul(64).max(1 << 26) => {
            let mut seen = vec![0_u64; places / 64 + 1];
            rows.iter().position(|row| {
                let place = ((row.reference as usize * subjects + row.probe as usize) * attempts
                    + row.attempt as usize)
                    * conditions
                    + row.condition as usize;
                let bit = 1 << (place % 64);
                let word = &mut seen[place / 64];
                let repeated = *word & bit != 0;
                *word |= bit;
                repeated
            })
        }
        _ => by_sorting(rows),
    }
}

fn by_sorting(rows: &[Row]) -> Option<usize> {
    let key = |row: &Row| (row.reference, row.probe, row.attempt, row.condition);
    let mut keyed: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(n, row)| (key(row), n))
        .collect();
    keyed.sort_unstable();
    keyed
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[1].1)
        .min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_ways_find_the_same_row(ids in prop::collection::vec((0_u32..6, 0_u32..6, 1_u32..3, 0_u32..2), 0..60)) {
            let rows: Vec<_> = ids
                .into_iter()
                .map(|(reference, probe, attempt, condition)| Row { score: 0.0, reference, probe, attempt, condition })
                .collect();
            prop_assert_eq!(first(&rows, 6, 2), by_sorting(&rows));
        }
    }
}
