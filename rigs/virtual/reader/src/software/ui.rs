//! What stands on the panel and what a touch means. Owned by the flow; knows no card and no back end.

use std::sync::Arc;
use std::time::Duration;

use ab_glyph::FontVec;
use image::{Rgb, RgbImage};
use rand::seq::SliceRandom;
use tokio::sync::watch;
use tonic::transport::Channel;
use virtual_reader::{Defect, Defects};

use super::panel::{Display, TouchLayer};
use super::screens::catalogue::ORDERED;
use super::screens::draw::{Varying, draw};
use super::screens::{Body, GRID, Place, Screen, cells, screen};
use super::settings::Settings;

/// A meaningful touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// A button's id.
    Button(&'static str),
    /// A digit of the keypad. Never logged.
    Digit(u8),
}

/// The panel's user interface.
pub struct Ui {
    font: Arc<FontVec>,
    settings: watch::Receiver<Settings>,
    /// For screens that stand when no patient is there.
    standing: Display,
    /// For a patient's screens, which may show him, and his touches, which may be his PIN.
    visit: Option<(Display, TouchLayer)>,
    defects: Defects,
    only_layout: [u8; 10],
    now: &'static Screen,
    layout: [u8; 10],
    typed: usize,
}

impl Ui {
    /// Nothing is shown yet.
    pub fn new(
        font: Arc<FontVec>,
        settings: watch::Receiver<Settings>,
        standing: Display,
        defects: Defects,
    ) -> Self {
        Self {
            font,
            settings,
            standing,
            visit: None,
            defects,
            only_layout: shuffled(),
            now: screen("start"),
            layout: ORDERED,
            typed: 0,
        }
    }

    /// Id of the screen that stands.
    pub fn now(&self) -> &'static str {
        self.now.id
    }

    /// Shows a screen. Touches from before are forgotten.
    pub fn show(&mut self, id: &str) {
        self.now = screen(id);
        self.typed = 0;
        let shuffle = self.settings.borrow().is_on("keypad.shuffle");
        self.layout = match (shuffle, self.defects.has(Defect::ShuffleOnce)) {
            (false, _) => ORDERED,
            (true, false) => shuffled(),
            (true, true) => self.only_layout,
        };
        if let Some((_, layer)) = &mut self.visit {
            while layer.touches.try_recv().is_ok() {}
        }
        self.draw(None);
    }

    /// A patient comes: cables of his own, which go with him.
    pub async fn plug(&mut self, bus: &Channel) {
        // What stands must not arrive after the patient's first screen.
        self.standing.settled().await;
        let layer = TouchLayer::plug(bus).await;
        self.visit = Some((Display::plug(bus), layer));
    }

    /// The patient's cables are pulled out.
    pub async fn unplug(&mut self) {
        if let Some((display, layer)) = self.visit.take() {
            display.unplug().await;
            layer.unplug().await;
        }
    }

    /// Shows the patient to himself.
    pub fn preview(&mut self, picture: &RgbImage) {
        self.draw(Some(picture));
    }

    /// Shows how many digits were typed.
    pub fn typed(&mut self, count: usize) {
        self.typed = count;
        self.draw(None);
    }

    /// The next touch that means something on the screen that stands; for ever, where nothing is touched.
    pub async fn touch(&mut self) -> Touch {
        loop {
            let Some((_, layer)) = &mut self.visit else {
                return std::future::pending().await;
            };
            let Some(at) = layer.touches.recv().await else {
                return std::future::pending().await;
            };
            if let Some(touch) = self.meaning(at) {
                return touch;
            }
        }
    }

    /// As [`Ui::touch`], `None` after `within`.
    pub async fn touch_within(&mut self, within: Duration) -> Option<Touch> {
        tokio::time::timeout(within, self.touch()).await.ok()
    }

    fn meaning(&self, (x, y): (f64, f64)) -> Option<Touch> {
        let size = self.size();
        let (x, y) = (
            x * f64::from(GRID.0) / f64::from(size.0),
            y * f64::from(GRID.1) / f64::from(size.1),
        );
        let dead = self.defects.has(Defect::DeadTouch) && self.now.id == "choose-method";
        let button = self
            .now
            .buttons
            .iter()
            .filter(|button| button.id != "visual" || self.visual())
            .filter(|button| !(dead && button.id == "cancel"))
            .find(|button| holds(button.place, x, y));
        if let Some(button) = button {
            return Some(Touch::Button(button.id));
        }
        let keypad = self.now.body == Body::Keypad;
        let cell = cells()
            .iter()
            .position(|cell| keypad && holds(*cell, x, y))?;
        Some(Touch::Digit(self.layout[cell]))
    }

    fn visual(&self) -> bool {
        self.settings.borrow().is_on("mode.visual")
    }

    fn size(&self) -> (u32, u32) {
        if self.defects.has(Defect::SmallPanel) {
            return (600, 360);
        }
        let settings = self.settings.borrow();
        (
            settings.number("display.width") as u32,
            settings.number("display.height") as u32,
        )
    }

    fn draw(&self, preview: Option<&RgbImage>) {
        let key = format!("texts.{}.guidance", self.now.id);
        let custom = self.settings.borrow().text(&key).map(str::to_owned);
        let custom = custom.filter(|_| !self.defects.has(Defect::FixedText));
        let varying = Varying {
            guidance: custom.as_deref().unwrap_or(self.now.guidance),
            layout: &self.layout,
            typed: self.typed,
            preview,
            visual: self.visual(),
        };
        let mut picture = draw(&self.font, self.size(), self.now, &varying);
        if self.defects.has(Defect::Colours256) {
            reduce_colours(&mut picture);
        }
        match &self.visit {
            Some((display, _)) => display.show(picture),
            None => self.standing.show(picture),
        }
    }
}

fn holds([left, top, width, height]: Place, x: f64, y: f64) -> bool {
    let inside = |v: f64, from: u32, size: u32| v >= f64::from(from) && v < f64::from(from + size);
    inside(x, left, width) && inside(y, top, height)
}

fn shuffled() -> [u8; 10] {
    let mut layout = ORDERED;
    layout.shuffle(&mut rand::rng());
    layout
}

/// 3 bits red, 3 green, 2 blue.
fn reduce_colours(picture: &mut RgbImage) {
    for Rgb([r, g, b]) in picture.pixels_mut() {
        *r = (*r & 0xE0) | (*r >> 3 & 0x1C);
        *g = (*g & 0xE0) | (*g >> 3 & 0x1C);
        *b = (*b & 0xC0) | (*b >> 2 & 0x30);
    }
}
