//! Studies put together from made-up counts.

use super::*;
use crate::residue::{CountedIn, HeldIn, Seen, TRUE_PIN};

fn changes(rose: Vec<u16>) -> PinChanges {
    PinChanges {
        cells: vec![CountedIn {
            form: "ascii".into(),
            region: "reader/heap".into(),
        }],
        rose: vec![rose],
        fell: vec![Vec::new()],
        ..PinChanges::default()
    }
}

/// Labels that rise by chance, never the true PIN's.
fn chance(n: usize) -> Vec<u16> {
    (1..4)
        .map(|k| ((n * 37 + k * 997) % 9_999 + 1) as u16)
        .collect()
}

/// A run whose every authentication leaks or does not, with arms of these sizes.
fn run(typed: usize, leaks: bool, planted: usize, live: usize) -> Gathered {
    let mut counted = Vec::new();
    for n in 0..typed {
        let mut after = changes(chance(n));
        after.never_typed = vec![5_000 + n as u16];
        if leaks {
            after.rose[0].push(TRUE_PIN);
        }
        counted.push(Counted::After(vec![(0, after)]));
    }
    for n in 0..planted {
        let mut seeded = changes(chance(n));
        seeded.rose[0].push(TRUE_PIN);
        seeded.planted = Some(0);
        counted.push(Counted::Seeded(seeded));
    }
    let seen = |n| {
        let mut seen = changes(chance(n));
        seen.rose[0].push(TRUE_PIN);
        Counted::Live(seen)
    };
    counted.extend((0..live).map(seen));
    Gathered {
        counted,
        ..Gathered::default()
    }
}

fn judged(gathered: &Gathered) -> Ruling {
    let limit = Bounds {
        least: None,
        most: Some(1.0),
    };
    rule(gathered, &limit, "%", 0.95, 7).0
}

#[test]
fn three_hundred_clean_authentications_with_all_arms_pass() {
    let ruling = judged(&run(300, false, 59, 5));
    assert_eq!(ruling.guarded, Verdict::Pass, "{:?}", ruling.open);
    assert!(ruling.bounds.unwrap().1 < 1.0);
}

#[test]
fn a_pin_that_stays_fails() {
    let (ruling, n, found) = rule(
        &run(60, true, 0, 0),
        &Bounds {
            least: None,
            most: Some(1.0),
        },
        "%",
        0.95,
        7,
    );
    assert_eq!((ruling.guarded, n), (Verdict::Fail, 60));
    let found = found.unwrap();
    assert_eq!(found.cells[0].form, "ascii");
    assert_eq!(found.cells[0].rose, 60);
}

#[test]
fn without_an_arm_nothing_passes() {
    for (gathered, word) in [
        (run(300, false, 0, 5), "seeded"),
        (run(300, false, 59, 0), "live"),
        (run(40, false, 59, 5), "null"),
    ] {
        let ruling = judged(&gathered);
        assert_eq!(ruling.guarded, Verdict::Inconclusive);
        let open = ruling.open.unwrap().en;
        assert!(open.contains(word), "{open}");
    }
    assert_eq!(judged(&run(0, false, 0, 0)).guarded, Verdict::Inconclusive);
}

#[test]
fn counts_that_do_not_fit_decide_nothing() {
    let mut gathered = run(1, false, 0, 0);
    gathered.counted.push(Counted::Live(changes(vec![10_000])));
    assert_eq!(judged(&gathered).guarded, Verdict::Inconclusive);
}

/// Counts rise everywhere by chance, so that they show nothing; the same context held the right PIN after four of ten authentications.
#[test]
fn a_context_that_holds_the_pin_time_and_again_fails() {
    let mut gathered = run(10, false, 0, 0);
    let of_trial = |n: usize| Seen {
        held: [(n.is_multiple_of(3), 77), (n == 5, 78)]
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, context)| HeldIn {
                cell: 0,
                places: vec![1_000 + n as u64],
                contexts: vec![context],
            })
            .collect(),
        followed: vec![(77, 2)],
    };
    let mut trial = 0;
    for counted in &mut gathered.counted {
        let Counted::After(after) = counted else {
            continue;
        };
        after[0].1.seen = Some(of_trial(trial));
        after[0].1.never_typed = (0..6).map(|k| (5_000 + 10 * trial + k) as u16).collect();
        trial += 1;
    }
    let most = Bounds {
        least: None,
        most: Some(1.0),
    };
    let (ruling, _, found) = rule(&gathered, &most, "%", 0.95, 7);
    let found = found.unwrap();
    assert_eq!(ruling.guarded, Verdict::Fail, "{found:?}");
    assert!(found.cells.is_empty() && found.recurring.len() == 1);
    let one = &found.recurring[0];
    assert_eq!((one.place, one.held, one.present), (false, 4, 10));
    assert_eq!(
        (one.form.as_str(), one.region.as_str()),
        ("ascii", "reader/heap")
    );
    // A cell that is not there.
    let Some(Counted::After(after)) = gathered.counted.first_mut() else {
        panic!("no authentication");
    };
    after[0].1.seen.as_mut().unwrap().held[0].cell = 9;
    assert_eq!(judged(&gathered).guarded, Verdict::Inconclusive);
}
