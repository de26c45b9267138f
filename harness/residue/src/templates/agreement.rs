//! The test: agreement within subjects less agreement between subjects, against permuted subjects.
//!
//! At one address the agreement of two authentications is the correlation of what stood there; anywhere, it is the
//! highest correlation between any two of their vectors, since a template on the heap moves. T = mean over pairs of one
//! subject − mean over pairs of different subjects; p = (1 + #{T* ≥ T}) / (1 + permutations), exact because without a
//! template the subjects are labels only. Holm over all places.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::candidate::{Candidate, Format, Vector};
use shinsa_stats::pins::holm;

/// Rules that stand in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Permutations per place; at least places / α, or nothing can be significant.
    pub permutations: u32,
    /// Seed, recorded with the result.
    pub seed: u64,
}

/// Where vectors were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At one address.
    Address(u64),
    /// Wherever they agree best.
    Anywhere,
}

/// How vectors agree at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Where.
    pub place: Place,
    /// Format of the numbers.
    pub format: Format,
    /// Numbers per vector.
    pub length: usize,
    /// Authentications compared.
    pub authentications: usize,
    /// Mean correlation between authentications of one subject.
    pub within: f64,
    /// Mean correlation between subjects.
    pub between: f64,
    /// One-sided p value of their difference.
    pub p: f64,
    /// After Holm: at or below α, the place holds what tells subjects apart.
    pub adjusted: f64,
}

/// Tests every place that has at least two subjects, one of them twice; by rising p.
///
/// Vectors that are equal bit for bit after authentications of different subjects are left out first: weights and
/// constants of the recogniser, which would agree with themselves everywhere.
pub fn assess(candidates: &[Candidate], settings: Settings) -> Vec<Agreement> {
    let mut agreements = Vec::new();
    for ((format, length), alike) in by_shape(candidates) {
        let mut addresses: BTreeMap<u64, Vec<&Candidate>> = BTreeMap::new();
        for &candidate in &alike {
            addresses
                .entry(candidate.address)
                .or_default()
                .push(candidate);
        }
        let places = addresses
            .into_iter()
            .map(|(at, there)| (Place::Address(at), there));
        for (place, there) in places.chain([(Place::Anywhere, alike.clone())]) {
            let stream = agreements.len() as u64;
            let Some(pairs) = Pairs::of(&there) else {
                continue;
            };
            if let Some((within, between, p)) = pairs.test(settings, stream) {
                agreements.push(Agreement {
                    place,
                    format,
                    length,
                    authentications: pairs.subjects.len(),
                    within,
                    between,
                    p,
                    adjusted: 1.0,
                });
            }
        }
    }
    let adjusted = holm(
        &agreements
            .iter()
            .map(|agreement| agreement.p)
            .collect::<Vec<_>>(),
    );
    for (agreement, adjusted) in agreements.iter_mut().zip(adjusted) {
        agreement.adjusted = adjusted;
    }
    agreements.sort_by(|a, b| a.p.total_cmp(&b.p));
    agreements
}

/// Candidates by format and length, without those that several subjects share.
fn by_shape(candidates: &[Candidate]) -> BTreeMap<(Format, usize), Vec<&Candidate>> {
    let mut sorted: Vec<&Candidate> = candidates.iter().collect();
    sorted.sort_by(|a, b| a.vector.order(&b.vector));
    let mut shapes: BTreeMap<_, Vec<&Candidate>> = BTreeMap::new();
    for equal in sorted.chunk_by(|a, b| a.vector.order(&b.vector).is_eq()) {
        if equal
            .iter()
            .all(|candidate| candidate.subject == equal[0].subject)
        {
            let alike = shapes.entry(equal[0].vector.shape()).or_default();
            alike.extend_from_slice(equal);
        }
    }
    shapes
}

/// The agreement of every two authentications.
struct Pairs {
    subjects: Vec<u32>,
    /// First, second, agreement.
    pairs: Vec<(usize, usize, f64)>,
}

impl Pairs {
    fn of(there: &[&Candidate]) -> Option<Self> {
        let mut vectors: BTreeMap<u32, (u32, Vec<&Vector>)> = BTreeMap::new();
        for candidate in there {
            let entry = vectors.entry(candidate.authentication);
            entry
                .or_insert((candidate.subject, Vec::new()))
                .1
                .push(&candidate.vector);
        }
        let authentications: Vec<(u32, Vec<&Vector>)> = vectors.into_values().collect();
        let subjects: Vec<u32> = authentications.iter().map(|of| of.0).collect();
        let different: BTreeSet<u32> = subjects.iter().copied().collect();
        if different.len() < 2 || different.len() == subjects.len() {
            return None;
        }
        let mut pairs = Vec::with_capacity(subjects.len() * (subjects.len() - 1) / 2);
        for (first, (_, ours)) in authentications.iter().enumerate() {
            for (second, (_, theirs)) in authentications.iter().enumerate().skip(first + 1) {
                let all = ours
                    .iter()
                    .flat_map(|a| theirs.iter().map(|b| a.correlation(b)));
                let best = all.flatten().fold(-1.0, f64::max);
                pairs.push((first, second, best));
            }
        }
        Some(Self { subjects, pairs })
    }

    /// Mean agreement within and between subjects.
    fn means(&self, subjects: &[u32]) -> (f64, f64) {
        let (mut within, mut between) = ((0.0, 0.0), (0.0, 0.0));
        for &(first, second, agreement) in &self.pairs {
            let sum = if subjects[first] == subjects[second] {
                &mut within
            } else {
                &mut between
            };
            *sum = (sum.0 + agreement, sum.1 + 1.0);
        }
        (within.0 / within.1, between.0 / between.1)
    }

    /// Mean agreement within and between subjects, and the p value of their difference.
    fn test(&self, settings: Settings, stream: u64) -> Option<(f64, f64, f64)> {
        let (within, between) = self.means(&self.subjects);
        let difference = within - between;
        if !difference.is_finite() {
            return None;
        }
        let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
        random.set_stream(stream);
        let mut labels = self.subjects.clone();
        let mut reached = 0_u32;
        for _ in 0..settings.permutations {
            labels.shuffle(&mut random);
            let (within, between) = self.means(&labels);
            // Sums of the same numbers in another order differ in their last bits.
            reached += u32::from(within - between >= difference - 1e-12);
        }
        let p = (1.0 + f64::from(reached)) / (1.0 + f64::from(settings.permutations));
        Some((within, between, p))
    }
}
