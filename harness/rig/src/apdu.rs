//! Command APDUs: what the harness may send, status words, retry counters, forms of an ATR. Pure.

use shinsa_model::scenario::PinKind;

/// JPKI application (公的個人認証 AP).
pub const JPKI: &str = "D392F000260100000001";
/// Card face application (券面事項確認 AP).
pub const CARD_FACE: &str = "D3921000310001010402";

/// Where a secret that locks lives: application and elementary file.
pub fn pin_file(pin: PinKind) -> (&'static str, u16) {
    match pin {
        PinKind::Auth => (JPKI, 0x0018),
        PinKind::Sign => (JPKI, 0x001B),
        PinKind::NumberB => (CARD_FACE, 0x0012),
    }
}

/// SELECT by application id; `aid` in hex.
pub fn select_application(aid: &str) -> Vec<u8> {
    let aid = hex::decode(aid).unwrap_or_default();
    let mut command = vec![0x00, 0xA4, 0x04, 0x0C, aid.len() as u8];
    command.extend(aid);
    command
}

/// SELECT of an elementary file below the current application.
pub fn select_file(file: u16) -> Vec<u8> {
    let [high, low] = file.to_be_bytes();
    vec![0x00, 0xA4, 0x02, 0x0C, 0x02, high, low]
}

/// VERIFY without body: asks for the retry counter, costs no try.
pub const EMPTY_VERIFY: [u8; 4] = [0x00, 0x20, 0x00, 0x80];

/// Tries left by the status word of an empty VERIFY: `63Cx`, or 0 when blocked; `None` where it tells nothing.
pub fn tries_left(sw: [u8; 2]) -> Option<u32> {
    match sw {
        [0x63, low] if low & 0xF0 == 0xC0 => Some(u32::from(low & 0x0F)),
        [0x69, 0x83 | 0x84] => Some(0),
        _ => None,
    }
}

/// Why a command of a scenario is not sent; `None`: it may be.
pub fn refusal(command: &[u8]) -> Option<&'static str> {
    let &[class, instruction, ..] = command else {
        return Some("a command has at least 4 bytes: CLA INS P1 P2");
    };
    if command.len() < 4 {
        return Some("a command has at least 4 bytes: CLA INS P1 P2");
    }
    if class & 0x10 != 0 && matches!(instruction, 0x20 | 0x21) {
        return Some("VERIFY in a command chain");
    }
    let body = match command.len() {
        4 => false,
        5 => command[4] != 0,
        _ => true,
    };
    match instruction {
        0x20 | 0x21 if body => Some("VERIFY with data"),
        0x24 | 0x25 => Some("CHANGE REFERENCE DATA"),
        0x2C | 0x2D => Some("RESET RETRY COUNTER"),
        _ => None,
    }
}

/// Is it a SELECT of an application (`true`), of a file (`false`), or neither?
pub fn selects(command: &[u8]) -> Option<bool> {
    match command {
        [_, 0xA4, 0x04, ..] => Some(true),
        [_, 0xA4, ..] => Some(false),
        _ => None,
    }
}

/// Form of an ATR as PC/SC part 3 gives it to contactless cards.
///
/// `type-b`: eight historical bytes of an ISO 14443 Type B card (application data 4, protocol 3, MBLI 1) with right
/// check byte; `type-a-storage`: storage card of ISO 14443 Type A; `contact`: no contactless interface bytes;
/// `none`: empty; else `unknown`.
pub fn atr_form(atr: &[u8]) -> &'static str {
    let check = |atr: &[u8]| atr[1..].iter().fold(0, |sum, byte| sum ^ byte) == 0;
    match atr {
        [] => "none",
        [
            0x3B,
            0x8F,
            0x80,
            0x01,
            0x80,
            0x4F,
            0x0C,
            0xA0,
            0,
            0,
            3,
            6,
            standard,
            ..,
        ] if (1..=3).contains(standard) => "type-a-storage",
        [0x3B, 0x88, 0x80, 0x01, historical @ ..]
            if historical.len() == 9 && historical[7].trailing_zeros() >= 4 && check(atr) =>
        {
            "type-b"
        }
        [0x3B, high, 0x80, 0x01, ..] if high & 0xF0 == 0x80 => "unknown",
        [0x3B | 0x3F, _, ..] => "contact",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_costs_a_try_is_sent() {
        let refused = |text: &str| refusal(&hex::decode(text).unwrap()).is_some();
        assert!(!refused("00200080"));
        assert!(!refused("0020008000"));
        assert!(refused("002000800431323334"));
        assert!(refused("0021008004"));
        assert!(refused("10200080"));
        assert!(refused("80200080000004313233"));
        assert!(refused("00240080"));
        assert!(refused("002C0080"));
        assert!(refused("00A4"));
        assert!(!refused("00A4040C0AD392F000260100000001"));
        assert!(!refused("00B0000004"));
    }

    #[test]
    fn counters_are_read_from_status_words() {
        assert_eq!(tries_left([0x63, 0xC3]), Some(3));
        assert_eq!(tries_left([0x63, 0xC0]), Some(0));
        assert_eq!(tries_left([0x69, 0x84]), Some(0));
        assert_eq!(tries_left([0x90, 0x00]), None);
        assert_eq!(tries_left([0x6A, 0x82]), None);
    }

    #[test]
    fn atr_forms() {
        let form = |text: &str| atr_form(&hex::decode(text).unwrap());
        assert_eq!(form("3B888001000041E0B381A1003B"), "type-b");
        assert_eq!(form("3B888001000041E0B381A1003C"), "unknown");
        assert_eq!(
            form("3B8F8001804F0CA000000306030001000000006A"),
            "type-a-storage"
        );
        assert_eq!(form("3B6500002063CB6800"), "contact");
        assert_eq!(form(""), "none");
        assert_eq!(form("FF"), "unknown");
    }

    #[test]
    fn selections_are_told_apart() {
        assert_eq!(selects(&select_application(JPKI)), Some(true));
        assert_eq!(selects(&select_file(0x18)), Some(false));
        assert_eq!(selects(&EMPTY_VERIFY), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..40)) {
            atr_form(&bytes);
            refusal(&bytes);
            selects(&bytes);
        }
    }
}
