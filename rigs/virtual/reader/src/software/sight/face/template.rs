//! A face as a template: its aligned picture, locally normalised, a thousand numbers.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::grey::Grey;
use super::align;
use super::compare::{Blocks, COLUMNS, MARGIN, ROWS};
use super::pose::Pose;

/// Distance of compared points, in half head widths; the top row's height over the head's centre.
const STEP: f32 = 0.053;
const UP: f32 = 0.55;
/// Half a head's width in the reduced picture, px, about.
const HALF: f32 = 20.0;
/// Radii of the local normalisation before aligning and before comparing, in half head widths.
const ALIGNING: f32 = 0.35;
const COMPARING: f32 = 0.2;
/// Steepness of the curve that evens normalised values out.
const STEEP: f32 = 4.0;
/// The photo standard's face: centre and half width, in parts of the photo's width.
const PHOTO_CENTRE: [f32; 2] = [0.5, 0.595];
const PHOTO_HALF: f32 = 0.312;
/// Where the marked place in front of the camera puts a head: centre in px, half width.
const LIVE: Pose = Pose {
    centre: [320.0, 235.0],
    half: 95.0,
    turn: 0.0,
};
/// A live picture whose middle varies less than this shows nobody.
const NOBODY: f32 = 10.0;
/// Where the worse eye fits less than this, there is no face.
const FACELESS: f32 = 0.2;

/// A face made ready for comparing: usually one view, two where it is not clear which places are the eyes. None where
/// nothing looks like eyes: it is like nobody. Wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Template(pub(super) Vec<View>);

/// An aligned face.
#[derive(Zeroize)]
pub(super) struct View {
    /// The patch with its margin, row by row, mean 0.
    pub patch: Vec<f32>,
    /// Sums of squares of the blocks at each shift.
    pub energies: Vec<Blocks>,
}

impl Template {
    /// Of a chip's photo, which shows a face where the photo standard wants it.
    pub fn of_photo(photo: &Grey) -> Self {
        let width = photo.width as f32;
        let pose = Pose {
            centre: PHOTO_CENTRE.map(|part| part * width),
            half: width * PHOTO_HALF,
            turn: 0.0,
        };
        Self::found(photo, &pose).0
    }

    /// Of a live picture (640x480); `None`: nobody is there, or no face can be found.
    pub fn of_live(live: &Grey) -> Option<Self> {
        let middle = live.part(200, 100, 240, 280)?;
        if middle.spread() < NOBODY {
            return None;
        }
        let (template, fit) = Self::found(live, &LIVE);
        (fit >= FACELESS).then_some(template)
    }

    fn found(picture: &Grey, expected: &Pose) -> (Self, f32) {
        let factor = (expected.half / HALF).round().max(1.0);
        let half = expected.half / factor;
        let small = picture.reduced(factor);
        let poses = align::find(
            picture,
            expected,
            &small.normalised((half * ALIGNING) as usize),
            factor,
        );
        let fit = poses.first().map_or(0.0, |(_, fit)| *fit);
        let small = small.normalised((half * COMPARING) as usize);
        let view = |(pose, _): &(Pose, f32)| view(&small, &pose.reduced(factor));
        (Self(poses.iter().map(view).collect()), fit)
    }
}

fn view(picture: &Grey, pose: &Pose) -> View {
    let mut patch = Vec::with_capacity(COLUMNS * ROWS);
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let x = (column as f32 - (COLUMNS - 1) as f32 / 2.0) * STEP;
            let y = (row as f32 - MARGIN as f32) * STEP - UP;
            let (px, py) = pose.place(x, y);
            // Strong edges count little more than weak ones.
            patch.push((picture.at(px, py) * STEEP).tanh());
        }
    }
    View::of_patch(patch)
}
