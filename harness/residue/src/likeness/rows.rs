//! How long are the rows of what looks like a picture? At the distance of a row, samples meet those above them, which are alike. Called by `compare`.
//!
//! Short pieces are asked where most is to be seen, each for itself: at which distances is the memory behind it most like it? Each piece has one
//! vote, so that what lies beside a picture (a log of lines as long as each other, another picture) does not outshout it, and plain ground has none.
//! A row's length is where more pieces agree than at the distances around.

use std::ops::{Range, RangeInclusive};

use super::absolute::{apart, by_lag};

/// Shortest row, in samples: 40 grey pixels. In smaller pictures nobody is told from others.
pub(super) const SHORTEST: usize = 40;
/// Longest: 2,000 pixels of four samples.
const LONGEST: usize = 8_000;
/// Samples of a piece, a third of a small picture's row.
pub(super) const PIECE: usize = 96;
/// Pieces of a part, one of each share of it; fewer of a small one, but so many.
const PIECES: usize = 64;
const FEWEST: usize = 24;
/// Samples of such a share of a small part.
const SHARE: usize = 1_024;
/// Places in a share from which the liveliest is chosen.
const PLACES: usize = 24;
/// How a piece is judged before it is chosen: by what differs at these distances (see `texture`).
const FARS: [usize; 2] = [60, 84];
/// Pieces that differ less on average, in grey levels, have no vote: what is alike there is noise.
const LIVELY: u32 = 3;
/// Parts of a long stretch, which may hold several pictures, and their samples at least.
const PARTS: usize = 4;
const PART: usize = 1 << 20;
/// A piece is for a distance if it differs there by less than this part of what is usual for it.
const ALIKE: f32 = 0.6;
/// Distances around a candidate at which fewer pieces must agree, in samples; beyond the last by this part of the candidate.
const AROUND: Range<usize> = 16..48;
const BEYOND: usize = 32;
/// Agreement that counts, as a part of the pieces that have a vote, in pieces, and as a part of the highest there is.
const AGREED: f32 = 0.1;
const SOME: f32 = 2.0;
const NEAR_HIGHEST: f32 = 0.3;
/// Several rows agree as well as one: the shortest distance of which a candidate is a multiple is taken if it has this much of its votes.
const AS_GOOD: f32 = 0.9;
/// Candidates given for one part.
const KEPT: usize = 5;
/// How far (two pixels and a half) beside a part's distance the whole stretch's may lie.
const BESIDE: usize = 9;
/// Pieces that tell, at most, and their samples.
const SETTLING: usize = 256;
const SETTLED: usize = 256;
/// Distances by which it is told what is usual for a piece.
const USUAL: usize = 251;

/// What was found out about a stretch.
#[derive(Default)]
pub(super) struct Rows {
    /// The likeliest distances from row to row in samples, the likeliest first; none where nothing repeats.
    pub strides: Vec<usize>,
    /// Where most is to be seen.
    pub pieces: Vec<Piece>,
}

/// A place that is asked.
pub(super) struct Piece {
    /// Its first sample; behind its last there are as many and more.
    pub at: usize,
    length: usize,
    /// From this difference on it is against a distance.
    against: f32,
}

impl Piece {
    /// `None` where all distances are alike.
    fn new(samples: &[u8], at: usize, length: usize, longest: usize) -> Option<Self> {
        let far = (0..USUAL).map(|n| SHORTEST + n * (longest - SHORTEST) / USUAL);
        let mut some: Vec<u32> = far.map(|lag| apart(samples, at, length, lag)).collect();
        let usual = *some.select_nth_unstable(USUAL / 2).1;
        (usual > 0).then_some(Self {
            at,
            length,
            against: ALIKE * usual as f32,
        })
    }

    /// Its votes for distances, 0 … 1 each.
    fn votes(&self, samples: &[u8], lags: RangeInclusive<usize>) -> impl Iterator<Item = f32> {
        let differs = by_lag(samples, &[self.at], self.length, lags);
        let vote = |differs| (1.0 - differs as f32 / self.against).max(0.0);
        differs.into_iter().map(vote)
    }
}

impl Rows {
    /// Of what looks like a picture.
    pub fn of(samples: &[u8]) -> Self {
        let longest = LONGEST.min(samples.len() / 4);
        if longest <= SHORTEST + AROUND.end || samples.len() < longest + SETTLED {
            return Self::default();
        }
        let parts = (samples.len() / PART).clamp(1, PARTS);
        let each = samples.len() / parts;
        let mut pieces = Vec::with_capacity(parts * PIECES);
        let mut lags = Vec::with_capacity(parts * KEPT);
        for n in 0..parts {
            let from = pieces.len();
            let behind = ((n + 1) * each).min(samples.len() - longest - PIECE);
            pieces.extend(lively(samples, n * each..behind, longest));
            lags.extend(of_part(samples, &pieces[from..], longest));
        }
        if lags.is_empty() {
            return Self {
                strides: Vec::new(),
                pieces,
            };
        }
        let all = everywhere(samples, longest);
        let settled = lags
            .into_iter()
            .map(|lag| settled(samples, &all, lag, longest));
        let mut sorted: Vec<(f32, usize)> = settled.collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut strides = Vec::with_capacity(sorted.len());
        for (_, lag) in sorted {
            if is_apart(&strides, lag) {
                strides.push(lag);
            }
        }
        Self { strides, pieces }
    }
}

/// Longer pieces from all over the stretch, lively or not: edges slant, and where most is to be seen they may all slant alike.
fn everywhere(samples: &[u8], longest: usize) -> Vec<Piece> {
    let room = samples.len().saturating_sub(longest + SETTLED);
    let pieces = (samples.len() / SHARE).clamp(FEWEST, SETTLING);
    let at = (0..pieces).map(|n| n * room / pieces);
    at.filter_map(|at| Piece::new(samples, at, SETTLED, longest))
        .collect()
}

/// The distance beside this one for which most pieces vote, and their votes.
fn settled(samples: &[u8], pieces: &[Piece], lag: usize, longest: usize) -> (f32, usize) {
    let near = lag.saturating_sub(BESIDE).max(SHORTEST)..=(lag + BESIDE).min(longest);
    let mut votes = vec![0.0_f32; near.clone().count()];
    for piece in pieces {
        add(&mut votes, piece.votes(samples, near.clone()));
    }
    let most = votes
        .into_iter()
        .zip(near)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    most.unwrap_or((0.0, lag))
}

fn add(votes: &mut [f32], more: impl Iterator<Item = f32>) {
    for (vote, more) in votes.iter_mut().zip(more) {
        *vote += more;
    }
}

/// The likeliest of one part.
fn of_part(samples: &[u8], pieces: &[Piece], longest: usize) -> Vec<usize> {
    let mut votes = vec![0.0_f32; longest + 1];
    for piece in pieces {
        add(
            &mut votes[SHORTEST..],
            piece.votes(samples, SHORTEST..=longest),
        );
    }
    agreed(&votes, (AGREED * pieces.len() as f32).max(SOME))
}

/// Of each share of the part the place where most is to be seen, if anything is.
fn lively(samples: &[u8], part: Range<usize>, longest: usize) -> Vec<Piece> {
    let pieces = (part.len() / SHARE).clamp(FEWEST, PIECES);
    let share = part.len() / pieces;
    let life = |at: &usize| -> u32 {
        let fars = FARS.iter();
        fars.map(|far| apart(samples, *at, PIECE, *far)).sum()
    };
    let best = |n: usize| {
        let places = (0..PLACES).map(|k| part.start + n * share + k * share / PLACES);
        places.max_by_key(life)
    };
    let lively = |at: &usize| life(at) >= LIVELY * (FARS.len() * PIECE) as u32;
    let at = (0..pieces).filter_map(best).filter(lively);
    at.filter_map(|at| Piece::new(samples, at, PIECE, longest))
        .collect()
}

/// Distances for which more pieces vote than around them, those with most votes first.
fn agreed(votes: &[f32], least: f32) -> Vec<usize> {
    // Sums of all votes for shorter distances.
    let mut sums = Vec::with_capacity(votes.len() + 1);
    sums.push(0.0_f64);
    sums.extend(votes.iter().scan(0.0, |sum, vote| {
        *sum += f64::from(*vote);
        Some(*sum)
    }));
    let mean = |from: usize, behind: usize| {
        let (from, behind) = (from.max(SHORTEST), behind.min(votes.len()));
        (behind > from).then(|| (sums[behind] - sums[from]) / (behind - from) as f64)
    };
    let above = |lag: usize| {
        let (near, far) = (AROUND.start, AROUND.end + lag / BEYOND);
        let sides = [
            mean(lag.saturating_sub(far), lag.saturating_sub(near)),
            mean(lag + near, lag + far),
        ];
        let around = sides.into_iter().flatten().fold(0.0, f64::max);
        (f64::from(votes[lag]) - around) as f32
    };
    let peak = |lag: &usize| votes[*lag] >= votes[lag - 1] && votes[*lag] > votes[lag + 1];
    let peaks: Vec<(f32, usize)> = (SHORTEST + 1..votes.len() - 1)
        .filter(peak)
        .map(|lag| (above(lag), lag))
        .filter(|(above, _)| *above >= least)
        .collect();
    let one_row = |(above, several): (f32, usize)| {
        let part = |one: &&(f32, usize)| {
            let beside = several % one.1;
            let rows = (several + 1) / one.1;
            beside.min(one.1 - beside) <= rows.min(BESIDE) && one.0 >= AS_GOOD * above
        };
        peaks.iter().find(part).map_or(several, |one| one.1)
    };
    let mut sorted = peaks.clone();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<usize> = Vec::with_capacity(KEPT);
    let least = sorted.first().map_or(0.0, |one| one.0 * NEAR_HIGHEST);
    // Over several rows edges slant, and stand out by themselves more than from row to row, where all the picture is alike: the one with most votes
    // is among the candidates whatever stands out.
    let loud = sorted.iter().filter(|one| one.0 >= least);
    let loudest = loud.max_by(|a, b| votes[a.1].total_cmp(&votes[b.1]));
    let first = loudest.copied().into_iter();
    for one in first.chain(sorted.into_iter().take_while(|one| one.0 >= least)) {
        let lag = one_row(one);
        if kept.len() < KEPT && is_apart(&kept, lag) {
            kept.push(lag);
        }
    }
    kept
}

/// Beside a row's length lie others, a channel further or where soft edges meet again; and at two rows, three rows.
fn is_apart(kept: &[usize], lag: usize) -> bool {
    kept.iter().all(|one| {
        let beyond = lag % one;
        beyond.min(one - beyond) > 4 + one / 16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// Whatever lies there, however short.
        #[test]
        fn nothing_panics(samples in proptest::collection::vec(proptest::prop_oneof![0_u8..4, 0_u8..], 0..6_000)) {
            let rows = Rows::of(&samples);
            proptest::prop_assert!(rows.strides.iter().all(|stride| (SHORTEST..=LONGEST).contains(stride)));
            super::super::pixels::Pixels::of(&samples, &rows.pieces);
        }
    }

    #[test]
    fn the_row_is_found_and_not_several() {
        for row in [64, 321, 1_920, 7_680] {
            let level = |n: usize| {
                let (x, y) = (n % row, n / row);
                (128.0
                    + 60.0 * (x as f32 / 11.0).sin()
                    + 50.0 * ((x * x / 97) as f32 + y as f32 / 9.0).cos()) as u8
            };
            let samples: Vec<u8> = (0..row * 60).map(level).collect();
            assert_eq!(Rows::of(&samples).strides.first(), Some(&row));
        }
    }
}
