//! What was not read, as the wire tells it: a list that grows by one target after the other, ends, and counts the rest.
//! Called by `search` and `vectors`. Draws no conclusion.

use std::path::Path;

use shinsa_residue::sources::{NotSearched, Place, Report};
use shinsa_wire::v1;

use crate::told::below;

/// Entries listed at most.
const LISTED: usize = 10_000;

/// The list.
#[derive(Debug, Default)]
pub struct Missed {
    /// Entries.
    pub list: Vec<v1::NotSearched>,
    /// How many more there were.
    pub more: u64,
}

impl Missed {
    /// What a walk of one process or path (`root`) of `target` did not read.
    pub fn of(&mut self, target: &str, root: Option<&Path>, report: &Report) {
        self.more += report.not_listed;
        let searched = root.and_then(|root| root.canonicalize().ok());
        for missed in &report.not_searched {
            self.push(v1::NotSearched {
                harmless: missed.harmless(searched.as_slice()),
                ..not_searched(target, root, missed)
            });
        }
    }

    /// Something that no walk tells of.
    pub fn say(&mut self, target: &str, place: &str, why: &str) {
        self.push(told(target, place, why));
    }

    /// The same of something where nothing of the target's can be.
    pub fn say_harmless(&mut self, target: &str, place: &str, why: &str) {
        self.push(v1::NotSearched {
            harmless: true,
            ..told(target, place, why)
        });
    }

    fn push(&mut self, missed: v1::NotSearched) {
        if self.list.len() < LISTED {
            self.list.push(missed);
        } else {
            self.more += 1;
        }
    }
}

fn told(target: &str, place: &str, why: &str) -> v1::NotSearched {
    v1::NotSearched {
        target: target.into(),
        place: place.into(),
        why: why.into(),
        ..Default::default()
    }
}

fn not_searched(target: &str, root: Option<&Path>, missed: &NotSearched) -> v1::NotSearched {
    let place = match &missed.place {
        Place::Process { .. } => format!("{} {}", missed.place, missed.name)
            .trim_end()
            .to_owned(),
        Place::File { .. } => below(root, &missed.place.to_string()),
    };
    let range = missed.range.as_ref();
    v1::NotSearched {
        bytes: range.map_or(0, |range| range.end.saturating_sub(range.start)),
        ..told(target, &place, &missed.why.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_ends_and_the_rest_is_counted() {
        let mut missed = Missed::default();
        for _ in 0..LISTED + 2 {
            missed.say("t", "", "x");
        }
        assert_eq!((missed.list.len(), missed.more), (LISTED, 2));
    }
}
