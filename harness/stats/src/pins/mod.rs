//! Statistics of short secrets: whether PINs stay behind, although any four digits lie in memory by chance.
//!
//! The unit is one authentication with a PIN drawn uniformly and never reused. All 10,000 PINs are counted before and
//! after in each cell (encoding × region class × delay); the others are the controls of the true one. [`judge`] tests
//! each cell ([`permutation`], Holm), holds the three arms against it and says residue, a bound on the leak rate, or
//! why nothing can be said; never "none". Cells in which chance alone raises counts are bounded apart (`loud`). Where places
//! were noted, too, those that hold the right PIN again and again are told ([`follow`]): few authentications suffice for that, and loud cells.
//! Pure functions of counts and a recorded seed: they read no memory and know no encoding. Called by the scanner's
//! evaluation and, for the stored counts, by `judge` again.

mod arms;
mod bound;
mod change;
mod holm;
mod loud;
mod outcome;
mod permutation;
mod reason;
mod recurring;
mod study;
#[cfg(test)]
mod tests;

pub use arms::{Live, Null, Planted, Sensitivity};
pub use bound::{Bound, leak_rate};
pub use change::{BadCounts, Change};
pub use holm::holm;
pub use outcome::{Found, Judged, Outcome, judge};
pub use permutation::{Permutation, permutation};
pub use reason::Reason;
pub use recurring::{Followed, Key, Kind, Recurring, Seen, follow};
pub use study::{BadStudy, Cell, FAMILY_ALPHA, Settings, Study, Trial, Urn};
