//! Plain decimals such as `-0.731602`, which nearly all scores are: a whole number by a power of ten, rounded right.

/// Powers of ten that f64 has exactly, as far as fifteen digits need them.
const TENS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Bits of f64 that f32 lacks, and the highest of them.
const LOST: u64 = (1 << 29) - 1;
const HALF: u64 = 1 << 28;

/// The nearest f32 of at most fifteen digits with or without a point; none for any other text, and for the rare value
/// that cannot be told from a tie this way.
#[inline]
pub(super) fn plain(field: &[u8]) -> Option<f32> {
    let (negative, digits) = match field {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 16 {
        return None;
    }
    let (mut whole, mut point) = (0_u64, None);
    for (place, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            whole = whole * 10 + u64::from(digit);
        } else if *byte == b'.' && point.is_none() {
            point = Some(place);
        } else {
            return None;
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    if count == 0 || count > 15 {
        return None;
    }
    let decimals = point.map_or(0, |place| digits.len() - 1 - place);
    // Both exact, so the quotient is the f64 nearest to the value. Rounding it again goes wrong only where it stands
    // right between two f32, which the value may have been on either side of.
    let value = whole as f64 / TENS[decimals];
    if value.to_bits() & LOST == HALF {
        return None;
    }
    let value = value as f32;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agrees(text: &str) {
        if let Some(value) = plain(text.as_bytes()) {
            let known: f32 = text.parse().unwrap();
            assert_eq!(value.to_bits(), known.to_bits(), "{text}");
        }
    }

    #[test]
    fn ties_and_texts_that_are_none_are_left_to_others() {
        // Halfway between 1 and the next f32, and a hair beside it that f64 cannot tell.
        assert_eq!(plain(b"16777217"), None);
        for text in [
            "",
            "-",
            ".",
            "-.",
            "1e3",
            "1.2.3",
            "+1",
            "0x1",
            "1234567890123456",
            "NaN",
        ] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
        for text in ["0", "-0", "5.", ".5", "-2.25", "0.00000000000001"] {
            assert!(plain(text.as_bytes()).is_some(), "{text}");
            agrees(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_nearest_is_found(text in "-?[0-9]{0,8}\\.?[0-9]{0,9}") {
            agrees(&text);
        }

        /// Decimals right beside the middle of two neighbouring f32.
        #[test]
        fn near_ties_are_rounded_right(bits in 0x3000_0000_u32..0x4b00_0000, digits in 5_usize..15) {
            let low = f32::from_bits(bits);
            let middle = f64::midpoint(f64::from(low), f64::from(low.next_up()));
            agrees(&format!("{middle:.digits$}"));
        }
    }
}
