//! What the planted defects do to the face engine; without them nothing. Used by the reader and by the engine's adapter alike.

use crate::sight::face::THRESHOLD;
use crate::sight::grey::Grey;
use crate::{Defect, Defects};

/// Score from which on two pictures show one person.
pub fn threshold(defects: &Defects) -> f32 {
    if defects.has(Defect::LaxThreshold) {
        // A false match rate of 0.09 % on 478,800 impostor pairs of the face library.
        THRESHOLD - 0.06
    } else {
        THRESHOLD
    }
}

/// The live picture as the engine sees it: `weak-engine` cannot use about every 65th (1.5 %), whoever it shows.
pub fn weakened(picture: Grey, defects: &Defects) -> Grey {
    if !defects.has(Defect::WeakEngine) || !unlucky(&picture) {
        return picture;
    }
    let (width, height) = (picture.width, picture.height);
    let mirrored = |n: usize| picture.values[(height - 1 - n / width) * width + n % width];
    // Mostly its mirror image upside down: there is something, but nobody's face.
    let mixed = |n: usize| 0.3 * picture.values[n] + 0.7 * mirrored(n);
    Grey {
        width,
        height,
        values: (0..width * height).map(mixed).collect(),
    }
}

/// One picture in 65, by its pixels.
fn unlucky(picture: &Grey) -> bool {
    // FNV-1a over every hundredth pixel.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for value in picture.values.iter().step_by(101) {
        hash = (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 20).is_multiple_of(65)
}
