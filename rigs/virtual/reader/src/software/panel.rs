//! The panel's cables: a display that pictures go to, a touch layer that touches come from. Each is plugged in for as long as
//! it is needed: what lies in a cable's buffers goes with it. Connects again when the other end went away.

use std::time::Duration;

use image::RgbImage;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;
use tonic::transport::Channel;
use virtual_devices::v1::panel_client::PanelClient;
use virtual_devices::v1::{Picture, TouchesRequest};

/// Largest picture, bytes.
const LARGEST: usize = 32 << 20;
/// Pause before the cable is tried again.
const AGAIN: Duration = Duration::from_millis(300);
/// Longest wait for the panel to show what was sent.
const SETTLED: Duration = Duration::from_secs(1);
/// Touches that wait for the software; a child drumming on the panel loses the rest.
const WAITING: usize = 32;

/// The display's cable. Of pictures that come too fast the newest is sent.
pub struct Display {
    pictures: watch::Sender<Option<Picture>>,
    /// Number of the picture that stands.
    shown: watch::Receiver<u64>,
    carrying: JoinHandle<()>,
}

impl Display {
    /// Plugs in; must be called inside a runtime, and lives no longer than that.
    pub fn plug(bus: &Channel) -> Self {
        let (pictures, newest) = watch::channel(None);
        let (stands, shown) = watch::channel(0);
        let mut panel = PanelClient::new(bus.clone()).max_encoding_message_size(LARGEST);
        let carrying = tokio::spawn(async move {
            loop {
                let stream = WatchStream::new(newest.clone()).filter_map(|picture| picture);
                if let Ok(answer) = panel.show(stream).await {
                    let mut replies = answer.into_inner();
                    while let Ok(Some(reply)) = replies.message().await {
                        stands.send_replace(reply.number);
                    }
                }
                if newest.has_changed().is_err() {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        });
        Self {
            pictures,
            shown,
            carrying,
        }
    }

    /// Sends a picture.
    pub fn show(&self, picture: RgbImage) {
        self.pictures.send_modify(|sent| {
            let before = sent.as_ref().map_or(0, |sent| sent.number);
            *sent = Some(Picture {
                width: picture.width(),
                height: picture.height(),
                rgb: picture.into_raw(),
                number: before + 1,
            });
        });
    }

    /// Waits until the last picture stands, or the panel is slower than it may be.
    pub async fn settled(&mut self) {
        let sent = self
            .pictures
            .borrow()
            .as_ref()
            .map_or(0, |sent| sent.number);
        let stands = self.shown.wait_for(|shown| *shown >= sent);
        let _ = tokio::time::timeout(SETTLED, stands).await;
    }

    /// Pulls the cable out once its last picture stands.
    pub async fn unplug(mut self) {
        self.settled().await;
        drop(self.pictures);
        self.carrying.abort();
        let _ = self.carrying.await;
    }
}

/// The touch layer's cable.
pub struct TouchLayer {
    /// px of the picture that stood.
    pub touches: mpsc::Receiver<(f64, f64)>,
    feeling: JoinHandle<()>,
}

impl TouchLayer {
    /// Plugs in; touches are felt from its return on.
    pub async fn plug(bus: &Channel) -> Self {
        let (touch, touches) = mpsc::channel(WAITING);
        let mut panel = PanelClient::new(bus.clone());
        let mut answer = panel.touches(TouchesRequest {}).await.ok();
        let feeling = tokio::spawn(async move {
            loop {
                if let Some(answer) = answer.take() {
                    let mut stream = answer.into_inner();
                    while let Ok(Some(at)) = stream.message().await {
                        // Full: the touch is lost, as on any panel.
                        let _ = touch.try_send((at.x_px, at.y_px));
                    }
                }
                tokio::time::sleep(AGAIN).await;
                answer = panel.touches(TouchesRequest {}).await.ok();
            }
        });
        Self { touches, feeling }
    }

    /// Pulls it out.
    pub async fn unplug(self) {
        self.feeling.abort();
        let _ = self.feeling.await;
    }
}
