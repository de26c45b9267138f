//! Counts of all PINs before and after, as evidence that names no PIN: every observation gets a random labelling of its own, which
//! is forgotten; the true PIN has label 0.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use shinsa_model::event::Fault;
use shinsa_model::residue::{CountedIn, PinChanges, TRUE_PIN};
use shinsa_wire::v1::PinCounts;
use zeroize::Zeroizing;

use crate::fault::{garbage, incapable};

/// PINs that nobody typed, drawn for each authentication: they show whether the test gives false alarms on this memory.
pub const DRAWN: usize = 10;

/// Forms in which a leak can be planted, as the residue package names them: of those that it counts the ones that hold any PIN (digit values
/// are not counted for PINs with two zeros).
pub const FORMS: [&str; 6] = [
    "ascii",
    "utf-16le",
    "utf-32le",
    "utf-16be",
    "u32-le",
    "ascii>stride-8",
];

/// How many PINs there are.
const PINS: usize = 10_000;

/// Changes from one search to another.
pub fn changes(
    before: &[PinCounts],
    after: &[PinCounts],
    pin: &str,
    drawn: usize,
) -> Result<PinChanges, Fault> {
    let pin: usize = pin
        .parse()
        .ok()
        .filter(|value| *value < PINS && pin.len() == 4)
        .ok_or_else(|| incapable("the PIN has not four digits", "only such PINs are counted"))?;
    let labels = labels(pin)?;
    let old = by_cell(before)?;
    let new = by_cell(after)?;
    let nothing = vec![0; PINS];
    let mut changes = PinChanges {
        // The labelling is random: the first labels after the true PIN's are as good as any.
        never_typed: (1..=drawn as u16).collect(),
        ..PinChanges::default()
    };
    let cells: std::collections::BTreeSet<&CountedIn> = old.keys().chain(new.keys()).collect();
    for cell in cells {
        let counts = |of: &BTreeMap<CountedIn, Vec<u32>>| of.get(cell).unwrap_or(&nothing).clone();
        let (was, is) = (counts(&old), counts(&new));
        let of = |differs: &dyn Fn(u32, u32) -> bool| {
            let pins = (0..PINS).filter(|&pin| differs(was[pin], is[pin]));
            let mut found: Vec<u16> = pins.map(|pin| labels[pin]).collect();
            found.sort_unstable();
            found
        };
        changes.rose.push(of(&|was, is| is > was));
        changes.fell.push(of(&|was, is| is < was));
        changes.cells.push(cell.clone());
    }
    Ok(changes)
}

/// Where the planted leak must show: in the planting process, in its form; where it rose, if it did.
pub fn planted(changes: &PinChanges, form: &str) -> Option<usize> {
    let places = || {
        let cells = changes.cells.iter().enumerate();
        cells.filter(|(_, cell)| cell.form == form && cell.region.starts_with("seeded/"))
    };
    let shown = |place: &usize| changes.rose[*place].contains(&TRUE_PIN);
    let mut all = places().map(|(place, _)| place);
    let found = places().map(|(place, _)| place).find(shown);
    found.or_else(|| all.next())
}

/// A PIN drawn uniformly.
pub fn drawn() -> Result<Zeroizing<String>, Fault> {
    Ok(Zeroizing::new(format!(
        "{:04}",
        random()?.random_range(0..PINS)
    )))
}

fn by_cell(counts: &[PinCounts]) -> Result<BTreeMap<CountedIn, Vec<u32>>, Fault> {
    let mut cells = BTreeMap::new();
    for one in counts {
        if one.counts.len() != PINS {
            return Err(garbage(format!(
                "PIN counts: expected 10,000, got {}",
                one.counts.len()
            )));
        }
        let cell = CountedIn {
            form: one.form.clone(),
            region: format!("{}/{}", one.target, one.region),
        };
        let sums: &mut Vec<u32> = cells.entry(cell).or_insert_with(|| vec![0; PINS]);
        for (sum, count) in sums.iter_mut().zip(&one.counts) {
            *sum = sum.saturating_add(*count);
        }
    }
    Ok(cells)
}

/// A random label for each PIN; `pin` has [`TRUE_PIN`].
fn labels(pin: usize) -> Result<Zeroizing<Vec<u16>>, Fault> {
    let mut labels: Zeroizing<Vec<u16>> = Zeroizing::new((0..PINS as u16).collect());
    labels.shuffle(&mut random()?);
    let holder = labels
        .iter()
        .position(|label| *label == TRUE_PIN)
        .unwrap_or(pin);
    labels.swap(holder, pin);
    Ok(labels)
}

/// Never the plan's: whoever knows the seed could tell PINs from labels.
fn random() -> Result<ChaCha20Rng, Fault> {
    Ok(ChaCha20Rng::from_seed(*super::seed()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pins: &[usize]) -> Vec<PinCounts> {
        let mut counts = vec![0; PINS];
        for pin in pins {
            counts[*pin] += 1;
        }
        vec![PinCounts {
            form: "ascii".into(),
            target: "software".into(),
            region: "heap".into(),
            counts,
        }]
    }

    #[test]
    fn the_true_pin_has_label_0_and_no_other_is_told() {
        let found = changes(&counts(&[1, 2]), &counts(&[4711, 2, 8]), "4711", 3).unwrap();
        assert_eq!(found.cells[0].region, "software/heap");
        assert_eq!((found.rose[0].len(), found.fell[0].len()), (2, 1));
        assert_eq!(found.rose[0][0], TRUE_PIN);
        assert_eq!(found.never_typed, [1, 2, 3]);
        let again = changes(
            &counts(&[]),
            &counts(&(0..9_000).collect::<Vec<_>>()),
            "9999",
            0,
        )
        .unwrap();
        assert!(!again.rose[0].contains(&TRUE_PIN) && again.rose[0].len() == 9_000);
    }

    #[test]
    fn cells_that_appear_count_from_nothing() {
        let found = changes(&[], &counts(&[12]), "0012", 0).unwrap();
        assert_eq!(found.rose, [[TRUE_PIN]]);
    }

    #[test]
    fn counts_of_another_length_are_refused() {
        let mut short = counts(&[]);
        short[0].counts.pop();
        assert!(changes(&short, &[], "0000", 0).is_err());
        assert!(changes(&[], &[], "123", 0).is_err());
    }
}
