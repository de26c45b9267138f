//! What stood before the reader's cameras, as the rig saw it: what the reader captured is looked for by its likeness to it. Called when a
//! face is presented, and by `search`.
//!
//! Held for the trial alone, never printed or written, and masked by random bytes: a plain copy would be what a search of this machine finds.

use std::sync::Arc;
use std::time::Duration;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use shinsa_model::event::Fault;
use shinsa_model::rig::PatientCamera;
use shinsa_wire::v1;
use shinsa_wire::v1::face_presenter_client::FacePresenterClient;
use tonic::{Code, Response};
use zeroize::Zeroizing;

use crate::bench::Bench;
use crate::wire::{LARGEST_MESSAGE, Wire, timed};

/// Pictures of somebody who was presented, or of nobody; none where the rig has no eye of its own there.
#[derive(Clone, Default)]
pub struct Witness(Vec<Arc<Pixels>>);

struct Pixels {
    /// The light in which it was taken.
    camera: PatientCamera,
    width: u32,
    height: u32,
    /// Masked.
    samples: Zeroizing<Vec<u8>>,
    seed: Zeroizing<[u8; 32]>,
    face: Option<v1::PixelRectangle>,
}

impl Pixels {
    fn new(
        reply: &v1::WitnessReply,
        camera: PatientCamera,
        samples: Vec<u8>,
    ) -> Result<Self, Fault> {
        let mut samples = Zeroizing::new(samples);
        let seed = super::seed()?;
        mask(&mut samples, &seed);
        Ok(Self {
            camera,
            width: reply.width,
            height: reply.height,
            samples,
            seed,
            face: reply.face,
        })
    }

    fn plain(&self) -> Vec<u8> {
        let mut samples = self.samples.to_vec();
        mask(&mut samples, &self.seed);
        samples
    }

    fn canary(&self, subject: &str, nobody: &Witness) -> v1::CanaryPicture {
        let scene = nobody.0.iter().find(|scene| scene.camera == self.camera);
        v1::CanaryPicture {
            id: id(subject, self.camera),
            width: self.width,
            height: self.height,
            channels: match self.camera {
                PatientCamera::Visible => 3,
                PatientCamera::Infrared => 1,
            },
            pixels: self.plain(),
            alike: true,
            face: self.face,
            nobody: scene.map_or_else(Vec::new, |scene| scene.plain()),
            ..Default::default()
        }
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

fn id(subject: &str, camera: PatientCamera) -> String {
    match camera {
        PatientCamera::Visible => format!("{subject}/captured_face"),
        PatientCamera::Infrared => format!("{subject}/infrared/captured_face"),
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
        Self::of(wire.call("witness", within, call).await?)
    }

    fn of(mut reply: v1::WitnessReply) -> Result<Self, Fault> {
        let visible = std::mem::take(&mut reply.rgb);
        let infrared = std::mem::take(&mut reply.infrared);
        let taken = [
            (PatientCamera::Visible, visible),
            (PatientCamera::Infrared, infrared),
        ];
        let taken = taken.into_iter().filter(|(_, samples)| !samples.is_empty());
        let pictures =
            taken.map(|(camera, samples)| Pixels::new(&reply, camera, samples).map(Arc::new));
        pictures.collect::<Result<_, _>>().map(Self)
    }

    /// As canaries, each beside the same scene with nobody there.
    pub fn canaries(&self, subject: &str, nobody: &Self) -> Vec<v1::CanaryPicture> {
        let pictures = self.0.iter();
        pictures.map(|one| one.canary(subject, nobody)).collect()
    }

    /// What a search says of somebody whose face these cameras of the reader captured, where there is no picture to look for it by. A camera in visible light
    /// is taken for granted, named or not: an empty list must not let a search count as whole.
    pub fn not_looked_for<'a>(
        &'a self,
        subject: &'a str,
        cameras: &'a [PatientCamera],
    ) -> impl Iterator<Item = v1::NotSearched> + 'a {
        let unseen = |camera: &&PatientCamera| self.0.iter().all(|one| one.camera != **camera);
        let others = cameras
            .iter()
            .filter(|camera| **camera != PatientCamera::Visible);
        let cameras = std::iter::once(&PatientCamera::Visible).chain(others);
        cameras.filter(unseen).map(|camera| v1::NotSearched {
            place: id(subject, *camera),
            why: format!(
                "the face presenter gives no picture in {} light of what stood there (FacePresenter.Witness): captured frames cannot be told from other bytes",
                camera.name()
            ),
            ..Default::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PatientCamera::{Infrared, Visible};

    fn witness(rgb: u8, infrared: Option<u8>) -> Witness {
        Witness::of(v1::WitnessReply {
            width: 20,
            height: 10,
            rgb: vec![rgb; 600],
            infrared: infrared.map_or_else(Vec::new, |level| vec![level; 200]),
            ..Default::default()
        })
        .unwrap()
    }

    #[test]
    fn a_witness_is_looked_for_by_likeness_and_prints_nothing() {
        let seen = witness(201, Some(77));
        let stored = &seen.0[0].samples;
        assert!(!stored.windows(4).any(|four| four == [201; 4]));
        assert_eq!(format!("{seen:?}"), "Witness");
        let canaries = seen.canaries("p001", &witness(7, None));
        let [visible, infrared] = &canaries[..] else {
            panic!("{} canaries", canaries.len());
        };
        assert!(visible.alike && visible.encoded.is_empty());
        assert_eq!(visible.id, "p001/captured_face");
        assert_eq!((visible.channels, &visible.pixels), (3, &vec![201; 600]));
        assert_eq!(visible.nobody, [7; 600]);
        assert_eq!(infrared.id, "p001/infrared/captured_face");
        assert_eq!((infrared.channels, &infrared.pixels), (1, &vec![77; 200]));
        assert!(infrared.nobody.is_empty());
    }

    #[test]
    fn what_nobody_saw_counts_as_not_searched() {
        let missed = |witness: &Witness| -> Vec<String> {
            let missed = witness.not_looked_for("p001", &[Visible, Infrared]);
            missed
                .inspect(|one| assert!(!one.harmless))
                .map(|one| one.place)
                .collect()
        };
        assert!(
            Witness::default()
                .canaries("p001", &Witness::default())
                .is_empty()
        );
        let both = ["p001/captured_face", "p001/infrared/captured_face"];
        assert_eq!(missed(&Witness::default()), both);
        let nobody_saw = Witness::default();
        let mut none_named = nobody_saw.not_looked_for("p001", &[]);
        assert_eq!(none_named.next().unwrap().place, both[0]);
        assert_eq!(missed(&witness(1, None)), both[1..]);
        assert!(missed(&witness(1, Some(2))).is_empty());
    }
}
