//! Compares a stretch with the canary pictures: every likely length of rows, every usual layout, every place. Called by `mod`.

use super::coarse::{Spot, spots};
use super::fine::Place;
use super::plane::Plane;
use super::rows;
use super::template::Template;

/// From this correlation on a place shows the picture (see the module's documentation for what it was set by).
pub(super) const LIMIT: f32 = 0.9;
/// Places of one stretch and picture that are looked at closely.
const CLOSELY: usize = 12;
/// Samples of a pixel: grey, 16 bits or YUYV, RGB, RGBA.
const CHANNELS: [usize; 4] = [1, 2, 3, 4];
/// Shapes that differ less are one, as a part of the height.
const ALIKE: f32 = 0.03;

/// A picture this much of its rows' length is as long.
const ROW: f32 = 0.96;

/// A picture that lies in a stretch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Likely {
    pub owner: u32,
    /// As findings name it.
    pub form: String,
    /// First byte from the begin of the stretch.
    pub offset: usize,
    /// Bytes.
    pub length: usize,
    /// Correlation.
    pub score: f32,
}

/// The best place of each picture that reaches `limit`.
pub(super) fn compare(plane: &Plane<'_>, templates: &[Template], limit: f32) -> Vec<Likely> {
    if templates.is_empty() {
        return Vec::new();
    }
    let strides = rows::candidates(&plane.samples[plane.core.clone()]);
    let found = templates.iter().filter_map(|template| {
        let mut close = Vec::new();
        for stride in &strides {
            for shape in shapes(*stride, template.sides) {
                let fits = shape.length() <= plane.samples.len();
                if fits {
                    let found = spots(&plane.samples, *stride, shape.high, &template.arranged);
                    close.extend(found.into_iter().map(|spot| (shape, spot)));
                }
            }
        }
        close.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        closely(plane, template, &close, limit)
    });
    found.collect()
}

/// What a picture can be in rows of so many samples: each layout with its sides kept, or made a square as recognisers want it.
fn shapes(stride: usize, sides: f32) -> Vec<Place> {
    let mut shapes: Vec<Place> = Vec::with_capacity(2 * CHANNELS.len());
    for sides in [sides, 1.0] {
        for channels in CHANNELS {
            let wide = stride as f32 / channels as f32;
            let high = wide * sides;
            let known = |one: &Place| (one.high / high - 1.0).abs() < ALIKE;
            if wide >= rows::SHORTEST as f32 && !shapes.iter().any(known) {
                shapes.push(Place {
                    offset: 0,
                    stride,
                    channels,
                    wide,
                    high,
                });
            }
        }
    }
    shapes
}

/// The best of the likeliest places, if it reaches the limit.
fn closely(
    seen: &Plane<'_>,
    template: &Template,
    close: &[(Place, Spot)],
    limit: f32,
) -> Option<Likely> {
    let settled = close.iter().take(CLOSELY).filter_map(|(shape, spot)| {
        let place = Place {
            offset: spot.offset as isize,
            ..*shape
        };
        place.settled(&seen.samples, &template.arranged)
    });
    let (place, score, arranged) = settled.max_by(|a, b| a.1.total_cmp(&b.1))?;
    if score < limit {
        return None;
    }
    let layout = match (seen.size, place.channels) {
        (1, 1) => "gray8",
        (1, 2) => "gray16",
        (1, 3) => "rgb8",
        (1, _) => "rgba8",
        (_, 1) => "f32",
        (_, _) => "f32-hwc",
    };
    // Rows are seldom longer than the picture.
    let row = place.stride as f32 / place.channels as f32;
    let wide = if place.wide > ROW * row {
        row
    } else {
        place.wide
    };
    let (wide, high) = (wide.round(), place.high.round());
    Some(Likely {
        owner: template.owner,
        form: format!("{layout}>resized-{wide}x{high}{}", arranged.name),
        offset: place.offset.max(0) as usize * seen.size,
        length: place.length() * seen.size,
        score,
    })
}
