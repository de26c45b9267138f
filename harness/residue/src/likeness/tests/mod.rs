//! Planted copies are found wherever and however they lie; other people's pictures and everything else are not.

mod beside;
mod drawn;
mod faces;
mod found;
mod null;

pub use drawn::hash;

use super::{Likely, Likeness, Looking};
use crate::canary::SecretBytes;
use crate::images::Picture;
use image::GrayImage;

fn likeness(picture: &GrayImage) -> Likeness {
    let samples = SecretBytes::copied(picture.as_raw());
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut likeness = Likeness::default();
    assert!(likeness.add(3, &Picture::grey(width, height, samples).unwrap()));
    likeness
}

fn search(likeness: &Likeness, memory: &[u8]) -> Vec<Likely> {
    search_to(likeness, memory, super::compare::LIMIT)
}

/// With another limit.
fn search_to(likeness: &Likeness, memory: &[u8], limit: f32) -> Vec<Likely> {
    let mut looking = Looking::new(likeness).with_limit(limit);
    looking.restart(0x1000);
    looking.feed(memory);
    let (found, not_compared) = looking.take();
    assert_eq!(not_compared, []);
    found
}

/// Bytes among bytes that are no picture.
fn among(bytes: &[u8], before: usize, seed: u32) -> Vec<u8> {
    let noise = |n: usize| drawn::hash(n as u32, seed) as u8;
    let behind = (0..4_000).map(|n| noise(n + before));
    (0..before)
        .map(noise)
        .chain(bytes.iter().copied())
        .chain(behind)
        .collect()
}
