//! How long are the rows of what looks like a picture? At the distance of a row, samples meet those above them, which are alike: the mean
//! absolute difference has a dip there. Called by `compare`.

use super::absolute::{absolute, by_lag};

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
/// Candidates given.
const KEPT: usize = 5;

/// The likeliest distances from row to row in samples, the likeliest first; none where nothing repeats.
pub(super) fn candidates(samples: &[u8]) -> Vec<usize> {
    // The middle: a picture's first rows are background.
    let window = samples.len().min(SEEN_AGAIN + LONGEST);
    let from = (samples.len() - window) / 2;
    let samples = &samples[from..from + window];
    let longest = LONGEST.min(samples.len() / 4);
    if longest <= SHORTEST + 2 {
        return Vec::new();
    }
    // Pieces all over the window: the middle of a face may be smooth.
    let pieces: Vec<usize> = (0..4).map(|n| n * (samples.len() - longest) / 4).collect();
    let piece = (samples.len() - longest).min(SEEN) / 4;
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
        let sum = absolute(&samples[..length], &samples[lag..lag + length]);
        (sum as f32 / length as f32, lag)
    };
    let mut dips: Vec<(f32, usize)> = dips.into_iter().take(AGAIN).map(again).collect();
    dips.retain(|(level, _)| level * 100.0 < usual * DIP);
    dips.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut kept: Vec<usize> = Vec::with_capacity(KEPT);
    for (_, lag) in dips {
        // Beside a dip lie others, a channel further; and at two rows, three rows.
        let apart = |one: &usize| {
            let beyond = lag % one;
            beyond.min(one - beyond) > 4 + one / 64
        };
        if kept.len() < KEPT && kept.iter().all(apart) {
            kept.push(lag);
        }
    }
    kept
}
