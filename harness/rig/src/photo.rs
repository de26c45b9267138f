//! The chip's photo as pixels. OpenJPEG gives its buffers back as they are, so a child decodes: what it leaves is gone with it.
//!
//! [`decoded`] starts `shinsa decode-photo` and gives it the file over a pipe; [`decode`] is that child. Called by the search for residue and by
//! the CLI's hidden command. Must not: write a picture anywhere else.

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

/// The first component, 8 bits a pixel.
pub struct Grey {
    /// px.
    pub width: u32,
    /// px.
    pub height: u32,
    /// Rows from the top.
    pub pixels: Zeroizing<Vec<u8>>,
}

/// Decodes a JPEG 2000 file.
///
/// # Errors
/// Why it is no picture, or why no child could be started.
pub fn decoded(encoded: &[u8]) -> Result<Grey, String> {
    let failed = |error: io::Error| format!("decoding: {error}");
    let program = std::env::current_exe().map_err(failed)?;
    let mut child = Command::new(program)
        .arg("decode-photo")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // It reads all before it says anything; where it ended early, its own words say more than a broken pipe.
    let given = child.stdin.take().map(|mut to| to.write_all(encoded));
    let mut told = Zeroizing::new(Vec::with_capacity(1 << 20));
    if let Some(mut from) = child.stdout.take() {
        from.read_to_end(&mut told).map_err(failed)?;
    }
    let ended = child.wait_with_output().map_err(failed)?;
    if !ended.status.success() {
        let words = String::from_utf8_lossy(&ended.stderr);
        return Err(words.trim().to_owned());
    }
    given.transpose().map_err(failed)?;
    parsed(&told).ok_or_else(|| "decoding: it gave no picture".into())
}

/// Width, height, pixels.
fn parsed(told: &[u8]) -> Option<Grey> {
    let (width, rest) = told.split_first_chunk()?;
    let (height, pixels) = rest.split_first_chunk()?;
    let (width, height) = (u32::from_le_bytes(*width), u32::from_le_bytes(*height));
    let whole = u64::from(width) * u64::from(height) == pixels.len() as u64;
    whole.then(|| Grey {
        width,
        height,
        pixels: Zeroizing::new(pixels.to_vec()),
    })
}

/// The child: a file from standard input, its pixels to standard output.
///
/// # Errors
/// It is no JPEG 2000 file, or a pipe broke.
pub fn decode() -> Result<(), String> {
    let failed = |error: io::Error| error.to_string();
    let mut encoded = Vec::new();
    io::stdin().read_to_end(&mut encoded).map_err(failed)?;
    let decoded = jpeg2k::Image::from_bytes(&encoded).map_err(|error| error.to_string())?;
    let grey = decoded
        .components()
        .first()
        .ok_or("no picture in it".to_owned())?;
    let mut out = io::stdout().lock();
    out.write_all(&grey.width().to_le_bytes()).map_err(failed)?;
    out.write_all(&grey.height().to_le_bytes())
        .map_err(failed)?;
    out.write_all(&grey.data_u8().collect::<Vec<u8>>())
        .map_err(failed)?;
    out.flush().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_pixels_that_its_size_says() {
        let told = [2, 0, 0, 0, 1, 0, 0, 0, 7, 8];
        let grey = parsed(&told).unwrap();
        assert_eq!((grey.width, grey.height), (2, 1));
        assert_eq!(*grey.pixels, [7, 8]);
        for short in [&told[..9], &told[..7], &[]] {
            assert!(parsed(short).is_none());
        }
        assert!(parsed(&[0xFF; 20]).is_none());
    }
}
