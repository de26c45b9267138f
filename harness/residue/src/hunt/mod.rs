//! The one place where secrets become a search: canaries and pictures in, findings out.
//!
//! A [`Hunt`] is built once from what is [`Wanted`] and holds the forms of all of it; [`Hunt::search`] walks one source and
//! gives a [`Trail`]. Called by `shinsa scan` and the terminal agent. Must not: keep, print or log a searched byte or a
//! secret (what it keeps of them is wiped on drop); say that something is clean, for that is the caller's, who reads
//! the report; judge PINs, which are counted for `pins`.
//!
//! How each form is searched ([`crate::encodings::Search`]):
//! - literal: every occurrence, with [`Stream`](crate::search::Stream) across chunks and regions that join; from 14 bytes
//!   on also under any constant XOR or addition;
//! - with gaps (`gapped`): by its longest stretch, by its pairs of bytes, or by looking at every n-th byte;
//! - cut by a page's edge (`cut`), where pages need not follow one another: its pieces, told as `ascii+page-end`, `ascii+page-start`;
//! - controlled: the same, and a finding only if none of [`CONTROLS`] other values was met in that form in that search;
//! - pictures resized, recompressed, in other colours ([`crate::likeness`]): by what they show; where exact bytes of the same picture
//!   were found, nothing more is told;
//! - too short: PINs are counted in a histogram; what nothing looks for is named by [`Hunt::left_out`].

mod build;
mod controls;
mod cut;
mod gapped;
mod held;
mod names;
mod pictures;
mod pins;
mod resolve;
mod telling;
#[cfg(test)]
mod tests;
mod trail;
#[cfg(target_os = "linux")]
mod volumes;
mod walk;
mod wanted;

pub use build::Hunt;
pub use controls::CONTROLS;
pub use names::Entry;
pub use pins::{PinCounts, PinPlaces};
pub use trail::{Finding, Trail};
pub use wanted::{Refused, Wanted, WantedPicture};
