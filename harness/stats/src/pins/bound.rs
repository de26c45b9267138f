//! Upper bound of the leak rate when no cell is significant.
//!
//! A trial is an event if the true PIN's count rose in any cell. It rises by chance too, with the share Qₜ of the urn's
//! PINs that rose in any cell of that trial; a leak rate π makes it 1 − (1 − π)(1 − Qₜ). The bound is the largest π under
//! which so few events are not rarer than 1 − confidence: Clopper and Pearson's with the background taken off. Never
//! below the bound of 0 events, so that luck with the background does not buy a smaller one.

use crate::{Unusable, binomial};

/// A bound on the rate of trials that leak, for the cells searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Trials in which the true PIN's count rose in some cell.
    pub events: u64,
    /// How many of them chance explains.
    pub background: f64,
    /// Trials.
    pub trials: u64,
    /// Rate (0 … 1) below which the leaks lie that the search would show; divided by the seeded arm's sensitivity, all leaks.
    pub upper: f64,
    /// Confidence (0 … 1).
    pub confidence: f64,
}

/// The bound from `events` among trials whose background shares are `background` (each 0 … 1).
///
/// # Errors
/// No trials, more events than trials, confidence outside (0, 1), a share outside 0 … 1.
pub fn leak_rate(events: u64, background: &[f64], confidence: f64) -> Result<Bound, Unusable> {
    let trials = background.len() as u64;
    // Also checks the counts.
    let plain = binomial::upper(events, trials, confidence)?;
    if background.iter().any(|share| !(0.0..=1.0).contains(share)) {
        return Err(Unusable::NotFinite);
    }
    let rare = |rate: f64| {
        let shares = background.iter().map(|q| 1.0 - (1.0 - rate) * (1.0 - q));
        at_most(events as usize, shares) < 1.0 - confidence
    };
    // Without background it is Clopper and Pearson's bound, with it smaller.
    let (mut low, mut high) = (0.0, plain);
    if background.iter().all(|&share| share <= 0.0) {
        low = plain;
    }
    while high - low > 1e-12 {
        let middle = f64::midpoint(low, high);
        if rare(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Bound {
        events,
        background: background.iter().sum(),
        trials,
        upper: high.max(binomial::upper(0, trials, confidence)?),
        confidence,
    })
}

/// P(X ≤ `most`) for the number X of successes among independent trials with these shares (Poisson-binomial).
pub(super) fn at_most(most: usize, shares: impl Iterator<Item = f64>) -> f64 {
    let mut exactly = vec![0.0; most + 1];
    exactly[0] = 1.0;
    for share in shares {
        for count in (0..=most).rev() {
            let from_below = if count > 0 {
                exactly[count - 1] * share
            } else {
                0.0
            };
            exactly[count] = exactly[count] * (1.0 - share) + from_below;
        }
    }
    exactly.iter().sum::<f64>().min(1.0)
}

/// P(X ≥ `least`) of the same, without loss where it is tiny.
pub(super) fn at_least(least: usize, shares: &[f64]) -> f64 {
    let mut exactly = vec![0.0; shares.len() + 1];
    exactly[0] = 1.0;
    for (done, share) in shares.iter().enumerate() {
        for count in (0..=done + 1).rev() {
            let from_below = if count > 0 {
                exactly[count - 1] * share
            } else {
                0.0
            };
            exactly[count] = exactly[count] * (1.0 - share) + from_below;
        }
    }
    exactly.iter().skip(least).sum::<f64>().min(1.0)
}
