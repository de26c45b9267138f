//! Canary images: a face that was shown, a chip photo, recognised however they lie in memory.
//!
//! [`renderings`] gives the exact bytes of a picture in the layouts that decoders and recognisers use; any window of them
//! is a hit for the image search; copies of which no byte stays the same are `likeness`'s. Pure functions of pixels: no
//! decoding, no search, no I/O. Called by `hunt` and `likeness`.

mod colour;
mod layouts;
mod picture;
mod render;
#[cfg(test)]
mod tests;

pub use layouts::Layout;
pub use picture::{NotAPicture, Picture, Rectangle};
pub use render::{Arrangement, Rendering, render, renderings};
