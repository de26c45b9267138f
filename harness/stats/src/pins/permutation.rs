//! Monte-Carlo permutation test of one cell: does the true PIN rise more often than PINs that were drawn but not used?
//!
//! T = Σ sign(Δ of the true PIN) over the trials. If memory knows nothing of the PINs, the sequence of true PINs is one of
//! many equally likely sequences without repetition from the urn, so T ranks uniformly among the T of random
//! sequences, and p = (1 + #{T* ≥ T}) / (1 + draws) is exact at any number of draws. Drawing ends early once
//! [`ENOUGH`] controls have reached T: p is then `ENOUGH` / draws made, exact too (Besag and Clifford 1991, Biometrika 78).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::change::Change;

/// Controls at or above T after which p can no more become small.
const ENOUGH: u64 = 20;

/// The test of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permutation {
    /// T, from −trials to +trials.
    pub statistic: i64,
    /// Control sequences drawn.
    pub draws: u64,
    /// Those with a T at least as large.
    pub reached: u64,
    /// One-sided p value (0 … 1].
    pub p: f64,
}

/// Tests a cell: `changes` and true PIN of each trial, control sequences from `urn` (values below 10,000, each once, at
/// least as many as trials), at most `draws`. The seed and `stream` (the cell's number) fix the result.
///
/// No trials give p = 1.
pub fn permutation(
    trials: &[(&Change, u16)],
    urn: &[u16],
    draws: u64,
    seed: u64,
    stream: u64,
) -> Permutation {
    let statistic = trials.iter().map(|(change, pin)| change.sign(*pin)).sum();
    if trials.is_empty() || trials.len() > urn.len() {
        return Permutation {
            statistic,
            draws: 0,
            reached: 0,
            p: 1.0,
        };
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    // Draw in which a place of the urn was last taken, so that a sequence has no PIN twice.
    let mut taken = vec![0_u64; urn.len()];
    let mut reached = 0;
    for draw in 1..=draws {
        let mut control = 0;
        for (change, _) in trials {
            let place = loop {
                let place = random.random_range(0..urn.len() as u32) as usize;
                if taken[place] != draw {
                    break place;
                }
            };
            taken[place] = draw;
            control += change.sign(urn[place]);
        }
        if control >= statistic {
            reached += 1;
            if reached == ENOUGH && draw < draws {
                return Permutation {
                    statistic,
                    draws: draw,
                    reached,
                    p: reached as f64 / draw as f64,
                };
            }
        }
    }
    Permutation {
        statistic,
        draws,
        reached,
        p: (1 + reached) as f64 / (1 + draws) as f64,
    }
}
