//! The bytes of a picture in the layouts that decoders, cameras, windows and recognisers hold pixels in.
//!
//! Converted values (grey, YUV, floats) follow one published formula each; software that rounds otherwise shows other
//! bytes, and only the block code finds those.

use super::picture::Picture;
use crate::canary::SecretBytes;

/// How pixels become bytes. All little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Luma of JFIF 1.02 (ITU-R BT.601, full range), rounded. Also the Y plane of a full-range YUV picture.
    Gray8,
    /// Luma of ITU-R BT.709 (weights to six places), rounded, as the Rust crate `image` has it.
    Gray8Rec709,
    /// [`Layout::Gray8`] × 257.
    Gray16,
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red: OpenCV, Windows bitmaps.
    Bgr,
    /// With alpha 255.
    Rgba,
    /// With alpha 255: most window systems.
    Bgra,
    /// Alpha 255 first.
    Argb,
    /// 5, 6 and 5 bits, red highest: small displays.
    Rgb565,
    /// Two pixels in four bytes, BT.601 with luma 16 … 235: what USB cameras send.
    Yuyv,
    /// The luma plane of NV12, BT.601 with luma 16 … 235.
    Nv12Luma,
    /// Its chroma plane: U, V of each 2 × 2 pixels.
    Nv12Chroma,
    /// f32, red, green, blue by pixel, 0 … 1.
    F32HwcUnit,
    /// The same, −1 … 1.
    F32HwcSigned,
    /// f32, a plane of red, of green, of blue (whose order does not matter to a search for windows), 0 … 1.
    F32ChwUnit,
    /// The same, −1 … 1.
    F32ChwSigned,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 16] = [
        Self::Gray8,
        Self::Gray8Rec709,
        Self::Gray16,
        Self::Rgb,
        Self::Bgr,
        Self::Rgba,
        Self::Bgra,
        Self::Argb,
        Self::Rgb565,
        Self::Yuyv,
        Self::Nv12Luma,
        Self::Nv12Chroma,
        Self::F32HwcUnit,
        Self::F32HwcSigned,
        Self::F32ChwUnit,
        Self::F32ChwSigned,
    ];

    /// Stable name, e.g. `nv12-y`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gray8 => "gray8",
            Self::Gray8Rec709 => "gray8-rec709",
            Self::Gray16 => "gray16",
            Self::Rgb => "rgb",
            Self::Bgr => "bgr",
            Self::Rgba => "rgba",
            Self::Bgra => "bgra",
            Self::Argb => "argb",
            Self::Rgb565 => "rgb565",
            Self::Yuyv => "yuyv",
            Self::Nv12Luma => "nv12-y",
            Self::Nv12Chroma => "nv12-uv",
            Self::F32HwcUnit => "f32-hwc-unit",
            Self::F32HwcSigned => "f32-hwc-signed",
            Self::F32ChwUnit => "f32-chw-unit",
            Self::F32ChwSigned => "f32-chw-signed",
        }
    }

    /// Planes, and how many picture rows and columns one of its rows and units spans.
    fn shape(self) -> (usize, usize, usize) {
        match self {
            Self::F32ChwUnit | Self::F32ChwSigned => (3, 1, 1),
            Self::Nv12Chroma => (1, 2, 2),
            Self::Yuyv => (1, 1, 2),
            _ => (1, 1, 1),
        }
    }
}

/// Where pixels go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrangement {
    /// Left to right exchanged, as a camera's preview.
    pub mirrored: bool,
    /// Last row first, as Windows bitmaps.
    pub bottom_up: bool,
    /// Rows are filled up with zeros to a multiple of this many bytes; 1: no padding.
    pub row_alignment: usize,
}

impl Arrangement {
    /// Top down, as seen, without padding.
    pub const PLAIN: Self = Self {
        mirrored: false,
        bottom_up: false,
        row_alignment: 1,
    };
}

/// A picture's bytes in one layout, wiped on drop.
pub struct Rendering {
    /// Stable name: the layout's, then `+mirrored`, `+bottom-up`, `+rows-of-N`.
    pub name: String,
    /// The bytes.
    pub bytes: SecretBytes,
    /// Bytes from one row to the next; 0 for an encoded file.
    pub stride: usize,
}

impl Rendering {
    /// A file as it was given (JP2, JPEG, PNG, BMP): `name` as the caller calls it, e.g. `jp2`.
    pub fn encoded(name: &str, bytes: SecretBytes) -> Self {
        Self {
            name: name.into(),
            bytes,
            stride: 0,
        }
    }
}

/// Every layout, as seen and mirrored. Rows in another order or with padding have the same windows inside a row; who needs
/// windows across rows calls [`render`]. Equal bytes come once (a grey picture has the same RGB and BGR).
pub fn renderings(picture: &Picture) -> Vec<Rendering> {
    let mut all: Vec<Rendering> = Vec::with_capacity(2 * Layout::ALL.len());
    for mirrored in [false, true] {
        for layout in Layout::ALL {
            let arrangement = Arrangement {
                mirrored,
                ..Arrangement::PLAIN
            };
            let made = render(picture, layout, arrangement);
            let known = |other: &Rendering| other.bytes.reveal() == made.bytes.reveal();
            if !all.iter().any(known) {
                all.push(made);
            }
        }
    }
    all
}

/// One rendering.
pub fn render(picture: &Picture, layout: Layout, arrangement: Arrangement) -> Rendering {
    let (planes, row_span, column_span) = layout.shape();
    let (width, height) = (picture.width(), picture.height());
    let pixel = |x: usize, y: usize| {
        // Odd edges repeat their last pixel.
        let (x, y) = (x.min(width - 1), y.min(height - 1));
        let x = if arrangement.mirrored {
            width - 1 - x
        } else {
            x
        };
        let y = if arrangement.bottom_up {
            height - 1 - y
        } else {
            y
        };
        picture.pixel(x, y)
    };
    let (rows, columns) = (height.div_ceil(row_span), width.div_ceil(column_span));
    let mut bytes =
        SecretBytes::with_capacity(planes * rows * (columns * 12 + arrangement.row_alignment));
    let mut stride = 0;
    for plane in 0..planes {
        for row in 0..rows {
            let start = bytes.len();
            for column in 0..columns {
                let (x, y) = (column * column_span, row * row_span);
                match layout {
                    Layout::Yuyv => bytes.append(&yuyv(pixel(x, y), pixel(x + 1, y))),
                    Layout::Nv12Chroma => {
                        let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
                        bytes.append(&chroma(mean(four.map(|(dx, dy)| pixel(x + dx, y + dy)))));
                    }
                    _ => append_pixel(layout, plane, pixel(x, y), &mut bytes),
                }
            }
            let row_bytes = bytes.len() - start;
            stride = row_bytes.next_multiple_of(arrangement.row_alignment.max(1));
            (row_bytes..stride).for_each(|_| bytes.append(&[0]));
        }
    }
    Rendering {
        name: name(layout, arrangement),
        bytes,
        stride,
    }
}

fn name(layout: Layout, arrangement: Arrangement) -> String {
    let mut name = layout.name().to_owned();
    if arrangement.mirrored {
        name += "+mirrored";
    }
    if arrangement.bottom_up {
        name += "+bottom-up";
    }
    if arrangement.row_alignment > 1 {
        name += "+rows-of-";
        name += &arrangement.row_alignment.to_string();
    }
    name
}

fn append_pixel(layout: Layout, plane: usize, [r, g, b]: [u8; 3], bytes: &mut SecretBytes) {
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
fn chroma([r, g, b]: [u8; 3]) -> [u8; 2] {
    let [r, g, b] = [r, g, b].map(i32::from);
    [
        (((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128) as u8,
        (((112 * r - 94 * g - 18 * b + 128) >> 8) + 128) as u8,
    ]
}

fn yuyv(first: [u8; 3], second: [u8; 3]) -> [u8; 4] {
    let [u, v] = chroma(mean([first, second]));
    [studio_luma(first), u, studio_luma(second), v]
}

/// Mean of pixels by channel, rounded.
fn mean<const N: usize>(pixels: [[u8; 3]; N]) -> [u8; 3] {
    [0, 1, 2].map(|channel| {
        let sum: usize = pixels.iter().map(|pixel| usize::from(pixel[channel])).sum();
        ((sum + N / 2) / N) as u8
    })
}
