//! Face templates that stay behind: vectors that agree across authentications of one subject more than across subjects.
//!
//! Nobody outside the reader knows what its recogniser computes, so a template cannot be searched for; what a vector says of
//! the subject shows by comparing. [`assess`] takes sketches (random projections that keep correlations) of the vectors that
//! appeared after authentications and tests each shape, and each address, by permuting the subjects; [`judge`] holds the
//! seeded arm against it and says which places tell subjects apart, that none does, or why nothing can be said. The subjects
//! must have been presented in random order: with blocks of one subject, anything that drifts with time would look like
//! one. Pure functions of sketches and a recorded seed: they read no memory. Called by `shinsa-model`'s `measure`.

mod agreement;
mod alike;
mod judge;
mod labels;
mod places;
#[cfg(test)]
mod tests;

pub use agreement::{Agreement, Assessment, Settings, assess};
pub use judge::{Judged, Reason, Study, judge};
pub use labels::partitions;
pub use places::Place;

/// What vectors must share to be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// How a number is stored: `f32`.
    pub format: String,
    /// Numbers of a vector.
    pub length: u32,
}

/// A vector that appeared after an authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its shape.
    pub shape: Shape,
    /// Target and class of memory: `reader-software/heap`.
    pub region: String,
    /// Where it begins.
    pub address: u64,
    /// Its sketch; all of a study are equally long and made under one key.
    pub sketch: Vec<i8>,
}

/// What one authentication left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// Whose face was shown, by any number.
    pub subject: u32,
    /// The vectors.
    pub candidates: Vec<Candidate>,
}
