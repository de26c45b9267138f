//! The reader's cables: its panel, its cameras, its USB ports.

use std::pin::Pin;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};
use virtual_devices::v1::eyes_server::Eyes;
use virtual_devices::v1::panel_server::Panel;
use virtual_devices::v1::ports_server::Ports;
use virtual_devices::v1::{
    Camera, Exposure, GrabRequest, Picture, Plugged, PortsRequest, ShowReply, Touch, TouchesRequest,
};

use crate::{Bench, panel};

/// One exposure of a camera at 30 Hz.
const EXPOSURE: Duration = Duration::from_nanos(33_333_333);
/// Largest edge of a panel, px.
const LARGEST_EDGE: u32 = 4096;

type Replies<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl Panel for Bench {
    type ShowStream = Replies<ShowReply>;

    async fn show(
        &self,
        request: Request<Streaming<Picture>>,
    ) -> Result<Response<Self::ShowStream>, Status> {
        let mut pictures = request.into_inner();
        let (send, receive) = tokio::sync::mpsc::channel(16);
        let (panel, drawer) = (self.panel.clone(), self.panel.drawer());
        tokio::spawn(async move {
            // However the reader ends, its panel goes dark.
            let _drawer = drawer;
            loop {
                let reply = match pictures.message().await {
                    Ok(Some(picture)) => show(&panel, picture),
                    Ok(None) | Err(_) => return,
                };
                let refused = reply.is_err();
                if send.send(reply).await.is_err() || refused {
                    return;
                }
            }
        });
        let stream = tokio_stream::wrappers::ReceiverStream::new(receive);
        Ok(Response::new(Box::pin(stream)))
    }

    type TouchesStream = Replies<Touch>;

    async fn touches(
        &self,
        _: Request<TouchesRequest>,
    ) -> Result<Response<Self::TouchesStream>, Status> {
        let (send, receive) = tokio::sync::mpsc::channel(16);
        let mut touches = self.panel.touches();
        tokio::spawn(async move {
            loop {
                let (x_px, y_px) = match touches.recv().await {
                    Ok(touch) => touch,
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return,
                };
                if send.send(Ok(Touch { x_px, y_px })).await.is_err() {
                    return;
                }
            }
        });
        let stream = tokio_stream::wrappers::ReceiverStream::new(receive);
        Ok(Response::new(Box::pin(stream)))
    }
}

fn show(panel: &panel::Panel, picture: Picture) -> Result<ShowReply, Status> {
    let (width, height) = (picture.width, picture.height);
    let sane = (1..=LARGEST_EDGE).contains(&width) && (1..=LARGEST_EDGE).contains(&height);
    if !sane || picture.rgb.len() != (width * height * 3) as usize {
        return Err(Status::invalid_argument(format!(
            "a picture of {width} x {height} px has 3 bytes a pixel, not {} in all",
            picture.rgb.len()
        )));
    }
    panel.show(panel::Picture {
        width,
        height,
        rgb: picture.rgb,
    });
    Ok(ShowReply {
        number: picture.number,
    })
}

#[tonic::async_trait]
impl Ports for Bench {
    type WatchStream = Replies<Plugged>;

    async fn watch(&self, _: Request<PortsRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let changes = tokio_stream::wrappers::WatchStream::new(self.usb.attached());
        let stream = changes.map(|attached| {
            Ok(Plugged {
                foreign: attached.into_iter().map(str::to_owned).collect(),
            })
        });
        Ok(Response::new(Box::pin(stream)))
    }
}

#[tonic::async_trait]
impl Eyes for Bench {
    async fn grab(&self, request: Request<GrabRequest>) -> Result<Response<Exposure>, Status> {
        let camera = request.into_inner().camera();
        tokio::time::sleep(EXPOSURE).await;
        if !*self.usb.cable().borrow() {
            return Err(Status::unavailable("no such device: the cable is pulled"));
        }
        let bench = self.clone();
        let work = tokio::task::spawn_blocking(move || match camera {
            Camera::Patient => Ok(bench.scene.patient()),
            Camera::CardFace => bench
                .scene
                .card_face(bench.slot.card())
                .map_err(|error| Status::internal(format!("{error:#}"))),
            Camera::Infrared => Ok(bench.scene.infrared()),
            Camera::Depth => Ok(bench.scene.depth()),
            Camera::Unspecified => Err(Status::invalid_argument("expected a camera")),
        });
        let seen = work
            .await
            .map_err(|_| Status::internal("the exposure broke off"))??;
        Ok(Response::new(Exposure {
            width: seen.width,
            height: seen.height,
            channels: seen.channels,
            pixels: seen.pixels,
        }))
    }
}
