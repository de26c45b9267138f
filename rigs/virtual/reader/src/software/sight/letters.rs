//! Pictures of the characters that stand on a card's front, as the card's typeface prints them.

use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};

use super::grey::Grey;

/// Every character that is read.
pub const CHARACTERS: &str = "0123456789年月日元明治大正昭和平成令";

/// One character in one size.
pub struct Letter {
    pub character: char,
    /// How far the next character stands to the right, px.
    pub advance: f32,
    pub picture: Grey,
}

/// All characters in one size.
pub struct Letters {
    pub letters: Vec<Letter>,
}

impl Letters {
    /// `size`: line height, px.
    pub fn new(font: &FontVec, size: f32) -> Self {
        let letters = CHARACTERS
            .chars()
            .map(|character| letter(font, size, character))
            .collect();
        Self { letters }
    }
}

fn letter(font: &FontVec, size: f32, character: char) -> Letter {
    let scaled = font.as_scaled(PxScale::from(size));
    let id = font.glyph_id(character);
    let advance = scaled.h_advance(id);
    let (width, height) = (advance.ceil() as usize, size.ceil() as usize);
    let mut values = vec![255.0; width * height];
    let glyph = id.with_scale_and_position(PxScale::from(size), point(0.0, scaled.ascent()));
    if let Some(outline) = font.outline_glyph(glyph) {
        let bounds = outline.px_bounds();
        outline.draw(|dx, dy, coverage| {
            let x = bounds.min.x as i64 + i64::from(dx);
            let y = bounds.min.y as i64 + i64::from(dy);
            if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
                && x < width
                && y < height
            {
                values[y * width + x] *= 1.0 - coverage.clamp(0.0, 1.0);
            }
        });
    }
    Letter {
        character,
        advance,
        picture: Grey {
            width,
            height,
            values,
        },
    }
}
