//! A picture's bytes in a layout, and all of them.

use super::colour::{chroma, mean, pixel_bytes, yuyv};
use super::layouts::Layout;
use super::picture::Picture;
use crate::canary::SecretBytes;

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
                    _ => pixel_bytes(layout, plane, pixel(x, y), &mut bytes),
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
