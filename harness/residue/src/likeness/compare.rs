//! Compares a stretch with the canary pictures: every likely length of rows, every usual layout, every place. Called by `mod`.

use super::coarse::{GATES, GATES_INSIDE, Spot, spots};
use super::fine::Place;
use super::pixels::Pixels;
use super::plane::{Kind, Plane};
use super::rows::Rows;
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
const ROWS_INSIDE: usize = 3;

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

/// A place to look at closely.
struct Close<'a> {
    plane: &'a Plane<'a>,
    /// Its shape.
    place: Place,
    spot: Spot,
}

/// The best place of each picture that reaches `limit`.
pub(super) fn compare(plane: &Plane<'_>, templates: &[Template], limit: f32) -> Vec<Likely> {
    if templates.is_empty() {
        return Vec::new();
    }
    let core = &plane.samples[plane.core.clone()];
    let rows = Rows::of(core);
    if rows.strides.is_empty() {
        return Vec::new();
    }
    let pixels = Pixels::of(core, &rows.pieces);
    let halves = if pixels.halves {
        plane.halves()
    } else {
        Vec::new()
    };
    let mut close: Vec<Vec<Close>> = templates.iter().map(|_| Vec::new()).collect();
    let planes = std::iter::once((plane, 1, &pixels.channels[..]));
    let halves = halves.iter().map(|half| (half, 2, &[1][..]));
    for (plane, every, channels) in planes.chain(halves) {
        let whole = rows.strides.iter().filter(|stride| *stride % every == 0);
        for (n, stride) in whole.enumerate() {
            let sums = Sums::of(&plane.samples, stride / every);
            for (template, close) in templates.iter().zip(&mut close) {
                if !template.part || n < ROWS_INSIDE {
                    close.extend(places(plane, &sums, channels, template));
                }
            }
        }
    }
    let mut found: Vec<Likely> = Vec::new();
    for (template, mut close) in templates.iter().zip(close) {
        // Who is there as a whole need not be told again by the face.
        if !found.iter().any(|one| one.owner == template.owner) {
            close.sort_by(|a, b| b.spot.score.total_cmp(&a.spot.score));
            close.truncate(if template.part {
                CLOSELY_INSIDE
            } else {
                CLOSELY
            });
            found.extend(settled(template, &close, limit));
        }
    }
    found
}

/// Where the template may lie in rows of one length.
fn places<'a>(
    plane: &'a Plane<'a>,
    sums: &Sums,
    channels: &[usize],
    template: &Template,
) -> Vec<Close<'a>> {
    let gates = if template.part { GATES_INSIDE } else { GATES };
    let shapes = shapes(sums.stride, channels, plane.samples.len(), template);
    let mut close = Vec::new();
    for Shape { place, lay } in shapes {
        let found = spots(sums, &lay, gates, &template.arranged);
        close.extend(found.into_iter().map(|spot| Close { plane, place, spot }));
    }
    close
}

/// The best of the likeliest places, if it reaches the limit.
fn settled(template: &Template, close: &[Close<'_>], limit: f32) -> Option<Likely> {
    let settled = close.iter().filter_map(|close| {
        let place = Place {
            offset: close.spot.offset as isize,
            ..close.place
        };
        let (place, score, arranged) = place.settled(&close.plane.samples, &template.arranged)?;
        Some((close.plane, place, score, arranged))
    });
    let (seen, place, score, arranged) = settled.max_by(|a, b| a.2.total_cmp(&b.2))?;
    if score < limit {
        return None;
    }
    let layout = match (seen.kind, place.channels) {
        (Kind::Bytes, 1) => "gray8",
        (Kind::Halves, _) => "yuv16",
        (Kind::Bytes, 3) => "rgb8",
        (Kind::Bytes, _) => "rgba8",
        (Kind::Words, 1) => "gray16",
        (Kind::Words, _) => "rgb16",
        (Kind::Floats, 1) => "f32",
        (Kind::Floats, _) => "f32-hwc",
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
        offset: place.offset.max(0) as usize * seen.kind.size() + seen.first,
        length: place.length() * seen.kind.size(),
        score,
    })
}
