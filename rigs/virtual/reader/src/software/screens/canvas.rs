//! A picture to draw on, in grid coordinates scaled to the panel: boxes and text (IPAex Gothic).

use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};
use anyhow::{Context, Result};
use image::{Rgb, RgbImage};

use super::{GRID, Place};

/// Where Debian puts the typeface.
const TYPEFACE: &str = "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf";

/// Loads the typeface.
pub fn typeface() -> Result<FontVec> {
    let bytes = std::fs::read(TYPEFACE)
        .with_context(|| format!("{TYPEFACE}: install fonts-ipaexfont-gothic"))?;
    FontVec::try_from_vec(bytes).context("typeface cannot be read")
}

/// A picture of the panel's size.
pub struct Canvas<'font> {
    pub picture: RgbImage,
    font: &'font FontVec,
    scale: (f32, f32),
}

impl<'font> Canvas<'font> {
    /// White, `size` px.
    pub fn new(font: &'font FontVec, size: (u32, u32)) -> Self {
        Self {
            picture: RgbImage::from_pixel(size.0, size.1, Rgb([252, 252, 248])),
            font,
            scale: (size.0 as f32 / GRID.0 as f32, size.1 as f32 / GRID.1 as f32),
        }
    }

    /// A grid place in px: left, top, right, bottom.
    pub fn px(&self, place: Place) -> [u32; 4] {
        let (x, y) = self.scale;
        let [left, top, width, height] = place.map(|v| v as f32);
        [left * x, top * y, (left + width) * x, (top + height) * y].map(|v| v.round() as u32)
    }

    /// Fills a place.
    pub fn fill(&mut self, place: Place, colour: [u8; 3]) {
        let [left, top, right, bottom] = self.px(place);
        for y in top..bottom.min(self.picture.height()) {
            for x in left..right.min(self.picture.width()) {
                self.picture.put_pixel(x, y, Rgb(colour));
            }
        }
    }

    /// Text in the middle of a place, made smaller where it would not fit. `size`: em height in the grid.
    pub fn text(&mut self, place: Place, size: f32, colour: [u8; 3], text: &str) {
        let [left, top, right, bottom] = self.px(place).map(|v| v as f32);
        let mut em = size * self.scale.0.min(self.scale.1);
        let wide = width(self.font, em, text);
        if wide > right - left {
            em *= (right - left) / wide;
        }
        let scaled = self.font.as_scaled(PxScale::from(em));
        let mut pen = left + (right - left - width(self.font, em, text)) / 2.0;
        let baseline =
            f32::midpoint(top, bottom) + f32::midpoint(scaled.ascent(), scaled.descent());
        for character in text.chars() {
            let id = self.font.glyph_id(character);
            let glyph = id.with_scale_and_position(PxScale::from(em), point(pen, baseline));
            pen += scaled.h_advance(id);
            if let Some(outline) = self.font.outline_glyph(glyph) {
                self.put(&outline, colour);
            }
        }
    }

    fn put(&mut self, outline: &ab_glyph::OutlinedGlyph, colour: [u8; 3]) {
        let bounds = outline.px_bounds();
        outline.draw(|dx, dy, coverage| {
            let x = bounds.min.x as i64 + i64::from(dx);
            let y = bounds.min.y as i64 + i64::from(dy);
            let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
                return;
            };
            if let Some(Rgb(pixel)) = self.picture.get_pixel_mut_checked(x, y) {
                let coverage = coverage.clamp(0.0, 1.0);
                for (value, ink) in pixel.iter_mut().zip(colour) {
                    *value =
                        (f32::from(*value) * (1.0 - coverage) + f32::from(ink) * coverage) as u8;
                }
            }
        });
    }

    /// A picture, resized into a place.
    pub fn picture(&mut self, place: Place, picture: &RgbImage) {
        let [left, top, right, bottom] = self.px(place);
        let filter = image::imageops::FilterType::Triangle;
        let fitted = image::imageops::resize(picture, right - left, bottom - top, filter);
        image::imageops::replace(&mut self.picture, &fitted, left.into(), top.into());
    }
}

fn width(font: &FontVec, em: f32, text: &str) -> f32 {
    let scaled = font.as_scaled(PxScale::from(em));
    text.chars()
        .map(|character| scaled.h_advance(font.glyph_id(character)))
        .sum()
}
