//! Pixels of a canary image, wiped on drop.

use crate::canary::SecretBytes;

/// Pixels that are no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{width} x {height} pixels of {channels} bytes need {needed} bytes, not {has}", needed = width.saturating_mul(*height).saturating_mul(*channels))]
pub struct NotAPicture {
    width: usize,
    height: usize,
    channels: usize,
    has: usize,
}

/// A rectangle in a picture, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    /// First column.
    pub left: usize,
    /// First row.
    pub top: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// A picture of 8-bit samples, grey or RGB, rows from the top without padding.
pub struct Picture {
    width: usize,
    height: usize,
    channels: usize,
    samples: SecretBytes,
}

impl Picture {
    /// One byte per pixel.
    ///
    /// # Errors
    /// Not `width` × `height` bytes, or none.
    pub fn grey(width: usize, height: usize, samples: SecretBytes) -> Result<Self, NotAPicture> {
        Self::new(width, height, 1, samples)
    }

    /// Red, green, blue per pixel.
    ///
    /// # Errors
    /// Not 3 × `width` × `height` bytes, or none.
    pub fn rgb(width: usize, height: usize, samples: SecretBytes) -> Result<Self, NotAPicture> {
        Self::new(width, height, 3, samples)
    }

    fn new(
        width: usize,
        height: usize,
        channels: usize,
        samples: SecretBytes,
    ) -> Result<Self, NotAPicture> {
        let needed = width
            .checked_mul(height)
            .and_then(|area| area.checked_mul(channels));
        if samples.is_empty() || needed != Some(samples.len()) {
            return Err(NotAPicture {
                width,
                height,
                channels,
                has: samples.len(),
            });
        }
        Ok(Self {
            width,
            height,
            channels,
            samples,
        })
    }

    /// A part of it; `None` where that does not lie inside or is empty.
    pub fn part(&self, part: Rectangle) -> Option<Self> {
        let inside = part.left.checked_add(part.width)? <= self.width
            && part.top.checked_add(part.height)? <= self.height;
        if !inside || part.width == 0 || part.height == 0 {
            return None;
        }
        let row = part.width * self.channels;
        let mut samples = SecretBytes::with_capacity(row * part.height);
        for y in part.top..part.top + part.height {
            let from = (y * self.width + part.left) * self.channels;
            samples.append(&self.samples.reveal()[from..from + row]);
        }
        Some(Self {
            width: part.width,
            height: part.height,
            samples,
            ..*self
        })
    }

    /// Pixels per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green and blue of a pixel inside the picture.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * self.channels;
        let samples = self.samples.reveal();
        if self.channels == 1 {
            [samples[at]; 3]
        } else {
            [samples[at], samples[at + 1], samples[at + 2]]
        }
    }

    /// The samples; the caller must neither keep nor print them.
    pub fn reveal(&self) -> &[u8] {
        self.samples.reveal()
    }
}
