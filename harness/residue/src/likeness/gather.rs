//! From chunks to stretches: consecutive blocks that look like pixels, with what may belong to the same picture before and behind them.
//! Called by `mod`. Gives the same stretches however the bytes are cut into chunks; holds four times [`LONGEST`] bytes at most, wiped.

use zeroize::Zeroizing;

use super::texture::{BLOCK, Class, class};

/// Longest stretch, in bytes: a camera's picture of 1,600 × 1,200 RGB with room around it. A longer one is cut.
pub(super) const LONGEST: usize = 8 << 20;
/// Of a cut stretch so much comes again in the next, in bytes.
const OVERLAP: usize = 2 << 20;
/// Blocks of no picture inside a picture: hard edges, hair.
const GAP: usize = 8;
/// Blocks of flat background inside a picture, or at its begin and end: what lies above a head in a camera's picture of 1,920 × 1,080 RGB.
const BACKGROUND: usize = 2048;
/// Blocks before and behind that may hold the picture's begin and end.
const MARGIN: usize = 2;
/// What stretches are made of.
const KINDS: [Class; 3] = [Class::Pixels, Class::Floats, Class::Words];

/// Memory that looks like a picture.
pub(super) struct Stretch<'a> {
    /// Of its first byte.
    pub position: u64,
    /// All of it.
    pub bytes: &'a [u8],
    /// From the first to behind the last block that looks like pixels.
    pub core: std::ops::Range<usize>,
    /// What its samples are: one of [`KINDS`].
    pub kind: Class,
}

/// Receives stretches.
pub(super) type On<'a> = &'a mut dyn FnMut(Stretch<'_>);

/// A stretch that goes on.
struct Run {
    kind: Class,
    position: u64,
    bytes: Zeroizing<Vec<u8>>,
    core: std::ops::Range<usize>,
    /// Blocks since the last one that looked like pixels.
    flat: usize,
    other: usize,
}

/// Gathers.
pub(super) struct Gatherer {
    /// Position of the next byte.
    position: u64,
    /// The begin of a block whose rest has not come yet.
    begun: Zeroizing<Vec<u8>>,
    /// The last whole blocks before the chunk, as far as a picture that begins may need them.
    history: Zeroizing<Vec<u8>>,
    /// One for each of [`KINDS`].
    leads: [Lead; KINDS.len()],
    /// One of each of [`KINDS`]: what looks like numbers by chance must not swallow pixels, nor the other way.
    runs: [Option<Run>; KINDS.len()],
}

impl Gatherer {
    /// The next byte lies at 0.
    pub fn new() -> Self {
        Self {
            position: 0,
            begun: Zeroizing::new(Vec::with_capacity(BLOCK)),
            history: Zeroizing::default(),
            leads: Default::default(),
            runs: [None, None, None],
        }
    }

    /// Ends what goes on; the next byte lies at `position` and follows none.
    pub fn restart(&mut self, position: u64, on: On<'_>) {
        self.end(on);
        self.begun.clear();
        self.history.clear();
        self.leads = Default::default();
        self.position = position;
    }

    /// The next bytes.
    pub fn feed(&mut self, mut bytes: &[u8], on: On<'_>) {
        if !self.begun.is_empty() {
            let missing = (BLOCK - self.begun.len()).min(bytes.len());
            self.begun.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.begun.len() < BLOCK {
                return;
            }
            let mut block = Zeroizing::new([0; BLOCK]);
            block.copy_from_slice(&self.begun);
            self.begun.clear();
            self.whole(&*block, on);
        }
        let whole = bytes.len() / BLOCK * BLOCK;
        self.whole(&bytes[..whole], on);
        self.begun.extend_from_slice(&bytes[whole..]);
    }

    /// Ends what goes on.
    pub fn end(&mut self, on: On<'_>) {
        for mut run in self.runs.iter_mut().filter_map(Option::take) {
            run.bytes.extend_from_slice(&self.begun);
            run.give(on);
        }
    }

    /// Whole blocks.
    fn whole(&mut self, bytes: &[u8], on: On<'_>) {
        for (n, block) in bytes.as_chunks::<BLOCK>().0.iter().enumerate() {
            let class = class(block);
            for (slot, wanted) in KINDS.iter().enumerate() {
                let kind = seen_by(*wanted, class);
                if let Some(run) = &mut self.runs[slot] {
                    if !run.goes_on(kind, block) {
                        run.give(on);
                        self.runs[slot] = None;
                    } else if run.bytes.len() >= LONGEST {
                        run.give(on);
                        run.cut();
                    }
                } else if kind == *wanted {
                    let run = self.begin(slot, &bytes[..n * BLOCK], block);
                    self.runs[slot] = Some(run);
                }
                self.leads[slot].add(kind, gap(*wanted));
            }
            self.position += BLOCK as u64;
        }
        self.remember(bytes);
    }

    /// Keeps the last blocks that a picture may need: its background, or next to nothing.
    fn remember(&mut self, bytes: &[u8]) {
        let longest = self.leads.iter().map(Lead::blocks).max();
        let wanted = (longest.unwrap_or(0) + MARGIN) * BLOCK;
        let new = bytes.len().min(wanted);
        let old = (wanted - new).min(self.history.len());
        let from = self.history.len() - old;
        // A new buffer when it has to grow: the old one is wiped where it lay.
        let mut kept = if self.history.capacity() >= old + new {
            self.history.copy_within(from.., 0);
            self.history.truncate(old);
            std::mem::take(&mut self.history)
        } else {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * (old + new)));
            larger.extend_from_slice(&self.history[from..]);
            larger
        };
        kept.extend_from_slice(&bytes[bytes.len() - new..]);
        self.history = kept;
    }

    /// A run, with what lies before it: its background, and a few blocks of any kind.
    fn begin(&self, slot: usize, before: &[u8], block: &[u8; BLOCK]) -> Run {
        let near = before.as_chunks::<BLOCK>().0.iter().rev();
        let blocks = near.chain(self.history.as_chunks::<BLOCK>().0.iter().rev());
        let wanted = self.leads[slot].blocks() + MARGIN;
        let mut lead: Vec<&[u8; BLOCK]> = blocks.take(wanted).collect();
        lead.reverse();
        let length = lead.len() * BLOCK;
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + 64 * BLOCK));
        for block in lead {
            bytes.extend_from_slice(block);
        }
        bytes.extend_from_slice(block);
        Run {
            kind: KINDS[slot],
            position: self.position - length as u64,
            bytes,
            core: length..length + BLOCK,
            flat: 0,
            other: 0,
        }
    }
}

/// How far back the background goes that a picture which begins now may have: flat blocks, with hard edges in between.
#[derive(Default)]
struct Lead {
    /// Blocks from the first flat one to the last; 0 where there is none.
    flat: usize,
    /// Blocks after it.
    other: usize,
}

impl Lead {
    /// Takes the next block; more than `gap` blocks that are not flat end the background.
    fn add(&mut self, kind: Class, gap: usize) {
        if kind == Class::Flat {
            self.flat = (self.blocks() + 1).min(BACKGROUND);
            self.other = 0;
        } else if self.other < gap {
            self.other += 1;
        } else {
            self.flat = 0;
        }
    }

    /// Blocks of it, up to here.
    fn blocks(&self) -> usize {
        if self.flat == 0 {
            0
        } else {
            (self.flat + self.other).min(BACKGROUND)
        }
    }
}

/// Parts of a picture of ten bits look like bytes, too: to a run of words they are its background.
fn seen_by(wanted: Class, class: Class) -> Class {
    match (wanted, class) {
        (Class::Words, Class::Pixels) => Class::Flat,
        _ => class,
    }
}

/// Blocks of no picture that a picture may hold: wider samples take more bytes.
fn gap(kind: Class) -> usize {
    match kind {
        Class::Floats => 4 * GAP,
        Class::Words => 2 * GAP,
        _ => GAP,
    }
}

impl Run {
    /// Takes the next block; `false` where it is no longer of the picture.
    fn goes_on(&mut self, kind: Class, block: &[u8; BLOCK]) -> bool {
        if self.bytes.len() == self.bytes.capacity() {
            self.grow();
        }
        self.bytes.extend_from_slice(block);
        match kind {
            _ if kind == self.kind => {
                (self.flat, self.other) = (0, 0);
                self.core.end = self.bytes.len();
            }
            Class::Flat => self.flat += 1,
            _ => self.other += 1,
        }
        self.flat <= BACKGROUND && self.other <= gap(self.kind)
    }

    /// More room; what was moved is wiped where it lay.
    fn grow(&mut self) {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * self.bytes.len() + BLOCK));
        larger.extend_from_slice(&self.bytes);
        self.bytes = larger;
    }

    /// All of it: what lies behind the last pixels may be the picture's end.
    fn give(&self, on: On<'_>) {
        on(Stretch {
            position: self.position,
            bytes: &self.bytes,
            core: self.core.clone(),
            kind: self.kind,
        });
    }

    /// Goes on with the last bytes.
    fn cut(&mut self) {
        let gone = self.bytes.len() - OVERLAP;
        self.bytes.drain(..gone);
        self.position += gone as u64;
        self.core = self.core.start.saturating_sub(gone)..self.core.end.saturating_sub(gone);
    }
}
