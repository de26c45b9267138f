//! Residue of secrets: what to look for after an authentication, and what finding it says.

pub mod canary;
pub mod encodings;
pub mod images;
pub mod pins;
pub mod sources;
pub mod templates;
