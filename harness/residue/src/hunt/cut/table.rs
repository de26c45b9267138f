//! The seven bytes that a piece has at the edge but for zeros, of every piece of every form: looked up once on each side of an edge.

use zeroize::Zeroizing;

use super::{Cut, Piece, Side};
use crate::encodings::SHORTEST;
use crate::sources::PAGE;

/// Bits of the filter per window, a power of two: one edge in 16 that holds nothing is looked up further.
const SPARSE: usize = 16;

/// Zeros at the edge that are passed over to the seven bytes: a digit in 64 bits brings seven, and most edges lie in zeros alone.
pub(super) const ZEROS: usize = 15;

/// The forms that may be cut, and where in them seven bytes stand. Wiped on drop.
pub(in crate::hunt) struct Cuts {
    all: Vec<Cut>,
    /// Every seven bytes of every form, as number, sorted.
    keys: Zeroizing<Vec<u64>>,
    /// Of each key: the form's place and the offset in it.
    places: Vec<(u32, u32)>,
    /// One bit per hashed key.
    filter: Zeroizing<Vec<u64>>,
    /// Bytes looked at on either side of an edge.
    reach: usize,
}

impl Cuts {
    /// Takes the forms over; `None` where there are none.
    pub fn new(cuts: Vec<Cut>) -> Option<Self> {
        let longest = cuts.iter().map(Cut::len).max()?;
        let windows = |cut: &Cut| cut.len() - SHORTEST + 1;
        let count = cuts.iter().map(windows).sum();
        // Never grows, so leaves no copy behind.
        let mut all: Zeroizing<Vec<(u64, u32, u32)>> = Zeroizing::new(Vec::with_capacity(count));
        for (place, cut) in (0..).zip(&cuts) {
            let windows = (0..).zip(cut.bytes.reveal().windows(SHORTEST));
            let keyed = windows.map(|(offset, window)| (key(window), place, offset));
            // Never looked up: what is looked up begins or ends with another byte.
            all.extend(keyed.filter(|(key, ..)| *key != 0));
        }
        all.sort_unstable();
        let mut keys = Zeroizing::new(Vec::with_capacity(all.len()));
        keys.extend(all.iter().map(|one| one.0));
        let words = (all.len() * SPARSE).next_power_of_two().max(64) / 64;
        let mut filter = Zeroizing::new(vec![0; words]);
        for key in keys.iter() {
            let bit = hash(*key, words);
            filter[bit / 64] |= 1 << (bit % 64);
        }
        Some(Self {
            places: all.iter().map(|(_, cut, offset)| (*cut, *offset)).collect(),
            all: cuts,
            keys,
            filter,
            reach: (longest - 1).min(PAGE),
        })
    }

    pub fn cut(&self, place: u32) -> &Cut {
        &self.all[place as usize]
    }

    /// All forms.
    pub fn cuts(&self) -> &[Cut] {
        &self.all
    }

    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// Pieces that end a page: `before` are its last bytes.
    pub(super) fn ending(&self, before: &[u8], edge: u64, found: &mut dyn FnMut(Piece)) {
        let Some(zeros) = passed_over(before.iter().rev()) else {
            return;
        };
        let behind = before.len() - zeros;
        if behind < SHORTEST {
            return;
        }
        for (cut, offset) in self.at(&before[behind - SHORTEST..behind]) {
            let length = offset as usize + SHORTEST + zeros;
            let form = self.cut(cut).bytes.reveal();
            if length < form.len() && before.ends_with(&form[..length]) {
                found(piece(edge, Side::End, cut, length));
            }
        }
    }

    /// Pieces that start a page: `after` are its first bytes.
    pub(super) fn starting(&self, after: &[u8], edge: u64, found: &mut dyn FnMut(Piece)) {
        let Some(zeros) = passed_over(after.iter()) else {
            return;
        };
        let Some(seven) = after.get(zeros..zeros + SHORTEST) else {
            return;
        };
        for (cut, offset) in self.at(seven) {
            let Some(first) = (offset as usize).checked_sub(zeros).filter(|at| *at > 0) else {
                continue;
            };
            let rest = &self.cut(cut).bytes.reveal()[first..];
            if after.starts_with(rest) {
                found(piece(edge, Side::Start, cut, rest.len()));
            }
        }
    }

    /// Where these seven bytes stand in forms.
    fn at(&self, seven: &[u8]) -> impl Iterator<Item = (u32, u32)> {
        let key = key(seven);
        let bit = hash(key, self.filter.len());
        let known = self.filter[bit / 64] >> (bit % 64) & 1 != 0;
        let first = if known {
            self.keys.partition_point(|one| *one < key)
        } else {
            self.keys.len()
        };
        let same = self.keys[first..]
            .iter()
            .take_while(move |one| **one == key);
        same.zip(&self.places[first..]).map(|(_, place)| *place)
    }
}

/// How many bytes from the edge on lead to the seven that are looked up: none, unless these are all zero.
fn passed_over<'a>(from_edge: impl Iterator<Item = &'a u8>) -> Option<usize> {
    let zeros = from_edge.take(ZEROS + 1).take_while(|byte| **byte == 0);
    match zeros.count() {
        few if few < SHORTEST => Some(0),
        zeros if zeros <= ZEROS => Some(zeros),
        _ => None,
    }
}

fn piece(edge: u64, side: Side, cut: u32, length: usize) -> Piece {
    Piece {
        edge,
        side,
        cut,
        length: length as u32,
    }
}

fn key(seven: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..SHORTEST].copy_from_slice(seven);
    u64::from_le_bytes(bytes)
}

/// A place among the bits of as many words (a power of two).
fn hash(key: u64, words: usize) -> usize {
    // Fibonacci hashing: the upper bits are the mixed ones.
    let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    mixed as usize & (words * 64 - 1)
}
