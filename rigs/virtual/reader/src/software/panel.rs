//! The panel's cable: sends pictures, receives touches. Connects again when the other end went away.

use std::time::Duration;

use image::RgbImage;
use tokio::sync::{mpsc, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;
use tonic::transport::Channel;
use virtual_devices::v1::panel_client::PanelClient;
use virtual_devices::v1::{Picture, TouchesRequest};

/// Largest picture, bytes.
const LARGEST: usize = 32 << 20;
/// Pause before the cable is tried again.
const AGAIN: Duration = Duration::from_millis(300);
/// Touches that wait for the software; a child drumming on the panel loses the rest.
const WAITING: usize = 32;

/// The software's end of the cable.
pub struct Cable {
    pub pictures: watch::Sender<Option<Picture>>,
    /// px of the picture that stood.
    pub touches: mpsc::Receiver<(f64, f64)>,
}

/// Plugs in.
pub fn plug(bus: &Channel) -> Cable {
    let (pictures, newest) = watch::channel(None);
    let (touch, touches) = mpsc::channel(WAITING);
    let client = PanelClient::new(bus.clone()).max_encoding_message_size(LARGEST);
    let mut show = client.clone();
    tokio::spawn(async move {
        loop {
            let stream = WatchStream::new(newest.clone()).filter_map(|picture| picture);
            if show.show(stream).await.is_ok() && newest.has_changed().is_err() {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    });
    let mut feel = client;
    tokio::spawn(async move {
        while !touch.is_closed() {
            if let Ok(answer) = feel.touches(TouchesRequest {}).await {
                let mut stream = answer.into_inner();
                while let Ok(Some(at)) = stream.message().await {
                    // Full: the touch is lost, as on any panel.
                    let _ = touch.try_send((at.x_px, at.y_px));
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    });
    Cable { pictures, touches }
}

/// As the bus wants it.
pub fn picture(picture: &RgbImage) -> Picture {
    Picture {
        width: picture.width(),
        height: picture.height(),
        rgb: picture.as_raw().clone(),
    }
}
