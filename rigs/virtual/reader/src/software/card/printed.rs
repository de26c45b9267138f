//! The applications that open with what is printed on the card: photo (券面事項確認AP) and, for a planted defect, name (券面事項入力補助AP).

use zeroize::Zeroizing;

use super::CardError;
use super::apdu::Card;

const CARD_FACE: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02];
const TEXT_AID: [u8; 10] = [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08];
const CONTENT: u16 = 0x0002;
const PHOTO: u16 = 0xDF27;
/// Below so many tries of 照合番号B left, the reader tries no more: a city office alone could open it again.
const FLOOR: u8 = 5;

/// What opening with 照合番号B came to.
pub enum Opened<T> {
    Content(T),
    /// The number was wrong: the card face was misread.
    Misread,
    /// Too few tries are left.
    TooFewTries,
}

/// The chip's photo, JP2.
pub fn photo(card: &mut Card, number_b: &[u8]) -> Result<Opened<Zeroizing<Vec<u8>>>, CardError> {
    open(card, &CARD_FACE, 0x0012, number_b, PHOTO)
}

/// The holder's name, UTF-8. Only the defect `name-in-error-log` asks.
pub fn name(card: &mut Card, number_b: &[u8]) -> Result<Opened<Zeroizing<Vec<u8>>>, CardError> {
    open(card, &TEXT_AID, 0x0015, number_b, 0xDF22)
}

fn open(
    card: &mut Card,
    aid: &[u8],
    secret: u16,
    number_b: &[u8],
    wanted: u16,
) -> Result<Opened<Zeroizing<Vec<u8>>>, CardError> {
    card.application(aid)?;
    if !card.file(secret)? {
        return Err(CardError::Garbage("the card lacks 照合番号B"));
    }
    if card.tries()? < FLOOR {
        return Ok(Opened::TooFewTries);
    }
    if !card.verify(number_b)? {
        return Ok(Opened::Misread);
    }
    if !card.file(CONTENT)? {
        return Err(CardError::Garbage("the card lacks its card-face data"));
    }
    let content = card.read()?;
    find(&content, wanted)
        .map(|value| Opened::Content(Zeroizing::new(value.to_vec())))
        .ok_or(CardError::Garbage("the card-face data lacks an object"))
}

/// Value of an object inside `FF20 { … }`.
fn find(content: &[u8], wanted: u16) -> Option<&[u8]> {
    let (_, mut rest, _) = object(content)?;
    while let Some((tag, value, after)) = object(rest) {
        if tag == wanted {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// First object with a two-byte tag: tag, value, what follows.
fn object(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let tag = u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]);
    let (header, length) = match *bytes.get(2)? {
        short @ 0..=0x7F => (3, usize::from(short)),
        0x81 => (4, usize::from(*bytes.get(3)?)),
        0x82 => (
            5,
            usize::from(u16::from_be_bytes([*bytes.get(3)?, *bytes.get(4)?])),
        ),
        _ => return None,
    };
    let value = bytes.get(header..header + length)?;
    Some((tag, value, &bytes[header + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_found_by_tag_and_short_ones_are_refused() {
        let inner = [
            &[0xDF, 0x22, 2, 1, 2][..],
            &[0xDF, 0x27, 0x81, 0x80],
            &[9; 128],
        ]
        .concat();
        let whole = [&[0xFF, 0x20, 0x81, inner.len() as u8][..], &inner].concat();
        assert_eq!(find(&whole, PHOTO), Some(&[9; 128][..]));
        assert_eq!(find(&whole, 0xDF29), None);
        assert_eq!(find(&whole[..40], PHOTO), None);
    }
}
