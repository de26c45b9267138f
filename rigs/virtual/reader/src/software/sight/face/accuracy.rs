//! Accuracy on a drawn population, ideal environment. The rates are this engine's on these drawings, nobody else's.

use fixture_people::population::{Condition, Expression, Light};

use super::THRESHOLD;
use super::scores::scores;

/// Seeds of the populations: the threshold is set on one, errors are counted on the other.
const TRAINING: u64 = 0x7EA1;
const EVALUATION: u64 = 0xE7A1;

#[test]
fn a_small_population_is_told_apart() {
    let scores = scores(60, 2, EVALUATION, &Condition::default());
    scores.print();
    let (missed, matched) = scores.errors(THRESHOLD);
    println!("FNMR {missed}, FMR {matched}");
    assert!(
        missed <= 0.01 && matched <= 0.002,
        "FNMR {missed}, FMR {matched}"
    );
}

/// The claim. In release: `cargo test --release -p virtual-reader accuracy -- --ignored --nocapture`.
#[test]
#[ignore = "a minute in release: 3,000 subjects, 5 million comparisons"]
fn a_thousand_people_are_told_apart() {
    let mut training = scores(2000, 1, TRAINING, &Condition::default());
    training.print();
    let threshold = training.threshold(1e-4);
    println!(
        "training: threshold {threshold}, errors there {:?}",
        training.errors(threshold)
    );
    let scores = scores(1000, 3, EVALUATION, &Condition::default());
    scores.print();
    let (missed, matched) = scores.errors(THRESHOLD);
    println!(
        "evaluation: FNMR {missed}, FMR {matched}, lost {}",
        scores.lost
    );
    assert!(
        threshold < THRESHOLD && threshold > THRESHOLD - 0.02,
        "{threshold}"
    );
    assert!(
        missed < 0.003 && matched < 2e-4,
        "FNMR {missed}, FMR {matched}"
    );
}

/// What each departure from the ideal environment costs; nothing is claimed.
#[test]
#[ignore = "a minute in release"]
fn conditions_cost() {
    let ideal = Condition::default();
    let turned = |yaw| Condition { yaw, ..ideal };
    let lit = |level, slope, side| {
        let light = Light { level, slope, side };
        Condition { light, ..ideal }
    };
    let (smile, mouth_open) = (1.0, 0.3);
    let expression = Expression { smile, mouth_open };
    let (glasses, mask, ageing) = (true, true, 1.0);
    let conditions = [
        ("ideal", ideal),
        ("yaw 0.1", turned(0.1)),
        ("yaw 0.2", turned(0.2)),
        ("yaw 0.35", turned(0.35)),
        ("dim", lit(0.4, 0.0, 0.0)),
        ("slope", lit(1.0, 0.4, 0.0)),
        ("side", lit(1.0, 0.0, 0.5)),
        (
            "smile",
            Condition {
                expression,
                ..ideal
            },
        ),
        ("glasses", Condition { glasses, ..ideal }),
        ("mask", Condition { mask, ..ideal }),
        ("ageing", Condition { ageing, ..ideal }),
    ];
    for (name, condition) in conditions {
        let scores = scores(200, 1, TRAINING, &condition);
        let (missed, matched) = scores.errors(THRESHOLD);
        println!(
            "{name}: FNMR {missed} (of it lost {}), FMR {matched}",
            scores.lost
        );
    }
}
