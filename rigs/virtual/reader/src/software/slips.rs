//! What the planted defects of wiping leave behind: each a programmer's slip that keeps, forgets or writes down what a
//! conforming reader overwrites. Without a switch nothing here keeps a byte. Called by the flow where such data arise.

use std::collections::VecDeque;
use std::fs::OpenOptions;
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use half::f16;
use image::imageops::FilterType;
use image::{GrayImage, ImageFormat, RgbImage};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use virtual_reader::{Defect, Defects};
use zeroize::Zeroize;

use super::sight::face::Matcher;
use super::sight::grey::Grey;

/// Pictures, vectors and log lines that are kept, of each kind.
const KEPT: usize = 8;
/// Numbers of a quantised vector.
const QUANTISED: usize = 512;
/// Width of a resized chip photo and of a thumbnail, px.
const SMALL: u32 = 96;
/// Side of a face that was cut out, px.
const CUT: u32 = 112;
/// A screen, px, and how wide the preview on it is.
const SCREEN: (u32, u32) = (800, 480);
const PREVIEW: u32 = 420;
/// The defect `wipes-late` overwrites so long after the end.
const LATE: Duration = Duration::from_secs(30);
/// The defect `thumbnail-later` writes so long after the end.
const IN_THE_BACKGROUND: Duration = Duration::from_secs(20);
/// The terminal's swap file is written round and round, bytes.
const SWAP: u64 = 1 << 20;

#[derive(Default)]
struct Kept {
    pins: Vec<String>,
    /// The text field of the PIN screen, the same for every visit.
    typed: Vec<u16>,
    grey: VecDeque<Vec<u8>>,
    resized: VecDeque<Vec<u8>>,
    captured: VecDeque<Vec<u8>>,
    vectors: VecDeque<Vec<f32>>,
    halves: VecDeque<Vec<u16>>,
    quantised: VecDeque<Vec<i8>>,
    embedded: VecDeque<Vec<u8>>,
    log: VecDeque<String>,
    photo: Vec<u8>,
    thumbnails: VecDeque<Vec<u8>>,
    /// Everything of the visit that goes on.
    visit: Vec<Vec<u8>>,
    frames: u64,
    swapped: u64,
}

/// The slips.
#[derive(Clone)]
pub struct Slips {
    defects: Defects,
    terminal: PathBuf,
    kept: Arc<Mutex<Kept>>,
}

impl Slips {
    /// Nothing is kept yet.
    pub fn new(terminal: &Path, defects: &Defects) -> Self {
        Self {
            defects: defects.clone(),
            terminal: terminal.into(),
            kept: Arc::default(),
        }
    }

    /// All digits of a PIN were typed.
    pub fn pin(&self, pin: &[u8]) {
        if self.defects.has(Defect::PinOnHeap) {
            self.kept()
                .pins
                .push(String::from_utf8_lossy(pin).into_owned());
        }
        if self.defects.has(Defect::PinUtf16) {
            let mut kept = self.kept();
            kept.typed.clear();
            kept.typed.extend(pin.iter().map(|digit| u16::from(*digit)));
        }
        if self.defects.has(Defect::PinApduBase64) {
            // VERIFY (ISO/IEC 7816-4), as a trace of commands has it.
            let command =
                zeroize::Zeroizing::new([&[0, 0x20, 0, 0x80, pin.len() as u8], pin].concat());
            self.kept().pins.push(BASE64_STANDARD.encode(&*command));
        }
        self.visit(pin);
    }

    /// Typed digits were given up.
    pub fn cancelled_pin(&self, pin: &[u8]) {
        if self.defects.has(Defect::PinLeftOnCancel) {
            let text = String::from_utf8_lossy(pin).into_owned();
            self.kept().pins.push(text);
        }
    }

    /// 照合番号B was read off the card.
    pub fn number_b(&self, number: &[u8]) {
        if self.defects.has(Defect::OcrInLogBuffer) {
            let line = format!("OCR 照合番号B={}", String::from_utf8_lossy(number));
            keep(&mut self.kept().log, line);
        }
        self.visit(number);
    }

    /// The chip's photo was read, JP2.
    pub fn photo(&self, photo: &[u8]) {
        if self.defects.has(Defect::PhotoInErrorLog) {
            self.kept().photo = photo.to_vec();
        }
        self.visit(photo);
    }

    /// The last photo as an error log may quote it; none without the defect.
    pub fn quoted_photo(&self) -> Option<String> {
        let kept = self.kept();
        (!kept.photo.is_empty()).then(|| BASE64_STANDARD.encode(&kept.photo))
    }

    /// It was decoded: 8-bit grey pixels.
    pub fn decoded(&self, width: usize, height: usize, pixels: &[u8]) {
        if self.defects.has(Defect::GreyLeft) {
            keep(&mut self.kept().grey, pixels.to_vec());
        }
        if self.defects.has(Defect::ResizedLeft)
            && let Some(picture) = GrayImage::from_raw(width as u32, height as u32, pixels.to_vec())
        {
            let high = SMALL * picture.height() / picture.width().max(1);
            let small = image::imageops::resize(&picture, SMALL, high, FilterType::Triangle);
            keep(&mut self.kept().resized, small.into_raw());
        }
        self.visit(pixels);
    }

    /// It was made ready for comparing.
    pub fn template(&self, matcher: &Matcher) {
        if self.defects.has(Defect::VectorLeft) {
            keep(&mut self.kept().vectors, matcher.numbers().collect());
        }
        if self.defects.has(Defect::VectorLeftF16) {
            let mut halves = Vec::with_capacity(matcher.numbers().count());
            halves.extend(
                matcher
                    .numbers()
                    .map(|number| f16::from_f32(number).to_bits()),
            );
            keep(&mut self.kept().halves, halves);
        }
        if self.defects.has(Defect::VectorLeftI8) {
            keep(&mut self.kept().quantised, quantised(matcher));
        }
        if self.defects.has(Defect::VectorLeftU8) {
            keep(&mut self.kept().embedded, embedded(matcher));
        }
    }

    /// The patient camera took a picture.
    pub fn frame(&self, picture: &RgbImage) {
        let written = if self.defects.has(Defect::JpegInTemp) {
            encoded(picture, ImageFormat::Jpeg).and_then(|bytes| self.write("temp", "jpg", &bytes))
        } else if self.defects.has(Defect::ThumbnailCache) {
            thumbnail(picture).and_then(|bytes| self.write("cache", "png", &bytes))
        } else if self.defects.has(Defect::ThumbnailLater) {
            thumbnail(picture).map(|bytes| keep(&mut self.kept().thumbnails, bytes))
        } else {
            Ok(())
        };
        if let Err(error) = written {
            eprintln!("frame: {error}");
        }
        if self.defects.has(Defect::FrameLeft) {
            keep(&mut self.kept().captured, picture.as_raw().clone());
        }
        if self.defects.has(Defect::FaceCutLeft) {
            keep(&mut self.kept().captured, cut_out(picture));
        }
        if self.defects.has(Defect::PreviewLeft) {
            keep(&mut self.kept().captured, preview(picture));
        }
        if self.holds_visit() {
            let mut kept = self.kept();
            // One picture of the patient, not every one.
            if kept
                .visit
                .iter()
                .all(|held| held.len() != picture.as_raw().len())
            {
                kept.visit.push(picture.as_raw().clone());
            }
        }
    }

    /// The infrared camera took a picture.
    pub fn infrared(&self, picture: &Grey) {
        if self.defects.has(Defect::InfraredLeft) {
            // Ten bits in two bytes, as such sensors give.
            let levels = picture.values.iter().map(|level| (*level * 4.0) as u16);
            keep(
                &mut self.kept().captured,
                levels.flat_map(u16::to_le_bytes).collect(),
            );
        }
    }

    /// The visit ended.
    pub fn end(&self, success: bool) {
        if self.defects.has(Defect::ThumbnailLater) {
            let slips = self.clone();
            std::thread::spawn(move || {
                std::thread::sleep(IN_THE_BACKGROUND);
                let thumbnails = std::mem::take(&mut slips.kept().thumbnails);
                for bytes in thumbnails {
                    if let Err(error) = slips.write("cache", "png", &bytes) {
                        eprintln!("thumbnail: {error}");
                    }
                }
            });
        }
        if self.defects.has(Defect::WipesOnSuccessOnly) && !success {
            // The clean-up stands on the way that everything went well.
            self.kept().visit.drain(..).for_each(std::mem::forget);
        } else if self.defects.has(Defect::WipesLate) {
            let mut held = std::mem::take(&mut self.kept().visit);
            std::thread::spawn(move || {
                std::thread::sleep(LATE);
                held.zeroize();
            });
        } else {
            self.kept().visit.zeroize();
        }
    }

    /// What a visit's own record holds until it is cleared; the conforming reader has no such record.
    fn visit(&self, bytes: &[u8]) {
        if self.holds_visit() {
            self.kept().visit.push(bytes.to_vec());
        }
        if self.defects.has(Defect::SwapUsed)
            && let Err(error) = self.swap_out(bytes)
        {
            eprintln!("swap: {error}");
        }
    }

    fn holds_visit(&self) -> bool {
        self.defects.has(Defect::WipesOnSuccessOnly) || self.defects.has(Defect::WipesLate)
    }

    /// The software's own memory manager pages out what it thinks idle.
    fn swap_out(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut kept = self.kept();
        let path = self.terminal.with_extension("swap");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if kept.swapped + bytes.len() as u64 > SWAP {
            kept.swapped = 0;
        }
        file.seek(SeekFrom::Start(kept.swapped))?;
        file.write_all(bytes)?;
        // The next page.
        kept.swapped = (kept.swapped + bytes.len() as u64).next_multiple_of(4096);
        Ok(())
    }

    fn write(&self, folder: &str, kind: &str, picture: &[u8]) -> anyhow::Result<()> {
        let folder = self.terminal.join(folder);
        std::fs::create_dir_all(&folder)?;
        let mut kept = self.kept();
        kept.frames += 1;
        let name = format!("{:02}.{kind}", kept.frames % KEPT as u64);
        std::fs::write(folder.join(name), picture)?;
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The middle third, where the oval on the screen asks the patient to be.
fn cut_out(picture: &RgbImage) -> Vec<u8> {
    let side = picture.height() / 2;
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let cut = image::imageops::crop_imm(picture, x, y, side, side).to_image();
    let small = image::imageops::resize(&cut, CUT, CUT, FilterType::Triangle);
    image::DynamicImage::ImageRgb8(small)
        .into_luma8()
        .into_raw()
}

fn thumbnail(picture: &RgbImage) -> anyhow::Result<Vec<u8>> {
    encoded(&narrowed(picture, SMALL), ImageFormat::Png)
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// As wide, sides kept.
fn narrowed(picture: &RgbImage, wide: u32) -> RgbImage {
    let high = wide * picture.height() / picture.width().max(1);
    image::imageops::resize(picture, wide, high, FilterType::Triangle)
}

/// A screen, BGRA, with the picture in it.
fn preview(picture: &RgbImage) -> Vec<u8> {
    let mut screen = RgbImage::from_pixel(SCREEN.0, SCREEN.1, image::Rgb([236, 240, 244]));
    let small = narrowed(picture, PREVIEW);
    image::imageops::overlay(&mut screen, &small, i64::from(SCREEN.0 - PREVIEW) / 2, 90);
    let pixel = |pixel: &image::Rgb<u8>| [pixel.0[2], pixel.0[1], pixel.0[0], 255];
    screen.pixels().flat_map(pixel).collect()
}

/// The middle of the first view as recognisers store vectors to save room: 512 bytes, 127 for four standard deviations.
fn quantised(matcher: &Matcher) -> Vec<i8> {
    let numbers: Vec<f32> = matcher
        .numbers()
        .skip(QUANTISED / 2)
        .take(QUANTISED)
        .collect();
    bytes(&numbers).collect()
}

/// What a network would make of the first view: 512 sums of all its numbers with fixed signs, as unsigned bytes.
fn embedded(matcher: &Matcher) -> Vec<u8> {
    let view: Vec<f32> = matcher.numbers().take(QUANTISED * 2).collect();
    let mut signs = StdRng::seed_from_u64(1);
    let sums: Vec<f32> = (0..QUANTISED)
        .map(|_| {
            let sign = |number: &f32| if signs.random() { *number } else { -number };
            view.iter().map(sign).sum()
        })
        .collect();
    let mut stored = Vec::with_capacity(QUANTISED);
    stored.extend(bytes(&sums).map(|byte| byte.cast_unsigned() ^ 0x80));
    stored
}

/// 127 for four standard deviations.
fn bytes(numbers: &[f32]) -> impl Iterator<Item = i8> {
    let squares: f32 = numbers.iter().map(|number| number * number).sum();
    let deviation = (squares / numbers.len() as f32).sqrt().max(f32::EPSILON);
    numbers
        .iter()
        .map(move |number| (number / deviation * 127.0 / 4.0).round() as i8)
}

fn keep<T>(kept: &mut VecDeque<T>, one: T) {
    kept.push_back(one);
    if kept.len() > KEPT {
        kept.pop_front();
    }
}

#[cfg(test)]
mod tests;
