//! What to search for, and the search of a slice by any number of threads. Called by sources (live memory, dumps, files).

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::found::{Form, Found, Hit};
use super::kernel::Kernel;
use super::literal::{Literals, PIECE};
use super::needles::Needles;

/// Bytes that a thread takes at a time.
const SEGMENT: usize = 1 << 20;
/// Hits kept unless the caller says otherwise.
const HITS: usize = 1_000_000;

/// The machine lacks the instructions of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this machine does not run the kernel {0:?}")]
pub struct Unavailable(pub Kernel);

/// Everything to search for. Shared by threads; wiped when dropped; its `Debug` form holds counts alone.
#[derive(Debug)]
pub struct Searcher {
    literals: Option<Literals>,
    kernel: Kernel,
    limit: usize,
}

impl Default for Searcher {
    fn default() -> Self {
        Self {
            literals: None,
            kernel: Kernel::best(),
            limit: HITS,
        }
    }
}

impl Searcher {
    /// Searches nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Searches for patterns.
    #[must_use]
    pub fn literals(mut self, needles: Needles) -> Self {
        self.literals = Some(Literals::new(needles));
        self
    }

    /// Uses this kernel, not the fastest.
    ///
    /// # Errors
    /// When the machine does not run it.
    pub fn kernel(mut self, kernel: Kernel) -> Result<Self, Unavailable> {
        if !kernel.is_available() {
            return Err(Unavailable(kernel));
        }
        self.kernel = kernel;
        Ok(self)
    }

    /// Keeps at most this many hits (1,000,000 by default); more are counted.
    #[must_use]
    pub fn at_most(mut self, hits: usize) -> Self {
        self.limit = hits;
        self
    }

    /// Bytes after an occurrence's first that a search may have to see.
    pub(super) fn reach(&self) -> usize {
        let literals = self.literals.as_ref();
        literals.map_or(0, |literals| literals.needles.longest())
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Searches a slice whose first byte is at `position`, with `threads` threads (at least one).
    pub fn search(&self, data: &[u8], position: u64, threads: usize) -> Found {
        let segments = data.len().div_ceil(SEGMENT);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Found::default();
            loop {
                let segment = next.fetch_add(1, Ordering::Relaxed);
                if segment >= segments {
                    return found;
                }
                let start = segment * SEGMENT;
                self.scan(
                    data,
                    position,
                    start..(start + SEGMENT).min(data.len()),
                    &mut found,
                );
            }
        };
        let mut all = Found::default();
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(segments))
                .map(|_| scope.spawn(work))
                .collect();
            all.add(work(), self.limit);
            for other in others {
                match other.join() {
                    Ok(found) => all.add(found, self.limit),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        all
    }

    /// Finds what begins in `starts`; the rest of `data` is what lies before and after it.
    pub(super) fn scan(&self, data: &[u8], position: u64, starts: Range<usize>, found: &mut Found) {
        found.work.bytes += starts.len() as u64;
        let words = self
            .literals
            .as_ref()
            .map(|literals| literals.words(data, &starts));
        let mut piece = starts.start;
        while piece < starts.end {
            let end = (piece + PIECE).min(starts.end);
            if let (Some(literals), Some(words)) = (&self.literals, &words) {
                let from = piece.next_multiple_of(4);
                let to = if end == starts.end {
                    words.end
                } else {
                    end.next_multiple_of(4)
                };
                self.find(literals, data, position, from..to.max(from), &starts, found);
            }
            piece = end;
        }
    }

    fn find(
        &self,
        literals: &Literals,
        data: &[u8],
        position: u64,
        words: Range<usize>,
        starts: &Range<usize>,
        found: &mut Found,
    ) {
        let Found { hits, beyond, work } = found;
        literals.find(self.kernel, data, words, starts, work, |(number, start)| {
            let hit = Hit {
                position: position + start as u64,
                length: literals.needles.bytes(number).len() as u32,
                tag: literals.needles.tag(number),
                form: Form::Plain,
            };
            if hits.len() < self.limit {
                hits.push(hit);
            } else {
                *beyond += 1;
            }
        });
    }
}
