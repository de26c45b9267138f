//! Holm, the permutation test and the bound against independent figures; properties.

use proptest::prelude::*;

use crate::pins::bound::{at_least, at_most};
use crate::pins::{BadCounts, Change, holm, leak_rate, permutation};

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} is not {b}");
}

/// statsmodels 0.15.0: `multipletests(p, method='holm')[1]`.
#[test]
fn holm_agrees_with_statsmodels() {
    for (p, adjusted) in [
        (
            vec![0.01, 0.04, 0.03, 0.005, 0.6, 0.000_02],
            vec![0.04, 0.09, 0.09, 0.025, 0.6, 0.000_12],
        ),
        (vec![0.5, 0.9, 0.4], vec![1.0, 1.0, 1.0]),
        (
            vec![0.0003, 0.0003, 0.0001, 0.000_26, 1.0],
            vec![0.001_04, 0.001_04, 0.0005, 0.001_04, 1.0],
        ),
    ] {
        for (ours, theirs) in holm(&p).into_iter().zip(adjusted) {
            close(ours, theirs, 1e-15);
        }
    }
    assert!(holm(&[]).is_empty());
}

/// SciPy 1.17.1, `q = numpy.linspace(0, 0.3, 40)`: `poisson_binom(q).cdf(3)`, `.sf(9)`.
#[test]
fn poisson_binomial_agrees_with_scipy() {
    let shares: Vec<f64> = (0..40).map(|n| 0.3 * f64::from(n) / 39.0).collect();
    close(
        at_most(3, shares.iter().copied()),
        0.122_103_901_575_522_94,
        1e-13,
    );
    close(at_least(10, &shares), 0.060_844_831_493_157, 1e-13);
    close(at_least(0, &shares), 1.0, 1e-13);
}

/// SciPy 1.17.1: `beta.ppf(0.95, 1, 300)`; with background
/// `brentq(lambda r: poisson_binom(1 - (1 - r) * (1 - q)).cdf(x) - 0.05, 0, 0.3)` for `q = full(300, 0.01)`, x = 5 and
/// `q = linspace(0, 0.1, 100)`, x = 7.
#[test]
fn bounds_agree_with_scipy() {
    let upper = |events, background: &[f64]| leak_rate(events, background, 0.95).unwrap().upper;
    close(upper(0, &[0.0; 300]), 0.009_936_081_944_457_7, 1e-14);
    close(upper(5, &[0.01; 300]), 0.024_971_963_940_702_03, 1e-10);
    let rising: Vec<f64> = (0..100).map(|n| 0.1 * f64::from(n) / 99.0).collect();
    close(upper(7, &rising), 0.081_341_817_881_561_89, 1e-10);
    // Fewer events than the background explains buy nothing below the bound of none.
    close(upper(0, &[0.05; 300]), 0.009_936_081_944_457_7, 1e-14);
    assert!(leak_rate(0, &[], 0.95).is_err() && leak_rate(2, &[0.0], 0.95).is_err());
    assert!(leak_rate(0, &[1.5], 0.95).is_err());
}

/// All 12 × 11 × 10 sequences of three of twelve PINs, counted out.
#[test]
fn the_draws_rank_as_all_sequences_do() {
    let rises = [
        &[(0, 1), (1, 1), (2, 1)][..],
        &[(1, 1), (5, 1)],
        &[(0, 1), (7, 1), (8, 1), (9, 1)],
    ];
    let falls = [&[(4, 1), (5, 1)][..], &[(0, 1), (2, 1)], &[]];
    let changes: Vec<Change> = (0..3)
        .map(|t| Change::between(falls[t], rises[t]).unwrap())
        .collect();
    let urn: Vec<u16> = (0..12).collect();
    let t = |a: u16, b: u16, c: u16| changes[0].sign(a) + changes[1].sign(b) + changes[2].sign(c);
    let sequences = urn.iter().flat_map(|&a| {
        urn.iter()
            .flat_map(move |&b| (0..12).map(move |c| (a, b, c)))
    });
    let all: Vec<i64> = sequences
        .filter(|(a, b, c)| a != b && b != c && a != c)
        .map(|(a, b, c)| t(a, b, c))
        .collect();
    assert_eq!(all.len(), 1320);
    // 0, 1, 7 rise thrice: the most there is.
    let trials: Vec<_> = changes.iter().zip([0, 1, 7]).collect();
    let exact = all.iter().filter(|&&t| t >= 3).count() as f64 / 1320.0;
    let drawn = permutation(&trials, &urn, 200_000, 1, 0);
    assert_eq!(drawn.statistic, 3);
    // Twenty controls suffice, so p is known to a part in √20 = 4.5: within four of those.
    assert!(
        (drawn.p / exact).ln().abs() < 4.0 / 20.0_f64.sqrt(),
        "{} {exact}",
        drawn.p
    );
    // And over many streams, the mean of p's reciprocal draws settles on it: E(1/draws until 20) is near exact / 19.
    let mean = (0..2_000)
        .map(|stream| 19.0 / permutation(&trials, &urn, 200_000, 1, stream).draws as f64)
        .sum::<f64>()
        / 2_000.0;
    close(mean / exact, 1.0, 0.05);
}

#[test]
fn a_test_is_the_seeds() {
    let change = Change::between(&[], &[(3, 1), (4, 2)]).unwrap();
    let urn: Vec<u16> = (0..10_000).collect();
    let test = |seed| permutation(&[(&change, 3)], &urn, 20_000, seed, 0);
    assert_eq!(test(1), test(1));
    // One trial: two PINs of 10,000 rise, so p is near 2 in 10⁴.
    let p = (test(1).p + test(2).p + test(3).p) / 3.0;
    assert!((0.000_1..0.000_4).contains(&p), "{p}");
    close(permutation(&[], &urn, 10, 1, 0).p, 1.0, 0.0);
}

#[test]
fn counts_out_of_order_are_refused() {
    let refused = |after: &[(u16, u32)]| Change::between(&[], after).err();
    assert_eq!(refused(&[(2, 1), (1, 1)]), Some(BadCounts::Order(1)));
    assert_eq!(refused(&[(2, 1), (2, 1)]), Some(BadCounts::Order(1)));
    assert_eq!(refused(&[(10_000, 1)]), Some(BadCounts::Order(0)));
    assert_eq!(
        Change::between_histograms(&[0; 9], &[0; 9]).err(),
        Some(BadCounts::Length(9))
    );
}

proptest! {
    #[test]
    fn sparse_counts_and_histograms_agree(
        before in prop::collection::btree_map(0_u16..10_000, 0_u32..4, 0..60),
        after in prop::collection::btree_map(0_u16..10_000, 0_u32..4, 0..60),
        shared in prop::collection::btree_map(0_u16..10_000, (0_u32..4, 0_u32..4), 0..60),
    ) {
        let (mut before, mut after) = (before, after);
        for (pin, (was, is)) in shared {
            before.insert(pin, was);
            after.insert(pin, is);
        }
        let dense = |counts: &std::collections::BTreeMap<u16, u32>| {
            let mut dense = vec![0; 10_000];
            for (&pin, &count) in counts {
                dense[usize::from(pin)] = count;
            }
            dense
        };
        let (was, is) = (dense(&before), dense(&after));
        let list = |counts: std::collections::BTreeMap<u16, u32>| counts.into_iter().collect::<Vec<_>>();
        let sparse = Change::between(&list(before), &list(after)).unwrap();
        let whole = Change::between_histograms(&was, &is).unwrap();
        for pin in 0..10_000_u16 {
            let place = usize::from(pin);
            let sign = (i64::from(is[place]) - i64::from(was[place])).signum();
            prop_assert_eq!((sparse.sign(pin), whole.sign(pin)), (sign, sign));
        }
    }

    #[test]
    fn holm_is_between_plain_and_bonferroni(p in prop::collection::vec(0.0..1.0_f64, 1..30)) {
        let adjusted = holm(&p);
        for (plain, after) in p.iter().zip(&adjusted) {
            prop_assert!(after >= plain && *after <= (p.len() as f64 * plain).min(1.0) + 1e-15);
        }
        for (a, b) in (0..p.len()).zip(1..p.len()) {
            prop_assert!(p[a] > p[b] || adjusted[a] <= adjusted[b]);
        }
    }
}
