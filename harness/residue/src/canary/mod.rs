//! Canaries: the secrets of one authentication, known outside this package by id only.
//!
//! A [`Canary`] is made of what a caller gives: `shinsa scan` and the agent make them of a lab's card data, `encodings` makes their forms.
//! A [`CanarySource`] draws a fresh [`CanarySet`] per authentication from a seed; [`CanarySet::give`] adds data of one's own. Only tests call
//! it, this package's own, so that no literal compiled into a test target produces false hits: a run types what its cards hold. Nothing here
//! prints, serialises or stores a value, and nothing asks the operating system for randomness. Who keeps the seed keeps the secrets.

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
