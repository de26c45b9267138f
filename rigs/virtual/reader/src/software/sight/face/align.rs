//! Where a face is: the pair of places that look most like eyes, lie like eyes, and have something like brows, nostrils
//! and a mouth around them. The same in photos and live pictures, so that one face comes to lie alike in both: its eyes
//! level, a fixed distance apart.

use super::super::grey::Grey;
use super::eyes::{self, Eye};
use super::generic;
use super::pose::{EYE, Pose};

/// Weights against both eyes' fits: of the generic face's fit; of symmetry; of lying unlike eyes; of eyes fitting
/// unequally well.
const FACE: f32 = 0.3;
const SYMMETRY: f32 = 1.0;
const UNLIKE: f32 = 0.04;
const UNEQUAL: f32 = 1.0;
/// A second pair whose score is this near the best one's is kept, too.
const AMBIGUOUS: f32 = 0.6;
/// Spreads by which that is judged: middle between the eyes (x, y), their distance, their tilt.
const SPREADS: [f32; 4] = [0.1, 0.12, 0.1, 0.06];
/// Half a head's width in the picture where eyes are looked for, px, about.
const HALF: f32 = 36.0;

/// How unlike eyes two places lie.
fn unlike(left: &Eye, right: &Eye) -> f32 {
    let across = [right.at[0] - left.at[0], right.at[1] - left.at[1]];
    let off = [
        left.at[0].midpoint(right.at[0]),
        left.at[1].midpoint(right.at[1]) - EYE[1],
        across[0].hypot(across[1]) - 2.0 * EYE[0],
        across[1].atan2(across[0]),
    ];
    off.iter()
        .zip(SPREADS)
        .map(|(off, spread)| (off / spread).powi(2))
        .sum()
}

/// A pair of places for eyes.
struct Pair {
    eyes: [Eye; 2],
    score: f32,
}

impl Pair {
    /// One of the eyes is another.
    fn differs(&self, other: &Self) -> bool {
        let far = |a: &Eye, b: &Eye| (a.at[0] - b.at[0]).hypot(a.at[1] - b.at[1]) > 0.08;
        self.eyes.iter().zip(&other.eyes).any(|(a, b)| far(a, b))
    }
}

/// The likely poses near the expected one in `picture`, the likeliest first, and each one's worse eye's fit.
/// `normalised` is the same picture locally normalised and `factor` times smaller.
pub(super) fn find(
    picture: &Grey,
    expected: &Pose,
    normalised: &Grey,
    factor: f32,
) -> Vec<(Pose, f32)> {
    let finer = (expected.half / HALF).round().max(1.0);
    let (picture, expected) = (picture.reduced(finer), expected.reduced(finer));
    let [left, right] = eyes::places(&picture, &expected);
    let mut pairs = Vec::new();
    for left in &left {
        for right in &right {
            let pose = expected.with_eyes(left.at, right.at);
            let face = generic::fit(normalised, &pose.reduced(factor / finer));
            let score = left.fit
                + right.fit
                + FACE * face
                + SYMMETRY * generic::symmetry(normalised, &pose.reduced(factor / finer))
                - UNLIKE * unlike(left, right)
                - UNEQUAL * (left.fit - right.fit).abs();
            pairs.push(Pair {
                eyes: [*left, *right],
                score,
            });
        }
    }
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score));
    let second = pairs.iter().skip(1).find(|pair| pair.differs(&pairs[0]));
    let close = second.filter(|pair| pair.score > pairs[0].score - AMBIGUOUS);
    let likely = pairs.first().into_iter().chain(close);
    let posed = likely.map(|pair| {
        let [left, right] = pair
            .eyes
            .map(|eye| eyes::refined(&picture, &expected, &eye));
        let pose = expected.with_eyes(left.at, right.at);
        (pose.reduced(1.0 / finer), left.fit.min(right.fit))
    });
    posed.collect()
}
