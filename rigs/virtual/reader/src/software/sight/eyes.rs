//! The reader's two cameras: patient (患者側カメラ) and card face (券面撮影用カメラ).

use std::ops::RangeInclusive;

use anyhow::{Context, Result};
use image::RgbImage;
use tonic::transport::Channel;
use virtual_devices::v1::eyes_client::EyesClient;
use virtual_devices::v1::{Camera, Exposure, GrabRequest};
use zeroize::{Zeroize, ZeroizeOnDrop};

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
    pub infrared: Grey,
    pub depth: DepthMap,
}

/// Distances in mm; 0: no return. Shows a head's shape: wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DepthMap {
    width: usize,
    height: usize,
    mm: Vec<u16>,
}

impl DepthMap {
    /// From 16-bit little endian points; `None` where the length does not fit.
    pub fn of(width: usize, height: usize, bytes: &[u8]) -> Option<Self> {
        let mm = bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| u16::from_le_bytes(*pair))
            .collect();
        (bytes.len() == width * height * 2).then_some(Self { width, height, mm })
    }

    /// Mean distance of points with a return, offsets counted from the map's middle; `None` where most have none.
    pub fn mean(&self, across: RangeInclusive<isize>, down: RangeInclusive<isize>) -> Option<f32> {
        let (mut sum, mut count, mut all) = (0_u32, 0_u32, 0_u32);
        for row in down {
            for column in across.clone() {
                let (x, y) = (
                    self.width as isize / 2 + column,
                    self.height as isize / 2 + row,
                );
                let mm = *self.mm.get(y as usize * self.width + x as usize)?;
                all += 1;
                if mm > 0 {
                    sum += u32::from(mm);
                    count += 1;
                }
            }
        }
        (count * 2 > all).then(|| sum as f32 / count as f32)
    }
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

    /// One exposure of the patient camera, with infrared and depth of the same instant.
    pub async fn patient(&self) -> Result<Patient> {
        let (exposure, infrared, depth) = tokio::try_join!(
            self.grab(Camera::Patient),
            self.grab(Camera::Infrared),
            self.grab(Camera::Depth)
        )?;
        let grey = grey(&exposure)?;
        let colour = RgbImage::from_raw(exposure.width, exposure.height, exposure.pixels)
            .context("patient camera: not a colour picture")?;
        let depth = DepthMap::of(depth.width as usize, depth.height as usize, &depth.pixels)
            .context("depth sensor: map of a wrong length")?;
        let infrared = self::grey(&infrared)?;
        Ok(Patient {
            colour,
            grey,
            infrared,
            depth,
        })
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
