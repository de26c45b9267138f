//! The bytes of a picture in the layouts that decoders, cameras, windows and recognisers hold pixels in.
//!
//! Converted values (grey, YUV, floats) follow one published formula each; software that rounds otherwise shows other
//! bytes, and only their likeness tells those.

/// How pixels become bytes. All little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Luma of JFIF 1.02 (ITU-R BT.601, full range), rounded. Also the Y plane of a full-range YUV picture.
    Gray8,
    /// Luma of ITU-R BT.709 (weights to six places), rounded, as the Rust crate `image` has it.
    Gray8Rec709,
    /// [`Layout::Gray8`] × 257.
    Gray16,
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red: OpenCV, Windows bitmaps.
    Bgr,
    /// With alpha 255.
    Rgba,
    /// With alpha 255: most window systems.
    Bgra,
    /// Alpha 255 first.
    Argb,
    /// 5, 6 and 5 bits, red highest: small displays.
    Rgb565,
    /// Two pixels in four bytes, BT.601 with luma 16 … 235: what USB cameras send.
    Yuyv,
    /// The luma plane of NV12, BT.601 with luma 16 … 235.
    Nv12Luma,
    /// Its chroma plane: U, V of each 2 × 2 pixels.
    Nv12Chroma,
    /// f32, red, green, blue by pixel, 0 … 1.
    F32HwcUnit,
    /// The same, −1 … 1.
    F32HwcSigned,
    /// f32, a plane of red, of green, of blue (whose order does not matter to a search for windows), 0 … 1.
    F32ChwUnit,
    /// The same, −1 … 1.
    F32ChwSigned,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Self; 16] = [
        Self::Gray8,
        Self::Gray8Rec709,
        Self::Gray16,
        Self::Rgb,
        Self::Bgr,
        Self::Rgba,
        Self::Bgra,
        Self::Argb,
        Self::Rgb565,
        Self::Yuyv,
        Self::Nv12Luma,
        Self::Nv12Chroma,
        Self::F32HwcUnit,
        Self::F32HwcSigned,
        Self::F32ChwUnit,
        Self::F32ChwSigned,
    ];

    /// Stable name, e.g. `nv12-y`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gray8 => "gray8",
            Self::Gray8Rec709 => "gray8-rec709",
            Self::Gray16 => "gray16",
            Self::Rgb => "rgb",
            Self::Bgr => "bgr",
            Self::Rgba => "rgba",
            Self::Bgra => "bgra",
            Self::Argb => "argb",
            Self::Rgb565 => "rgb565",
            Self::Yuyv => "yuyv",
            Self::Nv12Luma => "nv12-y",
            Self::Nv12Chroma => "nv12-uv",
            Self::F32HwcUnit => "f32-hwc-unit",
            Self::F32HwcSigned => "f32-hwc-signed",
            Self::F32ChwUnit => "f32-chw-unit",
            Self::F32ChwSigned => "f32-chw-signed",
        }
    }

    /// Planes, and how many picture rows and columns one of its rows and units spans.
    pub(super) fn shape(self) -> (usize, usize, usize) {
        match self {
            Self::F32ChwUnit | Self::F32ChwSigned => (3, 1, 1),
            Self::Nv12Chroma => (1, 2, 2),
            Self::Yuyv => (1, 1, 2),
            _ => (1, 1, 1),
        }
    }
}
