//! Addresses and contexts.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::shuffled;
use crate::pins::{Seen, contexts, persistent};

/// A megabyte of four-digit places that change in every trial, and one buffer that keeps the PIN.
#[test]
fn chance_survivors_fall_by_ten_thousand_per_trial() {
    const PLACES: u64 = 1 << 20;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let held: Vec<Vec<u64>> = (0..3)
        .map(|_| {
            let chance = (0..PLACES).filter(|_| random.random_range(0..10_000) == 0);
            let mut held: Vec<u64> = chance.collect();
            held.retain(|&address| address != 4711);
            held.push(4711);
            held.sort_unstable();
            held
        })
        .collect();
    let trials: Vec<&[u64]> = held.iter().map(Vec::as_slice).collect();
    // 2²⁰ / 10⁴ = 105 places hold the first PIN by chance.
    assert!((60..150).contains(&persistent(&trials[..1], PLACES, 10_000).addresses.len()));
    let all = persistent(&trials, PLACES, 10_000);
    assert_eq!(all.addresses, [4711]);
    // 2²⁰ / (10,000 × 9,999 × 9,998)
    assert!(
        (all.chance - 1.048_890_586e-6).abs() < 1e-12,
        "{}",
        all.chance
    );
    assert!((persistent(&[], PLACES, 10_000).chance - 1.0).abs() < 1e-12);
    // An urn smaller than the trials proves nothing.
    assert!((persistent(&[&[1], &[1], &[1]], 10, 2).chance - 1.0).abs() < 1e-12);
}

#[test]
fn a_context_that_moves_is_found_among_ten_thousand() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut urn = shuffled(2);
    let trials: Vec<Seen> = (0..10)
        .map(|trial| {
            let pin = urn.pop().unwrap();
            let mut places: Vec<(u64, u16)> = (0..10_000)
                .map(|key| (key, random.random_range(0..10_000)))
                .collect();
            if trial % 3 == 0 {
                places.push((77_777, pin));
            }
            Seen { pin, places }
        })
        .collect();
    let found = contexts(&trials, 10_000);
    assert_eq!(
        (found[0].key, found[0].held, found[0].present),
        (77_777, 4, 4)
    );
    // 10,001 contexts × (10⁻⁴)⁴
    assert!((found[0].p - 1.0001e-12).abs() < 1e-18);
    assert!(found[1..].iter().all(|context| context.p > 0.001));
}

#[test]
fn a_context_that_shows_all_pins_says_nothing() {
    let trials: Vec<Seen> = (0..5)
        .map(|value| Seen {
            pin: value,
            places: (0..10_000).map(|any| (1, any)).collect(),
        })
        .collect();
    let found = contexts(&trials, 10_000);
    assert_eq!((found.len(), found[0].held), (1, 5));
    assert!((found[0].p - 1.0).abs() < 1e-9);
}
