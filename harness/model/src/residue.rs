//! What a search for PINs leaves in the journal: which counts rose and fell, under labels that say nothing of the PINs.
//!
//! Written by the rig's verb `search_residue`, read by `measure::residue`. Places are hashes under a key that is forgotten with the run. Labels are a random permutation of the 10,000 PINs, made
//! for one observation and forgotten; the permutation test needs no more than that the true PIN is one of them.

use serde::{Deserialize, Serialize};

/// Name of the reading.
pub const READING: &str = "pin_changes";

/// Name of the reading that lists the forms of values met by chance (dates, PINs) that the search met although it met none of their controls:
/// `birth_digits ascii`.
pub const MET_ALONE: &str = "met_alone";

/// Name of the reading that tells how many controls each such value had.
pub const CONTROLS: &str = "controls";

/// Name of the reading that counts the forms searched for.
pub const PATTERNS: &str = "patterns";

/// Label of the true PIN.
pub const TRUE_PIN: u16 = 0;

/// Changes of all counts between two snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinChanges {
    /// Where PINs were counted together; the lists below have one entry for each.
    pub cells: Vec<CountedIn>,
    /// Labels whose counts rose.
    pub rose: Vec<Vec<u16>>,
    /// Labels whose counts fell.
    pub fell: Vec<Vec<u16>>,
    /// Labels of PINs that nobody typed: by the random labelling as good as drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_typed: Vec<u16>,
    /// Place in `cells` of the form in which the agent planted the PIN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planted: Option<usize>,
    /// Where the true PIN stood, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

/// Places and contexts of one search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where the true PIN stood.
    pub held: Vec<HeldIn>,
    /// Contexts in which a true PIN stood after an earlier authentication and which are there again, with the number of different PINs in each.
    pub followed: Vec<(u64, u32)>,
}

/// Where the true PIN stood in one form and class of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldIn {
    /// Place in `PinChanges::cells`.
    pub cell: usize,
    /// Hashes of its addresses or offsets, ascending.
    pub places: Vec<u64>,
    /// Hashes of what stood around it, ascending.
    pub contexts: Vec<u64>,
}

/// A form and a class of memory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CountedIn {
    /// `ascii`, `utf-16le` …
    pub form: String,
    /// Target and region class: `reader-software/heap`.
    pub region: String,
}
