//! Texts as escaped by JSON (RFC 8259 §7), URLs (RFC 3986 §2.1) and XML (XML 1.0 §4.1).
//!
//! Where a text has characters beyond ASCII only those are escaped, as serialisers do; else all are.

use std::fmt::{self, Write as _};

use super::form::List;
use super::text::shift_jis;
use crate::canary::SecretText;

/// Adds every escaped form of `text`.
pub(super) fn add(text: &str, list: &mut List) {
    let all = text.is_ascii();
    let mut character_form = |name: &str, write: fn(&mut SecretText, char) -> fmt::Result| {
        let escaped = SecretText::written(|out| {
            text.chars().try_for_each(|c| {
                if all || !c.is_ascii() {
                    write(out, c)
                } else {
                    out.write_char(c)
                }
            })
        });
        list.add(name.into(), escaped.into_bytes());
    };
    character_form("json-u-lower", |out, c| {
        c.encode_utf16(&mut [0; 2])
            .iter()
            .try_for_each(|unit| write!(out, "\\u{unit:04x}"))
    });
    character_form("json-u-upper", |out, c| {
        c.encode_utf16(&mut [0; 2])
            .iter()
            .try_for_each(|unit| write!(out, "\\u{unit:04X}"))
    });
    character_form("xml-decimal", |out, c| write!(out, "&#{};", u32::from(c)));
    character_form("xml-hex-lower", |out, c| {
        write!(out, "&#x{:x};", u32::from(c))
    });
    character_form("xml-hex-upper", |out, c| {
        write!(out, "&#x{:X};", u32::from(c))
    });

    let mut url = |name: &str, bytes: &[u8]| {
        for (step, upper) in [("url-upper", true), ("url-lower", false)] {
            let escaped = SecretText::written(|out| percent(out, bytes, all, upper));
            list.add(format!("{name}{step}"), escaped.into_bytes());
        }
    };
    url("", text.as_bytes());
    if let (false, Some(bytes)) = (all, shift_jis(text)) {
        url("shift-jis>", bytes.reveal());
    }
}

/// Percent-encodes `bytes`; unreserved characters stay unless `all`.
fn percent(out: &mut SecretText, bytes: &[u8], all: bool, upper: bool) -> fmt::Result {
    bytes.iter().try_for_each(|&byte| {
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if unreserved && !all {
            out.write_char(byte.into())
        } else if upper {
            write!(out, "%{byte:02X}")
        } else {
            write!(out, "%{byte:02x}")
        }
    })
}
