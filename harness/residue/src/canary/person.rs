//! Draws the printed data of a card that belongs to nobody.
//!
//! Names are rows of kanji that no dictionary holds (six of 64: 36 bits), because a common name lies in the memory of
//! any Japanese system anyway. All characters are in JIS X 0208, so that every encoding can spell them. Called by
//! [`super::CanarySource`].

use std::fmt::Write as _;

use rand::Rng;
use rand::seq::IndexedRandom;

use super::date::{Date, days_in};
use super::my_number;
use super::secret::SecretText;
use super::set::Kind;

/// Kanji, a reading in katakana, the same in Hepburn capitals.
#[rustfmt::skip] // a table
const SYLLABLES: [(char, &str, &str); 64] = [
    ('安', "ア", "A"), ('伊', "イ", "I"), ('宇', "ウ", "U"), ('江', "エ", "E"),
    ('尾', "オ", "O"), ('加', "カ", "KA"), ('木', "キ", "KI"), ('久', "ク", "KU"),
    ('桂', "ケイ", "KEI"), ('古', "コ", "KO"), ('佐', "サ", "SA"), ('志', "シ", "SHI"),
    ('須', "ス", "SU"), ('瀬', "セ", "SE"), ('曽', "ソ", "SO"), ('田', "タ", "TA"),
    ('千', "チ", "CHI"), ('津', "ツ", "TSU"), ('手', "テ", "TE"), ('戸', "ト", "TO"),
    ('名', "ナ", "NA"), ('仁', "ニ", "NI"), ('沼', "ヌマ", "NUMA"), ('根', "ネ", "NE"),
    ('野', "ノ", "NO"), ('葉', "ハ", "HA"), ('日', "ヒ", "HI"), ('布', "フ", "FU"),
    ('辺', "ベ", "BE"), ('保', "ホ", "HO"), ('真', "マ", "MA"), ('三', "ミ", "MI"),
    ('武', "ム", "MU"), ('女', "メ", "ME"), ('茂', "モ", "MO"), ('矢', "ヤ", "YA"),
    ('由', "ユ", "YU"), ('代', "ヨ", "YO"), ('良', "ラ", "RA"), ('利', "リ", "RI"),
    ('留', "ル", "RU"), ('礼', "レイ", "REI"), ('呂', "ロ", "RO"), ('和', "ワ", "WA"),
    ('岩', "ガン", "GAN"), ('銀', "ギン", "GIN"), ('具', "グ", "GU"), ('吾', "ゴ", "GO"),
    ('座', "ザ", "ZA"), ('治', "ジ", "JI"), ('図', "ズ", "ZU"), ('是', "ゼ", "ZE"),
    ('造', "ゾウ", "ZOU"), ('大', "ダイ", "DAI"), ('伝', "デン", "DEN"), ('土', "ド", "DO"),
    ('馬', "バ", "BA"), ('美', "ビ", "BI"), ('部', "ブ", "BU"), ('防', "ボウ", "BOU"),
    ('京', "キョウ", "KYOU"), ('勝', "ショウ", "SHOU"), ('長', "チョウ", "CHOU"), ('竜', "リュウ", "RYUU"),
];

/// One datum: its key, what it is, its value.
pub(super) type Datum = (&'static str, Kind, SecretText);

/// Everything printed on one card.
pub(super) fn drawn(random: &mut impl Rng) -> Vec<Datum> {
    let [name, kana, romaji] = names(random);
    let birth = date(random, 1940..2006);
    let expiry = date(random, 2027..2037);
    let code: u16 = random.random_range(0..10_000);
    let number_b = SecretText::written(|text| {
        let (_, era_year) = birth.era();
        let (month, day) = (birth.month(), birth.day());
        write!(
            text,
            "{era_year:02}{month:02}{day:02}{:04}{code:04}",
            expiry.year()
        )
    });
    vec![
        ("name", Kind::Text, name),
        ("kana", Kind::Text, kana),
        ("romaji", Kind::Text, romaji),
        ("address", Kind::Text, address(random)),
        ("birth", Kind::Date, compact(&birth)),
        ("expiry", Kind::Date, compact(&expiry)),
        ("number-b", Kind::Number, number_b),
        ("my-number", Kind::Number, my_number::drawn(random)),
    ]
}

/// Family and given name in kanji, katakana (both with U+3000 between) and capitals (with a space).
fn names(random: &mut impl Rng) -> [SecretText; 3] {
    let mut spelled = [(); 3].map(|()| SecretText::with_capacity(64));
    for place in 0..6 {
        if place == 3 {
            spelled[0].append_char('\u{3000}');
            spelled[1].append_char('\u{3000}');
            spelled[2].append_char(' ');
        }
        let (kanji, kana, romaji) = syllable(random);
        spelled[0].append_char(kanji);
        spelled[1].append(kana);
        spelled[2].append(romaji);
    }
    spelled
}

/// An address in a town that does not exist.
fn address(random: &mut impl Rng) -> SecretText {
    let mut text = SecretText::with_capacity(96);
    for (kanji, after) in [(0, "東京都"), (3, "市"), (3, "町")] {
        for _ in 0..kanji {
            text.append_char(syllable(random).0);
        }
        text.append(after);
    }
    let (block, lot, house) = (
        random.random_range(1..10),
        random.random_range(1..100),
        random.random_range(1..100),
    );
    let written = write!(text, "{block}丁目{lot}番{house}号");
    written.expect("writing to memory does not fail");
    text
}

fn syllable(random: &mut impl Rng) -> (char, &'static str, &'static str) {
    *SYLLABLES.choose(random).expect("64 of them")
}

fn date(random: &mut impl Rng, years: std::ops::Range<u16>) -> Date {
    let (year, month) = (random.random_range(years), random.random_range(1..13));
    let day = random.random_range(1..=days_in(year, month));
    Date::new(year, month, day).expect("a day of that month")
}

fn compact(date: &Date) -> SecretText {
    SecretText::written(|text| {
        write!(
            text,
            "{:04}{:02}{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::canary::check_digit;

    #[test]
    fn a_card_agrees_with_itself() {
        for seed in 0..200 {
            let card = drawn(&mut ChaCha20Rng::seed_from_u64(seed));
            let value = |key| card.iter().find(|datum| datum.0 == key).unwrap().2.reveal();
            let birth = Date::parse(value("birth")).unwrap();
            let number_b = value("number-b");
            assert!(number_b.len() == 14 && number_b[2..6] == value("birth")[4..]);
            assert_eq!(number_b[..2].parse(), Ok(birth.era().1));
            assert_eq!(number_b[6..10], value("expiry")[..4]);
            let digits: Vec<u8> = value("my-number").bytes().map(|b| b - b'0').collect();
            assert_eq!(check_digit(&digits[..11]), Some(digits[11]));
            assert!(digits.len() == 12 && digits.starts_with(&[0, 0, 0]));
            assert_eq!(value("name").chars().count(), 7);
            assert!(value("romaji").is_ascii() && value("romaji").contains(' '));
        }
    }

    #[test]
    fn syllables_differ() {
        let mut kanji: Vec<char> = SYLLABLES.iter().map(|syllable| syllable.0).collect();
        kanji.sort_unstable();
        kanji.dedup();
        assert_eq!(kanji.len(), 64);
    }
}
