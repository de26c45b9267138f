//! Which bytes show a picture: its file, the file in base64 and hex, and its pixels in every layout. Called by `build`.
//!
//! Of a file only what depends on the picture counts: tables and headers that all files of a format share lie in any memory. All
//! renderings together stay within [`BUDGET`]; the rows of larger ones are thinned out, so that a copy of the picture is still found
//! by the rows that stay, while a fragment of fewer rows may be missed, which is told (`picture/thinned`). Of pixels with few features only the most telling stretches
//! of their rows are looked for (`telling`).

use crate::canary::{Canary, Kind, SecretBytes};
use crate::encodings::forms;
use crate::images::{Picture, Rectangle, renderings};
use crate::likeness::{Likeness, nearly_the_same};
use crate::search::{Rendering, Renderings, Unsearchable, searchable};

use super::names::{Entry, Names};
use super::telling::stretches;
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
    /// Patterns instead of an index, by the tag of their rendering.
    pub stretches: Vec<(u32, SecretBytes)>,
    /// By the place of their ids.
    pub likeness: Likeness,
}

/// A rendering, its tag, and the bytes of a row (0: a file).
struct Made {
    tag: u32,
    bytes: SecretBytes,
    row: usize,
}

/// Renders all pictures; what cannot be searched is added to `left_out`.
pub(super) fn index(
    pictures: &[WantedPicture],
    names: &mut Names,
    left_out: &mut Vec<String>,
) -> Result<Pictures, Refused> {
    let mut all: Vec<Made> = Vec::new();
    let mut likeness = Likeness::default();
    let share = BUDGET / pictures.len().max(1);
    for picture in pictures {
        if picture.encoded.is_empty() && picture.picture.is_none() {
            return Err(Refused::EmptyPicture(picture.id.clone()));
        }
        let owner = names.id(&picture.id);
        let mut add = |form: &str, bytes: SecretBytes, row: usize| {
            let form = names.form(None, form);
            let entry = Entry {
                owner: Some(owner),
                form,
                controlled: false,
            };
            all.push(Made {
                tag: names.tag(entry),
                bytes,
                row,
            });
        };
        file(picture, &mut add);
        if let Some(pixels) = &picture.picture {
            let told_by_likeness = likeness.add(owner, pixels);
            let face = picture
                .face
                .map(|face| likeness.add_face(owner, pixels, face));
            if face != Some(true) {
                left_out.push("picture/face".into());
            }
            if picture.alike {
                if !told_by_likeness {
                    return Err(Refused::Plain(picture.id.clone()));
                }
                let nobody = picture.nobody.as_ref();
                if nobody.is_some_and(|nobody| would_be_found(pixels, picture.face, nobody)) {
                    return Err(Refused::NotPlain(picture.id.clone()));
                }
                continue;
            }
            if !told_by_likeness {
                left_out.push("picture/resized".into());
            }
            let made = renderings(pixels);
            let total: usize = made.iter().map(|one| one.bytes.len()).sum();
            let every = total.div_ceil(share).max(1);
            if every > 1 {
                left_out.push("picture/thinned".into());
            }
            for one in made {
                add(
                    &one.name,
                    thinned(&one.bytes, one.stride, every),
                    one.stride,
                );
            }
        }
    }
    let mut pictures = build(all, names, left_out)?;
    pictures.likeness = likeness;
    Ok(pictures)
}

/// Is the scene alone like the picture, or like the face on it?
fn would_be_found(picture: &Picture, face: Option<Rectangle>, nobody: &Picture) -> bool {
    let faces = face.and_then(|face| picture.part(face).zip(nobody.part(face)));
    nearly_the_same(picture, nobody) || faces.is_some_and(|(of, at)| nearly_the_same(&of, &at))
}

fn file(picture: &WantedPicture, add: &mut dyn FnMut(&str, SecretBytes, usize)) {
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
                add(&name, SecretBytes::copied(form.reveal()), 0);
            }
        }
    }
    add(&picture.format, SecretBytes::copied(own), 0);
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

/// Builds the index; renderings that have too few features give patterns instead, or are left out.
fn build(all: Vec<Made>, names: &Names, left_out: &mut Vec<String>) -> Result<Pictures, Refused> {
    let bytes = all.iter().map(|one| one.bytes.len() as u64).sum();
    let (mut rich, poor): (Vec<Made>, Vec<Made>) = all
        .into_iter()
        .partition(|one| one.row == 0 || searchable(one.bytes.reveal()));
    let mut pictures = Pictures {
        index: None,
        bytes,
        stretches: Vec::new(),
        likeness: Likeness::default(),
    };
    for one in &poor {
        pictures.patterns_of(one, names, left_out);
    }
    loop {
        let list: Vec<_> = rich
            .iter()
            .map(|one| Rendering {
                tag: one.tag,
                bytes: one.bytes.reveal(),
            })
            .collect();
        match Renderings::new(&list, STRIDE) {
            Ok(index) => {
                pictures.index = Some(index);
                return Ok(pictures);
            }
            Err(Unsearchable::Empty) => return Ok(pictures),
            // Many alike: those of one picture's layouts count against each other.
            Err(Unsearchable::Featureless { tag, .. }) => {
                let poor = rich.extract_if(.., |one| one.tag == tag);
                poor.for_each(|one| pictures.patterns_of(&one, names, left_out));
            }
            Err(refused) => return Err(refused.into()),
        }
    }
}

impl Pictures {
    fn patterns_of(&mut self, made: &Made, names: &Names, left_out: &mut Vec<String>) {
        let found = match made.row {
            0 => Vec::new(),
            row => stretches(&made.bytes, row),
        };
        if found.is_empty() {
            let form = names.form_name(names.entry(made.tag).form);
            left_out.push(format!("picture/{form}"));
        }
        self.stretches
            .extend(found.into_iter().map(|one| (made.tag, one)));
    }
}
