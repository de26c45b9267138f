//! Places of separators and line ends, found 64 bytes at a time.

/// Marks found ahead of their use: many at once, for the processor foresees the end of a long row better.
const AHEAD: usize = 1024;

/// Walks over them in order.
pub(super) struct Marks<'a> {
    blocks: std::slice::Iter<'a, [u8; 64]>,
    rest: &'a [u8],
    separator: u8,
    /// Place of the next block.
    base: usize,
    found: [usize; AHEAD],
    /// Those of `found` that were not given yet.
    next: usize,
    end: usize,
}

impl<'a> Marks<'a> {
    pub(super) fn new(bytes: &'a [u8], separator: u8) -> Self {
        let (blocks, rest) = bytes.as_chunks::<64>();
        Self {
            blocks: blocks.iter(),
            rest,
            separator,
            base: 0,
            found: [0; AHEAD],
            next: 0,
            end: 0,
        }
    }

    /// The next mark; none after the last.
    #[inline]
    pub(super) fn next(&mut self) -> Option<usize> {
        if self.next == self.end {
            self.fill();
        }
        let place = *self.found.get(..self.end)?.get(self.next)?;
        self.next += 1;
        Some(place)
    }

    /// Finds more; only when all are given.
    fn fill(&mut self) {
        (self.next, self.end) = (0, 0);
        while self.end + 64 <= AHEAD {
            let mut mask = if let Some(block) = self.blocks.next() {
                mask(block, self.separator)
            } else if self.rest.is_empty() {
                break;
            } else {
                // Padded with what is neither.
                let mut block = [0; 64];
                block[..self.rest.len()].copy_from_slice(self.rest);
                self.rest = &[];
                mask(&block, self.separator)
            };
            let places = &mut self.found[self.end..self.end + 64];
            let count = mask.count_ones() as usize;
            // Eight at a time: what is written too much is written over.
            for eight in places
                .as_chunks_mut::<8>()
                .0
                .iter_mut()
                .take(count.div_ceil(8))
            {
                for place in eight {
                    *place = self.base + mask.trailing_zeros() as usize;
                    mask &= mask.wrapping_sub(1);
                }
            }
            self.end += count;
            self.base += 64;
        }
    }
}

/// One bit per byte that is a mark.
#[inline]
fn mask(block: &[u8; 64], separator: u8) -> u64 {
    let mut marked = [0_u8; 64];
    for (mark, byte) in marked.iter_mut().zip(block) {
        *mark = u8::from(*byte == separator) | u8::from(*byte == b'\n');
    }
    // Eight bytes of 0 or 1 become eight bits: the product brings byte n to bit 56 + n.
    let words = marked.as_chunks::<8>().0.iter().enumerate();
    words.fold(0, |mask, (number, word)| {
        let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask | bits << (number * 8)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_mark_is_found_once(text in "[,;a\\n]{0,3000}") {
            let plain: Vec<_> = text.bytes().enumerate().filter(|(_, b)| matches!(b, b',' | b'\n')).map(|(n, _)| n).collect();
            let mut marks = Marks::new(text.as_bytes(), b',');
            let found: Vec<_> = std::iter::from_fn(|| marks.next()).collect();
            prop_assert_eq!(found, plain);
        }
    }
}
