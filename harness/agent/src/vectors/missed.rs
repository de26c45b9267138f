//! What was not read, as the wire tells it; the list ends and the rest is counted.

use shinsa_residue::sources::Report;
use shinsa_wire::v1;

use crate::search::tell;

/// Entries listed at most.
const LISTED: usize = 10_000;

/// A list that grows by one process after the other.
#[derive(Default)]
pub struct Missed {
    pub list: Vec<v1::NotSearched>,
    pub more: u64,
}

impl Missed {
    /// What a walk of a process of `target` did not read.
    pub fn of(&mut self, target: &str, report: &Report) {
        self.more += report.not_listed;
        for missed in &report.not_searched {
            self.push(tell::not_searched(target, None, missed));
        }
    }

    /// Something that no walk tells of.
    pub fn say(&mut self, target: &str, place: &str, why: &str) {
        self.push(v1::NotSearched {
            target: target.into(),
            place: place.into(),
            bytes: 0,
            why: why.into(),
            harmless: false,
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
