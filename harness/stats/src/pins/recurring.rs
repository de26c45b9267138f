//! Places and contexts that hold the right PIN again and again: what counts cannot tell where chance raises them often.
//!
//! A *place* is an address (or an offset in a file): a buffer that is always used again shows itself by it. A *context* is a hash of the
//! bytes around a PIN: it finds a structure that moves in memory. Either is noticed when it first holds the true PIN, which says nothing
//! yet; it is tested by the authentications after that alone. Their PINs are drawn uniformly and know nothing of what was noticed, so that a
//! key which shows m PINs holds the right one with chance m / (PINs not yet drawn). Pure; called by `outcome`.

use std::collections::{BTreeMap, BTreeSet};

use super::bound::at_least;

/// What can hold a PIN time and again. Hashes under a key that nobody keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An address, which holds one PIN at most in a form.
    Place,
    /// The bytes around a PIN.
    Context,
}

/// A place or context, at one delay after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Seconds from the end of the authentication to the snapshot.
    pub delay_s: u32,
    /// Which of the two.
    pub kind: Kind,
    /// Its hash.
    pub hash: u64,
}

/// What was seen after one authentication.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// What held the true PIN, and in which cell of the study.
    pub held: BTreeMap<Key, usize>,
    /// Contexts that were noticed before and are there again, with the number of different PINs in them. One that is not listed was not there.
    pub shown: BTreeMap<Key, u64>,
}

/// A place or context that held the true PIN at least twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurring {
    /// Which.
    pub key: Key,
    /// The study's cell in which it first did.
    pub cell: usize,
    /// Authentications after which it held the true PIN.
    pub held: u64,
    /// Authentications after which it could have, from the first that did.
    pub present: u64,
    /// Chance of as many by PINs that memory knows nothing of, times the number of keys noticed (Bonferroni), at most 1.
    pub p: f64,
}

/// What following places and contexts showed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Followed {
    /// Places and contexts that were noticed early enough to hold another PIN.
    pub noticed: u64,
    /// Those that held the true PIN again, by rising p.
    pub recurring: Vec<Recurring>,
}

/// `trials` in the order of time; `urn` is the number of PINs that the first was drawn from, without putting back.
pub fn follow(trials: &[Seen], urn: usize) -> Followed {
    let mut noticed: BTreeMap<Key, (usize, usize)> = BTreeMap::new();
    for (trial, seen) in trials.iter().enumerate() {
        for (key, cell) in &seen.held {
            noticed.entry(*key).or_insert((trial, *cell));
        }
    }
    // What the last authentication shows first cannot come again.
    noticed.retain(|_, (first, _)| *first + 1 < trials.len());
    let again: BTreeSet<Key> = trials
        .iter()
        .enumerate()
        .flat_map(|(trial, seen)| seen.held.keys().map(move |key| (trial, *key)))
        .filter(|(trial, key)| noticed.get(key).is_some_and(|(first, _)| first < trial))
        .map(|(_, key)| key)
        .collect();
    let mut found: Vec<Recurring> = again
        .into_iter()
        .filter_map(|key| {
            let (first, cell) = noticed[&key];
            let later = trials.iter().enumerate().skip(first + 1);
            let mut shares = Vec::new();
            let mut held = 0;
            for (trial, seen) in later {
                let shown = match key.kind {
                    // Whether anything stands there is not told: as if something always did.
                    Kind::Place => 1,
                    Kind::Context => seen.shown.get(&key).copied().unwrap_or(0),
                };
                if shown > 0 {
                    let left = urn.saturating_sub(trial).max(1);
                    shares.push((shown as f64 / left as f64).min(1.0));
                    held += usize::from(seen.held.contains_key(&key));
                }
            }
            (held > 0).then(|| Recurring {
                key,
                cell,
                held: held as u64 + 1,
                present: shares.len() as u64 + 1,
                p: (noticed.len() as f64 * at_least(held, &shares)).min(1.0),
            })
        })
        .collect();
    found.sort_by(|a, b| a.p.total_cmp(&b.p).then(a.key.cmp(&b.key)));
    Followed {
        noticed: noticed.len() as u64,
        recurring: found,
    }
}
