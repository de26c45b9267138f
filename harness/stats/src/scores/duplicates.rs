//! The same comparison twice would count twice. Found with one bit per possible comparison where that is small
//! (score matrices are dense), else by sorting.

use super::{Column, Row};

/// Numbers of subjects, attempts and conditions: the space of possible comparisons.
#[derive(Clone, Copy)]
struct Space {
    subjects: usize,
    attempts: usize,
    conditions: usize,
    places: usize,
}

impl Space {
    /// None where a bit for each would be too much beside so many rows.
    fn small(subjects: usize, attempts: u32, conditions: usize, rows: usize) -> Option<Self> {
        let attempts = attempts as usize + 1;
        let places = subjects
            .checked_mul(subjects)?
            .checked_mul(attempts)?
            .checked_mul(conditions)?;
        let small = places <= rows.saturating_mul(64).max(1 << 26);
        small.then_some(Self {
            subjects,
            attempts,
            conditions,
            places,
        })
    }

    fn bits(&self) -> Vec<u64> {
        vec![0; self.places / 64 + 1]
    }

    /// Marks a comparison; whether it was marked already.
    #[inline]
    fn mark(&self, bits: &mut [u64], row: [u32; 4]) -> bool {
        let [reference, probe, attempt, condition] = row.map(|n| n as usize);
        let place = ((reference * self.subjects + probe) * self.attempts + attempt)
            * self.conditions
            + condition;
        let bit = 1 << (place % 64);
        let word = &mut bits[place / 64];
        let repeated = *word & bit != 0;
        *word |= bit;
        repeated
    }
}

/// Index of the first row that repeats an earlier one: same reference, probe, attempt, condition.
pub(super) fn first(rows: &[Row], subjects: usize, conditions: usize) -> Option<usize> {
    let attempts = rows.iter().map(|row| row.attempt).max()?;
    let Some(space) = Space::small(subjects, attempts, conditions, rows.len()) else {
        return by_sorting(rows);
    };
    let mut bits = space.bits();
    rows.iter()
        .position(|row| space.mark(&mut bits, key(row).into()))
}

/// Whether any comparison is there twice; `threads` shares of the rows at once. `None` where only [`first`] can tell.
pub(super) fn there(
    columns: [&Column; 2],
    subjects: usize,
    conditions: usize,
    threads: usize,
) -> Option<bool> {
    let rows = columns[0].len() + columns[1].len();
    let attempts = columns.iter().flat_map(|column| &column.attempt).max();
    let attempts = attempts.copied().unwrap_or_default();
    let space = Space::small(subjects, attempts, conditions, rows)?;
    // Each thread has bits of its own; more of them than two would cost more than they save.
    let threads = threads.clamp(1, 2);
    let marked: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                scope.spawn(move || {
                    let mut bits = space.bits();
                    let repeated = columns
                        .iter()
                        .any(|column| marked(column, worker, threads, &space, &mut bits));
                    (bits, repeated)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("marking does not panic"))
            .collect()
    });
    let within = marked.iter().any(|(_, repeated)| *repeated);
    let across = || match marked.as_slice() {
        [(a, _), (b, _)] => a.iter().zip(b).any(|(a, b)| a & b != 0),
        _ => false,
    };
    Some(within || across())
}

/// Marks one share of a column.
fn marked(column: &Column, share: usize, shares: usize, space: &Space, bits: &mut [u64]) -> bool {
    let range = column.len() * share / shares..column.len() * (share + 1) / shares;
    let reference = column.reference[range.clone()].iter();
    let rows = reference
        .zip(&column.probe[range.clone()])
        .zip(&column.attempt[range.clone()])
        .zip(&column.condition[range]);
    let mut repeated = false;
    for (((reference, probe), attempt), condition) in rows {
        repeated |= space.mark(bits, [*reference, *probe, *attempt, *condition]);
    }
    repeated
}

fn key(row: &Row) -> (u32, u32, u32, u32) {
    (row.reference, row.probe, row.attempt, row.condition)
}

fn by_sorting(rows: &[Row]) -> Option<usize> {
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
        fn all_ways_find_the_same_row(
            ids in prop::collection::vec((0_u32..6, 0_u32..6, 1_u32..3, 0_u32..2), 0..60),
            threads in 1_usize..5,
        ) {
            let rows: Vec<_> = ids
                .into_iter()
                .map(|(reference, probe, attempt, condition)| Row { score: 0.0, reference, probe, attempt, condition })
                .collect();
            let found = first(&rows, 6, 2);
            prop_assert_eq!(found, by_sorting(&rows));
            let (mut genuine, mut impostor) = (Column::default(), Column::default());
            for row in &rows {
                if row.reference == row.probe { genuine.push(row) } else { impostor.push(row) }
            }
            prop_assert_eq!(there([&genuine, &impostor], 6, 2, threads), Some(found.is_some()));
        }
    }
}
