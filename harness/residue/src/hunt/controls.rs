//! Control values: what else could have been the secret. Drawn from a seed, never a canary's own value.
//!
//! A short secret is met by chance, and in data of its own kind often (dates in logs, other PINs in queues). A form in which
//! even one of 100 values that nobody typed is met says nothing about the one that was. Called by `build`.

use rand::Rng;
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use crate::canary::{Canary, Date, Kind, SecretBytes, SecretText};

/// Control values per kind of secret (for numbers and texts: per canary).
pub const CONTROLS: usize = 100;
/// How far a control date lies from the canary's at most, in years: logs and birth dates lie in different decades.
const YEARS: u16 = 10;
/// Draws before it is given up to find one that is no canary's.
const DRAWS: usize = 1_000;

/// Another value that could have stood for `canary`; `None` where no other than a canary's own is drawn.
pub(super) fn control(canary: &Canary, all: &[Canary], random: &mut ChaCha20Rng) -> Option<Canary> {
    (0..DRAWS).find_map(|_| {
        let value = draw(canary, random)?;
        let own = all.iter().any(|other| other.reveal() == value.reveal());
        (!own).then(|| Canary::new("control".into(), canary.kind(), value).ok())?
    })
}

fn draw(canary: &Canary, random: &mut ChaCha20Rng) -> Option<SecretBytes> {
    let text = canary.reveal_text();
    Some(match canary.kind() {
        Kind::Pin => digits(0, text.len(), random),
        // Leading zeros stay: they decide how many bytes of a whole number are zero.
        Kind::Number => {
            let zeros = text.bytes().take_while(|byte| *byte == b'0').count();
            digits(zeros, text.len(), random)
        }
        Kind::Date => near(&Date::parse(text)?, random)?,
        Kind::Text => text
            .chars()
            .map(|one| character(one, random))
            .collect::<SecretText>()
            .into_bytes(),
        Kind::Bytes => canary
            .reveal()
            .iter()
            .map(|byte| {
                if *byte == 0 {
                    0
                } else {
                    random.random_range(1..=255)
                }
            })
            .collect(),
    })
}

/// `zeros` zeros, then a digit that is none (so that the count of leading zeros holds), then any.
fn digits(zeros: usize, length: usize, random: &mut ChaCha20Rng) -> SecretBytes {
    (0..length)
        .map(|place| match place {
            _ if place < zeros => b'0',
            _ if place == zeros && zeros > 0 => random.random_range(b'1'..=b'9'),
            _ => random.random_range(b'0'..=b'9'),
        })
        .collect()
}

fn near(date: &Date, random: &mut ChaCha20Rng) -> Option<SecretBytes> {
    let year = Zeroizing::new(
        random.random_range(date.year().saturating_sub(YEARS)..=date.year() + YEARS),
    );
    let drawn = Date::new(
        *year,
        random.random_range(1..=12),
        random.random_range(1..=31),
    )?;
    let text = SecretText::written(|out| {
        use std::fmt::Write as _;
        write!(
            out,
            "{:04}{:02}{:02}",
            drawn.year(),
            drawn.month(),
            drawn.day()
        )
    });
    Some(text.into_bytes())
}

/// A character of the same class, so that the text has the same forms.
fn character(one: char, random: &mut ChaCha20Rng) -> char {
    let (first, last) = match one {
        'a'..='z' => ('a', 'z'),
        'A'..='Z' => ('A', 'Z'),
        '0'..='9' => ('0', '9'),
        'ぁ'..='ん' => ('ぁ', 'ん'),
        'ァ'..='ヶ' => ('ァ', 'ヶ'),
        '\u{4E00}'..='\u{9FFF}' => ('\u{4E00}', '\u{9FA0}'),
        other => return other,
    };
    random.random_range(first..=last)
}
