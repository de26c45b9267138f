//! The reader's cables: its panel and its cameras.

use std::pin::Pin;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};
use virtual_devices::v1::eyes_server::Eyes;
use virtual_devices::v1::panel_server::Panel;
use virtual_devices::v1::{
    Camera, Exposure, GrabRequest, Picture, ShowReply, Touch, TouchesRequest,
};

use crate::{Bench, panel};

/// One exposure of a camera at 30 Hz.
const EXPOSURE: Duration = Duration::from_nanos(33_333_333);
/// Largest edge of a panel, px.
const LARGEST_EDGE: u32 = 4096;

#[tonic::async_trait]
impl Panel for Bench {
    async fn show(
        &self,
        request: Request<Streaming<Picture>>,
    ) -> Result<Response<ShowReply>, Status> {
        let mut pictures = request.into_inner();
        // However the reader ends, its panel goes dark.
        let _dark = Darken(self.clone());
        while let Some(picture) = pictures.message().await? {
            let (width, height) = (picture.width, picture.height);
            let sane = (1..=LARGEST_EDGE).contains(&width) && (1..=LARGEST_EDGE).contains(&height);
            if !sane || picture.rgb.len() != (width * height * 3) as usize {
                return Err(Status::invalid_argument(format!(
                    "a picture of {width} x {height} px has 3 bytes a pixel, not {} in all",
                    picture.rgb.len()
                )));
            }
            self.panel.show(panel::Picture {
                width,
                height,
                rgb: picture.rgb,
            });
        }
        Ok(Response::new(ShowReply {}))
    }

    type TouchesStream = Pin<Box<dyn Stream<Item = Result<Touch, Status>> + Send>>;

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

struct Darken(Bench);

impl Drop for Darken {
    fn drop(&mut self) {
        self.0.panel.darken();
    }
}

#[tonic::async_trait]
impl Eyes for Bench {
    async fn grab(&self, request: Request<GrabRequest>) -> Result<Response<Exposure>, Status> {
        let camera = request.into_inner().camera();
        tokio::time::sleep(EXPOSURE).await;
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
