//! What a frame of the DUT's screen shows: which screen stands, which digits the keypad's cells hold, how many
//! levels each colour channel has.
//!
//! Pure functions of pixels and of the vendor's screen catalogue. Must not reach a camera, keep time or judge:
//! what cannot be told stays unknown. Called by `shinsa-rig`.

pub mod catalogue;
pub mod grey;
pub mod keypad;
pub mod picture;
pub mod recognise;

pub use catalogue::{Catalogue, CatalogueError, Region, Screen, Target, TextRegion};
pub use picture::{Picture, PictureError};
pub use recognise::Recognition;
