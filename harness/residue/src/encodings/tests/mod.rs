//! Tests of the forms: against Python's codecs, and planted in noise and found.

use super::{Form, forms};
use crate::canary::{Canary, Kind, SecretBytes};

mod oracle;
mod planted;

fn canary(kind: Kind, value: &str) -> Canary {
    Canary::new("t/x".into(), kind, SecretBytes::copied(value.as_bytes())).unwrap()
}

fn forms_of(kind: Kind, value: &str) -> Vec<Form> {
    forms(&canary(kind, value))
}
