//! Places and contexts.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::pins::{Followed, Key, Kind, Seen, follow};

fn place(hash: u64) -> Key {
    Key {
        delay_s: 0,
        kind: Kind::Place,
        hash,
    }
}

fn context(hash: u64) -> Key {
    Key {
        kind: Kind::Context,
        ..place(hash)
    }
}

/// A megabyte of four-digit places that change in every trial, and one buffer that keeps the PIN.
#[test]
fn a_place_that_holds_three_pins_in_turn_is_no_chance() {
    const PLACES: u64 = 1 << 20;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut trial = |leaks| {
        let chance = (0..PLACES).filter(|_| random.random_range(0..10_000) == 0);
        let mut held: BTreeMap<Key, usize> = chance.map(|at| (place(at), 3)).collect();
        if leaks {
            held.insert(place(PLACES), 5);
        }
        Seen {
            held,
            ..Seen::default()
        }
    };
    let trials = [trial(true), trial(true), trial(true), trial(false)];
    let Followed {
        noticed: of_first_three,
        recurring: found,
    } = follow(&trials, 10_000);
    assert_eq!((found[0].key, found[0].cell), (place(PLACES), 5));
    assert_eq!((found[0].held, found[0].present), (3, 4));
    // Some 315 keys in the first three; 3 ways to hold twice of three times.
    assert!((250..400).contains(&of_first_three));
    assert!(
        found[0].p > 0.5e-6 && found[0].p < 20e-6,
        "{}, {of_first_three} keys",
        found[0].p
    );
    assert!(found[1..].iter().all(|chance| chance.p > 0.001));
    // Once again is no proof where hundreds might have.
    assert!(follow(&trials[..2], 10_000).recurring[0].p > 0.001);
}

#[test]
fn a_context_that_moves_is_found_by_what_it_held_later() {
    let seen = |holds: bool, pins: u64| Seen {
        held: holds.then_some((context(7), 0)).into_iter().collect(),
        shown: (pins > 0)
            .then_some((context(7), pins))
            .into_iter()
            .collect(),
    };
    // Noticed in the first, held again in two of the three others that show it; the fourth does not show it at all.
    let trials = [
        seen(true, 0),
        seen(true, 1),
        seen(false, 2),
        seen(false, 0),
        seen(true, 1),
    ];
    let found = follow(&trials, 10_000).recurring;
    assert_eq!((found[0].held, found[0].present), (3, 4));
    // At least two of three: by hand, 1/9999, 2/9998, 1/9996.
    let (a, b, c) = (1.0 / 9999.0, 2.0 / 9998.0, 1.0 / 9996.0);
    let exact = a * b * (1.0 - c) + a * c * (1.0 - b) + b * c * (1.0 - a) + a * b * c;
    assert!((found[0].p - exact).abs() < 1e-15);
}

#[test]
fn a_context_that_shows_all_pins_says_nothing() {
    let trials: Vec<Seen> = (0..5)
        .map(|trial| Seen {
            held: [(context(1), 0)].into(),
            shown: (trial > 0)
                .then_some((context(1), 10_000))
                .into_iter()
                .collect(),
        })
        .collect();
    let found = follow(&trials, 10_000).recurring;
    assert_eq!((found.len(), found[0].held), (1, 5));
    assert!((found[0].p - 1.0).abs() < 1e-9);
}

#[test]
fn what_was_not_followed_is_not_counted_and_delays_are_apart() {
    let once = Seen {
        held: [(context(1), 0), (place(2), 0)].into(),
        ..Seen::default()
    };
    let mut later = once.clone();
    later.held = [(
        Key {
            delay_s: 60,
            ..place(2)
        },
        0,
    )]
    .into();
    // The context held it again, but nobody says what else it showed; the place held it after another delay.
    later.held.insert(context(1), 0);
    let two = follow(&[once, later], 10_000);
    assert_eq!((two.noticed, two.recurring), (2, Vec::new()));
    assert_eq!(follow(&[], 10_000), Followed::default());
}

/// Under chance alone an alarm at 0.001 is that rare: 300 studies of 20 authentications, 2,000 contexts that move and show two PINs each.
#[test]
fn chance_alone_gives_no_alarm() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..300 {
        let mut known = std::collections::BTreeSet::new();
        let trials: Vec<Seen> = (0..20)
            .map(|_| {
                let held: BTreeMap<Key, usize> = (0..2_000)
                    .filter(|_| random.random_range(0..5_000) == 0)
                    .map(|hash| (context(hash), 0))
                    .collect();
                let shown = known.iter().map(|key| (*key, 2)).collect();
                known.extend(held.keys().copied());
                Seen { held, shown }
            })
            .collect();
        assert!(
            follow(&trials, 10_000)
                .recurring
                .iter()
                .all(|one| one.p > 0.001)
        );
    }
}
