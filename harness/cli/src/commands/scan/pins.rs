//! How a PIN's count stands among those of all 10,000. Judges nothing: one scan says nothing about four digits.

use std::collections::BTreeMap;

use serde::Serialize;
use shinsa_residue::canary::{Kind as Canary, Pin};
use shinsa_residue::hunt::{PinCounts, Wanted};
use shinsa_residue::search::Cell;

/// PINs by id; wiped on drop, never printed.
pub type Watched = Vec<(String, Pin)>;

/// A PIN's count in one form and one kind of region, over all sources.
#[derive(Debug, Serialize, PartialEq)]
pub struct Standing {
    /// The PIN's id.
    pub canary: String,
    /// Form.
    pub cell: String,
    /// Kind of region.
    pub region: String,
    /// Times it was seen.
    pub count: u64,
    /// How many of all PINs that are counted in this form were seen at least as often, itself included: 1 is the most frequent.
    pub rank: usize,
    /// Times a PIN was seen on average.
    pub mean: f64,
}

/// The PINs among what is wanted.
pub fn watched(wanted: &Wanted) -> Watched {
    let pins = wanted
        .canaries
        .iter()
        .filter(|one| one.kind() == Canary::Pin);
    pins.filter_map(|one| Some((one.id().to_owned(), Pin::parse(one.reveal_text())?)))
        .collect()
}

/// The standing of every watched PIN wherever any PIN was seen.
pub fn standings<'a>(watched: &Watched, all: impl Iterator<Item = &'a PinCounts>) -> Vec<Standing> {
    let mut sums: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for one in all {
        let sum = sums
            .entry((one.cell, one.region))
            .or_insert_with(|| vec![0; one.counts.len()]);
        sum.iter_mut()
            .zip(&one.counts)
            .for_each(|(sum, count)| *sum += u64::from(*count));
    }
    let mut standings = Vec::new();
    for (id, pin) in watched {
        for ((cell, region), counts) in &sums {
            if let Some((count, rank, mean)) = standing(*cell, pin.value(), counts) {
                standings.push(Standing {
                    canary: id.clone(),
                    cell: format!("{cell:?}"),
                    region: format!("{region:?}"),
                    count,
                    rank,
                    mean,
                });
            }
        }
    }
    standings
}

/// Count, rank and mean; `None` where the PIN is not counted or none was seen.
fn standing(cell: Cell, pin: u16, counts: &[u64]) -> Option<(u64, usize, f64)> {
    if !cell.counts(pin) {
        return None;
    }
    let own = *counts.get(usize::from(pin))?;
    let counted = || {
        (0..)
            .zip(counts)
            .filter(|(pin, _)| cell.counts(*pin))
            .map(|(_, count)| *count)
    };
    let total: u64 = counted().sum();
    let rank = counted().filter(|count| *count >= own).count();
    (total > 0).then(|| (own, rank, total as f64 / counted().count() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_ties_against_the_pin() {
        let mut counts = vec![0; 10_000];
        counts[4711] = 3;
        counts[1] = 3;
        counts[2] = 9;
        assert_eq!(standing(Cell::Ascii, 4711, &counts), Some((3, 3, 0.0015)));
        // 0001 is no digit value to be told from any small integer.
        assert_eq!(standing(Cell::Values, 1, &counts), None);
        assert_eq!(standing(Cell::Ascii, 4711, &vec![0; 10_000]), None);
    }
}
