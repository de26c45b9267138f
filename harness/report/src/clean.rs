//! What may not stand in a report whatever file it came from. Applied to whole rendered texts, so that no
//! field can be forgotten; markup is escaped by the templates, or by [`escape`] where none is used.

/// Control characters (ANSI escapes, NUL), direction overrides and characters that XML forbids become U+FFFD:
/// visible, harmless. Line feeds and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
                '\u{fffd}'
            }
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// CI systems act on `[[ATTACHMENT|path]]` in a test's output: text from files must not be able to say it.
pub(crate) fn without_attachments(text: &str) -> String {
    text.replace("ATTACHMENT|", "ATTACHMENT |")
}

/// Relative path of an artefact; `None` unless the hash is one, so that no text can name another file.
pub(crate) fn artefact_path(sha256: &str) -> Option<String> {
    let hash = sha256.len() == 64
        && sha256
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    hash.then(|| format!("artefacts/{}/{sha256}", &sha256[..2]))
}

/// Text of others as text of HTML, also inside quotes.
pub fn escape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '&' => "&amp;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_the_reader() {
        assert_eq!(
            printable("a\u{1b}[31m\0b\u{202e}\u{ffff}\n"),
            "a\u{fffd}[31m\u{fffd}b\u{fffd}\u{fffd}\n"
        );
        assert_eq!(printable("≤ ± 髙﨑𠮷"), "≤ ± 髙﨑𠮷");
        assert!(!without_attachments("[[[ATTACHMENT|/etc/passwd]]").contains("[[ATTACHMENT|"));
        assert_eq!(artefact_path("../../../etc/passwd"), None);
        assert_eq!(
            artefact_path(&"ab".repeat(32)),
            Some(format!("artefacts/ab/{}", "ab".repeat(32)))
        );
    }
}
