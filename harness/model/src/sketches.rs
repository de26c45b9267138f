//! What a collection of vectors leaves in the journal: sketches, which say nothing of a face by themselves.
//!
//! Written by the rig's verb `collect_vectors`, read by `measure::vectors`. A sketch is a random projection under a key that the
//! agent drew and forgot; correlations between sketches of one run survive and nothing else does.

use serde::{Deserialize, Serialize};

/// Name of the reading.
pub const READING: &str = "vectors";

/// All vectors that appeared since a snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// The vectors.
    pub sketches: Vec<Sketched>,
    /// Vectors that were found and not kept.
    pub dropped: u64,
    /// Places that were not searched.
    pub unsearched: u64,
    /// Lengths of the vectors that the agent planted, in each of the formats; its target is `seeded`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planted: Vec<u32>,
    /// How numbers were stored in what was looked for: `f32`, `f64`, `f16`, `i8`. Older agents knew the first alone.
    #[serde(default = "f32_alone")]
    pub formats: Vec<String>,
}

fn f32_alone() -> Vec<String> {
    vec!["f32".into()]
}

/// One vector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketched {
    /// How a number is stored, as in [`Collected::formats`].
    pub format: String,
    /// Numbers of the vector.
    pub length: u32,
    /// Target and class of memory: `reader-software/heap`.
    pub region: String,
    /// Address of the first number.
    pub address: u64,
    /// Signed bytes, hex.
    pub sketch: String,
}
