//! Where PINs were seen, from one authentication to the next: the key under which places are told, and the contexts that are followed.
//!
//! Lives in the bench as long as a run and is never written: without the key, what the journal keeps of places says nothing. A run that is
//! taken up again has another key, so that nothing recurs across the break. Of a card only its first trial counts: a PIN that is typed again
//! finds what by chance is that number where it found it before. Decides nothing.

use std::collections::{BTreeMap, VecDeque};

use shinsa_model::event::Fault;
use shinsa_model::residue::{CountedIn, HeldIn, PinChanges, Seen};
use shinsa_wire::v1;
use zeroize::Zeroizing;

use crate::fault::{garbage, harness};

/// Contexts followed at most; the oldest are let go.
const MOST: usize = 4_096;
/// Different PINs in one context from which on it says too little to be followed: any memory of digits or zeros looks like that.
const TOO_COMMON: u32 = 100;

/// What is remembered.
#[derive(Default)]
pub struct Following {
    key: Option<Zeroizing<Vec<u8>>>,
    contexts: VecDeque<u64>,
    /// Each card's first trial.
    trials: BTreeMap<String, String>,
}

impl Following {
    /// Asks for places in a set that is about to be sealed.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn ask(&mut self, set: &mut v1::CanarySet) -> Result<(), Fault> {
        let key = if let Some(key) = &self.key {
            key
        } else {
            let mut key = Zeroizing::new(vec![0; 16]);
            getrandom::fill(&mut key)
                .map_err(|error| harness(format!("no random numbers from the system: {error}")))?;
            self.key.insert(key)
        };
        set.place_key.clone_from(key);
        set.follow = self.contexts.iter().copied().collect();
        Ok(())
    }

    /// Whether the card's PIN was not typed in another trial before.
    pub fn is_first(&mut self, card: &str, trial: &str) -> bool {
        let first = self.trials.entry(card.into());
        first.or_insert_with(|| trial.into()) == trial
    }

    /// Adds to `changes` what an answer tells of places, and follows what is new.
    ///
    /// # Errors
    /// Places in a cell that was not counted, or more of the one than of the other.
    pub fn take(&mut self, reply: &v1::SearchReply, changes: &mut PinChanges) -> Result<(), Fault> {
        let mut held: BTreeMap<usize, HeldIn> = BTreeMap::new();
        for told in &reply.pin_places {
            let cell = CountedIn {
                form: told.form.clone(),
                region: format!("{}/{}", told.target, told.region),
            };
            let cell = changes.cells.iter().position(|one| *one == cell);
            let cell = cell.filter(|_| told.places.len() == told.contexts.len());
            let cell = cell.ok_or_else(|| garbage("places of PINs that were not counted"))?;
            let of_cell = held.entry(cell).or_insert_with(|| HeldIn {
                cell,
                ..HeldIn::default()
            });
            of_cell.places.extend(&told.places);
            of_cell.contexts.extend(&told.contexts);
        }
        let followed: Vec<(u64, u32)> = reply
            .followed
            .iter()
            .map(|one| (one.context, one.pins))
            .collect();
        let mut held: Vec<HeldIn> = held.into_values().collect();
        for list in held
            .iter_mut()
            .flat_map(|one| [&mut one.places, &mut one.contexts])
        {
            list.sort_unstable();
            list.dedup();
        }
        self.follow(&held, &followed);
        changes.seen = Some(Seen { held, followed });
        Ok(())
    }

    /// What is followed from now on depends on what was seen up to now alone, so that the next PINs know nothing of it.
    fn follow(&mut self, held: &[HeldIn], followed: &[(u64, u32)]) {
        let common = |context: &u64| {
            let mut shown = followed.iter().filter(|(one, _)| one == context);
            shown.any(|(_, pins)| *pins > TOO_COMMON)
        };
        self.contexts.retain(|context| !common(context));
        for context in held.iter().flat_map(|one| &one.contexts) {
            if !self.contexts.contains(context) && !common(context) {
                self.contexts.push_back(*context);
            }
        }
        let over = self.contexts.len().saturating_sub(MOST);
        self.contexts.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(contexts: &[u64], followed: &[(u64, u32)]) -> v1::SearchReply {
        v1::SearchReply {
            pin_places: vec![v1::PinPlaces {
                form: "ascii".into(),
                target: "software".into(),
                region: "heap".into(),
                places: (0..).take(contexts.len()).collect(),
                contexts: contexts.to_vec(),
            }],
            followed: followed
                .iter()
                .map(|&(context, pins)| v1::FollowedContext { context, pins })
                .collect(),
            ..Default::default()
        }
    }

    fn changes() -> PinChanges {
        PinChanges {
            cells: vec![CountedIn {
                form: "ascii".into(),
                region: "software/heap".into(),
            }],
            ..PinChanges::default()
        }
    }

    #[test]
    fn what_held_the_pin_is_followed_until_it_turns_out_common() {
        let mut following = Following::default();
        let mut all = changes();
        following.take(&reply(&[7, 5, 7], &[]), &mut all).unwrap();
        let seen = all.seen.unwrap();
        assert_eq!(
            (seen.held[0].cell, &seen.held[0].contexts[..]),
            (0, &[5, 7][..])
        );
        let mut set = v1::CanarySet::default();
        following.ask(&mut set).unwrap();
        assert_eq!((set.place_key.len(), set.follow), (16, vec![5, 7]));
        let again = reply(&[9], &[(5, 101), (7, 100)]);
        following.take(&again, &mut changes()).unwrap();
        let mut other = v1::CanarySet::default();
        following.ask(&mut other).unwrap();
        assert_eq!((other.place_key, other.follow), (set.place_key, vec![7, 9]));
    }

    #[test]
    fn of_a_card_only_the_first_trial_counts() {
        let mut following = Following::default();
        assert!(following.is_first("a", "pins#1") && following.is_first("b", "pins#2"));
        // After another delay of the same trial.
        assert!(following.is_first("a", "pins#1"));
        assert!(!following.is_first("a", "pins#3") && !following.is_first("b", "pins#1"));
    }

    #[test]
    fn only_so_many_are_followed_the_newest() {
        let mut following = Following::default();
        let many: Vec<u64> = (0..MOST as u64 + 10).collect();
        following.take(&reply(&many, &[]), &mut changes()).unwrap();
        assert_eq!(following.contexts.len(), MOST);
        assert_eq!(following.contexts.front(), Some(&10));
    }

    #[test]
    fn places_of_what_was_not_counted_are_garbage() {
        let mut following = Following::default();
        let nothing = &mut PinChanges::default();
        assert!(following.take(&reply(&[1], &[]), nothing).is_err());
        let mut short = reply(&[1], &[]);
        short.pin_places[0].places.clear();
        assert!(following.take(&short, &mut changes()).is_err());
    }
}
