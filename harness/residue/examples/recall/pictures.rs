//! What is planted, and the picture of the same that is looked for.

use fixture_people::face::INNER;
use fixture_people::population::{self, Condition, Subject};
use image::imageops::{FilterType, crop_imm, overlay, resize};
use image::{DynamicImage, Rgb, RgbImage};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shinsa_residue::canary::SecretBytes;
use shinsa_residue::images::{Picture, Rectangle};
use shinsa_residue::likeness::Likeness;

/// Drawn people.
pub const PEOPLE: usize = 200;
/// Freezes them: others than the rig's.
const SEED: u64 = 2_026;

/// What is left in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The chip's photo, resized.
    Photo,
    /// What the camera captured, whole.
    Frame,
    /// The same made smaller, on a screen with text and keys.
    Preview,
    /// The face cut out of it.
    Cut,
}

pub const KINDS: [Kind; 4] = [Kind::Photo, Kind::Frame, Kind::Preview, Kind::Cut];

/// Screens of readers, px.
const SCREENS: [(u32, u32); 3] = [(800, 480), (1280, 800), (1920, 1080)];
const FILTERS: [FilterType; 3] = [
    FilterType::Nearest,
    FilterType::Triangle,
    FilterType::CatmullRom,
];

fn subject(who: usize) -> Subject {
    population::population(PEOPLE as u32, SEED)[who]
}

/// A camera's picture with its noise, a deviation of 2.6 levels: at one moment those who look differ in nothing else.
fn captured(who: usize, moment: u64, exposure: &mut ChaCha8Rng) -> RgbImage {
    let mut frame = population::presentation(&subject(who), moment, &Condition::default());
    for sample in frame.iter_mut() {
        *sample = (i16::from(*sample) + exposure.random_range(-4..=4)).clamp(0, 255) as u8;
    }
    frame
}

/// The moment of a look: known to what is planted and to what is looked for.
fn moment(who: usize) -> u64 {
    who as u64 * 31 + 7
}

/// What is left of `who`, and how many pixels wide it is, or the face in it.
pub fn planted(kind: Kind, who: usize, draw: &mut ChaCha8Rng) -> (RgbImage, u32) {
    let filter = *FILTERS.choose(draw).unwrap();
    match kind {
        Kind::Photo => {
            let photo = DynamicImage::ImageLuma8(population::photo(&subject(who))).into_rgb8();
            let wide = draw.random_range(28..=189) * 2;
            (resize(&photo, wide, wide * 472 / 378, filter), wide)
        }
        Kind::Frame => {
            let frame = captured(who, moment(who), draw);
            let wide = *[640, 640, 320, 160].choose(draw).unwrap();
            (resize(&frame, wide, wide * 3 / 4, filter), wide)
        }
        Kind::Preview => {
            let frame = captured(who, moment(who), draw);
            let (width, height) = *SCREENS.choose(draw).unwrap();
            // The face has 44 px at least: of smaller ones nothing is claimed.
            let wide = draw.random_range(250..=(height * 5 / 4).min(640));
            let small = resize(&frame, wide, wide * 3 / 4, filter);
            let mut screen = screen(width, height, draw);
            let x = draw.random_range(0..=width - small.width());
            let y = draw.random_range(0..=height - small.height());
            overlay(&mut screen, &small, i64::from(x), i64::from(y));
            (screen, wide * INNER[2] / 640)
        }
        Kind::Cut => {
            let frame = captured(who, moment(who), draw);
            let side = draw.random_range(170..=260);
            let (left, top) = (320 - side / 2, 250 - side / 2);
            let (right, down) = (draw.random_range(0..20), draw.random_range(0..20));
            let cut = crop_imm(&frame, left + right - 10, top + down - 10, side, side).to_image();
            let wide = draw.random_range(48..=128) * 2;
            (resize(&cut, wide, wide, filter), wide * INNER[2] / side)
        }
    }
}

/// A plain ground, two bars and a few keys, in flat colours.
fn screen(width: u32, height: u32, draw: &mut ChaCha8Rng) -> RgbImage {
    let mut colour = |low| Rgb([0; 3].map(|_| draw.random_range(low..=250_u8)));
    let (ground, bar, key) = (colour(200), colour(20), colour(90));
    RgbImage::from_fn(width, height, |x, y| {
        let foot = y > height - height / 6;
        if y < height / 12 {
            bar
        } else if foot && x % (width / 4) > width / 16 && y < height - height / 24 {
            key
        } else {
            ground
        }
    })
}

/// What the harness knows of `who`, as it looks for it: as a whole, and the face in it.
pub fn canaries(kind: Kind, who: usize, number: u64) -> Vec<Likeness> {
    let (mut whole, mut inside) = (Likeness::default(), Likeness::default());
    if kind == Kind::Photo {
        let photo = population::photo(&subject(who));
        let samples = SecretBytes::copied(photo.as_raw());
        assert!(whole.add(1, &Picture::grey(378, 472, samples).unwrap()));
        return vec![whole];
    }
    let frame = captured(who, moment(who), &mut ChaCha8Rng::seed_from_u64(!number));
    let picture = Picture::rgb(640, 480, SecretBytes::copied(frame.as_raw())).unwrap();
    let [left, top, width, height] = INNER.map(|one| one as usize);
    let part = Rectangle {
        left,
        top,
        width,
        height,
    };
    assert!(whole.add(1, &picture) && inside.add_face(1, &picture, part));
    vec![whole, inside]
}
