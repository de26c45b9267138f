//! Memory that holds a secret: wiped on drop, wiped when it grows, never printed.
//!
//! No `Debug`, `Display`, `Clone` or `Serialize` on purpose: each would be a way out. Used by every module that
//! touches a canary's value or one of its forms.

use std::fmt;

use zeroize::Zeroizing;

/// Secret bytes.
#[derive(Default)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// An empty buffer with room for `bytes` bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// A copy of `bytes`; wiping the original is the caller's business.
    pub fn copied(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Appends `bytes`.
    pub fn append(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            // `Vec` would move the content and free the old place unwiped.
            let mut larger = Vec::with_capacity(needed.max(2 * self.0.capacity()));
            larger.extend_from_slice(&self.0);
            self.0 = Zeroizing::new(larger);
        }
        self.0.extend_from_slice(bytes);
    }

    /// The bytes; the caller must neither keep nor print them.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, to change in place.
    pub fn reveal_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<u8> for SecretBytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let bytes = bytes.into_iter();
        let mut made = Self::with_capacity(bytes.size_hint().0);
        for byte in bytes {
            made.append(&[byte]);
        }
        made
    }
}

/// Secret text. Written to with `write!`, which adds no copy on the heap.
#[derive(Default)]
pub struct SecretText(SecretBytes);

impl SecretText {
    /// Room for `bytes` bytes of UTF-8.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(SecretBytes::with_capacity(bytes))
    }

    /// A copy of `text`.
    pub fn copied(text: &str) -> Self {
        Self(SecretBytes::copied(text.as_bytes()))
    }

    /// What `write` writes, in a buffer of its own.
    pub fn written(write: impl FnOnce(&mut Self) -> fmt::Result) -> Self {
        let mut text = Self::with_capacity(64);
        write(&mut text).expect("writing to memory does not fail");
        text
    }

    /// Appends `text`.
    pub fn append(&mut self, text: &str) {
        self.0.append(text.as_bytes());
    }

    /// Appends one character.
    pub fn append_char(&mut self, character: char) {
        self.append(character.encode_utf8(&mut [0; 4]));
    }

    /// The text; the caller must neither keep nor print it.
    pub fn reveal(&self) -> &str {
        // Only whole texts are ever appended.
        std::str::from_utf8(self.0.reveal()).unwrap_or_default()
    }

    /// Its UTF-8 bytes.
    pub fn into_bytes(self) -> SecretBytes {
        self.0
    }
}

impl fmt::Write for SecretText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text);
        Ok(())
    }
}

impl FromIterator<char> for SecretText {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        let characters = characters.into_iter();
        let mut text = Self::with_capacity(3 * characters.size_hint().0);
        for character in characters {
            text.append_char(character);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_keeps_the_content() {
        let mut bytes = SecretBytes::with_capacity(1);
        for byte in 0..200 {
            bytes.append(&[byte]);
        }
        assert!(bytes.reveal().iter().copied().eq(0..200));
        let text: SecretText = "審査".chars().collect();
        assert_eq!(text.reveal(), "審査");
    }
}
