//! One read of a stretch of bytes for everything: literal patterns, fragments of images, counts of all 10,000 PINs.
//!
//! A [`Searcher`] is built once, shared by threads, and wiped when dropped. [`Searcher::search`] takes a slice that is there as a
//! whole (a mapped file, a region read at once); [`Stream`] takes chunks in order. Both give [`Found`].
//!
//! Every search is exact: a filter only chooses where to compare. What is not searched is refused or counted, never skipped
//! silently. Must not: hold a byte of the haystack after a call except in the wiped buffers of a [`Stream`]; print bytes.
//!
//! Order of work on each piece of 16 KiB, which stays in the first-level cache: `literal`, `constants`, `fragment`, `digits`.

mod constants;
mod digits;
mod filter;
mod found;
mod fragment;
mod kernel;
mod literal;
mod needles;
mod prefetch;
mod renderings;
mod searcher;
mod stream;
mod table;
mod window;

pub use constants::Constants;
pub use digits::{
    Around, Cell, Count, NotAPin, PINS, PinHistogram, Pins, Shown, Sighting, Watched,
};
pub use found::{Form, Found, Fragment, Hit, Work};
pub use kernel::Kernel;
pub use needles::{LONGEST, MOST, Needles, Pattern, Refused, SHORTEST};
pub use renderings::{Coverage, Rendering, Renderings, Unsearchable, searchable};
pub use searcher::{Searcher, Unavailable};
pub use stream::Stream;
