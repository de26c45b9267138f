//! The reader's panel between the reader, which draws and feels, and the bench, which looks and touches.
//!
//! The camera has a clock of frames of its own: what the panel shows between two ticks is never seen. A panel that nobody
//! draws on is dark.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shinsa_wire::v1::Stamp;
use tokio::sync::{broadcast, watch};
use tokio::time::MissedTickBehavior;

use super::clock;

/// Visible panel, mm: a 7-inch panel of 800x480.
pub const MM: (f64, f64) = (154.08, 85.92);
/// Size of the dark panel's picture, px.
const DARK: (u32, u32) = (800, 480);
/// Time between two frames, ns: 60 Hz.
pub const FRAME_PERIOD_NS: i64 = 16_666_667;
/// Touches that wait for a slow reader.
const TOUCHES: usize = 64;

/// RGB, rows from the top.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

/// A frame of the camera.
#[derive(Clone)]
pub struct Frame {
    pub number: u64,
    pub at: Stamp,
    pub picture: Arc<Picture>,
}

/// The panel.
pub struct Panel {
    shown: Mutex<Arc<Picture>>,
    frames: watch::Sender<Frame>,
    touches: broadcast::Sender<(f64, f64)>,
    drawers: AtomicUsize,
    /// The reader's cable: without it nothing is shown and nothing felt.
    cable: watch::Receiver<bool>,
}

/// Somebody who draws on the panel. With the last one it goes dark.
pub struct Drawer(Arc<Panel>);

impl Drop for Drawer {
    fn drop(&mut self) {
        if self.0.drawers.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.darken();
        }
    }
}

impl Panel {
    /// Dark; its camera runs.
    pub fn start(cable: watch::Receiver<bool>) -> Arc<Self> {
        let dark = dark();
        let first = Frame {
            number: 0,
            at: clock::now(),
            picture: dark.clone(),
        };
        let panel = Arc::new(Self {
            shown: Mutex::new(dark),
            frames: watch::channel(first).0,
            touches: broadcast::channel(TOUCHES).0,
            drawers: AtomicUsize::new(0),
            cable,
        });
        tokio::spawn(panel.clone().look());
        panel
    }

    async fn look(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(Duration::from_nanos(FRAME_PERIOD_NS as u64));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut number = 0;
        loop {
            ticks.tick().await;
            number += 1;
            // The stamp before the look: what is seen stood at the stamp or came within the next microseconds.
            let at = clock::now();
            let picture = self.picture();
            self.frames.send_if_modified(|frame| {
                let differs =
                    !Arc::ptr_eq(&frame.picture, &picture) && frame.picture.rgb != picture.rgb;
                // An equal picture still moves the clock on for whoever asks later.
                *frame = Frame {
                    number,
                    at,
                    picture,
                };
                differs
            });
        }
    }

    /// The camera's frames; a slow reader sees the newest.
    pub fn frames(&self) -> watch::Receiver<Frame> {
        self.frames.subscribe()
    }

    /// What the panel shows now.
    pub fn picture(&self) -> Arc<Picture> {
        if !*self.cable.borrow() {
            return dark();
        }
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Shows a picture.
    pub fn show(&self, picture: Picture) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(picture);
    }

    /// One more draws.
    pub fn drawer(self: &Arc<Self>) -> Drawer {
        self.drawers.fetch_add(1, Ordering::SeqCst);
        Drawer(self.clone())
    }

    fn darken(&self) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = dark();
    }

    /// Touches at px of the shown picture; a panel that nobody feels at is touched all the same.
    pub fn touch(&self, x: f64, y: f64) {
        if *self.cable.borrow() {
            let _ = self.touches.send((x, y));
        }
    }

    /// Touches from now on.
    pub fn touches(&self) -> broadcast::Receiver<(f64, f64)> {
        self.touches.subscribe()
    }
}

fn dark() -> Arc<Picture> {
    Arc::new(Picture {
        width: DARK.0,
        height: DARK.1,
        rgb: vec![0; (DARK.0 * DARK.1 * 3) as usize],
    })
}
