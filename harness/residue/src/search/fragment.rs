//! Fragments of renderings: one window per stride is tested, a known one is followed in both directions. Called by `searcher`.
//!
//! A fragment is followed once per diagonal (place in the haystack less place in the rendering), so at most eight comparisons begin at
//! one window and none is repeated inside what it found. A fragment that reaches the end of a chunk goes on in the next.

use std::ops::Range;

use super::found::{Found, Fragment};
use super::renderings::{Renderings, WINDOW, hash};

/// Shorter fragments are not reported, whatever the stride: eight bytes are in many pictures.
pub(super) const SHORTEST_FRAGMENT: u64 = 23;

/// Windows whose look-ups are under way together.
const BATCH: usize = 256;

/// A fragment being followed.
#[derive(Debug)]
struct Open {
    /// Its place in [`Found::fragments`].
    index: usize,
    /// One place of `Renderings::bytes` in it, which says which rendering it is of.
    place: usize,
    /// Position of the first byte after it.
    end: u64,
}

/// Fragments whose end may not have been seen.
#[derive(Debug, Default)]
pub(super) struct Following(Vec<Open>);

impl Following {
    /// Goes on with fragments that the last stretch cut off.
    pub fn resume(
        &mut self,
        renderings: &Renderings,
        data: &[u8],
        position: u64,
        found: &mut Found,
    ) {
        for open in &mut self.0 {
            let Some(at) = open.end.checked_sub(position) else {
                continue;
            };
            let Some(rest) = data.get(at as usize..) else {
                continue;
            };
            let fragment = &mut found.fragments[open.index];
            let (_, bytes, _) = renderings.rendering(open.place);
            let more = common(
                rest.iter(),
                bytes[(fragment.offset + fragment.length) as usize..].iter(),
            );
            fragment.length += more;
            open.end += more;
        }
    }

    /// Tests the windows that begin at multiples of the stride (counted from position 0) inside `starts`.
    pub fn find(
        &mut self,
        renderings: &Renderings,
        data: &[u8],
        position: u64,
        starts: Range<usize>,
        limit: usize,
        found: &mut Found,
    ) {
        let stride = renderings.stride();
        let before =
            (position.wrapping_add(starts.start as u64)).wrapping_neg() as usize & (stride - 1);
        let end = starts.end.min((data.len() + 1).saturating_sub(WINDOW));
        let mut samples = (starts.start + before..end).step_by(stride);
        loop {
            // Hashes first, look-ups then: many cache misses are under way at once.
            let mut hashes = [(0_u64, 0_usize); BATCH];
            let mut count = 0;
            for at in samples.by_ref().take(BATCH) {
                let key = key(data, at);
                let hash = hash(key);
                renderings.expect(hash);
                hashes[count] = (hash, at);
                // One repeated byte: never indexed, and most of an idle memory.
                count += usize::from(key != key.rotate_left(8));
            }
            let mut passed = 0;
            for n in 0..count {
                let sample = hashes[n];
                hashes[passed] = sample;
                if renderings.may_hold(sample.0) {
                    renderings.expect_places(sample.0);
                    passed += 1;
                }
            }
            for (hash, at) in &hashes[..passed] {
                for place in renderings.places(key(data, *at), *hash) {
                    self.follow(renderings, data, position, *at, place, limit, found);
                }
            }
            if samples.len() == 0 {
                return;
            }
        }
    }

    #[cold]
    #[expect(
        clippy::too_many_arguments,
        reason = "the innermost step of one search"
    )]
    fn follow(
        &mut self,
        renderings: &Renderings,
        data: &[u8],
        position: u64,
        at: usize,
        place: usize,
        limit: usize,
        found: &mut Found,
    ) {
        let here = position + at as u64;
        self.0.retain(|open| open.end >= here);
        let (tag, bytes, offset) = renderings.rendering(place);
        let known = self.0.iter().any(|open| {
            let fragment = &found.fragments[open.index];
            let ahead = here.wrapping_sub(fragment.position);
            open.end > here
                && ahead < fragment.length
                && fragment.offset + ahead == offset as u64
                && std::ptr::eq(renderings.rendering(open.place).1, bytes)
        });
        if known {
            return;
        }
        let before = common(data[..at].iter().rev(), bytes[..offset].iter().rev());
        let after = common(data[at..].iter(), bytes[offset..].iter());
        let fragment = Fragment {
            position: here - before,
            tag,
            offset: offset as u64 - before,
            length: before + after,
        };
        let end = here + after;
        let cut_off = at as u64 + after == data.len() as u64;
        if fragment.length < SHORTEST_FRAGMENT && !cut_off {
            return;
        }
        if found.fragments.len() == limit {
            found.beyond += 1;
            return;
        }
        self.0.push(Open {
            index: found.fragments.len(),
            place,
            end,
        });
        found.fragments.push(fragment);
    }
}

/// How many first items agree.
fn common<'a>(a: impl Iterator<Item = &'a u8>, b: impl Iterator<Item = &'a u8>) -> u64 {
    a.zip(b).take_while(|(a, b)| a == b).count() as u64
}

/// The window at `at`.
#[inline]
fn key(data: &[u8], at: usize) -> u64 {
    let mut window = [0; WINDOW];
    window.copy_from_slice(&data[at..at + WINDOW]);
    u64::from_le_bytes(window)
}
