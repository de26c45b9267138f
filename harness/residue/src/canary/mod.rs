//! Canaries: the secrets of one authentication, known outside this package by id only.
//!
//! A [`CanarySource`] draws a fresh [`CanarySet`] per authentication from a seed; a lab's own card data is added with
//! [`CanarySet::give`]. Made at run time, because literals compiled into a test target produce false hits. Nothing here
//! prints, serialises or stores a value, and nothing asks the operating system for randomness. Who keeps the seed
//! keeps the secrets. Called by the runner (draws, types, prints the virtual card) and by `encodings` (forms to search).

mod date;
mod my_number;
mod person;
mod pins;
mod secret;
mod set;
mod source;

pub use date::{Date, Era};
pub use my_number::check_digit;
pub use pins::{Pin, PinSource, PinsUnusable};
pub use secret::{SecretBytes, SecretText};
pub use set::{Canary, CanarySet, Kind, NotACanary};
pub use source::CanarySource;
