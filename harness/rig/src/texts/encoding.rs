//! Encoding of a collected file.

/// UTF-8 byte order mark.
const MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// A file's text and how it had to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Text without byte order mark.
    pub text: String,
    /// Was it valid UTF-8?
    pub utf8: bool,
    /// Did it begin with a byte order mark?
    pub marked: bool,
}

/// Decodes UTF-8; what is none is read as Shift_JIS, so that a wrong encoding alone does not hide the lines: that is
/// another item's subject. Bytes that are neither become U+FFFD.
pub fn decode(bytes: &[u8]) -> Decoded {
    let marked = bytes.starts_with(MARK);
    let body = if marked { &bytes[MARK.len()..] } else { bytes };
    match std::str::from_utf8(body) {
        Ok(text) => Decoded {
            text: text.into(),
            utf8: true,
            marked,
        },
        Err(_) => Decoded {
            text: encoding_rs::SHIFT_JIS.decode(body).0.into_owned(),
            utf8: false,
            marked,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_told_but_read() {
        let utf8 = decode("起動".as_bytes());
        assert!(utf8.utf8 && !utf8.marked);
        let sjis = decode(&[0x8B, 0x4E, 0x93, 0xAE]);
        assert_eq!((sjis.text.as_str(), sjis.utf8), ("起動", false));
        let marked = decode(b"\xEF\xBB\xBFabc");
        assert_eq!((marked.text.as_str(), marked.marked), ("abc", true));
        assert!(!decode(&[0xFF, 0xFF]).utf8);
    }
}
