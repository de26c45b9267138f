//! Tests on simulated templates.

use half::f16;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Agreement, Candidate, Format, NotAVector, Place, Settings, Vector, assess};

const SETTINGS: Settings = Settings {
    permutations: 4_000,
    seed: 1,
};

fn bytes(format: Format, numbers: &[f32]) -> Vec<u8> {
    match format {
        Format::F32 => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
        Format::F16 => numbers
            .iter()
            .flat_map(|&n| f16::from_f32(n).to_le_bytes())
            .collect(),
        Format::I8 => numbers
            .iter()
            .map(|n| (n * 40.0).clamp(-127.0, 127.0) as i8 as u8)
            .collect(),
    }
}

fn noise(random: &mut ChaCha8Rng, length: usize) -> Vec<f32> {
    (0..length)
        .map(|_| random.random_range(-1.0..1.0))
        .collect()
}

/// Five subjects, four authentications each in a mixed order, 10 other vectors per authentication; a template at the
/// address that `place` gives for the authentication, if any.
fn run(
    seed: u64,
    format: Format,
    length: usize,
    place: impl Fn(u32) -> Option<u64>,
) -> Vec<Candidate> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let faces: Vec<Vec<f32>> = (0..5).map(|_| noise(&mut random, length)).collect();
    let weights = noise(&mut random, length);
    let mut candidates = Vec::new();
    for authentication in 0..20 {
        let subject = authentication * 3 % 5;
        let mut add = |address, numbers: &[f32]| {
            let vector = Vector::read(format, &bytes(format, numbers)).unwrap();
            candidates.push(Candidate {
                authentication,
                subject,
                address,
                vector,
            });
        };
        if let Some(address) = place(authentication) {
            let moved = noise(&mut random, length);
            let template: Vec<f32> = faces[subject as usize]
                .iter()
                .zip(moved)
                .map(|(a, b)| a + b)
                .collect();
            add(address, &template);
        }
        for address in 0..9 {
            add(address, &noise(&mut random, length));
        }
        add(9, &weights);
    }
    candidates
}

fn found(agreements: &[Agreement]) -> Vec<Place> {
    let significant = agreements
        .iter()
        .filter(|agreement| agreement.adjusted <= 0.01);
    significant.map(|agreement| agreement.place).collect()
}

#[test]
fn a_template_is_found_in_place_and_moving_in_every_format() {
    for (format, length) in [
        (Format::F32, 64),
        (Format::F32, 512),
        (Format::F16, 256),
        (Format::I8, 128),
    ] {
        let still = assess(&run(1, format, length, |_| Some(100)), SETTINGS);
        let mut places = found(&still);
        places.sort_unstable();
        assert_eq!(places, [Place::Address(100), Place::Anywhere], "{format:?}");
        assert!(
            still[0].within > 0.35 && still[0].between.abs() < 0.2,
            "{:?}",
            still[0]
        );
        let moving = assess(
            &run(2, format, length, |a| Some(1_000 + u64::from(a))),
            SETTINGS,
        );
        assert_eq!(found(&moving), [Place::Anywhere], "{format:?}");
    }
}

/// 200 runs of 10 places without a template: at α = 1 % two false alarms are expected, eight are four standard errors off.
#[test]
fn nothing_is_found_where_nothing_is() {
    let settings = Settings {
        permutations: 1_000,
        seed: 1,
    };
    let alarms = (0..200).filter(|&seed| {
        let agreements = assess(&run(100 + seed, Format::F32, 64, |_| None), settings);
        assert_eq!(agreements.len(), 10);
        !found(&agreements).is_empty()
    });
    assert!(alarms.count() <= 8);
}

#[test]
fn weights_are_left_out_and_one_subject_says_nothing() {
    let agreements = assess(&run(3, Format::F32, 64, |_| None), SETTINGS);
    assert!(
        agreements
            .iter()
            .all(|agreement| agreement.place != Place::Address(9))
    );
    let mut alone = run(4, Format::F32, 64, |_| Some(100));
    alone.retain(|candidate| candidate.subject == 0);
    assert!(assess(&alone, SETTINGS).is_empty());
    let mut once = run(4, Format::F32, 64, |_| Some(100));
    once.retain(|candidate| candidate.authentication < 5);
    assert!(assess(&once, SETTINGS).is_empty());
}

/// NumPy: `numpy.corrcoef(numpy.arange(64.0) ** 2, numpy.sin(numpy.arange(64.0)))[0, 1]`.
#[test]
fn correlation_agrees_with_numpy() {
    let of = |f: fn(f32) -> f32| {
        let numbers: Vec<f32> = (0..64_u8).map(|n| f(f32::from(n))).collect();
        Vector::read(Format::F32, &bytes(Format::F32, &numbers)).unwrap()
    };
    let (squares, sines) = (of(|n| n * n), of(f32::sin));
    let expected = -0.062_147_573;
    assert!((squares.correlation(&sines).unwrap() - expected).abs() < 1e-6);
    assert!((squares.correlation(&squares).unwrap() - 1.0).abs() < 1e-6);
}

#[test]
fn bytes_that_are_no_vector_are_refused() {
    let refused = |format, bytes: &[u8]| Vector::read(format, bytes).err();
    assert_eq!(
        refused(Format::F32, &[0; 255]),
        Some(NotAVector::Length(255))
    );
    assert_eq!(refused(Format::I8, &[0; 63]), Some(NotAVector::Length(63)));
    assert_eq!(refused(Format::I8, &[5; 64]), Some(NotAVector::Constant));
    assert_eq!(
        refused(Format::F16, &[0xFF; 128]),
        Some(NotAVector::NotFinite)
    );
    assert_eq!(
        refused(Format::F32, &[0xFF; 4_100]),
        Some(NotAVector::Length(4_100))
    );
}
