//! Which digit stands in which cell of the keypad: NCC of the catalogue's glyph pictures with each cell.
//!
//! A cell whose best two digits are too close, or a digit that would stand in two cells, gives no layout at all:
//! a PIN must never be typed by guess.

use crate::catalogue::{Catalogue, Screen};
use crate::grey::{Grey, Template};
use crate::picture::Picture;

/// Edge of the compared pictures, px.
const EDGE: usize = 32;
/// Smallest NCC of a read digit.
const THRESHOLD: f32 = 0.80;
/// Smallest lead over the second best digit.
const MARGIN: f32 = 0.03;

impl Catalogue {
    /// Digits of the screen's cells, in the catalogue's order; `None` where any is ambiguous or the screen has no keypad.
    pub fn keypad(&self, screen: &Screen, frame: &Picture) -> Option<Vec<char>> {
        let cells = &screen.keypad.as_ref()?.cells;
        let size = (frame.width(), frame.height());
        let glyphs: Vec<(char, Template)> = self
            .glyphs
            .iter()
            .map(|(digit, glyph)| {
                let glyph = glyph.resized(EDGE, EDGE).values;
                (*digit, Template::new(glyph, vec![1.0; EDGE * EDGE]))
            })
            .collect();
        let mut layout = Vec::with_capacity(cells.len());
        for cell in cells {
            let cell = Grey::reduced(&frame.crop(cell.scaled(self.size, size))?, EDGE, EDGE);
            let mut scores: Vec<(char, f32)> = glyphs
                .iter()
                .map(|(digit, glyph)| (*digit, glyph.ncc(&cell.values)))
                .collect();
            scores.sort_by(|a, b| b.1.total_cmp(&a.1));
            let (digit, best) = *scores.first()?;
            let second = scores.get(1).map_or(-1.0, |second| second.1);
            if best < THRESHOLD || best - second < MARGIN || layout.contains(&digit) {
                return None;
            }
            layout.push(digit);
        }
        Some(layout)
    }
}
