//! Compares a stretch with the canary pictures: every likely length of rows, every usual layout, every place. Called by `mod`.

use super::coarse::{GATES, GATES_INSIDE, Spot, spots};
use super::fine::Place;
use super::plane::Plane;
use super::rows;
use super::shapes::{Shape, shapes};
use super::sums::Sums;
use super::template::Template;

/// From this correlation on a place shows the picture (see the module's documentation for what it was set by).
pub(super) const LIMIT: f32 = 0.9;
/// Places of one stretch and picture that are looked at closely.
const CLOSELY: usize = 12;
/// The same of a face inside a larger picture: many sizes are looked for.
const CLOSELY_INSIDE: usize = 24;
/// Lengths of rows in which faces are looked for at every size.
const ROWS_INSIDE: usize = 2;

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
    let mut close: Vec<Vec<(Place, Spot)>> = templates.iter().map(|_| Vec::new()).collect();
    for (n, stride) in strides.into_iter().enumerate() {
        let sums = Sums::of(&plane.samples, stride);
        for (template, close) in templates.iter().zip(&mut close) {
            if !template.part || n < ROWS_INSIDE {
                close.extend(places(&sums, plane.samples.len(), template));
            }
        }
    }
    let mut found: Vec<Likely> = Vec::new();
    for (template, mut close) in templates.iter().zip(close) {
        // Who is there as a whole need not be told again by the face.
        if !found.iter().any(|one| one.owner == template.owner) {
            close.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
            close.truncate(if template.part {
                CLOSELY_INSIDE
            } else {
                CLOSELY
            });
            found.extend(settled(plane, template, &close, limit));
        }
    }
    found
}

/// Where the template may lie in rows of one length.
fn places(sums: &Sums, samples: usize, template: &Template) -> Vec<(Place, Spot)> {
    let gates = if template.part { GATES_INSIDE } else { GATES };
    let mut close = Vec::new();
    for Shape { place, lay } in shapes(sums.stride, samples, template) {
        let found = spots(sums, &lay, gates, &template.arranged);
        close.extend(found.into_iter().map(|spot| (place, spot)));
    }
    close
}

/// The best of the likeliest places, if it reaches the limit.
fn settled(
    seen: &Plane<'_>,
    template: &Template,
    close: &[(Place, Spot)],
    limit: f32,
) -> Option<Likely> {
    let settled = close.iter().filter_map(|(shape, spot)| {
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
    let wide = if !template.part && place.wide > ROW * row {
        row
    } else {
        place.wide
    };
    let (wide, high) = (wide.round(), place.high.round());
    let what = if template.part { "face" } else { "resized" };
    Some(Likely {
        owner: template.owner,
        form: format!("{layout}>{what}-{wide}x{high}{}", arranged.name),
        offset: place.offset.max(0) as usize * seen.size,
        length: place.length() * seen.size,
        score,
    })
}
