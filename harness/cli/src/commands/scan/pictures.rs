//! Reads a picture to look for: the file's bytes, and its pixels where the format can be decoded here.
//!
//! The decoder's own buffers are not wiped: the pixels handed on are.

use std::path::Path;

use image::GenericImageView;
use shinsa_residue::canary::SecretBytes;
use shinsa_residue::hunt::WantedPicture;
use shinsa_residue::images::{Picture, Rectangle};
use zeroize::Zeroizing;

use crate::exit::Stop;

/// Most pixels that are decoded: a 12-megapixel camera's.
const MOST_PIXELS: u64 = 16_000_000;

/// Where the face lies on the pictures: `LEFT,TOP,WIDTH,HEIGHT` in pixels, from the brows to the mouth.
pub fn face(text: &str) -> Result<Rectangle, String> {
    let numbers: Result<Vec<usize>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    match numbers.as_deref() {
        Ok([left, top, width, height]) if *width > 0 && *height > 0 => Ok(Rectangle {
            left: *left,
            top: *top,
            width: *width,
            height: *height,
        }),
        _ => Err("expected LEFT,TOP,WIDTH,HEIGHT in pixels, e.g. 120,170,140,150".into()),
    }
}

/// Reads a picture; its id is `picture/` and the file's name.
///
/// # Errors
/// Bad usage: not readable, or a PNG, JPEG or BMP that cannot be decoded.
pub fn read(path: &Path, face: Option<Rectangle>) -> Result<WantedPicture, Stop> {
    let broken =
        |why: &dyn std::fmt::Display| Stop::usage(format!("error: {}: {why}", path.display()));
    let file = Zeroizing::new(std::fs::read(path).map_err(|error| broken(&error))?);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (format, decoded) = match image::guess_format(&file) {
        Ok(
            format @ (image::ImageFormat::Png | image::ImageFormat::Jpeg | image::ImageFormat::Bmp),
        ) => {
            let mut reader =
                image::ImageReader::with_format(std::io::Cursor::new(&file[..]), format);
            let mut limits = image::Limits::default();
            limits.max_alloc = Some(MOST_PIXELS * 8);
            reader.limits(limits);
            let decoded = reader
                .decode()
                .map_err(|error| broken(&format!("cannot be decoded: {error}")))?;
            (format.extensions_str()[0].to_owned(), Some(decoded))
        }
        _ => (
            path.extension()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase(),
            None,
        ),
    };
    let picture = decoded.map(|decoded| {
        let (width, height) = decoded.dimensions();
        let samples = Zeroizing::new(decoded.into_rgb8().into_raw());
        Picture::rgb(
            width as usize,
            height as usize,
            SecretBytes::copied(&samples),
        )
    });
    Ok(WantedPicture {
        id: format!("picture/{name}"),
        encoded: SecretBytes::copied(&file),
        format: if format.is_empty() {
            "file".into()
        } else {
            format
        },
        picture: picture.transpose().map_err(|error| broken(&error))?,
        face,
        alike: false,
        nobody: None,
    })
}
