//! The card's JPKI application (公的個人認証AP): certificate, PIN, signature with and without PIN.

use openssl::hash::{MessageDigest, hash};
use openssl::pkey::PKey;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::CardError;
use super::apdu::{Card, OK};

const AID: [u8; 10] = [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
const CERTIFICATE: u16 = 0x000A;
const KEY: u16 = 0x0017;
const PIN: u16 = 0x0018;
/// DigestInfo of SHA-256 (RFC 8017, 9.2 note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
/// Context of the synthetic authentication without PIN (the card's README).
const PINLESS: &[u8] = b"PINLESS-TERMINAL-V1";

/// What became of a signature with PIN.
pub enum Signed {
    Signature(Vec<u8>),
    Wrong,
    Blocked,
}

/// Certificate for user authentication (利用者証明用電子証明書), DER.
pub fn certificate(card: &mut Card) -> Result<Vec<u8>, CardError> {
    card.application(&AID)?;
    choose(card, CERTIFICATE)?;
    card.read().map(|certificate| certificate.to_vec())
}

/// Tries left of the PIN; `None` on a card without one (顔認証マイナンバーカード).
pub fn tries(card: &mut Card) -> Result<Option<u8>, CardError> {
    card.application(&AID)?;
    if card.file(PIN)? {
        card.tries().map(Some)
    } else {
        Ok(None)
    }
}

/// Signs with the holder's PIN. The counter is read first: a blocked card is not touched.
pub fn sign_with_pin(card: &mut Card, pin: &[u8], nonce: &[u8]) -> Result<Signed, CardError> {
    card.application(&AID)?;
    choose(card, PIN)?;
    if card.tries()? == 0 {
        return Ok(Signed::Blocked);
    }
    if !card.verify(pin)? {
        let left = card.tries()?;
        return Ok(if left == 0 {
            Signed::Blocked
        } else {
            Signed::Wrong
        });
    }
    sign(card, nonce).map(Signed::Signature)
}

/// Signs after the terminal has proved itself (PINなし認証; the virtual card's synthetic sequence).
pub fn sign_without_pin(
    card: &mut Card,
    terminal_key: &[u8],
    nonce: &[u8],
) -> Result<Vec<u8>, CardError> {
    card.application(&AID)?;
    let (challenge, sw) = card.send(&[0x00, 0x84, 0x00, 0x00, 0x10])?;
    if sw != OK {
        return Err(CardError::Refused {
            what: "GET CHALLENGE",
            sw,
        });
    }
    let proof = PKey::hmac(terminal_key)
        .and_then(|key| Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(&challenge))
        .map_err(|_| CardError::Garbage("terminal key"))?;
    let data = Zeroizing::new([PINLESS, &proof].concat());
    let command =
        Zeroizing::new([&[0x80, 0xA2, 0x00, 0x01, data.len() as u8], data.as_slice()].concat());
    let (_, sw) = card.send(&command)?;
    if sw != OK {
        return Err(CardError::Refused {
            what: "terminal authentication",
            sw,
        });
    }
    sign(card, nonce)
}

fn sign(card: &mut Card, nonce: &[u8]) -> Result<Vec<u8>, CardError> {
    choose(card, KEY)?;
    let digest = hash(MessageDigest::sha256(), nonce).map_err(|_| CardError::Garbage("digest"))?;
    let info = [&DIGEST_INFO, &*digest].concat();
    let command = [
        &[0x80, 0x2A, 0x00, 0x80, info.len() as u8],
        info.as_slice(),
        &[0x00],
    ]
    .concat();
    match card.send(&command)? {
        (signature, OK) => Ok(signature.to_vec()),
        (_, sw) => Err(CardError::Refused {
            what: "signature",
            sw,
        }),
    }
}

fn choose(card: &mut Card, file: u16) -> Result<(), CardError> {
    if card.file(file)? {
        Ok(())
    } else {
        Err(CardError::Garbage(
            "the card lacks a file of the JPKI application",
        ))
    }
}
