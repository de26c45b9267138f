//! Pictures as text in a line: base64 (both alphabets) or hex that begins as a picture file does, and the lines on which it goes on.
//!
//! What begins in the middle of a file looks like any other data and is not recognised. Called by the search, line by line in order.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;

use super::Span;

/// Characters that are decoded to look at a file's beginning: all of hex's and base64's units fit in.
const LOOK: usize = 48;
/// A line of base64 in mail has 76 characters; shorter lines than this end a picture.
const LINE: usize = 40;

static RUNS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[A-Za-z0-9+/_-]{24,}={0,2}").expect("constant"));

static ENGINES: LazyLock<[GeneralPurpose; 2]> = LazyLock::new(|| {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].map(|alphabet| GeneralPurpose::new(&alphabet, lenient))
});

/// Pictures of the lines so far.
#[derive(Debug, Default)]
pub struct Pictures {
    /// The last line ended within a picture of this kind.
    open: Option<&'static str>,
}

impl Pictures {
    /// Pictures in the next line: kind and characters.
    pub fn find(&mut self, line: &str) -> Vec<(&'static str, Span)> {
        let text = line.trim();
        let indent = line.chars().count() - line.trim_start().chars().count();
        let open = self.open.take();
        if let Some(kind) = open
            && let Some(run) = RUNS.find(text).or_else(|| last(text))
            && run.len() == text.len()
        {
            self.open = (text.len() >= LINE).then_some(kind);
            return vec![(kind, (indent, indent + text.len()))];
        }
        let mut found = Vec::new();
        for run in RUNS.find_iter(line) {
            let Some(kind) = kind(run.as_str()) else {
                continue;
            };
            let from = line[..run.start()].chars().count();
            found.push((kind, (from, from + run.len())));
            self.open = (run.end() == line.trim_end().len() && run.len() >= LINE).then_some(kind);
        }
        found
    }
}

/// The rest of a picture on a short last line.
fn last(text: &str) -> Option<regex::Match<'_>> {
    static REST: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("^[A-Za-z0-9+/_-]+={0,2}$").expect("constant"));
    REST.find(text)
}

fn kind(run: &str) -> Option<&'static str> {
    let beginning = &run.trim_end_matches('=')[..run.trim_end_matches('=').len().min(LOOK)];
    let even = &beginning[..beginning.len() & !1];
    if hex::decode(even).is_ok_and(|bytes| is_picture(&bytes)) {
        return Some("picture-hex");
    }
    let whole = &beginning[..beginning.len() & !3];
    let decoded = ENGINES
        .iter()
        .filter_map(|engine| engine.decode(whole).ok());
    decoded
        .into_iter()
        .any(|bytes| is_picture(&bytes))
        .then_some("picture-base64")
}

/// Beginnings of JPEG, PNG, JP2, JPEG 2000 code streams, GIF, WebP and Windows bitmaps.
fn is_picture(bytes: &[u8]) -> bool {
    let bitmap = bytes.len() >= 14 && bytes.starts_with(b"BM") && bytes[6..10] == [0; 4];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let beginnings: [&[u8]; 5] = [
        b"\xFF\xD8\xFF",
        b"\x89PNG\r\n",
        b"\0\0\0\x0CjP  ",
        b"\xFF\x4F\xFF\x51",
        b"GIF8",
    ];
    bitmap || webp || beginnings.iter().any(|start| bytes.starts_with(start))
}
