//! How pixels lie, and what lies beside them.

use image::RgbImage;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How pixels become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layout {
    Grey,
    Rgb,
    Bgra,
    /// RGB, rows begin at multiples of 64 bytes.
    Padded,
    /// Y0 U Y1 V.
    Yuyv,
    /// A plane of Y, then one of U and V by turns, a quarter as many.
    Nv12,
    /// Grey, 0 … 1.
    F32,
    /// RGB by pixel, −1 … 1.
    F32Hwc,
    /// A plane of each colour, −1 … 1.
    F32Chw,
    /// 10 bits in two bytes, as infrared cameras give, with noise in the lowest two.
    Words10,
    /// 16 bits, with noise in the lower byte.
    Words16,
}

pub const LAYOUTS: [Layout; 11] = [
    Layout::Grey,
    Layout::Rgb,
    Layout::Bgra,
    Layout::Padded,
    Layout::Yuyv,
    Layout::Nv12,
    Layout::F32,
    Layout::F32Hwc,
    Layout::F32Chw,
    Layout::Words10,
    Layout::Words16,
];

/// What lies before and behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Neighbour {
    Zeros,
    Random,
    Text,
    /// Addresses and lengths, as a heap is full of.
    Heap,
    /// The same picture again, two to eight times, 16 bytes of an allocator between.
    Again,
    /// The same on pages of their own: up to 4095 zeros between.
    AgainOnPages,
    /// Numbers: a network's weights.
    Weights,
    /// A plain area of one colour.
    Plain,
}

pub const NEIGHBOURS: [Neighbour; 8] = [
    Neighbour::Zeros,
    Neighbour::Random,
    Neighbour::Text,
    Neighbour::Heap,
    Neighbour::Again,
    Neighbour::AgainOnPages,
    Neighbour::Weights,
    Neighbour::Plain,
];

/// The picture in its layout with its neighbours around.
pub fn memory(
    picture: &RgbImage,
    layout: Layout,
    neighbour: Neighbour,
    draw: &mut ChaCha8Rng,
) -> Vec<u8> {
    let pixels = laid(picture, layout);
    // Numbers lie on multiples of four, whatever an allocator gives.
    let before = draw.random_range(0..5_000) * 4;
    let mut memory = beside(neighbour, before, draw);
    match neighbour {
        Neighbour::Again | Neighbour::AgainOnPages => {
            for _ in 0..draw.random_range(2..=8) {
                memory.extend_from_slice(&pixels);
                let length = memory.len();
                if neighbour == Neighbour::Again {
                    memory.extend((length as u64 | 1).to_le_bytes());
                    memory.extend([0; 8]);
                } else {
                    memory.resize(length.next_multiple_of(4096) + 16, 0);
                }
            }
        }
        _ => memory.extend_from_slice(&pixels),
    }
    memory.extend(beside(neighbour, 20_000, draw));
    memory
}

fn beside(neighbour: Neighbour, length: usize, draw: &mut ChaCha8Rng) -> Vec<u8> {
    const TEXT: &[u8] =
        "資格確認の結果 OK 2026-11-22T09:14:03+09:00 terminal ready; waiting for the next card. "
            .as_bytes();
    let level = draw.random_range(1..=255);
    let mut byte = |at: usize| match neighbour {
        Neighbour::Zeros => 0,
        Neighbour::Random => draw.random(),
        Neighbour::Text => TEXT[at % TEXT.len()],
        Neighbour::Plain => level,
        _ => match at % 8 {
            6 | 7 => 0,
            5 => 0x7F,
            3 | 4 => 0x3A,
            _ => draw.random(),
        },
    };
    if neighbour == Neighbour::Weights {
        let weights = (0..length / 4).map(|_| draw.random_range(-1.0_f32..1.0));
        return weights.flat_map(f32::to_le_bytes).collect();
    }
    (0..length).map(&mut byte).collect()
}

fn laid(picture: &RgbImage, layout: Layout) -> Vec<u8> {
    let grey = |[r, g, b]: [u8; 3]| {
        (0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)) as u8
    };
    let blue = |p: [u8; 3]| (128.0 + 0.564 * (f32::from(p[2]) - f32::from(grey(p)))) as u8;
    let red = |p: [u8; 3]| (128.0 + 0.713 * (f32::from(p[0]) - f32::from(grey(p)))) as u8;
    let number = |sample: u8| (f32::from(sample) / 127.5 - 1.0).to_le_bytes();
    let pixels = || picture.pixels().map(|pixel| pixel.0);
    // Bits below a level are noise.
    let mut noise = ChaCha8Rng::seed_from_u64(1);
    let mut wide = |bits: u32, pixel| {
        let low = noise.random_range(0..1_u16 << (bits - 8));
        (u16::from(grey(pixel)) << (bits - 8) | low).to_le_bytes()
    };
    match layout {
        Layout::Grey => pixels().map(grey).collect(),
        Layout::Rgb => picture.as_raw().clone(),
        Layout::Bgra => pixels().flat_map(|[r, g, b]| [b, g, r, 255]).collect(),
        Layout::Padded => {
            let row = picture.width() as usize * 3;
            let rows = picture.as_raw().chunks_exact(row);
            let padded = |row: &[u8]| {
                let mut row = row.to_vec();
                row.resize(row.len().next_multiple_of(64), 0);
                row
            };
            rows.flat_map(padded).collect()
        }
        Layout::Yuyv => {
            let wide = picture.width() as usize / 2 * 2;
            let rows: Vec<[u8; 3]> = pixels().collect();
            let rows = rows.chunks_exact(picture.width() as usize);
            let pair =
                |pair: &[[u8; 3]]| [grey(pair[0]), blue(pair[0]), grey(pair[1]), red(pair[0])];
            rows.flat_map(|row| {
                row[..wide]
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .flat_map(|two| pair(two))
            })
            .collect()
        }
        Layout::Nv12 => {
            let mut bytes: Vec<u8> = pixels().map(grey).collect();
            for y in (0..picture.height()).step_by(2) {
                for x in (0..picture.width()).step_by(2) {
                    let pixel = picture.get_pixel(x, y).0;
                    bytes.extend([blue(pixel), red(pixel)]);
                }
            }
            bytes
        }
        Layout::Words10 => pixels().flat_map(|pixel| wide(10, pixel)).collect(),
        Layout::Words16 => pixels().flat_map(|pixel| wide(16, pixel)).collect(),
        Layout::F32 => pixels()
            .flat_map(|pixel| (f32::from(grey(pixel)) / 255.0).to_le_bytes())
            .collect(),
        Layout::F32Hwc => picture
            .as_raw()
            .iter()
            .flat_map(|one| number(*one))
            .collect(),
        Layout::F32Chw => (0..3)
            .flat_map(|channel| pixels().flat_map(move |pixel| number(pixel[channel])))
            .collect(),
    }
}
