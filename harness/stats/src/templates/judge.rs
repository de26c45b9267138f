//! From a study to what can be said.
//!
//! Residue needs no arm: the permutation test is exact by the random order. That nothing was found says something only where
//! the seeded arm was found, everything was searched and nothing was dropped.

use std::collections::BTreeSet;

use super::agreement::{Agreement, Assessment, LEAST_PARTITIONS, Settings, assess};
use super::labels::partitions;
use super::places::Place;
use super::{Authentication, Shape};

/// All that was collected in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Study {
    /// What is judged.
    pub plain: Vec<Authentication>,
    /// The same authentications with planted vectors among the others.
    pub seeded: Vec<Authentication>,
    /// Shapes that were planted each time.
    pub planted: Vec<Shape>,
    /// Were the subjects presented in random order?
    pub random_order: bool,
    /// Candidates that were found and not kept, and places that were not searched.
    pub dropped: u64,
    /// See `dropped`.
    pub unsearched: u64,
}

/// The outcome with everything it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// All that was compared.
    pub plain: Assessment,
    /// Places that tell subjects apart, by rising p.
    pub found: Vec<Agreement>,
    /// Planted shapes that were found.
    pub planted_found: u64,
    /// Why nothing can be said where nothing was found; empty where something can.
    pub reasons: Vec<Reason>,
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// No p value could become small enough.
    #[error(
        "{authentications} authentications of {subjects} subjects: too few for a test (5 subjects with 3 each are enough)"
    )]
    TooFew {
        /// Authentications.
        authentications: usize,
        /// Subjects.
        subjects: usize,
    },
    /// Drift with time would look like a subject.
    #[error("the subjects were not presented in random order")]
    Order,
    /// No arm shows that the test would see a vector.
    #[error("seeded arm: no vector was planted")]
    SeededMissing,
    /// It does not see what was planted.
    #[error("seeded arm: {found} of {planted} planted shapes were found")]
    Insensitive {
        /// Found.
        found: u64,
        /// Planted.
        planted: u64,
    },
    /// More candidates than are kept.
    #[error("{0} vectors were found and not kept")]
    Dropped(u64),
    /// Memory that was not read.
    #[error("{0} places were not searched")]
    Unsearched(u64),
    /// More shapes than can be tested.
    #[error("vectors of {0} further lengths were not compared")]
    Shapes(u64),
}

/// Judges a study.
pub fn judge(study: &Study, settings: &Settings) -> Judged {
    let significant = |agreement: &&Agreement| agreement.adjusted <= settings.family_alpha;
    let plain = assess(&study.plain, settings);
    let found: Vec<Agreement> = plain
        .agreements
        .iter()
        .filter(significant)
        .cloned()
        .collect();
    let seeded = assess(&study.seeded, settings);
    let seen: BTreeSet<&Shape> = seeded
        .agreements
        .iter()
        .filter(significant)
        .filter(|agreement| agreement.place == Place::Anywhere)
        .map(|agreement| &agreement.shape)
        .collect();
    let planted: BTreeSet<&Shape> = study.planted.iter().collect();
    let planted_found = planted.iter().filter(|shape| seen.contains(*shape)).count() as u64;
    let mut reasons = Vec::new();
    let subjects: Vec<u32> = study.plain.iter().map(|one| one.subject).collect();
    if partitions(&subjects) < LEAST_PARTITIONS {
        reasons.push(Reason::TooFew {
            authentications: subjects.len(),
            subjects: subjects.iter().collect::<BTreeSet<_>>().len(),
        });
    }
    if !study.random_order {
        reasons.push(Reason::Order);
    }
    match planted.len() as u64 {
        0 => reasons.push(Reason::SeededMissing),
        planted if planted_found < planted => reasons.push(Reason::Insensitive {
            found: planted_found,
            planted,
        }),
        _ => {}
    }
    for (count, reason) in [
        (study.dropped, Reason::Dropped as fn(u64) -> Reason),
        (study.unsearched, Reason::Unsearched),
        (
            plain.shapes_left_out + seeded.shapes_left_out,
            Reason::Shapes,
        ),
    ] {
        if count > 0 {
            reasons.push(reason(count));
        }
    }
    Judged {
        plain,
        found,
        planted_found,
        reasons,
    }
}
