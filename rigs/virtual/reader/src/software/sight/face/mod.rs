//! 1:1 face matching: is the person before the camera the one in the photo?
//!
//! The eyes are found, the face is cut out with its eyes level and locally normalised (a template); two templates are
//! compared by the correlation of blocks. Simple, and honest: it knows nothing but the two pictures.

mod align;
mod compare;
mod eyes;
mod generic;
mod pattern;
mod pose;
mod template;

pub use template::Template;

use super::grey::Grey;

/// Score from which on two pictures show one person. A little stricter than a false match rate of 0.01 %: on a training
/// population of 2,000 drawn subjects in the ideal environment (4 million impostor pairs) that rate is at 0.707, and 0.72
/// gives 0.0043 %. On four populations used for nothing else (1,000 subjects and 999,000 impostor pairs each) 0.72 gives
/// FMR 0.0040 … 0.0067 % and FNMR 6 in 12,000. See the ignored tests in `accuracy.rs`.
pub const THRESHOLD: f32 = 0.72;

/// A photo prepared for comparing.
pub struct Matcher(Template);

impl Matcher {
    /// Prepares a photo.
    pub fn new(photo: &Grey) -> Self {
        Self(Template::of_photo(photo))
    }

    /// The template's numbers. Only a planted defect asks.
    pub fn numbers(&self) -> impl Iterator<Item = f32> {
        self.0.0.iter().flat_map(|view| view.patch.iter().copied())
    }

    /// Score of a live picture (640x480), −1 to 1; `None`: nobody is there.
    pub fn score(&self, live: &Grey) -> Option<f32> {
        Some(self.0.compare(&Template::of_live(live)?))
    }
}

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod scores;
#[cfg(test)]
mod tests;
