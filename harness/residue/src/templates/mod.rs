//! Vectors of numbers in memory that may be face templates, and sketches of them.
//!
//! Looked for: f32, f64 and f16 (little-endian) by the range and spread of their numbers, bytes (signed, or around 128) by standing alone in a
//! block of memory.
//! Nothing tells a template for certain, nor need it: a false candidate is only one more vector that agrees with nobody. But candidates cost a
//! comparison each and shapes a test each, so each format is told so narrowly that ordinary memory gives few (figures below).
//!
//! Not looked for, since nothing tells them from other memory: unsigned bytes around anything but 128, bfloat16 (every other half of an f32 is
//! one), bytes within a larger structure, binary codes (hashes of faces), big-endian numbers, numbers at odd
//! addresses, packed or encrypted ones.
//!
//! Measured: of 117 MB of a compiler's library (LLVM 15) 534 blocks (0.09 %) pass for i8, 15 runs for f16, 26 for f32, none for f64; of a Python
//! process's 80 MB (a table of random numbers, JSON, texts, a picture) 470 for i8 (0.11 %), 3, 12 and 23. For u8 the library has 3; of 5,000 blocks of
//! smooth pixels none passes, of white noise around 128 all do. Only those that appear between
//! two snapshots are compared. All formats together take 2.5 … 3.6 s of one processor per GB (Zen 3, opt-level 3), 0.9 … 1.2 s on Zen 5.
//! Nobody outside the reader knows what its recogniser computes, so a template cannot be searched for; what a vector says of
//! the subject shows by comparing authentications. [`Runs`] finds runs of numbers that may be a template in bytes that come
//! piece by piece; a [`Sketcher`] makes sketches that keep correlations and nothing else, for a template is biometric data and
//! must not leave the machine; [`planted`] makes vectors for the arm that shows that they would be seen. Comparing is `shinsa_stats::templates`. Reads no memory itself and judges nothing. Called by
//! the terminal agent.

mod blocks;
mod floats;
mod planted;
mod runs;
mod sketch;
mod spread;
#[cfg(test)]
mod tests;
mod vector;

pub use planted::{CORRELATION, planted};
pub use runs::{Run, Runs};
pub use sketch::{DIRECTIONS, Sketch, Sketcher};
pub use vector::{Format, LENGTHS, NotAVector, Vector};
