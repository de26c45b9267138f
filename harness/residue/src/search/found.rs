//! What a search gives back. Never holds bytes of the haystack or of a secret. Filled by the stages, read by the caller.

/// How the haystack holds the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Byte for byte.
    Plain,
    /// Every byte XORed with the same byte, not 0.
    XorConstant,
    /// The same byte, not 0, added to every byte, modulo 256.
    AddConstant,
}

/// One occurrence of one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// Position of its first byte, counted from the start of what is searched.
    pub position: u64,
    /// Its bytes.
    pub length: u32,
    /// The caller's number of the pattern.
    pub tag: u32,
    /// How it is held.
    pub form: Form,
}

/// What the search had to do; tells adversarial data from ordinary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes whose occurrences were searched.
    pub bytes: u64,
    /// Aligned words that passed the filter.
    pub marked: u64,
    /// Groups of patterns of equal length that were compared there.
    pub compared: u64,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Occurrences, ordered by position, length, tag. At most the searcher's limit.
    pub hits: Vec<Hit>,
    /// Occurrences beyond that limit: counted, not kept.
    pub beyond: u64,
    /// Effort.
    pub work: Work,
}

impl Found {
    /// Adds what another thread found.
    pub(super) fn add(&mut self, other: Self, limit: usize) {
        self.beyond += other.beyond;
        self.work.bytes += other.work.bytes;
        self.work.marked += other.work.marked;
        self.work.compared += other.work.compared;
        self.hits.extend(other.hits);
        self.hits.sort_unstable();
        let over = self.hits.len().saturating_sub(limit);
        self.hits.truncate(limit);
        self.beyond += over as u64;
    }
}
