//! Pictures of the wire as grey pixels for the engine. Decoded pixels are wiped: most show somebody's face.

use anyhow::{Context, Result, bail};
use virtual_reader::sight::grey::Grey;
use zeroize::Zeroizing;

/// Decodes a picture of one of the published media types.
pub fn grey(media: &str, data: &[u8]) -> Result<Grey> {
    let format = match media {
        "image/jp2" => return jp2(data),
        "image/png" => image::ImageFormat::Png,
        "image/jpeg" => image::ImageFormat::Jpeg,
        "image/x-portable-graymap" | "image/x-portable-pixmap" => image::ImageFormat::Pnm,
        other => bail!("media type {other:?} is not one of the published ones"),
    };
    let picture = image::load_from_memory_with_format(data, format)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let colour = picture.color().has_color();
    let (channels, pixels) = if colour {
        (3, Zeroizing::new(picture.into_rgb8().into_raw()))
    } else {
        (1, Zeroizing::new(picture.into_luma8().into_raw()))
    };
    Grey::of(width, height, channels, &pixels).context("picture of a wrong length")
}

fn jp2(data: &[u8]) -> Result<Grey> {
    let decoded = jpeg2k::Image::from_bytes(data)?;
    let component = decoded
        .components()
        .first()
        .context("a JPEG 2000 picture without components")?;
    let pixels: Zeroizing<Vec<u8>> = Zeroizing::new(component.data_u8().collect());
    Grey::of(
        component.width() as usize,
        component.height() as usize,
        1,
        &pixels,
    )
    .context("picture of a wrong length")
}
