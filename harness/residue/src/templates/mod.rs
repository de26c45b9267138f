//! Vectors of numbers in memory that may be face templates, and sketches of them.
//!
//! Nobody outside the reader knows what its recogniser computes, so a template cannot be searched for; what a vector says of
//! the subject shows by comparing authentications. [`Runs`] finds runs of numbers that may be a template in bytes that come
//! piece by piece; a [`Sketcher`] makes sketches that keep correlations and nothing else, for a template is biometric data and
//! must not leave the machine; [`planted`] makes vectors for the arm that shows that they would be seen. Comparing is `shinsa_stats::templates`. Reads no memory itself and judges nothing. Called by
//! the terminal agent.

mod planted;
mod runs;
mod sketch;
#[cfg(test)]
mod tests;
mod vector;

pub use planted::{CORRELATION, planted};
pub use runs::Runs;
pub use sketch::{DIRECTIONS, Sketch, Sketcher};
pub use vector::{Format, LENGTHS, NotAVector, Vector};
