//! Copies of a canary picture of which no byte need be the same: resized, recompressed, in other colours, as numbers.
//!
//! One pass over the bytes that a hunt reads finds *stretches* that look like pixels (`texture`, `gather`). Of each, lively pieces tell the distance from
//! row to row by vote (`rows`), and what pixels can be (`pixels`). Then the whole canary picture is laid everywhere into it, sides kept or made a square, as
//! seen, mirrored and bottom-up: by summed areas (`sums`) on a coarse grid (`coarse`), and where that fits, on a fine one of 32 cells across, moved and
//! stretched until it fits best (`fine`). What decides is the normalised correlation of band-passed pictures (`grid`).
//!
//! **The limit** (0.9) comes from measuring; `with_limit` measures again. Photos of 200 drawn people (378 × 472, one pose, one ground), 48 … 400 px
//! wide, four filters, grey, RGB, RGBA and f32, among random bytes. Copies of the picture itself, 1,300 looks: all found as pictures,
//! median 0.988, 1 % below 0.918, the lowest 0.861 (under 100 px, nearest neighbour). Somebody else's, 3,000 looks: 29 % fit nowhere,
//! the others' median is 0.56, 99 % lie below 0.76, the highest is 0.868. No false alarm in 3,000 looks bounds their rate at 0.1 % (95 %
//! confidence). Taken as normal after Fisher's transformation (mean 0.643, spread 0.156) 0.9 is 5.3 spreads off, 4 in 10⁸ looks; the highest of the
//! 3,000 lies at 4.4, so the real tail is heavier, and *below 1 in 10⁶ is not shown*. A look is another person's portrait in the same pose and framing;
//! in 278 MiB of programs, libraries and a font no place passed even the coarse grid. Drawn people share one hand: real photos differ more in light and ground.
//!
//! **Captured frames** are found by another picture of the same moment (`FacePresenter.Witness`), laid over them as a whole. 100 drawn people before
//! a plain wall, 640 × 480, other sensor noise: as RGB, BGRA, grey, f32, and resized to 320, 200 and 96 px, 700 looks: median 0.99 (0.97 resized), lowest 0.891. The same person at another
//! moment 0.70 … 0.98, somebody else's frames up to 0.931, median 0.71: what is found is a captured face, of this patient or of one who looks much alike.
//!
//! **Faces inside pictures.** Of what was captured a reader keeps most likely the preview on its screen, or the face cut out for its recogniser. Where the caller
//! tells where the face lies, its inner part is looked for at every size down to 40 px inside whatever looks like a picture (`shapes`): any cut-out around a face holds it.
//!
//! **Recall**, by `examples/recall`: photos, frames, previews on screens of 800 × 480 … 1,920 × 1,080 and cut-outs of 200 drawn people, in nine layouts, beside eight kinds of
//! memory. 700 looks (numbers 10,001 and on, which nothing was tuned by): 689 found, 98.4 %; somebody else's picture in the same memory reached 0.871 at most, a face inside another 0.71.
//! Missed: small grey and padded pictures (rows of 90 px, or among longer stretches of a log), three of 160 px as f32 by pixel before a noisy wall, two faces just below the limit.
//! 16-bit samples (10 … 16 bits, little-endian; `words`) came later: of 200 looks in eleven layouts (40,001 and on) 193 were found, 32 of 34 of these; five of the seven
//! missed are cut-outs or previews in a log, and were before.
//! A wall with noise counts as a picture's ground: of 200 new looks (20,001 and on) 197 were found, 195 before; all three missed lie in a log; others' 0.888 at most.
//!
//! **What is not found**: other parts of a picture, faces turned by more than a few degrees, rows longer than the picture by more than an eighth,
//! turned copies, f16, big-endian 16 bits, planes of colour alone, depth maps, pictures under 40 px wide, faces under 40 px, more than 2 MiB of background
//! before the first or behind the last feature, pictures without features (`add` says so). *Other pictures of the same face* at another moment are none either:
//! 120 such of 60 people reached 0.67 … 0.98 against the chip's photo in its framing, median 0.87, others' 0.27 … 0.78. A wall behind the head must be plain: a
//! structured one is in every frame, with anybody before it or nobody ([`nearly_the_same`] tells).
//!
//! One finding for each stretch and picture: of several copies side by side the best is told. What looks like a picture beyond [`MOST`] bytes is not compared, and
//! told. Called by `hunt`. Must not: keep or print a sample; say that something is clean.

mod absolute;
mod cells;
mod coarse;
mod compare;
mod fine;
mod gather;
mod grid;
mod pixels;
mod plane;
mod rows;
mod shapes;
mod sums;
mod template;
#[cfg(test)]
mod tests;
mod texture;
mod words;

use std::ops::Range;

use crate::images::{Picture, Rectangle};
use compare::{LIMIT, compare};
use gather::{Gatherer, Stretch};
use plane::Plane;
use template::Template;

/// Bytes compared in one search at most; more are told as not compared.
const MOST: u64 = 256 << 20;

/// From which likeness on two pictures of one framing are taken for the same: another exposure could reach the limit of a finding.
const NEARLY: f32 = 0.8;

/// Are two pictures of one framing so much alike that what is found by one may be the other?
pub fn nearly_the_same(one: &Picture, other: &Picture) -> bool {
    let [one, other] = [one, other].map(|picture| Template::new(0, picture));
    let likeness = one.zip(other).map(|(one, other)| {
        let (one, other) = (&one.arranged[0].fine, &other.arranged[0].fine);
        one.correlation(other)
    });
    likeness.is_some_and(|likeness| likeness >= NEARLY)
}

/// Canary pictures ready to be recognised; wiped on drop.
#[derive(Default)]
pub struct Likeness {
    templates: Vec<Template>,
}

/// A copy that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// The caller's number of the picture.
    pub owner: u32,
    /// What was found, e.g. `gray8>resized-96x120+mirrored`.
    pub form: String,
    /// Position of its first byte.
    pub position: u64,
    /// Bytes, from its first to its last row.
    pub length: u64,
    /// Normalised correlation, −1 … 1.
    pub score: f32,
}

impl Likeness {
    /// Takes a picture in; `false` for one that cannot be recognised: without features, under 32 pixels wide, or more than
    /// twice as long as wide.
    pub fn add(&mut self, owner: u32, picture: &Picture) -> bool {
        let template = Template::new(owner, picture);
        let taken = template.is_some();
        self.templates.extend(template);
        taken
    }

    /// Takes the inner part of a face in: it is looked for at every size inside larger pictures, and in what was cut out around it. `false` as
    /// [`Likeness::add`], and where `part` does not lie inside the picture. Give the whole picture first: who is found by it is not told again.
    pub fn add_face(&mut self, owner: u32, picture: &Picture, part: Rectangle) -> bool {
        let face = picture.part(part);
        let template = face.and_then(|face| Template::new(owner, &face));
        let taken = template.is_some();
        self.templates.extend(template.map(|template| Template {
            part: true,
            ..template
        }));
        taken
    }

    /// No picture can be recognised.
    pub fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }
}

/// One search under way.
pub struct Looking<'a> {
    likeness: &'a Likeness,
    limit: f32,
    most: u64,
    gatherer: Gatherer,
    compared: u64,
    stretches: u64,
    found: Vec<Likely>,
    not_compared: Vec<Range<u64>>,
}

impl<'a> Looking<'a> {
    /// Begins at position 0.
    pub fn new(likeness: &'a Likeness) -> Self {
        Self {
            likeness,
            limit: LIMIT,
            most: MOST,
            gatherer: Gatherer::new(),
            compared: 0,
            stretches: 0,
            found: Vec::new(),
            not_compared: Vec::new(),
        }
    }

    /// With another limit than the one that findings have (−1 … 1): for measuring.
    #[must_use]
    pub fn with_limit(self, limit: f32) -> Self {
        Self { limit, ..self }
    }

    /// The next byte lies at `position` and follows none.
    pub fn restart(&mut self, position: u64) {
        self.with(|gatherer, on| gatherer.restart(position, on));
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.with(|gatherer, on| gatherer.feed(bytes, on));
    }

    /// What was found since the last time, and what looked like a picture and was not compared. Ends a picture that goes on.
    pub fn take(&mut self) -> (Vec<Likely>, Vec<Range<u64>>) {
        self.with(Gatherer::end);
        (
            std::mem::take(&mut self.found),
            std::mem::take(&mut self.not_compared),
        )
    }

    /// Stretches that looked like pictures so far, and their bytes.
    pub fn seen(&self) -> (u64, u64) {
        (self.stretches, self.compared)
    }

    fn with(&mut self, step: impl FnOnce(&mut Gatherer, gather::On<'_>)) {
        let Self {
            likeness,
            limit,
            most,
            gatherer,
            compared,
            stretches,
            found,
            not_compared,
        } = self;
        step(gatherer, &mut |stretch: Stretch<'_>| {
            let length = stretch.bytes.len() as u64;
            *stretches += 1;
            if *compared + length > *most {
                not_compared.push(stretch.position..stretch.position + length);
                return;
            }
            *compared += length;
            let plane = Plane::of(&stretch);
            for one in compare(&plane, &likeness.templates, *limit) {
                found.push(Likely {
                    owner: one.owner,
                    form: one.form,
                    position: stretch.position + one.offset as u64,
                    length: one.length as u64,
                    score: one.score,
                });
            }
        });
    }
}
