//! Page-hash snapshots of processes, and vectors in memory that may be face templates.
//!
//! A template is biometric data: what is told of a vector is its place and a sketch under a key that lives and dies with this
//! agent. Of memory only hashes are kept, for a few marks. Judges nothing: `shinsa_stats::templates` compares sketches.
//! Called by `service` on a thread of its own, one request at a time.

mod collect;
mod look;
mod marks;
mod seeds;

use std::collections::VecDeque;

use shinsa_residue::templates::Sketcher;
use zeroize::Zeroizing;

use crate::random;
use crate::refused::Refused;

pub use collect::collect;
pub use marks::{Mark, snapshot};

/// Marks that are kept; the oldest goes first.
const MARKS: usize = 4;

/// What the agent remembers of memory: hashes alone.
#[derive(Default)]
pub struct Vectors {
    keys: Option<Keys>,
    marks: VecDeque<Mark>,
}

/// Drawn once, never told.
struct Keys {
    sketcher: Sketcher,
    /// Of the hashes by which vectors are known again.
    hashes: u64,
    /// Planted vectors of a label.
    seeds: Zeroizing<[u8; 32]>,
}

impl Vectors {
    /// The mark of this name; none where none is asked for.
    ///
    /// # Errors
    /// It was never set, or others took its place.
    pub fn since(&self, name: &str) -> Result<Option<&Mark>, Refused> {
        if name.is_empty() {
            return Ok(None);
        }
        let found = self.marks.iter().find(|mark| mark.name == name);
        found.map(Some).ok_or_else(|| {
            Refused::State(format!(
                "no snapshot {name:?}: call SnapshotPages first; the last {MARKS} are kept"
            ))
        })
    }

    fn keys(&mut self) -> Result<&Keys, Refused> {
        if self.keys.is_none() {
            let (key, seeds) = (random::bytes()?, random::bytes()?);
            let mut hashes = [0; 8];
            hashes.copy_from_slice(&random::bytes()?[..8]);
            self.keys = Some(Keys {
                sketcher: Sketcher::new(key),
                hashes: u64::from_le_bytes(hashes),
                seeds,
            });
        }
        self.keys
            .as_ref()
            .ok_or_else(|| Refused::System("keys were not kept".into()))
    }
}
