//! Places of separators and line ends, found 64 bytes at a time.

/// Walks over them in order.
pub(super) struct Marks<'a> {
    blocks: std::slice::Iter<'a, [u8; 64]>,
    rest: &'a [u8],
    separator: u8,
    /// Place of the block in hand.
    base: usize,
    /// Bits of its marks not given yet.
    mask: u64,
}

impl<'a> Marks<'a> {
    pub(super) fn new(bytes: &'a [u8], separator: u8) -> Self {
        let (blocks, rest) = bytes.as_chunks::<64>();
        Self {
            blocks: blocks.iter(),
            rest,
            separator,
            base: 0_usize.wrapping_sub(64),
            mask: 0,
        }
    }

    /// The next mark; none after the last.
    #[inline]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            self.mask = if let Some(block) = self.blocks.next() {
                mask(block, self.separator)
            } else if self.rest.is_empty() {
                return None;
            } else {
                // Padded with what is neither.
                let mut block = [0; 64];
                block[..self.rest.len()].copy_from_slice(self.rest);
                self.rest = &[];
                mask(&block, self.separator)
            };
            self.base = self.base.wrapping_add(64);
        }
        let place = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(place)
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
        fn every_mark_is_found_once(text in "[,;a\\n]{0,300}") {
            let mut marks = Marks::new(text.as_bytes(), b',');
            let found: Vec<_> = std::iter::from_fn(|| marks.next()).collect();
            let plain: Vec<_> = text.bytes().enumerate().filter(|(_, b)| matches!(b, b',' | b'\n')).map(|(n, _)| n).collect();
            prop_assert_eq!(found, plain);
        }
    }
}
