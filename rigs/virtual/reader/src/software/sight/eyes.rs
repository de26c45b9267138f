//! The reader's two cameras: patient (患者側カメラ) and card face (券面撮影用カメラ).

use anyhow::{Context, Result};
use image::RgbImage;
use tonic::transport::Channel;
use virtual_devices::v1::eyes_client::EyesClient;
use virtual_devices::v1::{Camera, Exposure, GrabRequest};
use zeroize::Zeroize;

use super::grey::Grey;

/// Largest exposure, bytes.
const LARGEST: usize = 16 << 20;

/// Both cameras.
#[derive(Clone)]
pub struct Eyes(EyesClient<Channel>);

/// A picture of the patient. Wiped when dropped.
pub struct Patient {
    pub colour: RgbImage,
    pub grey: Grey,
}

impl Drop for Patient {
    fn drop(&mut self) {
        self.colour.as_flat_samples_mut().samples.zeroize();
    }
}

impl Eyes {
    /// Through this channel of the device bus.
    pub fn new(bus: Channel) -> Self {
        Self(EyesClient::new(bus).max_decoding_message_size(LARGEST))
    }

    /// One exposure of the patient camera.
    pub async fn patient(&self) -> Result<Patient> {
        let exposure = self.grab(Camera::Patient).await?;
        let grey = grey(&exposure)?;
        let colour = RgbImage::from_raw(exposure.width, exposure.height, exposure.pixels)
            .context("patient camera: not a colour picture")?;
        Ok(Patient { colour, grey })
    }

    /// One exposure of the card-face camera.
    pub async fn card_face(&self) -> Result<Grey> {
        let mut exposure = self.grab(Camera::CardFace).await?;
        let grey = grey(&exposure);
        exposure.pixels.zeroize();
        grey
    }

    async fn grab(&self, camera: Camera) -> Result<Exposure> {
        let request = GrabRequest {
            camera: camera.into(),
        };
        Ok(self.0.clone().grab(request).await?.into_inner())
    }
}

fn grey(exposure: &Exposure) -> Result<Grey> {
    let size = (exposure.width as usize, exposure.height as usize);
    Grey::of(size.0, size.1, exposure.channels as usize, &exposure.pixels)
        .context("camera: picture of a wrong length")
}
