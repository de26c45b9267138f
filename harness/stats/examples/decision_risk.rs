//! The deciding rule put to the test: 10⁴ whole evaluations of engines whose true FNMR at FMR 0.01 % is known, decided as
//! `shinsa` decides (threshold from the drawn impostors, design effect, two-way bootstrap), and how often each verdict
//! came out. `cargo run --release -p shinsa-stats --example decision_risk [EXPERIMENTS]`; figures in `README.md`.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shinsa_stats::interval::normal_deviate;
use shinsa_stats::scores::Scores;
use shinsa_stats::sequential::Standing;
use shinsa_stats::study::{Groups, Settings, decide, study};

/// As the certification scenario has it.
const SUBJECTS: u32 = 400;
const PRESENTATIONS: u32 = 3;
const FMR: f64 = 1e-4;
const LIMIT: f64 = 0.006;
/// Part of a genuine score's variance that is the subject's: some people are always harder.
const OF_SUBJECT: f64 = 0.3;

/// Two normal deviates (Box and Muller 1958).
fn normals(rng: &mut ChaCha8Rng) -> [f64; 2] {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    let (sine, cosine) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
    [radius * sine, radius * cosine]
}

/// Impostors are standard normal; genuine ones are moved so far that the true FNMR at FMR 10⁻⁴ is `fnmr`.
fn evaluation(fnmr: f64, rng: &mut ChaCha8Rng) -> Scores {
    let moved = normal_deviate(1.0 - FMR) + normal_deviate(1.0 - fnmr);
    let mut scores = Scores {
        subjects: (0..SUBJECTS).map(|n| format!("s{n}")).collect(),
        conditions: vec![String::new()],
        ..Scores::default()
    };
    let mut spare: Option<f64> = None;
    let mut normal = |rng: &mut ChaCha8Rng| {
        spare.take().unwrap_or_else(|| {
            let [one, other] = normals(rng);
            spare = Some(other);
            one
        })
    };
    for reference in 0..SUBJECTS {
        let own = normal(rng) * OF_SUBJECT.sqrt();
        for probe in 0..SUBJECTS {
            for attempt in 1..=PRESENTATIONS {
                let (score, column) = if reference == probe {
                    let score = moved + own + normal(rng) * (1.0 - OF_SUBJECT).sqrt();
                    (score, &mut scores.genuine)
                } else {
                    (normal(rng), &mut scores.impostor)
                };
                column.score.push(score as f32);
                column.reference.push(reference);
                column.probe.push(probe);
                column.attempt.push(attempt);
                column.condition.push(0);
            }
        }
    }
    scores
}

/// How often within, beyond, open.
fn decided(fnmr: f64, experiments: u32, seed: u64) -> [u32; 3] {
    let settings = Settings {
        shown_fmrs: vec![FMR],
        replicates: 200,
        ..Settings::default()
    };
    let mut counts = [0; 3];
    for experiment in 0..experiments {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ (u64::from(experiment) << 20));
        let scores = evaluation(fnmr, &mut rng);
        let found = study(&scores, &Groups::default(), &settings, 1).expect("both classes");
        let standing = decide(&found, LIMIT).expect("a share").standing;
        counts[match standing {
            Standing::Within => 0,
            Standing::Beyond => 1,
            Standing::Open | Standing::Truncated => 2,
        }] += 1;
    }
    counts
}

fn main() {
    let experiments: u32 = std::env::args().nth(1).map_or(10_000, |text| {
        text.parse().expect("a number of experiments")
    });
    println!(
        "{experiments} evaluations near the limit, a tenth elsewhere: {SUBJECTS} subjects, {PRESENTATIONS} presentations, limit {LIMIT} at FMR {FMR}"
    );
    for fnmr in [0.001, 0.004, 0.006, 0.015] {
        let experiments = if (0.003..0.005).contains(&fnmr) {
            experiments
        } else {
            experiments / 10
        };
        let halves = [(1, experiments / 2), (2, experiments - experiments / 2)];
        let counts = std::thread::scope(|scope| {
            let workers = halves.map(|(seed, part)| scope.spawn(move || decided(fnmr, part, seed)));
            workers.map(|worker| worker.join().expect("no panic"))
        });
        let of = |n: usize| f64::from(counts[0][n] + counts[1][n]) / f64::from(experiments) * 100.0;
        println!(
            "true FNMR {:>4} %: within {:>6.2} %, beyond {:>6.2} %, open {:>6.2} %",
            fnmr * 100.0,
            of(0),
            of(1),
            of(2)
        );
    }
}
