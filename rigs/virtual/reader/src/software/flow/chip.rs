//! The way to the chip's photo: read the card's front, open the card-face application with 照合番号B, decode the JP2.

use std::sync::Arc;

use virtual_reader::{Defect, Defects};
use zeroize::Zeroizing;

use super::{CARD_PATIENCE, Problem};
use crate::card::Cards;
use crate::card::printed::{self, Opened};
use crate::image_heap::ImageHeap;
use crate::sight::eyes::Eyes;
use crate::sight::face::Matcher;
use crate::sight::grey::Grey;
use crate::sight::ocr::Ocr;
use crate::slips::Slips;

/// Pictures of the card's front that are tried.
const PICTURES: usize = 3;
/// Where the printed picture stands on the card's front (only the defect `printed-photo` looks).
const PRINTED: [usize; 4] = [50, 250, 336, 420];

/// What a face is compared with.
pub struct Chip {
    pub matcher: Arc<Matcher>,
    pub number_b: Zeroizing<Vec<u8>>,
}

/// Reads it.
pub async fn read(
    eyes: Eyes,
    cards: Cards,
    ocr: Arc<Ocr>,
    defects: Defects,
    images: ImageHeap,
    slips: Slips,
) -> Result<Chip, Problem> {
    let mut tried: Option<Zeroizing<Vec<u8>>> = None;
    for _ in 0..PICTURES {
        let front = Arc::new(eyes.card_face().await.map_err(Problem::Device)?);
        let (engine, picture) = (ocr.clone(), front.clone());
        let number = blocking(move || engine.number_b(&picture)).await?;
        let Some(number) = number.filter(|number| tried.as_ref() != Some(number)) else {
            continue;
        };
        slips.number_b(&number);
        let secret = number.clone();
        let opening = cards.operate(move |card| printed::photo(card, &secret));
        let opened = tokio::time::timeout(CARD_PATIENCE, opening)
            .await
            .map_err(|_| Problem::Silent)??;
        match opened {
            Opened::Content(photo) => {
                let printed = defects.has(Defect::PrintedPhoto);
                let (images, slips) = (images.clone(), slips.clone());
                let matcher = blocking(move || {
                    let [left, top, width, height] = PRINTED;
                    let picture = if printed {
                        front.part(left, top, width, height)
                    } else {
                        slips.photo(&photo);
                        decode(photo, &images, &slips)
                    };
                    let matcher = Matcher::new(&picture?);
                    slips.template(&matcher);
                    Some(Arc::new(matcher))
                });
                return Ok(Chip {
                    matcher: matcher.await?.ok_or(Problem::Unreadable)?,
                    number_b: number,
                });
            }
            Opened::Misread => tried = Some(number),
            Opened::TooFewTries => return Err(Problem::Unreadable),
        }
    }
    Err(Problem::Unreadable)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::Device(anyhow::anyhow!("画像処理の中断")))
}

/// A JP2 photo as grey; `None` where it cannot be decoded.
fn decode(photo: Zeroizing<Vec<u8>>, images: &ImageHeap, slips: &Slips) -> Option<Grey> {
    let held = images.hold(&photo)?;
    drop(photo);
    let decoded = jpeg2k::Image::from_bytes(&held).ok()?;
    let component = decoded.components().first()?;
    let (width, height) = (component.width() as usize, component.height() as usize);
    let pixels: Zeroizing<Vec<u8>> = Zeroizing::new(component.data_u8().collect());
    slips.decoded(width, height, &pixels);
    Grey::of(width, height, 1, &pixels)
}
