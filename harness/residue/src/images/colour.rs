//! One pixel, pair or square of pixels as bytes: orders, packing, grey, YUV, floats.

use super::layouts::Layout;
use crate::canary::SecretBytes;

/// Appends one pixel (of a plane, where a layout has planes).
pub(super) fn pixel_bytes(
    layout: Layout,
    plane: usize,
    [r, g, b]: [u8; 3],
    bytes: &mut SecretBytes,
) {
    let mut floats = |values: &[u8], scaled: fn(u8) -> f32| {
        for &value in values {
            bytes.append(&scaled(value).to_le_bytes());
        }
    };
    match layout {
        Layout::F32HwcUnit => floats(&[r, g, b], unit),
        Layout::F32HwcSigned => floats(&[r, g, b], signed),
        Layout::F32ChwUnit => floats(&[[r, g, b][plane]], unit),
        Layout::F32ChwSigned => floats(&[[r, g, b][plane]], signed),
        Layout::Gray8Rec709 => bytes.append(&[weighted([r, g, b], [212_639, 715_169, 72_192])]),
        Layout::Gray16 => bytes.append(&[luma([r, g, b]); 2]),
        Layout::Rgb => bytes.append(&[r, g, b]),
        Layout::Bgr => bytes.append(&[b, g, r]),
        Layout::Rgba => bytes.append(&[r, g, b, 255]),
        Layout::Bgra => bytes.append(&[b, g, r, 255]),
        Layout::Argb => bytes.append(&[255, r, g, b]),
        Layout::Rgb565 => {
            let packed = u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3);
            bytes.append(&packed.to_le_bytes());
        }
        Layout::Nv12Luma => bytes.append(&[studio_luma([r, g, b])]),
        // Pairs and squares are their caller's.
        Layout::Gray8 | Layout::Yuyv | Layout::Nv12Chroma => bytes.append(&[luma([r, g, b])]),
    }
}

fn unit(value: u8) -> f32 {
    f32::from(value) / 255.0
}

fn signed(value: u8) -> f32 {
    f32::from(value) / 127.5 - 1.0
}

fn luma(rgb: [u8; 3]) -> u8 {
    weighted(rgb, [299_000, 587_000, 114_000])
}

/// Weights in millionths; rounded.
fn weighted(rgb: [u8; 3], weights: [u32; 3]) -> u8 {
    let sum: u32 = rgb
        .iter()
        .zip(weights)
        .map(|(&v, w)| u32::from(v) * w)
        .sum();
    ((sum + 500_000) / 1_000_000) as u8
}

/// BT.601 with luma 16 … 235, in the usual 8-bit whole numbers (Microsoft, "Recommended 8-Bit YUV Formats for Video Rendering").
fn studio_luma([r, g, b]: [u8; 3]) -> u8 {
    let [r, g, b] = [r, g, b].map(i32::from);
    (((66 * r + 129 * g + 25 * b + 128) >> 8) + 16) as u8
}

/// U and V likewise.
pub(super) fn chroma([r, g, b]: [u8; 3]) -> [u8; 2] {
    let [r, g, b] = [r, g, b].map(i32::from);
    [
        (((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128) as u8,
        (((112 * r - 94 * g - 18 * b + 128) >> 8) + 128) as u8,
    ]
}

pub(super) fn yuyv(first: [u8; 3], second: [u8; 3]) -> [u8; 4] {
    let [u, v] = chroma(mean([first, second]));
    [studio_luma(first), u, studio_luma(second), v]
}

/// Mean of pixels by channel, rounded.
pub(super) fn mean<const N: usize>(pixels: [[u8; 3]; N]) -> [u8; 3] {
    [0, 1, 2].map(|channel| {
        let sum: usize = pixels.iter().map(|pixel| usize::from(pixel[channel])).sum();
        ((sum + N / 2) / N) as u8
    })
}
