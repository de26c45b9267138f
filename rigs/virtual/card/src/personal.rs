//! Personal content of a card: the data objects of the card-face and text-aid applications (facts/CARD.md). Synthetic people only.

use anyhow::Result;
use fixture_people::cards::Card;
use fixture_people::draw;
use image::{GrayImage, ImageEncoder, Luma};
use openssl::pkey::PKeyRef;
use openssl::pkey::Private;

/// DigestInfo of SHA-256 (RFC 8017, 9.2 note 1) with room for three digests, as the card face carries them.
const THREE_DIGESTS: [u8; 19] = [
    0x30, 0x71, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x60,
];

/// BER-TLV with a two-byte tag.
fn object(tag: u16, value: &[u8]) -> Vec<u8> {
    [&tag.to_be_bytes(), length(value.len()).as_slice(), value].concat()
}

fn length(n: usize) -> Vec<u8> {
    match n {
        0..=0x7F => vec![n as u8],
        0x80..=0xFF => vec![0x81, n as u8],
        _ => vec![0x82, (n >> 8) as u8, n as u8],
    }
}

/// Wraps fields into `FF20 { DF21 offsets, fields… }`; offsets count from the start of the file.
fn with_offsets(fields: &[Vec<u8>]) -> Vec<u8> {
    let table = 3 + fields.len() * 2;
    let body = table + fields.iter().map(Vec::len).sum::<usize>();
    let mut offset = 2 + length(body).len() + table;
    let mut offsets = Vec::new();
    for field in fields {
        offsets.extend((offset as u16).to_be_bytes());
        offset += field.len();
    }
    object(
        0xFF20,
        &[object(0xDF21, &offsets), fields.concat()].concat(),
    )
}

/// Text as a picture, black on white, PNG. The real card has 1 bit a pixel; the `image` crate writes 8, of which
/// two levels are used.
fn text_picture(text: &str, size: f32) -> Result<Vec<u8>> {
    let width = (text.chars().count() as f32 * size) as u32 + 8;
    let mut picture = GrayImage::from_pixel(width, size as u32 + 8, Luma([255]));
    draw::text(&mut picture, &draw::typeface()?, size, 4.0, 2.0, text);
    for Luma([level]) in picture.pixels_mut() {
        *level = if *level > 127 { 255 } else { 0 };
    }
    let mut png = Vec::new();
    let (width, height) = picture.dimensions();
    let grey = image::ExtendedColorType::L8;
    image::codecs::png::PngEncoder::new(&mut png).write_image(
        picture.as_raw(),
        width,
        height,
        grey,
    )?;
    Ok(png)
}

fn digits(date: &str) -> Vec<u8> {
    date.bytes().filter(u8::is_ascii_digit).collect()
}

fn sex(card: &Card) -> &'static [u8] {
    if card.persona.sex == "男" {
        b"1"
    } else {
        b"2"
    }
}

/// EF 0002 of 券面事項確認AP. `photo`: JP2. Signed by the store's synthetic authority over everything before the signature.
pub fn card_face(card: &Card, photo: &[u8], signer: &PKeyRef<Private>) -> Result<Vec<u8>> {
    let person = &card.persona;
    let rsa = signer.rsa()?;
    let modulus = rsa.n().to_vec();
    let key = [
        [0x90, 0x03, 0x01, 0x00, 0x01, 0x91].as_slice(),
        &length(modulus.len()),
        &modulus,
    ]
    .concat();
    let mut fields = vec![
        object(0xDF22, &digits(&person.birth)),
        object(0xDF23, sex(card)),
        object(0xDF24, &key),
        object(0xDF25, &text_picture(&person.kanji, 32.0)?),
        object(0xDF26, &text_picture(&person.address, 24.0)?),
        object(0xDF27, photo),
    ];
    // Birth to key, pictures of texts, photo: hashed apart, so that a terminal can check without ever seeing the photo.
    let digests = [&fields[..3], &fields[3..5], &fields[5..]]
        .map(|part| openssl::sha::sha256(&part.concat()))
        .concat();
    let info = [&THREE_DIGESTS[..], &digests].concat();
    let mut signature = vec![0; rsa.size() as usize];
    rsa.private_encrypt(&info, &mut signature, openssl::rsa::Padding::PKCS1)?;
    fields.push(object(0xDF28, &signature));
    fields.push(object(0xDF29, &digits(&person.expires)));
    fields.push(object(0xDF2A, &text_picture(&person.security_code, 32.0)?));
    Ok(with_offsets(&fields))
}

/// EF 0002 of 券面事項入力補助AP.
pub fn attributes(card: &Card) -> Vec<u8> {
    let person = &card.persona;
    with_offsets(&[
        object(0xDF22, person.kanji.as_bytes()),
        object(0xDF23, person.address.as_bytes()),
        object(0xDF24, &digits(&person.birth)),
        object(0xDF25, sex(card)),
    ])
}

/// EF 0001 of 券面事項入力補助AP: a synthetic individual number with the right check digit.
pub fn my_number(seed: u64) -> Vec<u8> {
    let body: Vec<u8> =
        format!("{:011}", seed.wrapping_mul(7_654_321_123) % 100_000_000_000).into_bytes();
    let mut file = vec![0xFF, 0x10, 0x0C];
    file.extend(&body);
    file.push(b'0' + check_digit(&body));
    file
}

/// Check digit of an individual number (番号法総務省令 第5条): weights 2…7, 2…6 from the right, modulo 11.
fn check_digit(eleven: &[u8]) -> u8 {
    let sum: u32 = eleven
        .iter()
        .rev()
        .zip(1u32..)
        .map(|(digit, n)| u32::from(digit - b'0') * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_the_published_one() {
        // Oracle: the test card's number 537686677188, quoted in facts/CARD.md's source (crate myna-card).
        assert_eq!(check_digit(b"53768667718"), 8);
    }

    #[test]
    fn offsets_point_at_their_fields() {
        let file = with_offsets(&[object(0xDF22, b"12345678"), object(0xDF23, &[7; 300])]);
        let table = &file[2 + 3 + 3..];
        let second = usize::from(u16::from_be_bytes([table[2], table[3]]));
        assert_eq!(file[second..second + 2], [0xDF, 0x23]);
    }
}
