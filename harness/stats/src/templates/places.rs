//! Places at which vectors are compared, and which of them can be tested at all.

use std::collections::{BTreeMap, BTreeSet};

use super::agreement::{LEAST_PARTITIONS, MOST_TESTS};
use super::alike::{Vectors, leave_out_common};
use super::labels::{partitions, repeats};
use super::{Authentication, Candidate, Shape};

/// Where vectors were compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Wherever they agree best.
    Anywhere,
    /// At one address of a region.
    Address(String, u64),
}

/// Vectors of one shape at one place.
pub(super) struct Group<'a> {
    pub shape: Shape,
    pub place: Place,
    /// Subject of each authentication that left such a vector.
    pub subjects: Vec<u32>,
    /// Its vectors, in the same order.
    pub vectors: Vec<Vectors<'a>>,
}

impl Group<'_> {
    /// Without authentications that have no vector left.
    fn without_empty(&mut self) {
        let mut kept = self.vectors.iter().map(|vectors| !vectors.is_empty());
        self.subjects.retain(|_| kept.next().unwrap_or(false));
        self.vectors.retain(|vectors| !vectors.is_empty());
    }

    fn can_be_tested(&self) -> bool {
        repeats(&self.subjects).len() > 1 && partitions(&self.subjects) >= LEAST_PARTITIONS
    }
}

/// What is tested, and what is not.
pub(super) struct Chosen<'a> {
    pub groups: Vec<Group<'a>>,
    /// Vectors that are left out as common.
    pub common: u64,
    /// Vectors of shapes that too few authentications left.
    pub rare: u64,
    /// Shapes that would be tested if there were fewer of them.
    pub shapes_left_out: u64,
}

/// Every shape and every address that has vectors, without the common ones, after so many authentications that these can be
/// parted in enough ways; at most [`MOST_TESTS`], shapes first, those after most authentications first. `most`:
/// authentications of the subject that has most of them. None of this depends on who was there when.
pub(super) fn chosen(all: &[Authentication], most: usize) -> Chosen<'_> {
    let mut groups: BTreeMap<(Place, Shape), Group<'_>> = BTreeMap::new();
    for authentication in all {
        let mut begun = BTreeSet::new();
        for candidate in &authentication.candidates {
            let address = Place::Address(candidate.region.clone(), candidate.address);
            for place in [Place::Anywhere, address] {
                let key = (place, candidate.shape.clone());
                let first = begun.insert(key.clone());
                add(&mut groups, key, authentication.subject, first, candidate);
            }
        }
    }
    let (mut common, mut rare) = (0, 0);
    let mut testable: Vec<Group<'_>> = Vec::new();
    for mut group in groups.into_values() {
        let left_out = leave_out_common(&mut group.vectors, most);
        group.without_empty();
        let anywhere = group.place == Place::Anywhere;
        common += if anywhere { left_out } else { 0 };
        if group.can_be_tested() {
            testable.push(group);
        } else if anywhere {
            rare += group.vectors.iter().map(|of| of.len() as u64).sum::<u64>();
        }
    }
    // Stable: shapes in their order, then addresses in theirs.
    testable.sort_by_key(|group| {
        (
            group.place != Place::Anywhere,
            std::cmp::Reverse(group.subjects.len()),
        )
    });
    let beyond = testable.split_off(testable.len().min(MOST_TESTS));
    let shapes_left_out = beyond
        .iter()
        .filter(|group| group.place == Place::Anywhere)
        .count() as u64;
    Chosen {
        groups: testable,
        common,
        rare,
        shapes_left_out,
    }
}

fn add<'a>(
    groups: &mut BTreeMap<(Place, Shape), Group<'a>>,
    key: (Place, Shape),
    subject: u32,
    first: bool,
    candidate: &'a Candidate,
) {
    let group = groups
        .entry(key)
        .or_insert_with_key(|(place, shape)| Group {
            shape: shape.clone(),
            place: place.clone(),
            subjects: Vec::new(),
            vectors: Vec::new(),
        });
    if first {
        group.subjects.push(subject);
        group.vectors.push(Vec::new());
    }
    if let Some(last) = group.vectors.last_mut() {
        last.push(candidate);
    }
}
