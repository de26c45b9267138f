//! The chain: each line ends in `"sum":"<hex>"`, SHA-256 over the previous line's sum (64 hex digits) and the line's own
//! bytes before `,"sum"`. Anyone can check it with a short script; the first line follows [`START`].

use sha2::{Digest, Sha256};

/// What stands for the sum before the first line.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

const MEMBER: &str = ",\"sum\":\"";
const TAIL: usize = MEMBER.len() + 64 + 2;

/// Sum of a line whose bytes before `,"sum"` are `body`.
pub fn sum(previous: &str, body: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(body);
    hex::encode(hasher.finalize())
}

/// Turns a JSON object's text into a chained line with newline; returns the line and its sum.
pub fn seal(previous: &str, object: &str) -> (String, String) {
    let body = object.strip_suffix('}').unwrap_or(object);
    let sum = sum(previous, body.as_bytes());
    (format!("{body}{MEMBER}{sum}\"}}\n"), sum)
}

/// Checks a line (without newline) against the sum before it; returns its own sum and its bytes before `,"sum"`,
/// or what is wrong.
pub fn open<'a>(previous: &str, line: &'a [u8]) -> Result<(String, &'a [u8]), &'static str> {
    let split = line
        .len()
        .checked_sub(TAIL)
        .ok_or("too short for a journal line")?;
    let (body, tail) = line.split_at(split);
    let tail = std::str::from_utf8(tail).map_err(|_| "does not end in a sum")?;
    let written = tail
        .strip_prefix(MEMBER)
        .and_then(|rest| rest.strip_suffix("\"}"))
        .ok_or("does not end in a sum")?;
    let found = sum(previous, body);
    if found == written {
        Ok((found, body))
    } else {
        Err("its bytes do not give its sum: this line, or the one before it, was changed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_opens_only_after_its_predecessor() {
        let (line, own) = seal(START, r#"{"seq":0}"#);
        assert_eq!(open(START, line.trim_end().as_bytes()).unwrap().0, own);
        assert!(open(&own, line.trim_end().as_bytes()).is_err());
        // Oracle: printf '%s{"seq":0' 000…0 | sha256sum
        assert_eq!(
            own,
            "bc0fc609b07bb783bbcd0d523b632bd2d60b046c2b230d9f812472ee04ad7a59"
        );
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_found(text in "[a-zA-Z0-9 ぁ-ん]{0,40}", at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let (line, _) = seal(START, &serde_json::json!({ "text": text }).to_string());
            let mut bytes = line.trim_end().as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(open(START, &bytes).is_err());
        }
    }
}
