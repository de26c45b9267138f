//! The test: agreement within subjects less agreement between subjects, against permuted subjects.
//!
//! T = mean over pairs of authentications of one subject − mean over pairs of different subjects. If no vector says anything
//! of the subject, the subjects are labels only, in the random order of the plan; T ranks uniformly among the T of permuted
//! labels and p is exact. Drawing ends early once [`ENOUGH`] permutations have reached T (Besag and Clifford 1991). Holm
//! over all places.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::alike::table;
use super::labels::repeats;
use super::places::{Group, Place, chosen};
use super::{Authentication, Shape};
use crate::pins::holm;

/// Places tested at most; shapes beyond make the outcome inconclusive.
pub const MOST_TESTS: usize = 100;
/// Ways to part the authentications from which on a place can be significant among that many at α = 0.001, with room for one
/// further partition that reaches T by chance.
pub const LEAST_PARTITIONS: f64 = 200_000.0;
/// Permutations at or above T after which p can no more become small.
const ENOUGH: u32 = 20;
/// Permutations at least.
const LEAST_DRAWS: u32 = 20_000;

/// Rules that stand in the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Chance, over all places together, of calling residue what is none (0 … 1).
    pub family_alpha: f64,
    /// Seed of the permutations, recorded with the result.
    pub seed: u64,
}

impl Settings {
    /// α = 0.001, as `RESIDUE.md` lays down for short secrets.
    pub fn standard(seed: u64) -> Self {
        Self {
            family_alpha: 0.001,
            seed,
        }
    }

    /// Four times what Holm's first step needs.
    fn draws(&self, tests: usize) -> u32 {
        let needed = (4.0 * tests as f64 / self.family_alpha).ceil() as u32;
        needed.max(LEAST_DRAWS)
    }
}

/// How vectors agree at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Where.
    pub place: Place,
    /// Shape of the vectors.
    pub shape: Shape,
    /// Authentications compared.
    pub authentications: usize,
    /// Mean of the highest cosines between authentications of one subject.
    pub within: f64,
    /// The same between subjects.
    pub between: f64,
    /// One-sided p value of their difference.
    pub p: f64,
    /// After Holm: at or below α, the place tells subjects apart.
    pub adjusted: f64,
}

/// All places.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// By rising p.
    pub agreements: Vec<Agreement>,
    /// Vectors whose like appeared after more authentications than any subject has; they are left out.
    pub common: u64,
    /// Vectors of shapes that too few authentications left to be compared.
    pub rare: u64,
    /// Shapes beyond [`MOST_TESTS`].
    pub shapes_left_out: u64,
}

/// Tests every place that can be tested.
pub fn assess(all: &[Authentication], settings: &Settings) -> Assessment {
    let subjects: Vec<u32> = all.iter().map(|one| one.subject).collect();
    let most = repeats(&subjects).last().map_or(0, |most| *most as usize);
    let chosen = chosen(all, most);
    let draws = settings.draws(chosen.groups.len());
    let numbered = (0_u64..).zip(&chosen.groups);
    let mut agreements: Vec<Agreement> = numbered
        .map(|(stream, group)| test(group, draws, settings.seed, stream))
        .collect();
    let p: Vec<f64> = agreements.iter().map(|agreement| agreement.p).collect();
    for (agreement, adjusted) in agreements.iter_mut().zip(holm(&p)) {
        agreement.adjusted = adjusted;
    }
    agreements.sort_by(|a, b| a.p.total_cmp(&b.p));
    Assessment {
        agreements,
        common: chosen.common,
        rare: chosen.rare,
        shapes_left_out: chosen.shapes_left_out,
    }
}

fn test(group: &Group<'_>, most: u32, seed: u64, stream: u64) -> Agreement {
    let table = table(&group.vectors);
    let (within, between) = means(&group.subjects, &table);
    let difference = within - between;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    let mut labels = group.subjects.clone();
    let (mut drawn, mut reached) = (0_u32, 0_u32);
    while drawn < most && reached < ENOUGH {
        drawn += 1;
        labels.shuffle(&mut random);
        let (within, between) = means(&labels, &table);
        // Sums of the same numbers in another order differ in their last bits.
        reached += u32::from(within - between >= difference - 1e-9);
    }
    let p = if reached == ENOUGH && drawn < most {
        f64::from(reached) / f64::from(drawn)
    } else {
        f64::from(1 + reached) / f64::from(1 + most)
    };
    Agreement {
        place: group.place.clone(),
        shape: group.shape.clone(),
        authentications: group.subjects.len(),
        within,
        between,
        p,
        adjusted: 1.0,
    }
}

/// Mean agreement within and between subjects.
fn means(subjects: &[u32], table: &[f32]) -> (f64, f64) {
    let (mut within, mut between) = ((0.0_f64, 0_u32), (0.0_f64, 0_u32));
    for (first, one) in subjects.iter().enumerate() {
        let row = &table[first * subjects.len()..][..subjects.len()];
        for (other, agreement) in subjects.iter().zip(row).skip(first + 1) {
            let sum = if one == other {
                &mut within
            } else {
                &mut between
            };
            sum.0 += f64::from(*agreement);
            sum.1 += 1;
        }
    }
    (
        within.0 / f64::from(within.1.max(1)),
        between.0 / f64::from(between.1.max(1)),
    )
}
