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
const PIECE: usize = 96;
/// Pieces of a part, one of each share of it.
const PIECES: usize = 64;
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
/// Distances around a candidate at which fewer pieces must agree, in samples.
const AROUND: Range<usize> = 16..48;
/// Agreement that counts, as a part of the pieces that have a vote, and of the highest there is.
const AGREED: f32 = 0.06;
const NEAR_HIGHEST: f32 = 0.25;
/// Several rows agree as well as one: the shortest distance of which a candidate is a multiple is taken if it has this much of its votes.
const AS_GOOD: f32 = 0.9;
/// Candidates given for one part.
const KEPT: usize = 5;
/// How far (two pixels and a half) beside a part's distance the whole stretch's may lie.
const BESIDE: usize = 9;
/// Distances by which it is told what is usual for a piece.
const USUAL: usize = 501;

/// A place that is asked.
struct Piece {
    /// Its first sample.
    at: usize,
    /// From this difference on it is against a distance.
    against: f32,
}

impl Piece {
    /// Its votes for distances, 0 … 1 each.
    fn votes(&self, samples: &[u8], lags: RangeInclusive<usize>) -> impl Iterator<Item = f32> {
        let differs = by_lag(samples, &[self.at], PIECE, lags);
        let vote = |differs| (1.0 - differs as f32 / self.against).max(0.0);
        differs.into_iter().map(vote)
    }
}

/// The likeliest distances from row to row in samples, the likeliest first; none where nothing repeats.
pub(super) fn candidates(samples: &[u8]) -> Vec<usize> {
    let longest = LONGEST.min(samples.len() / 4);
    if longest <= SHORTEST + AROUND.end {
        return Vec::new();
    }
    let parts = (samples.len() / PART).clamp(1, PARTS);
    let each = samples.len() / parts;
    let mut pieces = Vec::with_capacity(parts * PIECES);
    let mut lists = Vec::with_capacity(parts);
    for n in 0..parts {
        let from = pieces.len();
        let behind = ((n + 1) * each).min(samples.len() - longest - PIECE);
        pieces.extend(lively(samples, n * each..behind, longest));
        lists.push(of_part(samples, &pieces[from..], longest));
    }
    let mut kept = Vec::with_capacity(parts * KEPT);
    for rank in 0..KEPT {
        for lag in lists.iter().filter_map(|list| list.get(rank)) {
            let lag = settled(samples, &pieces, *lag, longest);
            if is_apart(&kept, lag) {
                kept.push(lag);
            }
        }
    }
    kept
}

/// The distance beside this one for which most pieces of all parts vote: where edges slant, some do so for a sample more or less.
fn settled(samples: &[u8], pieces: &[Piece], lag: usize, longest: usize) -> usize {
    let near = lag.saturating_sub(BESIDE).max(SHORTEST)..=(lag + BESIDE).min(longest);
    let mut votes = vec![0.0_f32; near.clone().count()];
    for piece in pieces {
        add(&mut votes, piece.votes(samples, near.clone()));
    }
    let most = near.zip(votes).max_by(|a, b| a.1.total_cmp(&b.1));
    most.map_or(lag, |most| most.0)
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
    agreed(&votes, AGREED * pieces.len() as f32)
}

/// Of each share of the part the place where most is to be seen, if anything is.
fn lively(samples: &[u8], part: Range<usize>, longest: usize) -> Vec<Piece> {
    let share = part.len() / PIECES;
    let life = |at: &usize| -> u32 {
        let fars = FARS.iter();
        fars.map(|far| apart(samples, *at, PIECE, *far)).sum()
    };
    let best = |n: usize| {
        let places = (0..PLACES).map(|k| part.start + n * share + k * share / PLACES);
        places.max_by_key(life)
    };
    let lively = |at: &usize| life(at) >= LIVELY * (FARS.len() * PIECE) as u32;
    let piece = |at: usize| {
        let far = (0..USUAL).map(|n| SHORTEST + n * (longest - SHORTEST) / USUAL);
        let mut some: Vec<u32> = far.map(|lag| apart(samples, at, PIECE, lag)).collect();
        let usual = *some.select_nth_unstable(USUAL / 2).1;
        (usual > 0).then_some(Piece {
            at,
            against: ALIKE * usual as f32,
        })
    };
    let at = (0..PIECES).filter_map(best).filter(lively);
    at.filter_map(piece).collect()
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
        let sides = [
            mean(
                lag.saturating_sub(AROUND.end),
                lag.saturating_sub(AROUND.start),
            ),
            mean(lag + AROUND.start, lag + AROUND.end),
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
    for one in sorted.into_iter().take_while(|one| one.0 >= least) {
        let lag = one_row(one);
        if kept.len() < KEPT && is_apart(&kept, lag) {
            kept.push(lag);
        }
    }
    kept
}

/// Beside a row's length lie others, a channel further; and at two rows, three rows.
fn is_apart(kept: &[usize], lag: usize) -> bool {
    kept.iter().all(|one| {
        let beyond = lag % one;
        beyond.min(one - beyond) > 4 + one / 64
    })
}
