//! A set of byte patterns, wiped when dropped. Finds nothing itself: `window` and `table` index it, `literal` searches.
//!
//! Must not print a pattern. Built by callers from the encodings of secrets.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

/// Fewest bytes of a pattern: only then does every occurrence hold a whole word at a multiple of 4, wherever it begins.
/// Shorter secrets need statistics, not search: see the PIN histogram.
pub const SHORTEST: usize = 7;
/// Most bytes of a pattern; longer ones are renderings, whose fragments are searched.
pub const LONGEST: usize = 16 * 1024;
/// Most patterns of a set.
pub const MOST: usize = 1 << 20;

/// A pattern and the caller's number for it.
#[derive(Clone, Copy)]
pub struct Pattern<'a> {
    /// Any number; need not be unique.
    pub tag: u32,
    /// What is searched.
    pub bytes: &'a [u8],
}

impl fmt::Debug for Pattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("tag", &self.tag)
            .field("length", &self.bytes.len())
            .finish()
    }
}

/// A set that cannot be searched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No pattern at all.
    #[error("no pattern to search for")]
    Empty,
    /// A pattern has too few bytes.
    #[error(
        "pattern {tag} has {length} bytes; fewer than {SHORTEST} cannot be told from chance, count them as PINs"
    )]
    TooShort {
        /// The caller's number.
        tag: u32,
        /// Its bytes.
        length: usize,
    },
    /// A pattern has too many bytes.
    #[error(
        "pattern {tag} has {length} bytes; more than {LONGEST} are searched as fragments of a rendering"
    )]
    TooLong {
        /// The caller's number.
        tag: u32,
        /// Its bytes.
        length: usize,
    },
    /// More patterns than an index takes.
    #[error("{0} patterns; at most {MOST}")]
    TooMany(usize),
}

/// Patterns in ascending order of length, then bytes, then tag. A pattern's number is its place in that order.
pub struct Needles {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each pattern ends in `bytes`.
    ends: Vec<u32>,
    tags: Vec<u32>,
}

impl Needles {
    /// Copies the patterns. Equal ones are all kept: each gives its own hits.
    ///
    /// # Errors
    /// An empty set, or a pattern outside [`SHORTEST`] … [`LONGEST`] bytes.
    pub fn new(patterns: &[Pattern<'_>]) -> Result<Self, Refused> {
        match patterns.len() {
            0 => return Err(Refused::Empty),
            many if many > MOST => return Err(Refused::TooMany(many)),
            _ => {}
        }
        for Pattern { tag, bytes } in patterns {
            let (tag, length) = (*tag, bytes.len());
            if length < SHORTEST {
                return Err(Refused::TooShort { tag, length });
            }
            if length > LONGEST {
                return Err(Refused::TooLong { tag, length });
            }
        }
        let total: usize = patterns.iter().map(|pattern| pattern.bytes.len()).sum();
        if u32::try_from(total).is_err() {
            return Err(Refused::TooMany(patterns.len()));
        }
        let mut order: Vec<&Pattern<'_>> = patterns.iter().collect();
        order.sort_unstable_by_key(|pattern| (pattern.bytes.len(), pattern.bytes, pattern.tag));
        // Reserved at once: a vector that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(total));
        let mut ends = Vec::with_capacity(order.len());
        for pattern in &order {
            bytes.extend_from_slice(pattern.bytes);
            ends.push(bytes.len() as u32);
        }
        let tags = order.iter().map(|pattern| pattern.tag).collect();
        Ok(Self { bytes, ends, tags })
    }

    /// Number of patterns, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Bytes of the longest pattern.
    pub fn longest(&self) -> usize {
        self.bytes(self.len() as u32 - 1).len()
    }

    /// Every pattern's number.
    pub(super) fn numbers(&self) -> Range<u32> {
        0..self.len() as u32
    }

    /// A pattern by its number.
    pub(super) fn bytes(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 {
            0
        } else {
            self.ends[number - 1] as usize
        };
        &self.bytes[start..self.ends[number] as usize]
    }

    /// The caller's number of a pattern.
    pub(super) fn tag(&self, number: u32) -> u32 {
        self.tags[number as usize]
    }
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Needles")
            .field("patterns", &self.len())
            .field("longest", &self.longest())
            .finish_non_exhaustive()
    }
}
