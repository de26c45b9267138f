//! Planted forms are found where they lie, once, whatever the borders; other values are not.

mod likeness;
mod pictures;
mod places;
mod refused;
mod values;

use std::io::Write as _;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::canary::{Canary, Kind, SecretBytes};
use crate::images::Picture;
use crate::sources::{Options, Source};

fn canary(id: &str, kind: Kind, value: &str) -> Canary {
    Canary::new(id.into(), kind, SecretBytes::copied(value.as_bytes())).unwrap()
}

fn hunt(canaries: Vec<Canary>) -> Hunt {
    let wanted = Wanted {
        canaries,
        ..Wanted::default()
    };
    Hunt::new(&wanted, [7; 32]).unwrap()
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ChaCha20Rng::from_seed([9; 32]).fill_bytes(&mut bytes);
    bytes
}

/// Searches bytes as a file.
fn search(hunt: &Hunt, bytes: &[u8]) -> Trail {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    hunt.search(&Source::Path(file.path().to_owned()), &Options::default())
}

/// A hunt for one picture; `alike`: only for what looks like it.
fn for_picture(id: &str, picture: Picture, alike: bool) -> Result<Hunt, Refused> {
    let wanted = Wanted {
        pictures: vec![WantedPicture {
            id: id.into(),
            encoded: SecretBytes::default(),
            format: if alike { String::new() } else { "jp2".into() },
            picture: Some(picture),
            face: None,
            alike,
            nobody: None,
        }],
        ..Wanted::default()
    };
    Hunt::new(&wanted, [1; 32])
}
