//! Do the bounds hold what they promise? Simulated experiments from fixed seeds: a 95 % bound must cover the true rate in
//! at least 95 % of them (less three standard errors of the simulation), and a device inside the limit must not fail.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shinsa_stats::accuracy::bounds::{
    assumed_effect, deflated_lower, deflated_upper, design_effect,
};
use shinsa_stats::binomial;

const EXPERIMENTS: u32 = 100_000;

/// Three standard errors below 0.95 in so many experiments.
fn covers(hits: u32, experiments: u32) -> bool {
    let n = f64::from(experiments);
    f64::from(hits) / n >= 0.95 - 3.0 * (0.95_f64 * 0.05 / n).sqrt()
}

/// Errors of a subject whose attempts share one rate, drawn so that the mean is `rate`: with chance `share` the rate is
/// `high`, else 0. Intra-class correlation (high − rate)/(1 − rate).
struct Cluster {
    share: f64,
    high: f64,
    attempts: u64,
}

impl Cluster {
    fn subject(&self, rng: &mut ChaCha8Rng) -> (u64, u64) {
        let errors = if rng.random_bool(self.share) {
            (0..self.attempts)
                .filter(|_| rng.random_bool(self.high))
                .count()
        } else {
            0
        };
        (errors as u64, self.attempts)
    }
}

#[test]
fn clopper_pearson_covers_in_simulated_experiments() {
    for (trials, rate) in [(500_u64, 0.006), (200, 0.05), (3_000, 0.001)] {
        let uppers: Vec<f64> = (0..=trials.min(200))
            .map(|k| binomial::upper(k, trials, 0.95).unwrap())
            .collect();
        let mut rng = ChaCha8Rng::seed_from_u64(trials);
        // By inversion of the distribution: one draw an experiment.
        let ladder: Vec<f64> = (0..uppers.len() as u64)
            .map(|k| binomial::cdf(k, trials, rate).unwrap())
            .collect();
        let hits = (0..EXPERIMENTS)
            .filter(|_| {
                let draw: f64 = rng.random();
                let errors = ladder.partition_point(|p| *p < draw).min(uppers.len() - 1);
                uppers[errors] >= rate
            })
            .count() as u32;
        assert!(covers(hits, EXPERIMENTS), "{trials} trials: {hits}");
    }
}

/// 245 subjects of five attempts, true FNMR 0.6 %, the correlations of the facts (0.1, 0.3): the deciding bound on counts
/// (deflated Clopper–Pearson with the registered least correlation) against the plain one, which does not hold.
#[test]
fn deflated_bounds_cover_where_subjects_cluster_and_plain_ones_do_not() {
    for (high, least, plain_holds) in [(0.105, 0.1, true), (0.304, 0.3, false)] {
        let cluster = Cluster {
            share: 0.006 / high,
            high,
            attempts: 5,
        };
        let mut rng = ChaCha8Rng::seed_from_u64(17);
        let experiments = 20_000;
        let (mut deflated, mut plain) = (0, 0);
        for _ in 0..experiments {
            let subjects: Vec<_> = (0..245).map(|_| cluster.subject(&mut rng)).collect();
            let errors: u64 = subjects.iter().map(|(k, _)| k).sum();
            let effect = design_effect(&subjects).max(assumed_effect(&subjects, least));
            deflated += u32::from(deflated_upper(errors, 1_225, effect, 0.95).unwrap() >= 0.006);
            plain += u32::from(deflated_upper(errors, 1_225, 1.0, 0.95).unwrap() >= 0.006);
        }
        assert!(covers(deflated, experiments), "deflated {deflated}");
        assert_eq!(covers(plain, experiments), plain_holds, "plain {plain}");
    }
}

/// An engine just inside the limit (FNMR 0.4 %, correlated attempts) must not *fail* more often than 5 %: 10⁴ decisions.
#[test]
fn an_engine_just_inside_the_limit_does_not_fail() {
    let cluster = Cluster {
        share: 0.04,
        high: 0.1,
        attempts: 5,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let failed = (0..10_000)
        .filter(|_| {
            let subjects: Vec<_> = (0..300).map(|_| cluster.subject(&mut rng)).collect();
            let errors: u64 = subjects.iter().map(|(k, _)| k).sum();
            let effect = design_effect(&subjects).max(assumed_effect(&subjects, 0.1));
            deflated_lower(errors, 1_500, effect, 0.95).unwrap() > 0.006
        })
        .count();
    assert!(failed <= 500, "{failed}");
}
