//! PIN blocks of ISO 9564-1:2017 §9.3, formats 0 to 3, before encipherment.

use super::form::List;
use crate::canary::{Pin, SecretBytes};

/// The leading bytes that every block of a format shares: control nibble, length 4, the four digits.
fn control(format: u8, pin: &Pin) -> SecretBytes {
    let digits = pin.digits();
    SecretBytes::copied(&[
        format << 4 | 4,
        digits[0] << 4 | digits[1],
        digits[2] << 4 | digits[3],
    ])
}

/// Format 0: the PIN field, filled with F, XOR the field of the account number: its 12 rightmost digits without the check
/// digit (each 0 … 9). With twelve zeros: the plain PIN field.
///
/// # Errors
/// `None` if a digit is above 9.
pub fn format_0(pin: &Pin, account: &[u8; 12]) -> Option<SecretBytes> {
    if account.iter().any(|&digit| digit > 9) {
        return None;
    }
    let mut block = filled(0, pin);
    for (byte, pair) in block.reveal_mut()[2..]
        .iter_mut()
        .zip(account.chunks_exact(2))
    {
        *byte ^= pair[0] << 4 | pair[1];
    }
    Some(block)
}

fn filled(format: u8, pin: &Pin) -> SecretBytes {
    let control = control(format, pin);
    control.reveal().iter().copied().chain([0xFF; 5]).collect()
}

/// Adds the blocks of a PIN. A My Number card has no account number, so its field is zero in formats 0 and 3; formats 1
/// and 3 fill up with random nibbles, and only the leading three bytes are known.
pub(super) fn add(pin: &Pin, list: &mut List) {
    list.add("pin-block-0".into(), filled(0, pin));
    list.add("pin-block-1-fixed".into(), control(1, pin));
    list.add("pin-block-2".into(), filled(2, pin));
    list.add("pin-block-3-fixed".into(), control(3, pin));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example printed with most descriptions of format 0: PIN 1234, account number 43219876543210987.
    #[test]
    fn format_0_with_an_account_number() {
        let pin = Pin::parse("1234").unwrap();
        let block = format_0(&pin, &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8]).unwrap();
        assert_eq!(
            block.reveal(),
            [0x04, 0x12, 0xAC, 0x89, 0xAB, 0xCD, 0xEF, 0x67]
        );
        assert!(format_0(&pin, &[0xA; 12]).is_none());
        assert_eq!(
            format_0(&pin, &[0; 12]).unwrap().reveal(),
            filled(0, &pin).reveal()
        );
    }
}
