//! What a file holds, by its first bytes. Never by its name.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use encoding_rs::{EUC_JP, SHIFT_JIS};
use zeroize::Zeroizing;

use super::system::open;

/// Bytes looked at.
const LOOK: usize = 4096;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// UTF-8, UTF-16 with a mark, Shift_JIS or EUC-JP, without control characters.
    Text,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// JPEG 2000, as file or bare codestream.
    Jp2,
    /// BMP.
    Bmp,
    /// TIFF.
    Tiff,
    /// WebP.
    Webp,
    /// gzip.
    Gzip,
    /// zip, empty ones too.
    Zip,
    /// SQLite.
    Sqlite,
    /// A memory dump: ELF core or Windows minidump.
    Core,
    /// Nothing.
    Empty,
    /// Anything else.
    Binary,
    /// A link; never followed.
    Link,
    /// A device, socket or FIFO; never opened.
    Special,
}

impl Content {
    /// As the wire names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Jp2 => "jp2",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Webp => "webp",
            Self::Gzip => "gzip",
            Self::Zip => "zip",
            Self::Sqlite => "sqlite",
            Self::Core => "core",
            Self::Empty => "empty",
            Self::Binary => "binary",
            Self::Link => "link",
            Self::Special => "special",
        }
    }

    /// Whether it shows something.
    pub fn is_picture(self) -> bool {
        use Content::{Bmp, Jp2, Jpeg, Png, Tiff, Webp};
        matches!(self, Jpeg | Png | Jp2 | Bmp | Tiff | Webp)
    }

    /// Whether it is a memory dump.
    pub fn is_dump(self) -> bool {
        self == Self::Core
    }

    /// Of a file that begins with `start`, up to 4096 bytes of it.
    pub fn of(start: &[u8]) -> Self {
        let begins = |magic: &[u8]| start.starts_with(magic);
        let at = |place: usize, magic: &[u8]| {
            start
                .get(place..)
                .is_some_and(|rest| rest.starts_with(magic))
        };
        match () {
            () if start.is_empty() => Self::Empty,
            () if begins(b"\xFF\xD8\xFF") => Self::Jpeg,
            () if begins(b"\x89PNG\r\n\x1A\n") => Self::Png,
            () if begins(b"\0\0\0\x0CjP  \r\n\x87\n") || begins(b"\xFF\x4F\xFF\x51") => Self::Jp2,
            // The two reserved words after the length are 0; "BM" alone begins many a text.
            () if begins(b"BM") && at(6, &[0; 4]) => Self::Bmp,
            () if begins(b"II*\0") || begins(b"MM\0*") => Self::Tiff,
            () if begins(b"RIFF") && at(8, b"WEBP") => Self::Webp,
            () if begins(b"\x1F\x8B") => Self::Gzip,
            () if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") => Self::Zip,
            () if begins(b"SQLite format 3\0") => Self::Sqlite,
            () if begins(b"\x7FELF") && is_core(start) => Self::Core,
            () if begins(b"MDMP") => Self::Core,
            () if is_text(start) => Self::Text,
            () => Self::Binary,
        }
    }
}

/// Of a file. Links are not followed; nothing but a regular file is read.
///
/// # Errors
/// It cannot be read.
pub fn of_file(path: &Path) -> io::Result<Content> {
    Ok(Content::of(&start(&open(path)?)?))
}

/// The first bytes of an open file, wherever it stands.
///
/// # Errors
/// It cannot be read.
pub fn start(mut file: &File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut start = Zeroizing::new(Vec::with_capacity(LOOK));
    file.rewind()?;
    file.take(LOOK as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// ELF's type, in the byte order that its header tells.
fn is_core(start: &[u8]) -> bool {
    match (start.get(5), start.get(16..18)) {
        (Some(1), Some(kind)) => kind == [4, 0],
        (Some(2), Some(kind)) => kind == [0, 4],
        _ => false,
    }
}

fn is_text(start: &[u8]) -> bool {
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    let control = |byte: &u8| *byte < 0x20 && !b"\t\n\r\x0C\x1B".contains(byte);
    if start.iter().any(control) {
        return false;
    }
    // The last character may be cut.
    let cut = if start.len() < LOOK { 0..=0 } else { 0..=3 };
    let mut ends = cut.map(|cut| &start[..start.len() - cut]);
    ends.any(|text| {
        std::str::from_utf8(text).is_ok()
            || [SHIFT_JIS, EUC_JP].iter().any(|encoding| {
                encoding
                    .decode_without_bom_handling_and_without_replacement(text)
                    .is_some()
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        for (start, content) in [
            (b"".as_slice(), Content::Empty),
            (b"\xFF\xD8\xFF\xE0", Content::Jpeg),
            (b"\0\0\0\x0CjP  \r\n\x87\n\0", Content::Jp2),
            (b"\xFF\x4F\xFF\x51\0", Content::Jp2),
            (b"BMI of a patient", Content::Text),
            (b"BM\x36\0\x01\0\0\0\0\0\x36", Content::Bmp),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Content::Webp),
            (b"RIFF\x10\0\0\0WAVEfmt ", Content::Binary),
            (b"SQLite format 3\0", Content::Sqlite),
            (
                b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0",
                Content::Core,
            ),
            (
                b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0",
                Content::Binary,
            ),
            (b"MDMP\x93\xA7", Content::Core),
            ("2026-01-02 受付\r\n".as_bytes(), Content::Text),
            (b"\x8E\xF3\x95\x74\r\n", Content::Text), // 受付 in Shift_JIS
            (b"\xFF\xFEa\0", Content::Text),
            (b"\x01\x02\x03", Content::Binary),
        ] {
            assert_eq!(Content::of(start), content, "{start:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_something(bytes in proptest::collection::vec(0..=255_u8, 0..64)) {
            assert_eq!(Content::of(&bytes) == Content::Empty, bytes.is_empty());
        }
    }

    #[test]
    fn a_character_that_is_cut_is_still_text() {
        let text = "あ".repeat(LOOK);
        for start in 0..3 {
            let bytes = &text.as_bytes()[3 * start..];
            assert_eq!(Content::of(&bytes[..LOOK]), Content::Text);
        }
    }
}
