//! Chunks in order, of any size, as if they were one slice. Called by sources that read piecewise (pipes, live memory).
//!
//! An occurrence belongs to the bytes that hold its first one; these are searched as soon as enough is known after them. Large chunks
//! are searched where they lie; only their ends are copied, into buffers that are wiped.

use zeroize::Zeroizing;

use super::found::Found;
use super::searcher::{Scan, Searcher};

/// Chunks below this are gathered first.
const SMALL: usize = 64 * 1024;
/// Bytes kept before what is still to be searched.
const BEHIND: usize = 1024;

/// The state of one reading. Cheap beside what it reads; one per thread.
pub struct Stream<'a> {
    /// The last bytes fed: `searched` that are only looked back at, then those still to be searched.
    held: Zeroizing<Vec<u8>>,
    searched: usize,
    /// Position of the first byte held.
    position: u64,
    reach: usize,
    scan: Scan<'a>,
}

impl<'a> Stream<'a> {
    /// Begins a reading whose first byte is at `position`.
    pub fn new(searcher: &'a Searcher, position: u64) -> Self {
        let reach = searcher.reach();
        Self {
            // Never grows, so leaves no copy behind.
            held: Zeroizing::new(Vec::with_capacity(2 * (SMALL + BEHIND + reach))),
            searched: 0,
            position,
            reach,
            scan: Scan::new(searcher),
        }
    }

    /// The next bytes.
    pub fn feed(&mut self, chunk: &[u8]) {
        if chunk.len() < SMALL + BEHIND + self.reach {
            self.held.extend_from_slice(chunk);
            if self.held.len() >= SMALL + BEHIND + self.reach {
                self.search_held(self.held.len() - self.reach);
                self.forget(self.held.len() - self.reach);
            }
            return;
        }
        // What begins before the chunk or in its first bytes, with enough of the chunk to see it whole; then the chunk itself.
        let border = self.held.len();
        self.held.extend_from_slice(&chunk[..BEHIND + self.reach]);
        self.search_held(border + BEHIND);
        let position = self.position + border as u64;
        let end = chunk.len() - self.reach;
        self.scan.scan(chunk, position, BEHIND..end);
        self.held.clear();
        self.held.extend_from_slice(&chunk[end - BEHIND..]);
        self.searched = BEHIND;
        self.position = position + (end - BEHIND) as u64;
    }

    /// No more bytes: searches what is left.
    pub fn finish(mut self) -> Found {
        self.search_held(self.held.len());
        self.scan.finish()
    }

    /// Searches what begins before `end` among the held bytes.
    fn search_held(&mut self, end: usize) {
        self.scan
            .scan(&self.held, self.position, self.searched..end);
        self.searched = end;
    }

    /// Drops all but the bytes from `BEHIND` before `end` on.
    fn forget(&mut self, end: usize) {
        let drop = end.saturating_sub(BEHIND);
        let kept = self.held.len() - drop;
        self.held.copy_within(drop.., 0);
        self.held.truncate(kept);
        self.searched -= drop;
        self.position += drop as u64;
    }
}

impl std::fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("position", &self.position)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}
