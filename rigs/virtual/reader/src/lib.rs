//! What the reference reader's programs share, and its face engine for the adapter `virtual-matcher`.
//!
//! Nothing here knows the harness, the scene or any truth about a picture.

mod defects;
pub mod hardening;
pub mod planted;
pub mod stack;

pub use defects::{Defect, Defects};

/// The face engine: pixels in, score out.
#[path = "software/sight"]
pub mod sight {
    pub mod face;
    pub mod grey;
}
