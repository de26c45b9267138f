//! How long are the rows of what looks like a picture? At the distance of a row, samples meet those above them, which are alike. Called by `compare`.
//!
//! Short pieces are asked where most is to be seen, each for itself: at which distances is the memory behind it most like it? Each piece has one
//! vote, so that what lies beside a picture (a log of lines as long as each other, another picture) does not outshout it, and plain ground has none.
//! A row's length is where more pieces agree than at the distances around.

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
const AROUND: std::ops::Range<usize> = 16..48;
/// Agreement that counts, as a part of the pieces that have a vote.
const AGREED: f32 = 0.06;
/// Several rows agree as well as one: of a distance's even parts the shortest is taken that has this much of its votes. Up to so many rows.
const AS_GOOD: f32 = 0.9;
const ROWS: usize = 40;
/// Candidates given for one part.
const KEPT: usize = 5;
/// How far (two pixels and a half) beside a part's distance the whole stretch's may lie, and by how many pieces of how many samples that is told.
const BESIDE: usize = 9;
const SETTLING: usize = 256;
const SETTLED: usize = 256;

/// The likeliest distances from row to row in samples, the likeliest first; none where nothing repeats.
pub(super) fn candidates(samples: &[u8]) -> Vec<usize> {
    let parts = (samples.len() / PART).clamp(1, PARTS);
    let each = samples.len() / parts;
    let lists: Vec<Vec<usize>> = (0..parts)
        .map(|n| of_part(samples, n * each..(n + 1) * each))
        .collect();
    let mut kept = Vec::with_capacity(parts * KEPT);
    for rank in 0..KEPT {
        for lag in lists.iter().filter_map(|list| list.get(rank)) {
            let lag = settled(samples, *lag);
            if is_apart(&kept, lag) {
                kept.push(lag);
            }
        }
    }
    kept
}

/// The distance beside this one by which the whole stretch is most like itself: where edges slant, pieces are so by a sample more or less.
fn settled(samples: &[u8], lag: usize) -> usize {
    let near = lag.saturating_sub(BESIDE).max(SHORTEST)..=lag + BESIDE;
    let Some(room) = samples.len().checked_sub(lag + BESIDE + SETTLED) else {
        return lag;
    };
    let pieces: Vec<usize> = (0..SETTLING).map(|n| n * room / SETTLING).collect();
    let sums = by_lag(samples, &pieces, SETTLED, near.clone());
    near.zip(sums)
        .min_by_key(|one| one.1)
        .map_or(lag, |one| one.0)
}

/// The likeliest of one part; pieces are compared with what lies behind them, wherever that is.
fn of_part(samples: &[u8], part: std::ops::Range<usize>) -> Vec<usize> {
    let longest = LONGEST.min(samples.len() / 4);
    if longest <= SHORTEST + AROUND.end {
        return Vec::new();
    }
    let behind = part.end.min(samples.len() - longest - PIECE);
    let pieces = lively(samples, part.start..behind);
    let mut votes = vec![0.0_f32; longest + 1];
    for piece in &pieces {
        let differs = by_lag(samples, &[*piece], PIECE, SHORTEST..=longest);
        let mut some: Vec<u32> = differs.iter().copied().step_by(7).collect();
        let middle = some.len() / 2;
        let usual = ALIKE * *some.select_nth_unstable(middle).1 as f32;
        if usual > 0.0 {
            for (vote, differs) in votes[SHORTEST..].iter_mut().zip(differs) {
                *vote += (1.0 - differs as f32 / usual).max(0.0);
            }
        }
    }
    agreed(&votes, AGREED * pieces.len() as f32)
}

/// Of each share of the part the place where most is to be seen, if anything is.
fn lively(samples: &[u8], part: std::ops::Range<usize>) -> Vec<usize> {
    let share = part.len() / PIECES;
    let life = |at: &usize| -> u32 {
        FARS.iter()
            .map(|far| apart(samples, *at, PIECE, *far))
            .sum()
    };
    let best = |n: usize| {
        let places = (0..PLACES).map(|k| part.start + n * share + k * share / PLACES);
        places.max_by_key(life)
    };
    let mut pieces: Vec<usize> = (0..PIECES).filter_map(best).collect();
    pieces.retain(|at| life(at) >= LIVELY * (FARS.len() * PIECE) as u32);
    pieces
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
    let mut peaks: Vec<(f32, usize)> = (SHORTEST + 1..votes.len() - 1)
        .filter(peak)
        .map(|lag| (above(lag), lag))
        .filter(|(above, _)| *above >= least)
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<usize> = Vec::with_capacity(KEPT);
    for (_, lag) in peaks {
        let lag = one_row(votes, lag);
        if kept.len() < KEPT && is_apart(&kept, lag) {
            kept.push(lag);
        }
    }
    kept
}

/// One row of what may be several.
fn one_row(votes: &[f32], several: usize) -> usize {
    let part = |n: usize| {
        let near = several / n - 1..=several / n + 1;
        near.max_by(|a, b| votes[*a].total_cmp(&votes[*b]))
    };
    let rows = (2..=ROWS.min(several / (SHORTEST + 1))).rev();
    let row = rows
        .filter_map(part)
        .find(|row| votes[*row] >= AS_GOOD * votes[several]);
    row.unwrap_or(several)
}

/// Beside a row's length lie others, a channel further; and at two rows, three rows.
fn is_apart(kept: &[usize], lag: usize) -> bool {
    kept.iter().all(|one| {
        let beyond = lag % one;
        beyond.min(one - beyond) > 4 + one / 64
    })
}
