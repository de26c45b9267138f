//! Renderings against the crate `image` and against arithmetic.

use image::{DynamicImage, RgbImage, imageops};

use super::{colour, grey};
use crate::canary::SecretBytes;
use crate::images::{Arrangement, Layout, Picture, Rendering, render, renderings};

fn plain(picture: &Picture, layout: Layout) -> Vec<u8> {
    render(picture, layout, Arrangement::PLAIN)
        .bytes
        .reveal()
        .to_vec()
}

fn oracle(picture: &Picture) -> RgbImage {
    RgbImage::from_raw(
        picture.width() as u32,
        picture.height() as u32,
        picture.reveal().to_vec(),
    )
    .unwrap()
}

#[test]
fn layouts_agree_with_the_crate_image() {
    let picture = colour(1, 37, 23);
    let image = DynamicImage::from(oracle(&picture));
    assert_eq!(plain(&picture, Layout::Rgb), image.as_bytes());
    assert_eq!(plain(&picture, Layout::Rgba), image.to_rgba8().into_raw());
    assert_eq!(
        plain(&picture, Layout::Gray8Rec709),
        image.to_luma8().into_raw()
    );
    let floats: Vec<u8> = image
        .to_rgb32f()
        .into_raw()
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    assert_eq!(plain(&picture, Layout::F32HwcUnit), floats);
}

#[test]
fn mirrored_and_bottom_up_agree_with_the_crate_image() {
    let picture = colour(2, 37, 23);
    let rendered = |mirrored, bottom_up| {
        let row_alignment = 1;
        render(
            &picture,
            Layout::Rgb,
            Arrangement {
                mirrored,
                bottom_up,
                row_alignment,
            },
        )
        .bytes
    };
    let image = oracle(&picture);
    assert_eq!(
        rendered(true, false).reveal(),
        imageops::flip_horizontal(&image).into_raw()
    );
    assert_eq!(
        rendered(false, true).reveal(),
        imageops::flip_vertical(&image).into_raw()
    );
    assert_eq!(
        rendered(true, true).reveal(),
        imageops::rotate180(&image).into_raw()
    );
}

/// Known colours: white, black, red, green, blue in BT.601 (luma 235, 16, 82, 144, 41 in the Microsoft document's whole numbers).
#[test]
fn yuv_of_known_colours() {
    for (rgb, full, yuv) in [
        ([255, 255, 255], 255, [235, 128, 128]),
        ([0, 0, 0], 0, [16, 128, 128]),
        ([255, 0, 0], 76, [82, 90, 240]),
        ([0, 255, 0], 150, [144, 54, 34]),
        ([0, 0, 255], 29, [41, 240, 110]),
    ] {
        let picture = Picture::rgb(2, 2, rgb.repeat(4).into_iter().collect()).unwrap();
        let [y, u, v] = yuv;
        assert_eq!(plain(&picture, Layout::Gray8), [full; 4]);
        assert_eq!(plain(&picture, Layout::Gray16), [full; 8]);
        assert_eq!(plain(&picture, Layout::Nv12Luma), [y; 4]);
        assert_eq!(plain(&picture, Layout::Nv12Chroma), [u, v]);
        assert_eq!(plain(&picture, Layout::Yuyv), [y, u, y, v, y, u, y, v]);
    }
}

#[test]
fn orders_and_packing() {
    let picture = Picture::rgb(1, 1, SecretBytes::copied(&[0x12, 0x34, 0xFF])).unwrap();
    assert_eq!(plain(&picture, Layout::Bgr), [0xFF, 0x34, 0x12]);
    assert_eq!(plain(&picture, Layout::Bgra), [0xFF, 0x34, 0x12, 0xFF]);
    assert_eq!(plain(&picture, Layout::Argb), [0xFF, 0x12, 0x34, 0xFF]);
    // 00010 001101 11111
    assert_eq!(
        plain(&picture, Layout::Rgb565),
        0b0001_0001_1011_1111_u16.to_le_bytes()
    );
    let signed = plain(&picture, Layout::F32HwcSigned);
    assert_eq!(signed[8..], 1.0_f32.to_le_bytes());
    // Of one pixel, planes and pixels are the same.
    assert_eq!(plain(&picture, Layout::F32ChwSigned), signed);
}

#[test]
fn planes_hold_one_channel_each() {
    let picture = colour(3, 5, 4);
    let (by_pixel, by_plane) = (
        plain(&picture, Layout::F32HwcUnit),
        plain(&picture, Layout::F32ChwUnit),
    );
    for place in 0..20 {
        for channel in 0..3 {
            let (pixel, plane) = (4 * (3 * place + channel), 4 * (20 * channel + place));
            assert_eq!(by_pixel[pixel..pixel + 4], by_plane[plane..plane + 4]);
        }
    }
}

#[test]
fn odd_sizes_and_padded_rows() {
    let picture = colour(4, 5, 3);
    assert_eq!(plain(&picture, Layout::Nv12Chroma).len(), 3 * 2 * 2);
    assert_eq!(plain(&picture, Layout::Yuyv).len(), 3 * 4 * 3);
    let row_alignment = 4;
    let padded = render(
        &picture,
        Layout::Bgr,
        Arrangement {
            row_alignment,
            ..Arrangement::PLAIN
        },
    );
    assert_eq!((padded.name.as_str(), padded.stride), ("bgr+rows-of-4", 16));
    let rows = padded.bytes.reveal().chunks_exact(16);
    let cut: Vec<u8> = rows.flat_map(|row| row[..15].to_vec()).collect();
    assert_eq!(cut, plain(&picture, Layout::Bgr));
}

#[test]
fn all_layouts_are_there_once() {
    let names = |picture: &Picture| -> Vec<String> {
        renderings(picture)
            .into_iter()
            .map(|rendering| rendering.name)
            .collect()
    };
    let of_colour = names(&colour(5, 16, 16));
    assert_eq!(of_colour.len(), 32);
    assert!(of_colour.contains(&"f32-chw-signed+mirrored".to_owned()));
    let of_grey = names(&grey(5, 16, 16));
    assert!(of_grey.contains(&"rgb".to_owned()) && !of_grey.contains(&"bgr".to_owned()));
    assert_eq!(
        Rendering::encoded("jp2", SecretBytes::copied(&[1])).name,
        "jp2"
    );
    assert!(Picture::grey(3, 3, SecretBytes::copied(&[0; 8])).is_err());
    assert!(Picture::grey(0, 3, SecretBytes::default()).is_err());
}
