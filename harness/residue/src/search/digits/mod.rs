//! Counts all 10,000 four-digit PINs in every form that is too short to search for. Called by `searcher`.
//!
//! A PIN lies in gigabytes of memory by chance; only its count beside those of the 9,999 others says something. So nothing here judges: it
//! counts. Every occurrence counts, overlapping ones too (1111 twice in 11111). An ordinary page costs a few bit operations per
//! 64 bytes: `planes` has one bit per byte and class, `scan` shifts and combines them, and only what remains is read. What stands around
//! is told as a number (`around`), where asked for.

mod around;
mod cell;
mod classes;
mod histogram;
mod planes;
mod scan;

pub use around::Around;
pub use cell::Cell;
pub use histogram::{Count, PINS, PinHistogram};
pub use scan::{NotAPin, Pins, Shown, Sighting, Watched};
pub(super) use scan::{REACH, Told};
