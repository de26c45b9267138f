//! Character encodings of a text: ASCII or UTF-8, UTF-16 LE and BE, UTF-32LE, Shift_JIS and EUC-JP.
//!
//! Shift_JIS is Windows-31J (code page 932) as the WHATWG Encoding Standard defines it.

use encoding_rs::{EUC_JP, EncoderResult, Encoding, SHIFT_JIS};

use super::form::List;
use crate::canary::SecretBytes;

/// Adds `text` in every encoding that can spell it; `variant` goes before the encoding's name.
pub(super) fn add(variant: &str, text: &str, list: &mut List) {
    let name = |encoding: &str| match variant {
        "" => encoding.to_owned(),
        variant => format!("{variant}>{encoding}"),
    };
    list.add(name(utf_8_name(text)), SecretBytes::copied(text.as_bytes()));
    list.add(name("utf-16le"), utf_16(text, u16::to_le_bytes));
    list.add(name("utf-16be"), utf_16(text, u16::to_be_bytes));
    list.add(name("utf-32le"), utf_32le(text));
    for (encoding, called) in [(SHIFT_JIS, "shift-jis"), (EUC_JP, "euc-jp")] {
        if let Some(bytes) = legacy(text, encoding) {
            list.add(name(called), bytes);
        }
    }
}

/// What UTF-8 is called when the text needs no more than ASCII.
pub(super) fn utf_8_name(text: &str) -> &'static str {
    if text.is_ascii() { "ascii" } else { "utf-8" }
}

/// UTF-16 with the byte order that `bytes` gives, no byte order mark.
pub(super) fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> SecretBytes {
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf_32le(text: &str) -> SecretBytes {
    text.chars()
        .flat_map(|character| u32::from(character).to_le_bytes())
        .collect()
}

/// `text` in Shift_JIS; `None` where a character is not in it.
pub(super) fn shift_jis(text: &str) -> Option<SecretBytes> {
    legacy(text, SHIFT_JIS)
}

fn legacy(text: &str, encoding: &'static Encoding) -> Option<SecretBytes> {
    let mut encoder = encoding.new_encoder();
    let room = encoder.max_buffer_length_from_utf8_without_replacement(text.len())?;
    // Room for all from the start, so that no copy is left behind by growing.
    let mut buffer: SecretBytes = std::iter::repeat_n(0, room).collect();
    let (result, _, written) =
        encoder.encode_from_utf8_without_replacement(text, buffer.reveal_mut(), true);
    matches!(result, EncoderResult::InputEmpty)
        .then(|| SecretBytes::copied(&buffer.reveal()[..written]))
}
