//! Face templates: vectors of numbers that agree across authentications of one subject more than across subjects.
//!
//! Nobody outside the reader knows what its recogniser computes, so a template cannot be searched for; but what a vector
//! says about the subject shows by comparing. [`assess`] takes the vectors that appeared after authentications and tests
//! each address, and all addresses together, by permuting the subjects. Subjects must have been presented in random
//! order: with blocks of one subject, anything that drifts with time would look like one. A pure function of vectors
//! and a seed; finding candidates in memory is the scanner's. Called by the scanner's evaluation.

mod agreement;
mod candidate;
#[cfg(test)]
mod tests;

pub use agreement::{Agreement, Place, Settings, assess};
pub use candidate::{Candidate, Format, LENGTHS, NotAVector, Vector};
