//! Which bytes show a picture: its file, the file in base64 and hex, and its pixels in every layout. Called by `build`.
//!
//! Of a file only what depends on the picture counts: tables and headers that all files of a format share lie in any memory. All
//! renderings together stay within [`BUDGET`]; the rows of larger ones are thinned out, so that a copy of the picture is still found
//! by the rows that stay, while a fragment of fewer rows may be missed.

use crate::canary::{Canary, Kind, SecretBytes};
use crate::encodings::forms;
use crate::images::renderings;
use crate::search::{Rendering, Renderings, Unsearchable};

use super::names::{Entry, Names};
use super::wanted::{Refused, WantedPicture};

/// Bytes of all renderings of all pictures; the index takes 9.5 times as much.
const BUDGET: usize = 20 << 20;
/// Bytes from one tested window to the next.
const STRIDE: usize = 64;
/// Shorter fragments are no finding: some pixels are met in other pictures. Longer ones are found for certain.
pub(super) const SHORTEST_FRAGMENT: u64 = STRIDE as u64 + 7;
/// Largest file that is also looked for in base64 and hex, in bytes.
const LARGEST_TEXT: usize = 64 << 10;
/// Of a file's transports those that pictures travel in; a fragment in another phase or case is found by none of them.
const TEXTS: [&str; 5] = [
    "raw>base64@0",
    "raw>base64@1",
    "raw>base64@2",
    "raw>hex-lower",
    "raw>hex-upper",
];

/// The index over all pictures, and its bytes.
pub(super) struct Pictures {
    pub index: Option<Renderings>,
    pub bytes: u64,
}

/// Renders all pictures; what cannot be searched is added to `left_out`.
pub(super) fn index(
    pictures: &[WantedPicture],
    names: &mut Names,
    left_out: &mut Vec<String>,
) -> Result<Pictures, Refused> {
    let mut all: Vec<(u32, SecretBytes)> = Vec::new();
    let share = BUDGET / pictures.len().max(1);
    for picture in pictures {
        if picture.encoded.is_empty() && picture.picture.is_none() {
            return Err(Refused::EmptyPicture(picture.id.clone()));
        }
        let owner = names.id(&picture.id);
        let mut add = |form: &str, bytes: SecretBytes| {
            let form = names.form(None, form);
            let entry = Entry {
                owner: Some(owner),
                form,
                controlled: false,
            };
            all.push((names.tag(entry), bytes));
        };
        file(picture, &mut add);
        if let Some(pixels) = &picture.picture {
            let made = renderings(pixels);
            let total: usize = made.iter().map(|one| one.bytes.len()).sum();
            let every = total.div_ceil(share).max(1);
            for one in made {
                add(&one.name, thinned(&one.bytes, one.stride, every));
            }
        }
    }
    build(all, names, left_out)
}

fn file(picture: &WantedPicture, add: &mut dyn FnMut(&str, SecretBytes)) {
    let bytes = picture.encoded.reveal();
    let own = &bytes[own_data(bytes)..];
    if own.is_empty() {
        return;
    }
    if own.len() <= LARGEST_TEXT
        && let Ok(canary) = Canary::new(String::new(), Kind::Bytes, SecretBytes::copied(own))
    {
        for form in forms(&canary) {
            if TEXTS.contains(&form.name()) {
                let name = form.name().replacen("raw", &picture.format, 1);
                add(&name, SecretBytes::copied(form.reveal()));
            }
        }
    }
    add(&picture.format, SecretBytes::copied(own));
}

/// Where the data begin that belong to this picture alone: after JPEG's tables, PNG's and JPEG 2000's headers, a bitmap's palette.
fn own_data(bytes: &[u8]) -> usize {
    let after = |marker: &[u8]| {
        let place = bytes
            .windows(marker.len())
            .position(|window| window == marker);
        place.map_or(0, |place| place + marker.len())
    };
    match bytes {
        [0xFF, 0xD8, ..] => after(&[0xFF, 0xDA]),
        [0x89, b'P', b'N', b'G', ..] => after(b"IDAT"),
        [0xFF, 0x4F, ..] | [0, 0, 0, 12, b'j', b'P', ..] => after(&[0xFF, 0x93]),
        [b'B', b'M', _, _, _, _, _, _, _, _, a, b, c, d, ..] => {
            (u32::from_le_bytes([*a, *b, *c, *d]) as usize).min(bytes.len())
        }
        _ => 0,
    }
}

/// Every n-th row.
fn thinned(bytes: &SecretBytes, row: usize, every: usize) -> SecretBytes {
    if every <= 1 || row == 0 {
        return SecretBytes::copied(bytes.reveal());
    }
    let mut kept = SecretBytes::with_capacity(bytes.len() / every + row);
    bytes
        .reveal()
        .chunks(row)
        .step_by(every)
        .for_each(|row| kept.append(row));
    kept
}

/// Builds the index, without renderings that have too few features.
fn build(
    mut all: Vec<(u32, SecretBytes)>,
    names: &Names,
    left_out: &mut Vec<String>,
) -> Result<Pictures, Refused> {
    loop {
        let list: Vec<_> = all
            .iter()
            .map(|(tag, bytes)| Rendering {
                tag: *tag,
                bytes: bytes.reveal(),
            })
            .collect();
        let bytes = list.iter().map(|one| one.bytes.len() as u64).sum();
        match Renderings::new(&list, STRIDE) {
            Ok(index) => {
                return Ok(Pictures {
                    index: Some(index),
                    bytes,
                });
            }
            Err(Unsearchable::Empty) => return Ok(Pictures { index: None, bytes }),
            Err(Unsearchable::Featureless { tag, .. }) => {
                let form = names.form_name(names.entry(tag).form);
                left_out.push(format!("picture/{form}"));
                all.retain(|(other, _)| *other != tag);
            }
            Err(refused) => return Err(refused.into()),
        }
    }
}
