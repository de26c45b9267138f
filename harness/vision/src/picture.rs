//! An RGB picture: checked dimensions, PNG in and out, crops, masks, colour levels.
//!
//! Called by the catalogue, the recogniser and `shinsa-rig`.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageFormat, ImageReader, Limits, RgbImage};

use crate::catalogue::Region;

/// Longest edge of a picture that is accepted, px.
pub const LONGEST_EDGE: u32 = 8192;

/// 8-bit RGB, rows from the top, no padding; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    image: RgbImage,
}

/// Why bytes are no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Width or height out of range.
    #[error("a picture of {0} x {1} px: expected 1 to {LONGEST_EDGE} px each way")]
    Size(u32, u32),
    /// Bytes do not fit the dimensions.
    #[error("{got} bytes for {width} x {height} px: expected {want}")]
    Length {
        /// px.
        width: u32,
        /// px.
        height: u32,
        /// Bytes there.
        got: usize,
        /// Bytes due.
        want: usize,
    },
    /// PNG codec.
    #[error("PNG: {0}")]
    Png(#[from] image::ImageError),
}

impl Picture {
    /// Takes `3 * width * height` bytes.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self, PictureError> {
        let edge = 1..=LONGEST_EDGE;
        if !edge.contains(&width) || !edge.contains(&height) {
            return Err(PictureError::Size(width, height));
        }
        let (got, want) = (rgb.len(), 3 * width as usize * height as usize);
        if got != want {
            return Err(PictureError::Length {
                width,
                height,
                got,
                want,
            });
        }
        let image = RgbImage::from_raw(width, height, rgb).ok_or(PictureError::Length {
            width,
            height,
            got,
            want,
        })?;
        Ok(Self { image })
    }

    /// Decodes a PNG of bounded size.
    pub fn from_png(bytes: &[u8]) -> Result<Self, PictureError> {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
        let mut limits = Limits::default();
        limits.max_image_width = Some(LONGEST_EDGE);
        limits.max_image_height = Some(LONGEST_EDGE);
        reader.limits(limits);
        let image = reader.decode()?.into_rgb8();
        Self::new(image.width(), image.height(), image.into_raw())
    }

    /// As PNG. A screen's rows mostly repeat the row above: trying each filter for each row costs more than it saves.
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let encoder =
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Up);
        self.image.write_with_encoder(encoder)?;
        Ok(bytes)
    }

    /// px.
    pub fn width(&self) -> u32 {
        self.image.width()
    }

    /// px.
    pub fn height(&self) -> u32 {
        self.image.height()
    }

    /// Raw bytes, three for each px.
    pub fn rgb(&self) -> &[u8] {
        self.image.as_raw()
    }

    /// The part inside `region`; `None` where the region lies outside.
    pub fn crop(&self, region: Region) -> Option<Self> {
        let [x, y, w, h] = self.clip(region)?;
        let image = image::imageops::crop_imm(&self.image, x, y, w, h).to_image();
        Some(Self { image })
    }

    /// Blackens regions (personal data on screens of real patients).
    pub fn mask(&mut self, regions: &[Region]) {
        for region in regions {
            let Some([x, y, w, h]) = self.clip(*region) else {
                continue;
            };
            for row in y..y + h {
                for column in x..x + w {
                    self.image.put_pixel(column, row, image::Rgb([0, 0, 0]));
                }
            }
        }
    }

    /// Different values that occur in each channel (R, G, B), 1 to 256.
    pub fn levels(&self) -> [u32; 3] {
        let mut seen = [[false; 256]; 3];
        for pixel in self.rgb().chunks_exact(3) {
            for (channel, value) in pixel.iter().enumerate() {
                seen[channel][usize::from(*value)] = true;
            }
        }
        seen.map(|values| values.iter().filter(|there| **there).count() as u32)
    }

    /// Widest step between neighbouring values that occur in each channel (R, G, B); 0 for a flat channel.
    pub fn widest_gaps(&self) -> [u32; 3] {
        let mut seen = [[false; 256]; 3];
        for pixel in self.rgb().chunks_exact(3) {
            for (channel, value) in pixel.iter().enumerate() {
                seen[channel][usize::from(*value)] = true;
            }
        }
        seen.map(|values| {
            let there: Vec<u32> = (0..256).filter(|v| values[*v as usize]).collect();
            there.windows(2).map(|w| w[1] - w[0]).max().unwrap_or(0)
        })
    }

    fn clip(&self, region: Region) -> Option<[u32; 4]> {
        let [x, y, w, h] = region.0;
        let right = x.saturating_add(w).min(self.width());
        let bottom = y.saturating_add(h).min(self.height());
        (x < right && y < bottom).then(|| [x, y, right - x, bottom - y])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_and_bytes_must_agree() {
        assert!(Picture::new(2, 2, vec![0; 12]).is_ok());
        assert!(matches!(
            Picture::new(2, 2, vec![0; 11]),
            Err(PictureError::Length { want: 12, .. })
        ));
        assert!(matches!(
            Picture::new(0, 2, vec![]),
            Err(PictureError::Size(0, 2))
        ));
        assert!(Picture::from_png(b"no png").is_err());
    }

    #[test]
    fn levels_count_what_occurs() {
        let picture = Picture::new(2, 1, vec![0, 10, 7, 8, 10, 9]).unwrap();
        assert_eq!(picture.levels(), [2, 1, 2]);
        assert_eq!(picture.widest_gaps(), [8, 0, 2]);
    }

    #[test]
    fn masks_and_crops_stay_inside() {
        let mut picture = Picture::new(4, 4, vec![255; 48]).unwrap();
        assert!(picture.crop(Region([4, 0, 1, 1])).is_none());
        assert_eq!(picture.crop(Region([2, 2, 9, 9])).unwrap().width(), 2);
        picture.mask(&[Region([3, 3, u32::MAX, u32::MAX])]);
        assert_eq!(picture.rgb()[45..], [0, 0, 0]);
        assert_eq!(Picture::from_png(&picture.png().unwrap()).unwrap(), picture);
    }
}
