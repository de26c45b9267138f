//! What the reader sees: cameras, characters on the card, faces. Works on pixels alone.

pub mod eyes;
pub mod letters;
pub mod liveness;
pub mod ocr;

pub use virtual_reader::sight::{face, grey};
