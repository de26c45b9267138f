//! Chooses, for each pattern and each of the four alignments, the bytes by which the filter recognises it.
//!
//! An occurrence that begins at `p` holds the aligned word at `p + offset` for every `offset` that makes it a multiple of 4. One such
//! offset is chosen per alignment: eight bytes (a *wide* window, two words) where the pattern has them, four (*narrow*) where not.
//! Rare bytes are preferred: zeros, 0xff and text pass the filter everywhere. Called by `literal` once per set.

use super::needles::Needles;

/// Windows begin at most here, so that few words beyond a stretch belong to it.
pub(super) const FARTHEST: usize = 64;

/// A chosen window.
#[derive(Debug, Clone, Copy, zeroize::Zeroize)]
pub(super) struct Window {
    /// Its bytes as a little-endian number.
    pub key: u64,
    /// Its distance from the pattern's start.
    pub offset: u32,
    /// The pattern's number.
    pub pattern: u32,
    /// Eight bytes, not four.
    pub wide: bool,
}

/// How common a byte is in memory and files, in rough steps of halving.
fn commonness(byte: u8) -> u32 {
    match byte {
        0 => 9,
        0xff => 7,
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 6,
        1..=8 | b'a'..=b'z' | b'0'..=b'9' => 5,
        b'A'..=b'Z' | b'_' | b'.' | b'/' | b'\n' => 4,
        _ => 2,
    }
}

/// Lower is better. A word of one repeated byte fills whole pages.
fn cost(window: &[u8]) -> u32 {
    let bytes: u32 = window.iter().map(|byte| commonness(*byte)).sum();
    let flat = window
        .chunks_exact(4)
        .filter(|word| word.iter().all(|byte| *byte == word[0]));
    let each = bytes * 8 / window.len() as u32;
    each + 40 * flat.count() as u32 + if window.len() == 4 { 24 } else { 0 }
}

/// The windows of one pattern, one per alignment.
fn of_pattern(pattern: &[u8], number: u32) -> impl Iterator<Item = Window> {
    (0..4).map(move |alignment| {
        let last = (pattern.len() - 4).min(FARTHEST);
        let best = (alignment..=last)
            .step_by(4)
            .min_by_key(|offset| cost(reach(pattern, *offset)))
            .expect("seven bytes hold a word at every alignment");
        let window = reach(pattern, best);
        Window {
            key: number_of(window),
            offset: best as u32,
            pattern: number,
            wide: window.len() == 8,
        }
    })
}

/// Eight bytes from `offset` where the pattern has them, else four.
fn reach(pattern: &[u8], offset: usize) -> &[u8] {
    let length = if offset + 8 <= pattern.len() { 8 } else { 4 };
    &pattern[offset..offset + length]
}

fn number_of(window: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..window.len()].copy_from_slice(window);
    u64::from_le_bytes(bytes)
}

/// Every window of every pattern.
pub(super) fn choose(needles: &Needles) -> impl Iterator<Item = Window> {
    needles
        .numbers()
        .flat_map(|number| of_pattern(needles.bytes(number), number))
}
