//! What stood before the reader's camera, as the rig saw it: what the reader captured is looked for by its likeness to it. Called when a
//! face is presented, and by `canaries`.
//!
//! Held for the trial alone, never printed or written, and masked by random bytes: a plain copy would be what a search of this machine finds.

use std::sync::Arc;
use std::time::Duration;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use shinsa_model::event::Fault;
use shinsa_wire::v1;
use shinsa_wire::v1::face_presenter_client::FacePresenterClient;
use tonic::{Code, Response};
use zeroize::Zeroizing;

use crate::bench::Bench;
use crate::wire::{LARGEST_MESSAGE, Wire, timed};

/// A picture of somebody who was presented; `None` within: the rig has no eye of its own there.
#[derive(Clone, Default)]
pub struct Witness(Option<Arc<Pixels>>);

struct Pixels {
    width: u32,
    height: u32,
    /// RGB, masked.
    masked: Zeroizing<Vec<u8>>,
    seed: Zeroizing<[u8; 32]>,
    face: Option<v1::PixelRectangle>,
}

impl Pixels {
    fn new(
        width: u32,
        height: u32,
        mut rgb: Zeroizing<Vec<u8>>,
        face: Option<v1::PixelRectangle>,
    ) -> Result<Self, Fault> {
        let seed = super::seed()?;
        mask(&mut rgb, &seed);
        Ok(Self {
            width,
            height,
            masked: rgb,
            seed,
            face,
        })
    }

    fn plain(&self) -> Vec<u8> {
        let mut pixels = self.masked.to_vec();
        mask(&mut pixels, &self.seed);
        pixels
    }
}

/// Twice is as before.
fn mask(bytes: &mut [u8], seed: &[u8; 32]) {
    let mut random = ChaCha20Rng::from_seed(*seed);
    let mut noise = [0; 64];
    for piece in bytes.chunks_mut(noise.len()) {
        random.fill_bytes(&mut noise);
        piece
            .iter_mut()
            .zip(noise)
            .for_each(|(byte, noise)| *byte ^= noise);
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Witness")
    }
}

impl Witness {
    /// Asks the presenter, on a rig that searches at all.
    ///
    /// # Errors
    /// The presenter's faults; that it has no such picture is none.
    pub async fn taken(bench: &Bench, wire: &Wire, within: Duration) -> Result<Self, Fault> {
        if bench.wire_of("inspector").is_none() {
            return Ok(Self::default());
        }
        let mut client = FacePresenterClient::new(wire.channel.clone())
            .max_decoding_message_size(LARGEST_MESSAGE);
        let call = async {
            match client.witness(timed(v1::WitnessRequest {}, within)).await {
                Err(status) if status.code() == Code::Unimplemented => {
                    Ok(Response::new(v1::WitnessReply::default()))
                }
                answered => answered,
            }
        };
        let v1::WitnessReply {
            width,
            height,
            rgb,
            face,
            ..
        } = wire.call("witness", within, call).await?;
        if rgb.is_empty() {
            return Ok(Self::default());
        }
        let pixels = Pixels::new(width, height, Zeroizing::new(rgb), face)?;
        Ok(Self(Some(Arc::new(pixels))))
    }

    /// As a canary, beside the same scene with nobody there; `None` where there is no picture.
    pub fn canary(&self, subject: &str, nobody: &Self) -> Option<v1::CanaryPicture> {
        let seen = &**self.0.as_ref()?;
        Some(v1::CanaryPicture {
            id: format!("{subject}/captured_face"),
            width: seen.width,
            height: seen.height,
            channels: 3,
            pixels: seen.plain(),
            alike: true,
            face: seen.face,
            nobody: nobody
                .0
                .as_ref()
                .map_or_else(Vec::new, |scene| scene.plain()),
            ..Default::default()
        })
    }
}

/// What a search says of somebody whose face was captured and cannot be looked for.
pub fn not_looked_for(subject: &str) -> v1::NotSearched {
    v1::NotSearched {
        place: format!("{subject}/captured_face"),
        why: "the face presenter gives no picture of what stood there (FacePresenter.Witness): captured frames cannot be told from other bytes".into(),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_is_looked_for_by_likeness_and_prints_nothing() {
        let pixels = Pixels::new(2, 1, Zeroizing::new(vec![201; 600]), None).unwrap();
        assert!(!pixels.masked.windows(4).any(|four| four == [201; 4]));
        let witness = Witness(Some(Arc::new(pixels)));
        let canary = witness.canary("p001", &Witness::default()).unwrap();
        assert!(canary.nobody.is_empty());
        assert!(canary.alike && canary.encoded.is_empty());
        assert_eq!(canary.id, "p001/captured_face");
        assert_eq!(canary.pixels, [201; 600]);
        assert_eq!(format!("{witness:?}"), "Witness");
        let scene = Pixels::new(2, 1, Zeroizing::new(vec![7; 600]), None).unwrap();
        let canary = witness.canary("p001", &Witness(Some(Arc::new(scene))));
        assert_eq!(canary.unwrap().nobody, [7; 600]);
    }

    #[test]
    fn whom_nobody_saw_counts_as_not_searched() {
        assert!(
            Witness::default()
                .canary("p001", &Witness::default())
                .is_none()
        );
        let missed = not_looked_for("p001");
        assert!(!missed.harmless && missed.place.starts_with("p001/"));
    }
}
