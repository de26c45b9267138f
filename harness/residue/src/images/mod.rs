//! Canary images: a face that was shown, a chip photo, recognised however they lie in memory.
//!
//! [`renderings`] gives the exact bytes of a picture in the layouts that decoders and recognisers use; any window of them
//! is a hit for the image search. [`BlockCode`] hides a faint pattern in the picture before it is shown, which outlives
//! resizing and recompression, where no byte stays the same. Pure functions of pixels and a seed: no decoding, no
//! search, no I/O. Called by whoever draws stimuli (embed) and by the scanner (renderings, correlate).

mod code;
mod colour;
mod correlate;
mod layouts;
mod picture;
mod render;
#[cfg(test)]
mod tests;

pub use code::{BLOCK, BlockCode};
pub use correlate::{Correlation, Part, threshold};
pub use layouts::Layout;
pub use picture::{NotAPicture, Picture, Rectangle};
pub use render::{Arrangement, Rendering, render, renderings};
