//! What a picture can be in rows of some length: layouts, sides, and for a face inside a larger picture, sizes. Called by `compare`.

use super::cells::Lay;
use super::fine::Place;
use super::rows::SHORTEST;
use super::template::{COARSE, Template, down};

/// Half cells of a row, for a picture that fills it and for rows that are a seventeenth or a ninth longer: many begin at multiples of 16 … 256 bytes.
const ROWS: [usize; 3] = [2 * COARSE, 2 * COARSE + 2, 2 * COARSE + 4];
/// Shapes that differ less are one, as a part of the height.
const ALIKE: f32 = 0.03;
/// From one size of a face to the next smaller one.
const SMALLER: f32 = 1.15;

/// A size and layout, and the cells in which it is looked for.
pub(super) struct Shape {
    /// At the begin.
    pub place: Place,
    pub lay: Lay,
}

/// All shapes of the template in rows of `stride` samples that `samples` have room for; a pixel has one of `channels`.
pub(super) fn shapes(
    stride: usize,
    channels: &[usize],
    samples: usize,
    template: &Template,
) -> Vec<Shape> {
    let mut shapes = if template.part {
        inside(stride, channels, template.sides)
    } else {
        whole(stride, channels, template.sides)
    };
    shapes.retain(|shape| shape.place.length() <= samples);
    shapes
}

/// A picture that fills its rows, or nearly: each layout with its sides kept, or made a square as recognisers want it.
fn whole(stride: usize, channels: &[usize], sides: f32) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::with_capacity(2 * ROWS.len() * channels.len());
    let cells_down = down(COARSE, sides);
    for across in ROWS {
        for sides in [sides, 1.0] {
            for channels in channels {
                let shape = shape(stride, *channels, across, sides, cells_down);
                let high = shape.place.high;
                let known = |one: &Shape| {
                    one.lay.row == across && (one.place.high / high - 1.0).abs() < ALIKE
                };
                if shape.place.wide >= SHORTEST as f32 && !shapes.iter().any(known) {
                    shapes.push(shape);
                }
            }
        }
    }
    shapes
}

/// A face anywhere in the rows, from as wide as they are down to the narrowest that can be told from others.
fn inside(stride: usize, channels: &[usize], sides: f32) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let cells_down = down(COARSE, sides);
    for channels in channels {
        let row = stride as f32 / *channels as f32;
        let mut wanted = row;
        while wanted >= SHORTEST as f32 {
            let across = ((2 * COARSE) as f32 * row / wanted).round() as usize & !1;
            shapes.push(shape(stride, *channels, across, sides, cells_down));
            wanted /= SMALLER;
        }
    }
    shapes
}

/// A picture of these sides, so wide that `across` half cells fill a row; it has `2 × COARSE` of them itself.
fn shape(stride: usize, channels: usize, across: usize, sides: f32, cells_down: usize) -> Shape {
    let row = stride as f32 / channels as f32;
    let wide = (2 * COARSE) as f32 * row / across as f32;
    let high = wide * sides;
    Shape {
        place: Place {
            offset: 0,
            stride,
            channels,
            wide,
            high,
        },
        lay: Lay {
            channels,
            wide: row / across as f32,
            step: high / (2 * cells_down) as f32,
            row: across,
            across: across + 2 * COARSE,
        },
    }
}
