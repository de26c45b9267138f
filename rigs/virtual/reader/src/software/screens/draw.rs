//! Draws a screen with what varies on it. A pure function of its input.

use ab_glyph::FontVec;
use image::{Rgb, RgbImage};

use super::canvas::Canvas;
use super::{Body, ECHO, GUIDANCE, GUIDANCE_NARROW, PREVIEW, Place, Screen, cells};

const INK: [u8; 3] = [20, 20, 24];
const PAPER: [u8; 3] = [255, 255, 255];
const KEY: [u8; 3] = [222, 230, 240];
const ACTION: [u8; 3] = [36, 100, 176];
const QUIET: [u8; 3] = [110, 116, 124];

/// What varies on a screen.
pub struct Varying<'a> {
    pub guidance: &'a str,
    /// Digits of the keypad in reading order.
    pub layout: &'a [u8; 10],
    /// Digits typed.
    pub typed: usize,
    pub preview: Option<&'a RgbImage>,
    /// Is 目視 offered?
    pub visual: bool,
}

/// Draws.
pub fn draw(font: &FontVec, size: (u32, u32), screen: &Screen, varying: &Varying) -> RgbImage {
    let mut canvas = Canvas::new(font, size);
    if screen.body == Body::Colours {
        ramps(&mut canvas);
        return canvas.picture;
    }
    canvas.fill([0, 0, 800, 72], screen.tint);
    canvas.text([20, 0, 760, 72], 44.0, PAPER, screen.title);
    let narrow = screen.body == Body::Keypad;
    let place = if narrow { GUIDANCE_NARROW } else { GUIDANCE };
    canvas.text(place, 40.0, INK, varying.guidance);
    match screen.body {
        Body::Symbol(symbol) => canvas.text([200, 160, 400, 170], 130.0, screen.tint, symbol),
        Body::Preview => match varying.preview {
            Some(picture) => canvas.picture(PREVIEW, picture),
            None => canvas.fill(PREVIEW, QUIET),
        },
        Body::Keypad => keypad(&mut canvas, varying),
        Body::Colours => {}
    }
    for button in screen.buttons {
        if button.id == "visual" && !varying.visual {
            continue;
        }
        let colour = if button.id == "cancel" || button.id == "decline" {
            QUIET
        } else {
            ACTION
        };
        canvas.fill(button.place, colour);
        canvas.text(button.place, 38.0, PAPER, button.label);
    }
    canvas.picture
}

fn keypad(canvas: &mut Canvas, varying: &Varying) {
    canvas.fill(ECHO, KEY);
    canvas.text(ECHO, 40.0, INK, &"●".repeat(varying.typed));
    for (place, digit) in cells().into_iter().zip(varying.layout) {
        key(canvas, place, *digit);
    }
}

/// One key.
pub fn key(canvas: &mut Canvas, place: Place, digit: u8) {
    canvas.fill(place, KEY);
    canvas.text(place, 56.0, INK, &digit.to_string());
}

/// Three bands in which red, green, blue run through all levels from left to right.
fn ramps(canvas: &mut Canvas) {
    let (width, height) = canvas.picture.dimensions();
    for (x, y, Rgb(pixel)) in canvas.picture.enumerate_pixels_mut() {
        let channel = (y * 3 / height.max(1)).min(2) as usize;
        let mut colour = [0; 3];
        colour[channel] = (x * 256 / width.max(1)).min(255) as u8;
        *pixel = colour;
    }
}
