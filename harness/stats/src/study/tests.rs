use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::scores::{Direction, csv};
use crate::sequential::Standing;

/// A complete matrix with so many genuine attempts a subject; the first `bad` subjects never match.
fn matrix(subjects: u32, attempts: u32, bad: u32) -> Scores {
    use std::fmt::Write;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut text = "reference,probe,attempt,score\n".to_owned();
    for reference in 0..subjects {
        for probe in 0..subjects {
            let own = reference == probe;
            for attempt in 1..=if own { attempts } else { 1 } {
                let score = match (own, reference < bad) {
                    (true, false) => rng.random_range(2.0..3.0_f32),
                    _ => rng.random_range(0.0..1.0_f32),
                };
                writeln!(text, "s{reference},s{probe},{attempt},{score}").unwrap();
            }
        }
    }
    csv::read(text.as_bytes(), Direction::Similarity, 2).unwrap()
}

fn evaluated(scores: &Scores, threads: usize) -> Study {
    let settings = Settings {
        replicates: 200,
        ..Settings::default()
    };
    study(scores, &Groups::default(), &settings, threads).unwrap()
}

#[test]
fn a_clean_engine_is_within_the_limit_and_the_study_does_not_depend_on_threads() {
    let scores = matrix(130, 5, 0);
    let one = evaluated(&scores, 1);
    assert_eq!(one, evaluated(&scores, 5));
    let decision = decide(&one, 0.007).unwrap();
    assert_eq!(decision.standing, Standing::Within);
    assert_eq!(decide(&one, 0.006).unwrap().standing, Standing::Open);
    // 650 comparisons of five a subject without an error count as 650/1.4: Clopper–Pearson 1 − 0.05^(1.4/650).
    // That is 0.64 %: 130 subjects are too few for 0.6 %.
    assert!((decision.upper.unwrap() - (1.0 - 0.05_f64.powf(1.4 / 650.0))).abs() < 1e-9);
    assert!(one.equal_error_rate < 1e-12);
    let beyond = one.operating.iter().find(|o| o.is_at(1e-6)).unwrap();
    assert_eq!((beyond.needed, beyond.rates), (Some(1_000_000), None));
}

/// 2 of 130 subjects always fail: ten errors, but two people. Clopper–Pearson alone would bound 2.6 %; two of 130 people
/// bound 4.8 %.
#[test]
fn clustered_errors_widen_the_bound() {
    let result = evaluated(&matrix(130, 5, 2), 2);
    let at = result.operating.iter().find(|o| o.is_at(1e-4)).unwrap();
    let (rates, fnmr) = (at.rates.unwrap(), at.fnmr.unwrap());
    assert_eq!((rates.false_non_matches, rates.genuine), (10, 650));
    assert!(
        (fnmr.design_effect - 5.0).abs() < 0.1,
        "{}",
        fnmr.design_effect
    );
    assert!(fnmr.upper.independent < 0.027 && fnmr.upper.deciding() > 0.045);
    assert_eq!(decide(&result, 0.006).unwrap().standing, Standing::Open);
    assert_eq!(
        result.worst_genuine[0].reference,
        result.worst_genuine[0].probe
    );
    assert!(
        result
            .policies
            .iter()
            .all(|p| (p.false_rejects, p.genuine) == (2, 130))
    );
}

#[test]
fn a_weak_engine_is_beyond_the_limit() {
    let result = evaluated(&matrix(110, 5, 30), 2);
    assert_eq!(decide(&result, 0.006).unwrap().standing, Standing::Beyond);
}

#[test]
fn too_few_impostors_leave_it_open_with_the_number_needed() {
    let result = evaluated(&matrix(3, 2, 0), 1);
    let decision = decide(&result, 0.006).unwrap();
    assert_eq!(
        (decision.standing, decision.impostors_needed),
        (Standing::Open, Some(10_000))
    );
}

#[test]
fn groups_are_strata_at_the_common_threshold() {
    let scores = matrix(110, 2, 1);
    let groups = Groups {
        names: vec!["glasses=yes".into(), "glasses=no".into()],
        of_subject: (0..110).map(|n| vec![u32::from(n != 0)]).collect(),
    };
    let settings = Settings {
        replicates: 20,
        ..Settings::default()
    };
    let strata = study(&scores, &groups, &settings, 1).unwrap().strata;
    let told: Vec<_> = strata
        .iter()
        .map(|s| (s.name.as_str(), s.errors, s.trials))
        .collect();
    assert_eq!(told, [("glasses=yes", 2, 2), ("glasses=no", 0, 218)]);
}
