//! Error rates of the test: what it calls residue by chance, and what it finds.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Run, memory};
use crate::pins::{Change, holm, permutation};

/// 10,000 families of three cells and ten trials. Memory may be anything, as long as the PINs are drawn blindly: forty
/// snapshots serve, drawn anew for each family. Busy ones, as ties make a quiet cell's test only more careful.
#[test]
fn false_alarms_keep_to_the_family_alpha() {
    const FAMILIES: u64 = 10_000;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let pool: Vec<Change> = (0..40)
        .map(|_| memory(&mut random, 0.35, 0.3, None))
        .collect();
    let urn: Vec<u16> = (0..10_000).collect();
    let (mut at_5_percent, mut at_1_permille) = (0_u32, 0_u32);
    for family in 0..FAMILIES {
        // Ten of 10,000: a repeated PIN (0.4 % of families) changes nothing that could be seen here.
        let pins: [u16; 10] = std::array::from_fn(|_| random.random_range(0..10_000));
        let p: Vec<f64> = (0..3)
            .map(|cell| {
                let trials = pins.map(|pin| (&pool[random.random_range(0..pool.len())], pin));
                permutation(&trials, &urn, 3_000, family, cell).p
            })
            .collect();
        let least = holm(&p).into_iter().fold(1.0, f64::min);
        at_5_percent += u32::from(least <= 0.05);
        at_1_permille += u32::from(least <= 0.001);
    }
    // At most α × 10,000, plus four standard errors; and not so few that the test could never find anything.
    assert!((200..500 + 87).contains(&at_5_percent), "{at_5_percent}");
    assert!(at_1_permille <= 10 + 13, "{at_1_permille}");
}

/// One authentication in five leaks, among a hundred PINs that rise by chance: found in 100 trials, always.
#[test]
fn a_leak_in_one_of_five_is_found() {
    let urn: Vec<u16> = (0..10_000).collect();
    for seed in 0..20 {
        let trials = Run::new(seed).trials(100, |trial| trial.is_multiple_of(5).then_some(0));
        let of_cell = |cell: usize| -> Vec<(&Change, u16)> {
            trials
                .iter()
                .map(|trial| (&trial.changes[cell], trial.pin))
                .collect()
        };
        let busy = permutation(&of_cell(0), &urn, 20_000, seed, 0);
        assert!(2.0 * busy.p <= 0.001, "{busy:?}");
        let quiet = permutation(&of_cell(1), &urn, 20_000, seed, 1);
        assert!(quiet.p > 0.001, "{quiet:?}");
    }
}
