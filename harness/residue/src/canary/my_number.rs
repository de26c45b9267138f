//! Numbers with the form of a My Number (個人番号): eleven digits and a check digit. No real person's.

use std::fmt::Write as _;

use rand::Rng;

use super::secret::SecretText;

/// The check digit of eleven digits (each 0 … 9, highest first): 番号法に基づく総務省令第85号 (2014), article 5.
///
/// # Errors
/// `None` unless there are exactly eleven digits, each below 10.
pub fn check_digit(eleven: &[u8]) -> Option<u8> {
    if eleven.len() != 11 || eleven.iter().any(|&digit| digit > 9) {
        return None;
    }
    let sum: u32 = (1_u32..)
        .zip(eleven.iter().rev())
        .map(|(n, &digit)| u32::from(digit) * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    Some(match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder as u8,
    })
}

/// Our own range: no test range is published, so ours begin with 000 and can be told from a lab's card by that.
pub(super) fn drawn(random: &mut impl Rng) -> SecretText {
    let mut digits = zeroize::Zeroizing::new([0_u8; 11]);
    for digit in &mut digits[3..] {
        *digit = random.random_range(0..10);
    }
    let check = check_digit(&*digits).unwrap_or_default();
    SecretText::written(|text| {
        digits
            .iter()
            .try_for_each(|digit| write!(text, "{digit}"))?;
        write!(text, "{check}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand after article 5: 1×6 2×5 3×4 4×3 5×2 | 6×7 7×6 8×5 9×4 0×3 1×2 = 212, 212 mod 11 = 3, 11 − 3 = 8, the
    /// widely printed sample number 1234 5678 9018.
    #[test]
    fn the_printed_sample_number_checks() {
        assert_eq!(check_digit(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]), Some(8));
        assert_eq!(check_digit(&[0; 11]), Some(0));
        assert_eq!(check_digit(&[1; 10]), None);
        assert_eq!(check_digit(&[10; 11]), None);
    }
}
