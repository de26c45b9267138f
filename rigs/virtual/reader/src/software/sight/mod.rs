//! What the reader sees: cameras, characters on the card, faces. Works on pixels alone.

pub mod eyes;
pub mod face;
pub mod grey;
pub mod letters;
pub mod ocr;
