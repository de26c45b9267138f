//! 1:1 face matching: is the person before the camera the one in the photo?
//!
//! The photo's face (where the photo standard puts it) is laid over the live picture in many scales, turns and places;
//! the score is the best NCC of locally normalised pixels. Simple, and honest: it knows nothing but the two pictures.
//! Accuracy on a population is another matter and is measured, not claimed.

use super::grey::Grey;

/// Half a head's width in the compared pictures, px: coarse and fine.
const COARSE: f32 = 20.0;
const FINE: f32 = 40.0;
/// The photo standard's face: centre and half width, in parts of the photo's width.
const PHOTO_CENTRE: (f32, f32) = (0.5, 0.595);
const PHOTO_HALF: f32 = 0.312;
/// The compared part of a face, in half head widths from the centre: left/right, up, down.
const PART: (f32, f32, f32) = (0.85, 0.75, 1.0);
/// Where the marked place in front of the camera puts a head: centre in px, half width.
const LIVE_CENTRE: (f32, f32) = (320.0, 235.0);
const LIVE_HALF: f32 = 95.0;
/// How far a head may be from the marked place, in half head widths.
const REACH: f32 = 0.35;
/// A live picture whose middle varies less than this shows nobody.
const NOBODY: f32 = 10.0;
/// Score from which on two pictures show one person. Between the shipped people's genuine scores (above 0.8) and
/// impostor scores (below 0.62), see the test.
pub const THRESHOLD: f32 = 0.72;

/// A photo prepared for comparing.
pub struct Matcher {
    photo: Grey,
    coarse: Vec<Pose>,
}

/// The photo's face in one scale and turn.
struct Pose {
    scale: f32,
    turn: f32,
    face: Grey,
}

impl Matcher {
    /// Prepares a photo.
    pub fn new(photo: &Grey) -> Self {
        let half = photo.width as f32 * PHOTO_HALF;
        let photo = photo.reduced((half / FINE).max(1.0));
        let photo = normalised(&photo, FINE);
        let mut coarse = Vec::new();
        for scale in -4..=4 {
            for turn in -3..=3 {
                let (scale, turn) = (1.0 + scale as f32 * 0.02, turn as f32 * 0.02);
                coarse.push(Pose {
                    scale,
                    turn,
                    face: face(&photo, COARSE, scale, turn),
                });
            }
        }
        Self { photo, coarse }
    }

    /// Score of a live picture (640x480), −1 to 1; `None`: nobody is there.
    pub fn score(&self, live: &Grey) -> Option<f32> {
        let middle = live.part(200, 100, 240, 280)?;
        if middle.spread() < NOBODY {
            return None;
        }
        let coarse = &normalised(&live.reduced(LIVE_HALF / COARSE), COARSE);
        let reach = (REACH * COARSE) as isize;
        let (pose, x, y) = self
            .coarse
            .iter()
            .flat_map(|pose| {
                let (left, top) = corner(COARSE);
                (-reach..=reach)
                    .flat_map(move |dy| (-reach..=reach).map(move |dx| (left + dx, top + dy)))
                    .filter_map(move |(x, y)| {
                        coarse
                            .ncc(&pose.face, x, y)
                            .map(|score| (score, pose, x, y))
                    })
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, pose, x, y)| (pose, x, y))?;
        let fine = normalised(&live.reduced(LIVE_HALF / FINE), FINE);
        let ratio = (FINE / COARSE) as isize;
        let mut best = f32::MIN;
        for scale in -1..=1 {
            for turn in -1..=1 {
                let face = face(
                    &self.photo,
                    FINE,
                    pose.scale + scale as f32 * 0.01,
                    pose.turn + turn as f32 * 0.01,
                );
                for dy in -3..=3 {
                    for dx in -3..=3 {
                        let score = fine.ncc(&face, x * ratio + dx, y * ratio + dy);
                        best = best.max(score.unwrap_or(f32::MIN));
                    }
                }
            }
        }
        Some(best)
    }
}

/// Top left corner of the compared part where the head is at its marked place.
fn corner(half: f32) -> (isize, isize) {
    let px = half / LIVE_HALF;
    (
        (LIVE_CENTRE.0 * px - PART.0 * half).round() as isize,
        (LIVE_CENTRE.1 * px - PART.1 * half).round() as isize,
    )
}

fn normalised(picture: &Grey, half: f32) -> Grey {
    picture.normalised((half * 0.35) as usize)
}

/// The compared part of a normalised photo, drawn with `half` px for half a head's width times `scale`, turned by `turn` rad.
fn face(photo: &Grey, half: f32, scale: f32, turn: f32) -> Grey {
    let width = photo.width as f32;
    let unit = width * PHOTO_HALF / (half * scale);
    let (sin, cos) = turn.sin_cos();
    let (across, up, down) = (PART.0 * half, PART.1 * half, PART.2 * half);
    let (columns, rows) = ((across * 2.0) as usize, (up + down) as usize);
    let mut values = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = ((column as f32 - across) * unit, (row as f32 - up) * unit);
            values.push(photo.at(
                PHOTO_CENTRE.0 * width + x * cos - y * sin,
                PHOTO_CENTRE.1 * width + x * sin + y * cos,
            ));
        }
    }
    Grey {
        width: columns,
        height: rows,
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fixture_people::{face as drawn, persona};

    fn grey_photo(person: &persona::Persona) -> Grey {
        let photo = drawn::card_photo(person);
        Grey::of(378, 472, 1, photo.as_raw()).unwrap()
    }

    #[test]
    fn holders_score_above_the_threshold_and_others_below() {
        let people =
            persona::load(std::path::Path::new("../../../fixtures/personas.yaml")).unwrap();
        let (mut worst, mut luckiest) = (1.0_f32, -1.0_f32);
        for (n, person) in people.iter().enumerate() {
            let matcher = Matcher::new(&grey_photo(person));
            for (m, other) in people.iter().enumerate() {
                let seeds: &[u64] = if n == m { &[1, 2, 3, 4, 5, 6] } else { &[7, 8] };
                for seed in seeds {
                    let live = drawn::live_face(other, seed + n as u64 * 10);
                    let live = Grey::of(640, 480, 3, live.as_raw()).unwrap();
                    let score = matcher.score(&live).unwrap();
                    if n == m {
                        worst = worst.min(score);
                    } else {
                        luckiest = luckiest.max(score);
                    }
                }
            }
        }
        println!("worst genuine {worst}, luckiest impostor {luckiest}");
        assert!(worst > THRESHOLD + 0.05, "{worst}");
        assert!(luckiest < THRESHOLD - 0.05, "{luckiest}");
    }

    #[test]
    fn an_empty_room_has_no_score() {
        let people =
            persona::load(std::path::Path::new("../../../fixtures/personas.yaml")).unwrap();
        let room = drawn::empty_room();
        let room = Grey::of(640, 480, 3, room.as_raw()).unwrap();
        assert!(Matcher::new(&grey_photo(&people[0])).score(&room).is_none());
    }
}
