//! A canary picture made ready for comparing: coarse to be found, fine to be told from others. Called by `mod`.

use super::grid::Grid;
use crate::images::Picture;

/// Cells across of the grid of the first look, of the coarse one, and of the fine one; down, as the picture's sides are to each other.
pub(super) const FIRST: usize = COARSE / 2;
pub(super) const COARSE: usize = 16;
pub(super) const FINE: usize = 32;
/// Sides that are looked for: down by across.
const SIDES: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// A picture in one arrangement.
pub(super) struct Arranged {
    /// As findings name it: nothing, `+mirrored`, `+bottom-up`.
    pub name: &'static str,
    /// Levels, normalised: four cells of the coarse grid each.
    pub first: Grid,
    /// Levels, normalised.
    pub coarse: Grid,
    /// Band-passed.
    pub fine: Grid,
}

/// A picture.
pub(super) struct Template {
    /// Whose, by the caller's number.
    pub owner: u32,
    /// The inner part of a face, looked for at any size inside other pictures; otherwise a whole picture.
    pub part: bool,
    /// Height by width.
    pub sides: f32,
    /// As seen and turned.
    pub arranged: Vec<Arranged>,
}

impl Template {
    /// `None` for a picture without features, or one much longer than wide (or the other way).
    pub fn new(owner: u32, picture: &Picture) -> Option<Self> {
        let sides = picture.height() as f32 / picture.width() as f32;
        if !SIDES.contains(&sides) || picture.width() < FINE {
            return None;
        }
        let coarse = levels(picture, COARSE, down(COARSE, sides));
        let fine = levels(picture, FINE, down(FINE, sides));
        let mut arranged = Vec::with_capacity(4);
        for (name, mirrored, bottom_up) in [
            ("", false, false),
            ("+mirrored", true, false),
            ("+bottom-up", false, true),
            ("+mirrored+bottom-up", true, true),
        ] {
            let coarse = coarse.turned(mirrored, bottom_up);
            arranged.push(Arranged {
                name,
                first: coarse.pooled().normalised()?,
                coarse: coarse.normalised()?,
                fine: fine.turned(mirrored, bottom_up).banded()?,
            });
        }
        Some(Self {
            owner,
            part: false,
            sides,
            arranged,
        })
    }
}

/// Cells down.
pub(super) fn down(across: usize, sides: f32) -> usize {
    (across as f32 * sides).round() as usize
}

/// Mean grey level of each cell; pixels count by their share.
fn levels(picture: &Picture, across: usize, down: usize) -> Grid {
    let (width, height) = (picture.width(), picture.height());
    let share =
        |from: f32, to: f32, n: usize| (to.min(n as f32 + 1.0) - from.max(n as f32)).max(0.0);
    Grid::of(across, down, |x, y| {
        let edge = |n: usize, pixels: usize, cells: usize| n as f32 * pixels as f32 / cells as f32;
        let (left, right) = (edge(x, width, across), edge(x + 1, width, across));
        let (top, bottom) = (edge(y, height, down), edge(y + 1, height, down));
        let (mut sum, mut area) = (0.0, 0.0);
        for py in top as usize..(bottom.ceil() as usize).min(height) {
            for px in left as usize..(right.ceil() as usize).min(width) {
                let weight = share(left, right, px) * share(top, bottom, py);
                sum += weight * grey(picture.pixel(px, py));
                area += weight;
            }
        }
        sum / area
    })
}

/// Luma of ITU-R BT.601.
fn grey([r, g, b]: [u8; 3]) -> f32 {
    0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
}
