//! Other spellings of the same text: spaces, case, width, kana.
//!
//! A form field may drop the space between family and given name, a database hold them apart, a health-insurance
//! record spell kana in half width.

use crate::canary::SecretText;

/// JIS X 0201 katakana in code order; the first stands for U+FF61.
const HALF_WIDTH: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
const VOICED: &str = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ";
const HALF_VOICED: &str = "パピプペポ";
const VOICED_MARK: char = '\u{FF9E}';
const HALF_VOICED_MARK: char = '\u{FF9F}';

/// Spellings other than the given one, each with its name.
pub(super) fn of(text: &str) -> Vec<(String, SecretText)> {
    let mut made: Vec<(String, SecretText)> = Vec::new();
    spaces("", text, &mut made);
    if text.chars().any(|c| ('ァ'..='ヶ').contains(&c)) {
        for (script, spelled) in [
            ("hiragana", hiragana(text)),
            ("half-width-kana", half_width(text)),
        ] {
            spaces(script, spelled.reveal(), &mut made);
            made.push((script.into(), spelled));
        }
    }
    if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        made.push((
            "upper".into(),
            text.chars().map(|c| c.to_ascii_uppercase()).collect(),
        ));
        made.push((
            "lower".into(),
            text.chars().map(|c| c.to_ascii_lowercase()).collect(),
        ));
        made.push(("capitalised".into(), capitalised(text)));
    }
    if text.bytes().any(|byte| byte.is_ascii_graphic()) {
        made.push(("full-width".into(), full_width(text)));
    }
    if text.chars().any(|c| narrow(c) != c && c != '\u{3000}') {
        made.push(("narrow".into(), text.chars().map(narrow).collect()));
    }
    made
}

/// ASCII in full width: `0` → `０`, space → U+3000.
pub(super) fn full_width(text: &str) -> SecretText {
    text.chars()
        .map(|c| match c {
            ' ' => '\u{3000}',
            '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// The reverse of [`full_width`].
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

/// A text with a space: with the other kind of space, without, and the parts around a single one.
fn spaces(script: &str, text: &str, made: &mut Vec<(String, SecretText)>) {
    let space = |c: char| c == ' ' || c == '\u{3000}';
    if !text.contains(space) {
        return;
    }
    let mut add = |what: &str, spelled: SecretText| {
        if spelled.reveal() != text {
            let name = [script, what].join(if script.is_empty() { "" } else { "+" });
            made.push((name, spelled));
        }
    };
    let with = |other: char| {
        text.chars()
            .map(|c| if space(c) { other } else { c })
            .collect()
    };
    add("ascii-space", with(' '));
    add("ideographic-space", with('\u{3000}'));
    add("joined", text.chars().filter(|&c| !space(c)).collect());
    let mut parts = text.split(space);
    if let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) {
        add("before-space", SecretText::copied(before));
        add("after-space", SecretText::copied(after));
    }
}

fn capitalised(text: &str) -> SecretText {
    let mut inside = false;
    text.chars()
        .map(|c| {
            let cased = if inside {
                c.to_ascii_lowercase()
            } else {
                c.to_ascii_uppercase()
            };
            inside = c.is_ascii_alphabetic();
            cased
        })
        .collect()
}

fn hiragana(text: &str) -> SecretText {
    text.chars()
        .map(|c| match c {
            'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// Katakana in half width, voicing marks apart, spaces narrow; what JIS X 0201 lacks stays.
fn half_width(text: &str) -> SecretText {
    let mut spelled = SecretText::with_capacity(2 * text.len());
    for character in text.chars() {
        let below = |by: u32| char::from_u32(u32::from(character) - by).unwrap_or(character);
        let (base, mark) = match character {
            'ヴ' => ('ウ', Some(VOICED_MARK)),
            _ if VOICED.contains(character) => (below(1), Some(VOICED_MARK)),
            _ if HALF_VOICED.contains(character) => (below(2), Some(HALF_VOICED_MARK)),
            _ => (narrow(character), None),
        };
        let place = HALF_WIDTH.chars().position(|known| known == base);
        let half = place.and_then(|place| char::from_u32(0xFF61 + place as u32));
        spelled.append_char(half.unwrap_or(base));
        if let Some(mark) = mark {
            spelled.append_char(mark);
        }
    }
    spelled
}
