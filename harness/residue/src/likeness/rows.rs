//! How long are the rows of what looks like a picture? At the distance of a row, samples meet those above them, which are alike: the mean
//! absolute difference has a dip there. Called by `compare`.

use super::absolute::{apart, by_lag};

/// Shortest row, in samples: 40 grey pixels. In smaller pictures nobody is told from others.
pub(super) const SHORTEST: usize = 40;
/// Longest: 2,000 pixels of four samples.
const LONGEST: usize = 8_000;
/// Samples that are compared with those further on: for all distances, and for those that look like rows then.
const SEEN: usize = 4 << 10;
const SEEN_AGAIN: usize = 32 << 10;
/// Distances that are looked at again.
const AGAIN: usize = 24;
/// A dip is at most this part of the usual difference, in percent.
const DIP: f32 = 65.0;
/// Candidates given for one window.
const KEPT: usize = 5;
/// Windows of a long stretch at most.
const PARTS: usize = 4;
/// How far (two pixels and a half) beside a window's distance the whole stretch's may lie, and by how many pieces of how many samples that is told.
const BESIDE: usize = 9;
const PIECES: usize = 256;
const SETTLED: usize = 256;
/// How a window is judged before it is chosen: so many pieces of so many samples, each held against what lies so far behind it (see `texture`).
const LOOKS: usize = 64;
const LOOK: usize = 128;
const FAR: usize = 84;
/// Places in a quarter of a window from which one is chosen.
const LOOKS_BY_QUARTER: usize = 8;

/// The likeliest distances from row to row in samples, the likeliest first; none where nothing repeats. A long stretch may hold several
/// pictures with plain background between: each part of it is asked where most is to be seen.
pub(super) fn candidates(samples: &[u8]) -> Vec<usize> {
    let window = SEEN_AGAIN + LONGEST;
    if samples.len() <= window {
        return of_window(samples);
    }
    let parts = (samples.len() / window).min(PARTS);
    let each = samples.len() / parts;
    let lists: Vec<Vec<usize>> = (0..parts)
        .map(|n| of_window(liveliest(&samples[n * each..(n + 1) * each], window)))
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

/// The distance beside this one by which the whole stretch is most like itself: in one window a slanting edge is so by a sample more or less.
fn settled(samples: &[u8], lag: usize) -> usize {
    let near = lag.saturating_sub(BESIDE).max(SHORTEST)..=lag + BESIDE;
    let room = samples.len() - (lag + BESIDE) - SETTLED;
    let pieces: Vec<usize> = (0..PIECES).map(|n| n * room / PIECES).collect();
    let sums = by_lag(samples, &pieces, SETTLED, near.clone());
    near.zip(sums)
        .min_by_key(|one| one.1)
        .map_or(lag, |one| one.0)
}

/// Where in a part most is to be seen, by how much distant samples differ.
fn liveliest(samples: &[u8], window: usize) -> &[u8] {
    let life = |from: &usize| -> u32 {
        let pieces = (0..LOOKS).map(|n| from + n * (window - LOOK - FAR) / LOOKS);
        pieces.map(|at| apart(samples, at, LOOK, FAR)).sum()
    };
    let last = samples.len() - window;
    let places = (0..=last / (window / 2)).map(|n| n * window / 2);
    let from = places.max_by_key(life).unwrap_or(last / 2);
    &samples[from..from + window]
}

/// Four pieces of the first `room` samples: of each quarter's, the one in which most is to be seen. On plain ground every distance is as good.
fn lively(samples: &[u8], room: usize, piece: usize) -> Vec<usize> {
    let quarter = room / 4;
    let far = FAR.min(samples.len() - room);
    let life = |from: &usize| apart(samples, *from, piece, far);
    let best = |n: usize| {
        let places =
            (0..LOOKS_BY_QUARTER).map(|k| n * quarter + k * (quarter - piece) / LOOKS_BY_QUARTER);
        places.max_by_key(life).unwrap_or(n * quarter)
    };
    (0..4).map(best).collect()
}

/// Beside a dip lie others, a channel further; and at two rows, three rows.
fn is_apart(kept: &[usize], lag: usize) -> bool {
    kept.iter().all(|one| {
        let beyond = lag % one;
        beyond.min(one - beyond) > 4 + one / 64
    })
}

/// The same in one window.
fn of_window(samples: &[u8]) -> Vec<usize> {
    let longest = LONGEST.min(samples.len() / 4);
    if longest <= SHORTEST + 2 {
        return Vec::new();
    }
    let piece = (samples.len() - longest).min(SEEN) / 4;
    let pieces = lively(samples, samples.len() - longest, piece);
    let mut curve: Vec<u32> = vec![0; SHORTEST - 1];
    curve.extend(by_lag(samples, &pieces, piece, SHORTEST - 1..=longest));
    let mut sorted = curve[SHORTEST..].to_vec();
    let middle = sorted.len() / 2;
    let usual = *sorted.select_nth_unstable(middle).1 as f32 / (4 * piece) as f32;
    let low = |lag: &usize| {
        let here = curve[*lag];
        here <= curve[lag - 1] && here < curve[lag + 1]
    };
    let mut dips: Vec<usize> = (SHORTEST..longest).filter(low).collect();
    dips.sort_by_key(|lag| curve[*lag]);
    let length = samples.len() - longest;
    let again = |lag: usize| {
        let sum = apart(samples, 0, length, lag);
        (sum as f32 / length as f32, lag)
    };
    let mut dips: Vec<(f32, usize)> = dips.into_iter().take(AGAIN).map(again).collect();
    dips.retain(|(level, _)| level * 100.0 < usual * DIP);
    dips.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut kept: Vec<usize> = Vec::with_capacity(KEPT);
    for (_, lag) in dips {
        if kept.len() < KEPT && is_apart(&kept, lag) {
            kept.push(lag);
        }
    }
    kept
}
