//! The highest scores of a stream: all that a threshold at a small false match rate depends on.
//!
//! A filter, not a sort: whole blocks below the rising floor are skipped by one vectorised comparison. Of `n` scores
//! in random order about `k ln(n/k)` ever enter.

/// Scores looked at together before the filter decides to look closer.
const BLOCK: usize = 256;

/// One comparison of the tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Similarity.
    pub score: f32,
    /// Whose reference (photo), as an index of subjects.
    pub reference: u32,
    /// Who was before the camera.
    pub probe: u32,
}

/// The `keep` highest of all scores fed so far.
#[derive(Debug, Clone)]
pub struct Tail {
    keep: usize,
    floor: f32,
    held: Vec<Entry>,
}

impl Tail {
    /// Keeps so many; at least one.
    pub fn keeping(keep: usize) -> Self {
        let keep = keep.max(1);
        Self {
            keep,
            floor: f32::NEG_INFINITY,
            held: Vec::with_capacity(keep * 2),
        }
    }

    /// Feeds finite scores; `subjects` gives (reference, probe) of an index of this slice, asked only for the few kept.
    pub fn feed(&mut self, scores: &[f32], subjects: impl Fn(usize) -> (u32, u32)) {
        for (number, block) in scores.chunks(BLOCK).enumerate() {
            let highest = highest(block);
            if highest <= self.floor {
                continue;
            }
            for (offset, &score) in block.iter().enumerate() {
                // An equal of the floor would change no threshold.
                if score > self.floor {
                    let (reference, probe) = subjects(number * BLOCK + offset);
                    self.held.push(Entry {
                        score,
                        reference,
                        probe,
                    });
                    if self.held.len() >= self.keep * 2 {
                        self.cut();
                    }
                }
            }
        }
    }

    /// Drops all but the highest; the lowest kept is the new floor.
    fn cut(&mut self) {
        if self.held.len() > self.keep {
            let (_, last, _) = self
                .held
                .select_nth_unstable_by(self.keep - 1, |a, b| b.score.total_cmp(&a.score));
            self.floor = last.score;
            self.held.truncate(self.keep);
        }
    }

    /// The kept scores, highest first, equals ordered by subjects. Which of several equals at the very end are kept
    /// depends on the order of feeding; no threshold does.
    pub fn sorted(mut self) -> Sorted {
        self.cut();
        self.held.sort_unstable_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then((a.reference, a.probe).cmp(&(b.reference, b.probe)))
        });
        Sorted(self.held)
    }
}

/// The tail, highest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Sorted(pub Vec<Entry>);

impl Sorted {
    /// Lowest threshold at which at most `allowed` of the tail match.
    ///
    /// # Panics
    /// Never for a tail that kept more than `allowed`; a shorter one gives the lowest threshold of all.
    pub fn threshold(&self, allowed: u64) -> f32 {
        match self.0.get(allowed as usize) {
            // Just above the first score that must not match: its equals are rejected with it.
            Some(first_rejected) => first_rejected.score.next_up(),
            None => f32::NEG_INFINITY,
        }
    }
}

/// The highest of a block, without a branch per score.
fn highest(block: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; 32];
    let (rows, rest) = block.as_chunks::<32>();
    for row in rows {
        for (lane, &score) in lanes.iter_mut().zip(row) {
            *lane = if score > *lane { score } else { *lane };
        }
    }
    lanes
        .iter()
        .chain(rest)
        .fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a })
}

/// How many scores are at least `threshold`.
pub fn count_at_least(scores: &[f32], threshold: f32) -> u64 {
    let (blocks, rest) = scores.as_chunks::<4096>();
    let mut total = 0_u64;
    for block in blocks {
        let mut lanes = [0_u32; 32];
        for row in block.as_chunks::<32>().0 {
            for (lane, &score) in lanes.iter_mut().zip(row) {
                *lane += u32::from(score >= threshold);
            }
        }
        total += lanes.iter().map(|lane| u64::from(*lane)).sum::<u64>();
    }
    total + rest.iter().filter(|score| **score >= threshold).count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_the_highest_in_order(scores in prop::collection::vec(-50_i32..50, 0..2_000), keep in 1_usize..50) {
            let scores: Vec<f32> = scores.into_iter().map(|v| v as f32).collect();
            let mut tail = Tail::keeping(keep);
            for part in scores.chunks(700) {
                tail.feed(part, |n| (n as u32, 0));
            }
            let kept: Vec<f32> = tail.sorted().0.iter().map(|e| e.score).collect();
            let mut all = scores.clone();
            all.sort_by(|a, b| b.total_cmp(a));
            all.truncate(keep);
            prop_assert_eq!(kept, all);
        }

        #[test]
        fn counts_agree_with_a_plain_loop(scores in prop::collection::vec(-3_i32..3, 0..9_000), at in -3_i32..4) {
            let scores: Vec<f32> = scores.into_iter().map(|v| v as f32).collect();
            let plain = scores.iter().filter(|v| **v >= at as f32).count() as u64;
            prop_assert_eq!(count_at_least(&scores, at as f32), plain);
        }
    }
}
