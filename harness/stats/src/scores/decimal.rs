//! Plain decimals such as `-0.731602`, which nearly all scores are: a whole number by a power of ten, rounded right.
//!
//! All digits are handled at once, as bytes of one word. Called by `field`, which gives all else to a full parser.

/// Powers of ten that f64 has exactly, as far as fifteen digits need them.
const TENS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Bits of f64 that f32 lacks, and the highest of them.
const LOST: u64 = (1 << 29) - 1;
const HALF: u64 = 1 << 28;

/// A byte in each of a word's eight.
const EACH: u64 = 0x0101_0101_0101_0101;

/// The nearest f32 of at most fifteen digits with or without a point; none for any other text, and for the rare value
/// that cannot be told from a tie this way. The field is `bytes[start..end]`.
#[inline]
pub(super) fn plain(bytes: &[u8], start: usize, end: usize) -> Option<f32> {
    let negative = bytes.get(start) == Some(&b'-');
    let start = start + usize::from(negative);
    let (whole, decimals) = match bytes.get(start..).and_then(|rest| rest.first_chunk()) {
        Some(word) if (1..=8).contains(&end.wrapping_sub(start)) => {
            short(u64::from_le_bytes(*word), end - start)?
        }
        _ => long(bytes.get(start..end)?)?,
    };
    // Both exact, so the quotient is the f64 nearest to the value. Rounding it again goes wrong only where it stands
    // right between two f32, which the value may have been on either side of.
    // Fewer than 2⁵⁰, and one instruction from i64, not from u64.
    let value = whole as i64 as f64 / TENS[decimals];
    if value.to_bits() & LOST == HALF {
        return None;
    }
    let value = value as f32;
    Some(if negative { -value } else { value })
}

/// Digits without their point, and how many stand behind it, of the first 1 to 8 bytes of a word.
#[inline]
fn short(word: u64, length: usize) -> Option<(u64, usize)> {
    // The field moves to the highest bytes, where its last digit belongs; zeros before it are digits that add nothing.
    let free = 64 - 8 * length as u32;
    // Digits become 0 to 9; a point becomes 0x1e.
    let digits = (word ^ (EACH * u64::from(b'0'))) << free;
    // The highest bit of each byte that is more than 9.
    let others = (((digits & (EACH * 0x7f)) + EACH * 0x76) | digits) & (EACH * 0x80);
    if others == 0 {
        return Some((eight(digits), 0));
    }
    let place = others.trailing_zeros() & !7;
    let point = u64::from(b'.' ^ b'0') << place;
    if others & (others - 1) != 0 || digits & (0xff << place) != point || length == 1 {
        return None;
    }
    // Bytes before the point move up over it.
    let before = digits & ((1 << place) - 1);
    let after = digits & !((1 << place) - 1) & !(0xff << place);
    Some((eight(before << 8 | after), 7 - place as usize / 8))
}

/// The number that eight digits make, the first in the lowest byte: pairs, then fours, then all.
#[inline]
fn eight(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// As [`short`], of up to 16 bytes.
fn long(field: &[u8]) -> Option<(u64, usize)> {
    if field.len() > 16 {
        return None;
    }
    let (mut whole, mut point) = (0_u64, None);
    for (place, byte) in field.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            whole = whole * 10 + u64::from(digit);
        } else if *byte == b'.' && point.is_none() {
            point = Some(place);
        } else {
            return None;
        }
    }
    let count = field.len() - usize::from(point.is_some());
    let decimals = point.map_or(0, |place| field.len() - 1 - place);
    (1..=15).contains(&count).then_some((whole, decimals))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// The field alone, and with others behind and before it: every way must say the same.
    fn plain(field: &[u8]) -> Option<f32> {
        let alone = super::plain(field, 0, field.len());
        for other in [b"s1,9.9,9".as_slice(), b"-.\x00\xff,s1\n....-"] {
            let bytes = [other, field, other].concat();
            let within = super::plain(&bytes, other.len(), other.len() + field.len());
            assert_eq!(within.map(f32::to_bits), alone.map(f32::to_bits));
        }
        alone
    }

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

        /// What is one character off a number is left to others, however short.
        #[test]
        fn nothing_else_is_taken_for_a_number(
            text in "-?[0-9]{0,4}\\.?[0-9]{0,4}",
            place in 0_usize..9,
            byte in any::<u8>().prop_filter("no digit", |byte| !byte.is_ascii_digit()),
        ) {
            let mut bytes = text.into_bytes();
            bytes.insert(place.min(bytes.len()), byte);
            let known = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<f32>().ok());
            if let Some(value) = plain(&bytes) {
                prop_assert_eq!(Some(value.to_bits()), known.map(f32::to_bits));
            }
        }

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
