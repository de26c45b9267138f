//! What stands around a PIN, as a number: it is known again where the structure it is a part of lies elsewhere.
//!
//! Hashes under the caller's key, so that nobody who lacks it can try what stood there; never the bytes, never the PIN itself. Called by
//! `scan` for each PIN counted, where contexts were asked for.

use std::fmt;
use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use super::cell::Cell;

/// Bytes before and after a form that make its context.
const SIDE: usize = 16;
/// Bits of a context: what JSON's numbers hold everywhere.
const BITS: u32 = 48;

/// How contexts and places become numbers, and which contexts are followed. Holds no secret but the key, which its caller draws and forgets.
#[derive(Clone)]
pub struct Around {
    hasher: SipHasher13,
    /// Sorted.
    follow: Vec<u64>,
}

impl Around {
    /// Contexts under `key`; of those in `follow`, all PINs are told.
    pub fn new(key: &[u8; 16], mut follow: Vec<u64>) -> Self {
        follow.sort_unstable();
        follow.dedup();
        Self {
            hasher: SipHasher13::new_with_key(key),
            follow,
        }
    }

    /// Of the form that begins at `start`: the bytes before it and behind it, as far as they are there. What stands between the digits of
    /// a form with gaps is left out.
    pub(super) fn context(&self, cell: Cell, data: &[u8], start: usize) -> u64 {
        let end = (start + cell.span()).min(data.len());
        let mut hasher = self.hasher;
        hasher.write_usize(cell.index());
        hasher.write(&data[start.saturating_sub(SIDE)..start]);
        hasher.write(&data[end..(end + SIDE).min(data.len())]);
        shortened(&hasher)
    }

    /// A number for the place `address` of `of`.
    pub fn place(&self, of: &str, address: u64, cell: Cell) -> u64 {
        let mut hasher = self.hasher;
        hasher.write_usize(Cell::ALL.len() + cell.index());
        hasher.write_u64(address);
        hasher.write(of.as_bytes());
        shortened(&hasher)
    }

    /// Is it one of those whose PINs are wanted?
    pub(super) fn follows(&self, context: u64) -> bool {
        self.follow.binary_search(&context).is_ok()
    }

    /// Is any?
    pub(super) fn follows_any(&self) -> bool {
        !self.follow.is_empty()
    }
}

fn shortened(hasher: &SipHasher13) -> u64 {
    hasher.finish() >> (u64::BITS - BITS)
}

impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around")
            .field("follow", &self.follow.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_what_stands_around_and_not_the_pin() {
        let around = Around::new(&[7; 16], vec![3, 1, 3]);
        let at = |text: &[u8], start| around.context(Cell::Ascii, text, start);
        let context = at(b"0123456789abcdefpin=4711;next field in it", 20);
        assert_eq!(
            context,
            at(b"....0123456789abcdefpin=0815;next field in it", 24)
        );
        for other in [
            b"0123456789abcdefpin:4711;next field in it",
            b"0123456789abcdefpin=4711;next fielt in it",
        ] {
            assert_ne!(context, at(other, 20));
        }
        assert_ne!(
            context,
            Around::new(&[8; 16], Vec::new()).context(
                Cell::Ascii,
                b"0123456789abcdefpin=4711;next field in it",
                20
            )
        );
        assert!(context < 1 << BITS);
        // Less around it at the edges of what is there.
        assert_ne!(at(b"4711", 0), at(b"4711;", 0));
        assert!(around.follows(1) && !around.follows(2) && around.follows_any());
    }

    #[test]
    fn places_differ_by_address_and_file_and_form() {
        let around = Around::new(&[7; 16], Vec::new());
        let all = [
            around.place("a", 1, Cell::Ascii),
            around.place("a", 2, Cell::Ascii),
            around.place("b", 1, Cell::Ascii),
            around.place("a", 1, Cell::U32Le),
        ];
        let different: std::collections::BTreeSet<u64> = all.into();
        assert_eq!(different.len(), 4);
        assert!(!format!("{around:?}").contains('7'));
    }
}
