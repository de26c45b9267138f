//! The face library: a thousand people who do not exist, drawn when asked for. Each picture is the same every time.
//!
//! Knows who is who, as a lab's library does; the engine under test gets pictures alone.

use std::sync::OnceLock;

use anyhow::Result;
use fixture_people::jp2;
use fixture_people::population::{
    AgeBand, Condition, Expression, LIBRARY_SEED, Light, Subject, photo, population, presentation,
};

pub use fixture_people::population::id;

use super::noise;

/// Subjects of the library.
const SUBJECTS: u32 = 1_000;
/// Live presentations of each subject under each condition.
pub const PRESENTATIONS: u32 = 5;
/// Conditions by name; the first is the requirement's ideal environment.
pub const CONDITIONS: [&str; 8] = [
    "ideal",
    "glasses",
    "mask",
    "turned",
    "smiling",
    "dark",
    "side-light",
    "aged",
];

/// People of the library.
pub fn subjects() -> &'static [Subject] {
    static PEOPLE: OnceLock<Vec<Subject>> = OnceLock::new();
    PEOPLE.get_or_init(|| population(SUBJECTS, LIBRARY_SEED))
}

/// What tells groups apart.
pub fn groups(subject: &Subject) -> [(String, String); 2] {
    let age = match subject.age_band {
        AgeBand::Young => "15-39",
        AgeBand::Middle => "40-64",
        AgeBand::Old => "65+",
    };
    let glasses = if subject.glasses { "yes" } else { "no" };
    [
        ("age_band".into(), age.into()),
        ("glasses".into(), glasses.into()),
    ]
}

/// The photo as the chip holds it.
pub fn reference(subject: &Subject) -> Result<Vec<u8>> {
    jp2::compress(&photo(subject))
}

/// A live presentation as the patient camera takes it, portable pixmap; `None` for an unknown condition or number.
pub fn live(subject: &Subject, condition: &str, number: u32) -> Option<Vec<u8>> {
    let place = CONDITIONS.iter().position(|name| *name == condition)? as u64;
    if !(1..=PRESENTATIONS).contains(&number) {
        return None;
    }
    let seed = (u64::from(subject.number) << 16) + (place << 8) + u64::from(number);
    let picture = presentation(subject, seed, &departing(condition));
    let mut bytes = format!("P6\n{} {}\n255\n", picture.width(), picture.height()).into_bytes();
    let header = bytes.len();
    bytes.extend(picture.into_raw());
    noise::add(&mut bytes[header..], seed);
    Some(bytes)
}

fn departing(condition: &str) -> Condition {
    let ideal = Condition::default();
    match condition {
        "glasses" => Condition {
            glasses: true,
            ..ideal
        },
        "mask" => Condition {
            mask: true,
            ..ideal
        },
        "turned" => Condition { yaw: 0.25, ..ideal },
        "smiling" => Condition {
            expression: Expression {
                smile: 1.0,
                mouth_open: 0.2,
            },
            ..ideal
        },
        "dark" => Condition {
            light: Light {
                level: 0.35,
                ..Light::default()
            },
            ..ideal
        },
        "side-light" => Condition {
            light: Light {
                side: 0.4,
                ..Light::default()
            },
            ..ideal
        },
        "aged" => Condition {
            ageing: 0.5,
            ..ideal
        },
        _ => ideal,
    }
}
