//! What the bench sees: the panel's frames, the room.

use std::pin::Pin;
use std::sync::Arc;

use shinsa_wire::v1::environment_server::Environment;
use shinsa_wire::v1::screen_camera_server::ScreenCamera;
use shinsa_wire::v1::{
    Frame, GeometryReply, GeometryRequest, ReadEnvironmentReply, ReadEnvironmentRequest,
    WatchRequest,
};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use crate::panel::{self, FRAME_PERIOD_NS, MM};
use crate::{Bench, clock};

#[tonic::async_trait]
impl ScreenCamera for Bench {
    async fn geometry(
        &self,
        _: Request<GeometryRequest>,
    ) -> Result<Response<GeometryReply>, Status> {
        let picture = self.panel.picture();
        Ok(Response::new(GeometryReply {
            width_px: picture.width,
            height_px: picture.height,
            width_mm: MM.0,
            height_mm: MM.1,
            frame_period_ns: FRAME_PERIOD_NS,
            // The whole picture at one instant.
            exposure_ns: 0,
            // A tick that comes late is stamped late; a loaded machine delays by about a scheduler's slice.
            stamp_half_width_ns: 2_000_000,
        }))
    }

    type WatchStream = Pin<Box<dyn Stream<Item = Result<Frame, Status>> + Send>>;

    async fn watch(&self, _: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let mut last: Option<Arc<panel::Picture>> = None;
        let frames = tokio_stream::wrappers::WatchStream::new(self.panel.frames());
        let changed = frames.filter_map(move |frame| {
            let same = last
                .as_ref()
                .is_some_and(|last| last.rgb == frame.picture.rgb);
            last = Some(frame.picture.clone());
            (!same).then(|| {
                Ok(Frame {
                    number: frame.number,
                    at: Some(frame.at),
                    width: frame.picture.width,
                    height: frame.picture.height,
                    rgb: frame.picture.rgb.clone(),
                })
            })
        });
        Ok(Response::new(Box::pin(changed)))
    }
}

#[tonic::async_trait]
impl Environment for Bench {
    /// A constant room (simulated).
    async fn read(
        &self,
        _: Request<ReadEnvironmentRequest>,
    ) -> Result<Response<ReadEnvironmentReply>, Status> {
        Ok(Response::new(ReadEnvironmentReply {
            at: Some(clock::now()),
            illuminance_lx: 500.0,
            temperature_celsius: 23.0,
        }))
    }
}
