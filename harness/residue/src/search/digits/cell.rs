//! The short forms of a PIN, by the field's names of their encodings. No work here.

/// Where the bytes of one form lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// Four ASCII digits, side by side. Also the low bytes of Windows virtual-key codes and X11 keysyms.
    Ascii,
    /// UTF-16, little-endian: each digit before a zero.
    Utf16Le,
    /// UTF-16, big-endian: each digit after a zero.
    Utf16Be,
    /// UTF-32 or 32-bit key codes, little-endian: each digit before three zeros.
    Utf32Le,
    /// ASCII digits 2 bytes apart, anything between.
    Stride2,
    /// ASCII digits 4 bytes apart, anything between.
    Stride4,
    /// ASCII digits 8 bytes apart, anything between.
    Stride8,
    /// ASCII digits 16 bytes apart, anything between.
    Stride16,
    /// ASCII digits 24 bytes apart, anything between.
    Stride24,
    /// Values 0–9 in bytes, side by side: unpacked BCD.
    Values,
    /// Values 0–9 in 32-bit little-endian integers, side by side.
    Values32,
    /// The number in an aligned 32-bit little-endian integer.
    U32Le,
    /// The number in an aligned 32-bit big-endian integer.
    U32Be,
    /// The number in an aligned 64-bit little-endian integer.
    U64Le,
}

impl Cell {
    /// All forms, in the order of the histogram. Packed BCD and 16-bit integers are left out: two bytes are everywhere.
    pub const ALL: [Self; 14] = [
        Self::Ascii,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Utf32Le,
        Self::Stride2,
        Self::Stride4,
        Self::Stride8,
        Self::Stride16,
        Self::Stride24,
        Self::Values,
        Self::Values32,
        Self::U32Le,
        Self::U32Be,
        Self::U64Le,
    ];

    /// Whether a PIN is counted in this form at all. Values with two zeros or more are those of any small integer, and the integer 0 is
    /// empty memory: such PINs can be neither found nor controls there.
    pub fn counts(self, pin: u16) -> bool {
        match self {
            Self::Values | Self::Values32 => {
                let digits = [pin / 1000, pin / 100 % 10, pin / 10 % 10, pin % 10];
                digits.iter().filter(|digit| **digit == 0).count() < 2
            }
            Self::U32Le | Self::U32Be | Self::U64Le => pin != 0,
            _ => true,
        }
    }

    /// Place in [`Self::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Bytes from one digit to the next, or of an integer.
    fn stride(self) -> usize {
        match self {
            Self::Ascii | Self::Values => 1,
            Self::Utf16Le | Self::Utf16Be | Self::Stride2 => 2,
            Self::Utf32Le | Self::Stride4 | Self::Values32 | Self::U32Le | Self::U32Be => 4,
            Self::Stride8 | Self::U64Le => 8,
            Self::Stride16 => 16,
            Self::Stride24 => 24,
        }
    }

    /// Bytes from the first of the form to its last digit's.
    pub(super) fn span(self) -> usize {
        match self {
            Self::U32Le | Self::U32Be | Self::U64Le => self.stride(),
            // Their zeros are a part of the form.
            Self::Utf16Le | Self::Utf16Be | Self::Utf32Le | Self::Values32 => 4 * self.stride(),
            _ => 3 * self.stride() + 1,
        }
    }

    /// Reads a PIN where the form begins; none when an integer is no PIN or the bytes end.
    #[inline]
    pub(super) fn pin(self, bytes: &[u8]) -> Option<u16> {
        match self {
            Self::U32Le => number(u32::from_le_bytes(*bytes.first_chunk()?).into()),
            Self::U32Be => number(u32::from_be_bytes(*bytes.first_chunk()?).into()),
            Self::U64Le => number(u64::from_le_bytes(*bytes.first_chunk()?)),
            _ => {
                let first = usize::from(self == Self::Utf16Be);
                let digit = |n: usize| Some(u16::from(bytes.get(first + n * self.stride())? & 15));
                Some(digit(0)? * 1000 + digit(1)? * 100 + digit(2)? * 10 + digit(3)?)
            }
        }
    }
}

fn number(value: u64) -> Option<u16> {
    (1..10_000).contains(&value).then_some(value as u16)
}
