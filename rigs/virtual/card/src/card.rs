//! The card: commands in, answers out. Pure but for the store; knows neither sockets nor readers.

use anyhow::Result;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::Signer;

use crate::profile::{Element, Profile};
use crate::store::Store;

const OK: u16 = 0x9000;
const WRONG_LENGTH: u16 = 0x6700;
const NOT_AUTHORISED: u16 = 0x6982;
const BLOCKED: u16 = 0x6984;
const NO_FILE_CHOSEN: u16 = 0x6986;
const WRONG_FILE: u16 = 0x6981;
const NOT_FOUND: u16 = 0x6A82;
const WRONG_P1P2: u16 = 0x6A86;
const PAST_END: u16 = 0x6B00;
const UNKNOWN_INSTRUCTION: u16 = 0x6D00;
const FAULT: u16 = 0x6F00;

/// What the synthetic terminal puts before its proof.
const PINLESS: &[u8] = b"PINLESS-TERMINAL-V1";

/// A powered card.
pub struct Card {
    profile: Profile,
    store: Store,
    application: Option<String>,
    element: Option<Element>,
    verified: Vec<String>,
    challenge: Vec<u8>,
}

/// A command taken apart. `le`: bytes expected, 256/65536 for zero.
struct Command<'a> {
    ins: [u8; 2],
    p1: u8,
    p2: u8,
    data: &'a [u8],
    le: Option<usize>,
}

impl Card {
    /// A card after reset.
    pub fn new(profile: Profile, store: Store) -> Self {
        Self {
            profile,
            store,
            application: None,
            element: None,
            verified: Vec::new(),
            challenge: Vec::new(),
        }
    }

    /// Answer to reset.
    pub fn atr(&self) -> Vec<u8> {
        hex::decode(&self.profile.atr).unwrap_or_default()
    }

    /// Power off or reset: rights and choices are gone.
    pub fn reset(&mut self) {
        self.application = None;
        self.element = None;
        self.verified.clear();
        self.challenge.clear();
    }

    /// One command. Never fails: what cannot be done is a status word.
    pub fn answer(&mut self, apdu: &[u8]) -> Vec<u8> {
        let (mut data, sw) = match parse(apdu) {
            Some(command) => self.dispatch(&command).unwrap_or((Vec::new(), FAULT)),
            None => (Vec::new(), WRONG_LENGTH),
        };
        data.extend(sw.to_be_bytes());
        data
    }

    fn dispatch(&mut self, command: &Command) -> Result<(Vec<u8>, u16)> {
        let plain = |sw| Ok((Vec::new(), sw));
        match command.ins {
            [0x00, 0xA4] if self.store.is_broken() => plain(FAULT),
            [0x00, 0xA4] => plain(self.select(command)),
            [0x00, 0x20] => self.verify(command).map(|sw| (Vec::new(), sw)),
            [0x00, 0xB0] => Ok(self.read(command)),
            [0x00, 0x84] => self.make_challenge(command.le.unwrap_or(16)),
            [0x80, 0xA2] => self.prove(command.data).map(|sw| (Vec::new(), sw)),
            [0x80, 0x2A] => self.sign(command),
            _ => plain(UNKNOWN_INSTRUCTION),
        }
    }

    fn select(&mut self, command: &Command) -> u16 {
        match (command.p1, command.data) {
            (0x04, aid) => {
                let Some(name) = self.profile.application(aid).map(str::to_owned) else {
                    return NOT_FOUND;
                };
                self.reset();
                self.application = Some(name);
                OK
            }
            (0x02, [high, low]) => {
                let Some(application) = &self.application else {
                    return NO_FILE_CHOSEN;
                };
                let found = self
                    .profile
                    .element(application, u16::from_be_bytes([*high, *low]))
                    .cloned();
                match found.filter(|element| self.exists(element)) {
                    Some(element) => {
                        self.element = Some(element);
                        OK
                    }
                    None => NOT_FOUND,
                }
            }
            (0x02, _) => WRONG_LENGTH,
            _ => WRONG_P1P2,
        }
    }

    fn exists(&self, element: &Element) -> bool {
        match (&element.file, &element.pin, &element.key) {
            (Some(file), ..) | (.., Some(file)) => self.store.content(file).is_some(),
            (_, Some(pin), _) => self.store.tries(pin).is_some(),
            _ => false,
        }
    }

    fn verify(&mut self, command: &Command) -> Result<u16> {
        if (command.p1, command.p2) != (0x00, 0x80) {
            return Ok(WRONG_P1P2);
        }
        let Some((pin, full)) = self
            .element
            .as_ref()
            .and_then(|e| e.pin.clone().map(|pin| (pin, e.tries)))
        else {
            return Ok(if self.element.is_some() {
                WRONG_FILE
            } else {
                NO_FILE_CHOSEN
            });
        };
        let left = self.store.tries(&pin).unwrap_or(0);
        if command.data.is_empty() {
            return Ok(0x63C0 | u16::from(left));
        }
        if left == 0 {
            return Ok(BLOCKED);
        }
        self.verified.retain(|name| name != &pin);
        if self.store.verify(&pin, full, command.data)? {
            self.verified.push(pin);
            return Ok(OK);
        }
        Ok(0x63C0 | u16::from(left - 1))
    }

    /// The element that P2 means: by its short identifier (low five bits), or the chosen one where that is 0.
    fn meant(&self, p2: u8) -> Option<&Element> {
        match p2 & 0x1F {
            0 => self.element.as_ref(),
            short => {
                let application = self.application.as_deref()?;
                let named = self.profile.element(application, u16::from(short));
                named.filter(|element| self.exists(element))
            }
        }
    }

    fn may(&self, element: &Element) -> bool {
        element.opened_by.is_empty()
            || element
                .opened_by
                .iter()
                .any(|secret| self.verified.contains(secret))
    }

    fn read(&self, command: &Command) -> (Vec<u8>, u16) {
        let Some(element) = &self.element else {
            return (Vec::new(), NO_FILE_CHOSEN);
        };
        let Some(content) = element
            .file
            .as_deref()
            .and_then(|file| self.store.content(file))
        else {
            return (Vec::new(), WRONG_FILE);
        };
        if !self.may(element) {
            return (Vec::new(), NOT_AUTHORISED);
        }
        if command.p1 & 0x80 != 0 {
            return (Vec::new(), WRONG_P1P2);
        }
        let offset = usize::from(u16::from_be_bytes([command.p1, command.p2]));
        if offset >= content.len() {
            return (Vec::new(), PAST_END);
        }
        let end = content.len().min(offset + command.le.unwrap_or(256));
        (content[offset..end].to_vec(), OK)
    }

    fn make_challenge(&mut self, length: usize) -> Result<(Vec<u8>, u16)> {
        self.challenge = vec![0; length.clamp(1, 64)];
        openssl::rand::rand_bytes(&mut self.challenge)?;
        Ok((self.challenge.clone(), OK))
    }

    fn prove(&mut self, data: &[u8]) -> Result<u16> {
        let challenge = std::mem::take(&mut self.challenge);
        if challenge.is_empty() || self.application.as_deref() != Some("jpki") {
            return Ok(NO_FILE_CHOSEN);
        }
        let key = PKey::hmac(self.store.terminal_key())?;
        let proof = Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(&challenge)?;
        let expected = [PINLESS, &proof].concat();
        if expected.len() == data.len() && openssl::memcmp::eq(&expected, data) {
            self.verified.push("pinless".into());
            return Ok(OK);
        }
        Ok(NOT_AUTHORISED)
    }

    fn sign(&self, command: &Command) -> Result<(Vec<u8>, u16)> {
        // P1 00: the caller supplies what is padded. The card's other schemes are not needed here.
        if command.p1 != 0x00 || command.p2 & 0xE0 != 0x80 {
            return Ok((Vec::new(), WRONG_P1P2));
        }
        let Some(element) = self.meant(command.p2) else {
            return Ok((Vec::new(), NO_FILE_CHOSEN));
        };
        let Some(der) = element
            .key
            .as_deref()
            .and_then(|key| self.store.content(key))
        else {
            return Ok((Vec::new(), WRONG_FILE));
        };
        if !self.may(element) {
            return Ok((Vec::new(), NOT_AUTHORISED));
        }
        let key = Rsa::private_key_from_der(&zeroize::Zeroizing::new(der))?;
        let size = key.size() as usize;
        if command.data.is_empty() || command.data.len() > size - 11 {
            return Ok((Vec::new(), WRONG_LENGTH));
        }
        let mut signature = vec![0; size];
        key.private_encrypt(command.data, &mut signature, Padding::PKCS1)?;
        Ok((signature, OK))
    }
}

/// Takes a command APDU apart, short or extended (ISO/IEC 7816-4, 5.2); `None` for a length that fits no case.
fn parse(apdu: &[u8]) -> Option<Command<'_>> {
    let (&[cla, ins, p1, p2], body) = apdu.split_first_chunk::<4>()?;
    let short = |le: u8| if le == 0 { 256 } else { usize::from(le) };
    let long = |le: &[u8]| match u16::from_be_bytes([le[0], le[1]]) {
        0 => 65536,
        le => usize::from(le),
    };
    let (data, le): (&[u8], _) = match body {
        [] => (&[], None),
        [le] => (&[], Some(short(*le))),
        [0, le @ ..] if le.len() == 2 => (&[], Some(long(le))),
        [0, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            match rest.len().checked_sub(length)? {
                0 => (rest, None),
                2 => (&rest[..length], Some(long(&rest[length..]))),
                _ => return None,
            }
        }
        [length, rest @ ..] => match rest.len().checked_sub(usize::from(*length))? {
            0 => (rest, None),
            1 => (&rest[..rest.len() - 1], Some(short(rest[rest.len() - 1]))),
            _ => return None,
        },
    };
    Some(Command {
        ins: [cla, ins],
        p1,
        p2,
        data,
        le,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_iso_7816_4_is_taken_apart() {
        let case = |hex: &str| {
            let apdu = hex::decode(hex).unwrap();
            parse(&apdu).map(|c| (hex::encode(c.data), c.le))
        };
        assert_eq!(case("00200080"), Some((String::new(), None)));
        assert_eq!(case("00B0000000"), Some((String::new(), Some(256))));
        assert_eq!(case("00B00000000000"), Some((String::new(), Some(65536))));
        assert_eq!(case("00A4020C020018"), Some(("0018".into(), None)));
        assert_eq!(case("802A00800212340A"), Some(("1234".into(), Some(10))));
        assert_eq!(
            case("802A008000000212340000"),
            Some(("1234".into(), Some(65536)))
        );
        assert_eq!(case("00A4020C0318"), None);
        assert_eq!(case("00A4"), None);
    }
}
