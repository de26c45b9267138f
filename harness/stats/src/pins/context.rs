//! Contexts that held the right PIN: a hash of the neighbouring bytes finds a structure that moves in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::bound::at_least;

/// One trial's places: for each place that held a PIN of the urn, the hash of the bytes around it.
pub struct Seen {
    /// The true PIN.
    pub pin: u16,
    /// Hash of the context and value of the PIN found in it.
    pub places: Vec<(u64, u16)>,
}

/// A context that held the right PIN in at least two trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Its hash.
    pub key: u64,
    /// Trials in which it held the true PIN.
    pub held: u64,
    /// Trials in which it held any.
    pub present: u64,
    /// Chance that random PINs of the urn would be held as often, times the number of contexts (Bonferroni), at most 1.
    pub p: f64,
}

/// Contexts by rising p. The controls are the urn's other PINs: a context that shows m different PINs in a trial holds a
/// random one with chance m / `urn` (the urn's size), and the number of trials it does so is Poisson-binomial.
pub fn contexts(trials: &[Seen], urn: usize) -> Vec<Context> {
    // Per context and trial: how many different PINs, and whether the true one.
    let mut seen: BTreeMap<u64, Vec<(usize, bool)>> = BTreeMap::new();
    for trial in trials {
        let mut held: BTreeMap<u64, BTreeSet<u16>> = BTreeMap::new();
        for &(key, pin) in &trial.places {
            held.entry(key).or_default().insert(pin);
        }
        for (key, pins) in held {
            let right = pins.contains(&trial.pin);
            seen.entry(key).or_default().push((pins.len(), right));
        }
    }
    let family = seen.len() as f64;
    let mut found: Vec<Context> = seen
        .into_iter()
        .filter_map(|(key, trials)| {
            let held = trials.iter().filter(|(_, right)| *right).count();
            let share = |&(pins, _): &(usize, bool)| (pins as f64 / urn.max(1) as f64).min(1.0);
            let shares: Vec<f64> = trials.iter().map(share).collect();
            (held >= 2).then(|| Context {
                key,
                held: held as u64,
                present: trials.len() as u64,
                p: (family * at_least(held, &shares)).min(1.0),
            })
        })
        .collect();
    found.sort_by(|a, b| a.p.total_cmp(&b.p));
    found
}
