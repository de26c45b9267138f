//! What one search gives back: findings, what was not searched, the counts of PINs. Never holds bytes.

use crate::sources::{Kind, Report};

use super::pins::{PinCounts, PinPlaces};

/// Findings kept of one search; more are counted.
pub(super) const MOST: usize = 10_000;

/// What one search of one source found.
#[derive(Debug, Default)]
pub struct Trail {
    /// Findings in the order of the walk, pieces at edges of pages last; [`MOST`] at most. Of findings of one canary that lie one inside the other, only the
    /// longest; of a picture's fragments that follow one another in one region, their sum.
    pub findings: Vec<Finding>,
    /// Findings that were too many to be kept.
    pub more: u64,
    /// Hits of controlled forms that say nothing, for a control value was met in the same form.
    pub by_chance: u64,
    /// What was searched and what was not.
    pub report: Report,
    /// How often each PIN was seen; empty unless PINs were to be counted.
    pub pins: Vec<PinCounts>,
    /// Where wanted PINs were seen, and in what contexts; empty unless that was asked for.
    pub pin_places: Vec<PinPlaces>,
    /// Followed contexts that were there, and how many different PINs each showed; ascending.
    pub followed: Vec<(u64, u32)>,
}

/// One place where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose: the canary's or picture's id.
    pub canary: String,
    /// In which form, e.g. `utf-16le`, `xor>ascii`, `gray8+mirrored`; of a form cut by a page's edge `ascii+page-end` (its leading bytes)
    /// or `ascii+page-start` (its trailing ones).
    pub encoding: String,
    /// In what kind of region.
    pub region: Kind,
    /// Where, in words: `process 12 [heap]`, `/tmp/a.zip > zip > entry`. A name that itself holds a canary is not shown.
    pub place: String,
    /// Address in a process; else offset from the start of the innermost container.
    pub position: u64,
    /// Bytes of the form; of a picture, bytes seen in all its fragments there.
    pub length: u64,
    /// It is of a kind that is met by chance, and counts because no control value was met.
    pub controlled: bool,
}
