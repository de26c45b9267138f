//! The block code: neighbouring blocks of 8 × 8 pixels, one a little lighter, one as much darker; which, the seed says.
//!
//! Constant inside a block, so that shrinking and JPEG's quantisation keep it; balanced in each pair, so that the
//! picture's brightness does not change and slow gradients cancel.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::picture::Picture;

/// Edge of a block in pixels of the original: JPEG's own block.
pub const BLOCK: usize = 8;

/// The code of one canary image. Belongs to one size of picture.
pub struct BlockCode {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Whether the left block of each pair is the lighter one; pairs by rows.
    lighter_left: Vec<bool>,
}

impl BlockCode {
    /// The code that `seed` gives for pictures of `width` × `height` pixels; the rest beyond whole pairs stays unmarked.
    pub fn new(seed: [u8; 32], width: usize, height: usize) -> Self {
        let pairs = (width / (2 * BLOCK)) * (height / BLOCK);
        let mut random = ChaCha20Rng::from_seed(seed);
        let lighter_left = (0..pairs).map(|_| random.next_u32() & 1 == 1).collect();
        Self {
            width,
            height,
            lighter_left,
        }
    }

    /// The picture with the code in it: every sample of a marked block is moved by `amplitude` grey levels (2 or 3 are
    /// invisible in a face and enough to be found), as far as 0 and 255 allow. All channels alike.
    ///
    /// A file encoder with a small budget (a chip photo of 3 kB) may take the code out again: correlate the decoded file
    /// before it is used.
    ///
    /// # Errors
    /// `None` for a picture of another size than the code's.
    pub fn embed(&self, picture: &Picture, amplitude: u8) -> Option<Picture> {
        if (picture.width(), picture.height()) != (self.width, self.height) {
            return None;
        }
        Some(
            picture.changed(|x, y, sample| match self.lighter(x / BLOCK, y / BLOCK) {
                Some(true) => sample.saturating_add(amplitude),
                Some(false) => sample.saturating_sub(amplitude),
                None => sample,
            }),
        )
    }

    /// Pairs across and down.
    pub(super) fn pairs(&self) -> (usize, usize) {
        (self.width / (2 * BLOCK), self.height / BLOCK)
    }

    /// Whether the left block of a pair is the lighter one.
    pub(super) fn left_lighter(&self, column: usize, row: usize) -> bool {
        self.lighter_left[row * self.pairs().0 + column]
    }

    /// Whether a block is lighter; `None` outside the whole pairs.
    fn lighter(&self, column: usize, row: usize) -> Option<bool> {
        let (across, down) = self.pairs();
        let inside = column / 2 < across && row < down;
        inside.then(|| self.left_lighter(column / 2, row) == column.is_multiple_of(2))
    }
}
