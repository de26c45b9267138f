//! Images as they may lie in memory (files, decoded pixels), indexed by every eight-byte window. Wiped when dropped.
//!
//! A Bloom filter tells at once that most windows of the haystack are none of these; an exact table tells where the others are.
//! Must not print bytes. Built by callers from the encodings of images; asked by `fragment`.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use super::prefetch::prefetch;

/// Bytes of a window.
pub(super) const WINDOW: usize = 8;
/// A window with fewer different bytes is in any image, or in none.
const DISTINCT: usize = 4;
/// A window at more places than this is texture, and no evidence of a place.
const PLACES: usize = 8;
/// Bits of the Bloom filter per window; four are set.
const BLOOM_BITS: usize = 20;

/// One rendering of one image.
#[derive(Clone, Copy)]
pub struct Rendering<'a> {
    /// The caller's number; need not be unique.
    pub tag: u32,
    /// The whole rendering, up to gigabytes together.
    pub bytes: &'a [u8],
}

/// Renderings that cannot be searched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsearchable {
    /// No rendering at all.
    #[error("no rendering to search for")]
    Empty,
    /// The stride is not a power of two from 16 to 4096.
    #[error("a stride of {0} bytes; must be a power of two from 16 to 4096")]
    Stride(usize),
    /// Together above 4 GiB.
    #[error("renderings of more than 4 GiB together")]
    TooLong,
    /// Fewer than half of a rendering's windows can be searched: flat areas, texture, or copies of one image under many tags.
    #[error(
        "rendering {tag}: only {searchable} of {windows} windows have four different bytes and at most {PLACES} places"
    )]
    Featureless {
        /// The caller's number.
        tag: u32,
        /// Windows that can be searched.
        searchable: usize,
        /// Windows of the rendering.
        windows: usize,
    },
}

/// How much of a rendering can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The caller's number.
    pub tag: u32,
    /// Windows with at least four different bytes, not four bytes twice, at no more than eight places.
    pub searchable: usize,
    /// All windows.
    pub windows: usize,
}

/// Renderings and their index.
pub struct Renderings {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each ends in `bytes`, and its tag.
    ends: Vec<(u32, u32)>,
    coverage: Vec<Coverage>,
    bloom: Zeroizing<Vec<u64>>,
    /// Open addressing: a window's place in `bytes` plus one; 0 is free.
    slots: Vec<u32>,
    stride: usize,
}

impl Renderings {
    /// Indexes the renderings, to be searched with one window per `stride` bytes. Every fragment of `stride + 7` bytes all of whose
    /// windows are searchable ([`Self::coverage`]) is found; shorter ones by chance.
    ///
    /// # Errors
    /// See [`Unsearchable`].
    pub fn new(renderings: &[Rendering<'_>], stride: usize) -> Result<Self, Unsearchable> {
        if renderings.is_empty() {
            return Err(Unsearchable::Empty);
        }
        if !stride.is_power_of_two() || !(16..=4096).contains(&stride) {
            return Err(Unsearchable::Stride(stride));
        }
        let total: usize = renderings
            .iter()
            .map(|rendering| rendering.bytes.len())
            .sum();
        if total >= u32::MAX as usize {
            return Err(Unsearchable::TooLong);
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(total));
        let mut ends = Vec::with_capacity(renderings.len());
        for rendering in renderings {
            bytes.extend_from_slice(rendering.bytes);
            ends.push((bytes.len() as u32, rendering.tag));
        }
        let mut this = Self {
            bloom: Zeroizing::new(vec![0; (total * BLOOM_BITS).div_ceil(64).max(1)]),
            slots: vec![0; total + total / 2 + 1],
            coverage: Vec::new(),
            bytes,
            ends,
            stride,
        };
        this.index();
        let poor = this
            .coverage
            .iter()
            .find(|one| one.searchable * 2 < one.windows.max(1));
        match poor {
            Some(&Coverage {
                tag,
                searchable,
                windows,
            }) => Err(Unsearchable::Featureless {
                tag,
                searchable,
                windows,
            }),
            None => Ok(this),
        }
    }

    /// How much of each rendering can be searched, in the order given.
    pub fn coverage(&self) -> &[Coverage] {
        &self.coverage
    }

    /// Bytes from one tested window to the next.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// Fills filter and table, and counts what can be searched.
    fn index(&mut self) {
        for one in 0..self.ends.len() {
            let windows = self.windows(one);
            self.coverage.push(Coverage {
                tag: self.ends[one].1,
                searchable: 0,
                windows: windows.len(),
            });
            for at in windows {
                let key = self.key(at);
                if has_features(key) {
                    self.insert(one, at, key);
                }
            }
        }
    }

    fn insert(&mut self, one: usize, at: usize, key: u64) {
        let hash = hash(key);
        let mut slot = self.first_slot(hash);
        let mut same = [0; PLACES + 1];
        let mut count = 0;
        while self.slots[slot] != 0 {
            let place = self.slots[slot] as usize - 1;
            if self.key(place) == key {
                same[count] = place;
                count += 1;
            }
            slot = self.after(slot);
        }
        // One place more than is searched is kept, as the sign that there are too many.
        if count > PLACES {
            return;
        }
        self.slots[slot] = at as u32 + 1;
        let (word, bits) = self.bloom_place(hash);
        self.bloom[word] |= bits;
        if count < PLACES {
            self.coverage[one].searchable += 1;
        } else {
            for place in &same[..count] {
                let other = self.number(*place);
                self.coverage[other].searchable -= 1;
            }
        }
    }

    /// The places in `bytes` where the windows of one rendering begin.
    fn windows(&self, one: usize) -> Range<usize> {
        let Range { start, end } = self.span(one);
        start..(end + 1).saturating_sub(WINDOW).max(start)
    }

    /// Which rendering holds a place.
    fn number(&self, place: usize) -> usize {
        self.ends.partition_point(|(end, _)| *end as usize <= place)
    }

    fn span(&self, one: usize) -> Range<usize> {
        let start = if one == 0 { 0 } else { self.ends[one - 1].0 };
        start as usize..self.ends[one].0 as usize
    }

    fn key(&self, at: usize) -> u64 {
        let mut window = [0; WINDOW];
        window.copy_from_slice(&self.bytes[at..at + WINDOW]);
        u64::from_le_bytes(window)
    }

    fn first_slot(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.slots.len() as u128) >> 64) as usize
    }

    fn after(&self, slot: usize) -> usize {
        if slot + 1 == self.slots.len() {
            0
        } else {
            slot + 1
        }
    }

    /// A word of the Bloom filter and the four bits in it. The low bits of the hash choose bits, the high ones the word.
    #[inline]
    fn bloom_place(&self, hash: u64) -> (usize, u64) {
        let word = ((u128::from(hash) * self.bloom.len() as u128) >> 64) as usize;
        let bits = 1 << (hash & 63)
            | 1 << (hash >> 6 & 63)
            | 1 << (hash >> 12 & 63)
            | 1 << (hash >> 18 & 63);
        (word, bits)
    }

    /// Says that [`Self::may_hold`] will be asked soon.
    #[inline]
    pub fn expect(&self, hash: u64) {
        prefetch(&self.bloom[self.bloom_place(hash).0]);
    }

    /// Says that [`Self::places`] will be asked soon.
    #[inline]
    pub fn expect_places(&self, hash: u64) {
        prefetch(&self.slots[self.first_slot(hash)]);
    }

    /// Whether a window may be in a rendering.
    #[inline]
    pub fn may_hold(&self, hash: u64) -> bool {
        let (word, bits) = self.bloom_place(hash);
        self.bloom[word] & bits == bits
    }

    /// Where a window is, unless it is at too many places.
    pub fn places(&self, key: u64, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mut places = [0; PLACES + 1];
        let mut count = 0;
        let mut slot = self.first_slot(hash);
        while self.slots[slot] != 0 {
            let at = self.slots[slot] as usize - 1;
            if self.key(at) == key {
                places[count] = at;
                count += 1;
            }
            slot = self.after(slot);
        }
        let count = if count > PLACES { 0 } else { count };
        places.into_iter().take(count)
    }

    /// Tag of the rendering that holds a place, its bytes, and the place in it.
    pub fn rendering(&self, place: usize) -> (u32, &[u8], usize) {
        let one = self.number(place);
        let span = self.span(one);
        let offset = place - span.start;
        (self.ends[one].1, &self.bytes[span], offset)
    }
}

/// Multiplies, and folds the high bits back (as in wyhash and its kin).
#[inline]
pub(super) fn hash(key: u64) -> u64 {
    let product = u128::from(key) * 0x9e37_79b9_7f4a_7c15_u128;
    (product >> 64) as u64 ^ product as u64
}

/// At least four different bytes, and not a flat colour of four.
/// Whether enough windows of a rendering have four different bytes, and not four bytes twice, for an index to be worth trying: tells flat
/// pictures, and grey ones in colour, without building anything.
pub fn searchable(bytes: &[u8]) -> bool {
    let mut windows = (0, 0);
    for window in bytes.windows(WINDOW).step_by(5) {
        let key = window.try_into().map_or(0, u64::from_le_bytes);
        windows.0 += usize::from(has_features(key));
        windows.1 += 1;
    }
    windows.0 * 2 >= windows.1.max(1)
}

fn has_features(key: u64) -> bool {
    let bytes = key.to_le_bytes();
    let different = |at: &usize| !bytes[..*at].contains(&bytes[*at]);
    bytes[..4] != bytes[4..] && (0..WINDOW).filter(different).count() >= DISTINCT
}

impl fmt::Debug for Rendering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendering")
            .field("tag", &self.tag)
            .field("length", &self.bytes.len())
            .finish()
    }
}

impl fmt::Debug for Renderings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderings")
            .field("renderings", &self.ends.len())
            .field("bytes", &self.bytes.len())
            .field("stride", &self.stride)
            .finish_non_exhaustive()
    }
}
