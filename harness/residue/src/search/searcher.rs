//! What to search for, and the search of a slice by any number of threads. Called by sources (live memory, dumps, files).

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use zeroize::Zeroizing;

use super::constants::Constants;
use super::digits::{self, PinHistogram, Pins, Told};
use super::found::{Form, Found, Hit};
use super::fragment::Following;
use super::kernel::Kernel;
use super::literal::{Literals, PIECE};
use super::needles::Needles;
use super::renderings::Renderings;

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
    constants: Option<Constants>,
    renderings: Option<Renderings>,
    pins: Option<Pins>,
    kernel: Kernel,
    limit: usize,
}

impl Default for Searcher {
    fn default() -> Self {
        Self {
            literals: None,
            constants: None,
            renderings: None,
            pins: None,
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

    /// Searches for patterns under any constant: two further passes over what lies in the cache.
    #[must_use]
    pub fn constants(mut self, constants: Constants) -> Self {
        self.constants = Some(constants);
        self
    }

    /// Searches for fragments of renderings.
    #[must_use]
    pub fn renderings(mut self, renderings: Renderings) -> Self {
        self.renderings = Some(renderings);
        self
    }

    /// Counts PINs.
    #[must_use]
    pub fn pins(mut self, pins: Pins) -> Self {
        self.pins = Some(pins);
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
        let literals = self
            .literals
            .as_ref()
            .map(|literals| literals.needles.longest());
        let constants = self.constants.as_ref().map(Constants::longest);
        let longest = literals.max(constants).unwrap_or(0);
        longest.max(digits::REACH)
    }

    /// Searches a slice whose first byte is at `position`, with `threads` threads (at least one).
    pub fn search(&self, data: &[u8], position: u64, threads: usize) -> Found {
        let segments = data.len().div_ceil(SEGMENT);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut scan = Scan::new(self);
            loop {
                let segment = next.fetch_add(1, Ordering::Relaxed);
                if segment >= segments {
                    return scan.found;
                }
                let start = segment * SEGMENT;
                scan.scan(data, position, start..(start + SEGMENT).min(data.len()));
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
}

/// One thread's search: what it found, and what it is following.
pub(super) struct Scan<'a> {
    searcher: &'a Searcher,
    found: Found,
    following: Following,
    /// A piece as its derived streams.
    derived: Zeroizing<Vec<u8>>,
}

impl<'a> Scan<'a> {
    pub fn new(searcher: &'a Searcher) -> Self {
        let pins = searcher.pins.as_ref().map(|_| PinHistogram::default());
        Self {
            searcher,
            found: Found {
                pins,
                ..Found::default()
            },
            following: Following::default(),
            derived: Zeroizing::new(Vec::with_capacity(
                searcher
                    .constants
                    .as_ref()
                    .map_or(0, |constants| PIECE + constants.longest()),
            )),
        }
    }

    /// Everything found, in order.
    pub fn finish(self) -> Found {
        let mut all = Found::default();
        all.add(self.found, self.searcher.limit);
        all
    }

    /// Finds what begins in `starts`; the rest of `data` is what lies before and after it. Stretches of one thread ascend.
    pub fn scan(&mut self, data: &[u8], position: u64, starts: Range<usize>) {
        let Searcher {
            literals,
            constants,
            renderings,
            pins,
            kernel,
            limit,
        } = self.searcher;
        self.found.work.bytes += starts.len() as u64;
        if let Some(renderings) = renderings {
            self.following
                .resume(renderings, data, position, &mut self.found);
        }
        let words = literals
            .as_ref()
            .map(|literals| literals.words(data, &starts));
        let mut piece = starts.start;
        while piece < starts.end {
            let end = (piece + PIECE).min(starts.end);
            if let (Some(literals), Some(words)) = (literals, &words) {
                let from = piece.next_multiple_of(4);
                let to = if end == starts.end {
                    words.end
                } else {
                    end.next_multiple_of(4)
                };
                self.literals(literals, data, position, from..to.max(from), &starts);
            }
            if let Some(constants) = constants {
                let position = position + piece as u64;
                let Found { hits, beyond, .. } = &mut self.found;
                constants.find(
                    *kernel,
                    &data[piece..],
                    position,
                    end - piece,
                    &mut self.derived,
                    |hit| keep(hits, hit, *limit, beyond),
                );
            }
            if let Some(renderings) = renderings {
                self.following.find(
                    renderings,
                    data,
                    position,
                    piece..end,
                    *limit,
                    &mut self.found,
                );
            }
            if let (
                Some(pins),
                Found {
                    pins: Some(histogram),
                    sightings,
                    shown,
                    beyond,
                    ..
                },
            ) = (pins, &mut self.found)
            {
                pins.count(
                    *kernel,
                    data,
                    position,
                    piece..end,
                    histogram,
                    &mut |told| match told {
                        Told::Watched(sighting) => keep(sightings, sighting, *limit, beyond),
                        Told::Shown(one) => {
                            shown.insert(one);
                        }
                    },
                );
            }
            piece = end;
        }
    }

    fn literals(
        &mut self,
        literals: &Literals,
        data: &[u8],
        position: u64,
        words: Range<usize>,
        starts: &Range<usize>,
    ) {
        let Found {
            hits, beyond, work, ..
        } = &mut self.found;
        literals.find(
            self.searcher.kernel,
            data,
            words,
            starts,
            work,
            |(number, start)| {
                let hit = Hit {
                    position: position + start as u64,
                    length: literals.needles.bytes(number).len() as u32,
                    tag: literals.needles.tag(number),
                    form: Form::Plain,
                };
                keep(hits, hit, self.searcher.limit, beyond);
            },
        );
    }
}

/// Keeps an item while there is room, else counts it.
fn keep<T>(all: &mut Vec<T>, item: T, limit: usize, beyond: &mut u64) {
    if all.len() < limit {
        all.push(item);
    } else {
        *beyond += 1;
    }
}
