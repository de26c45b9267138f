//! A calendar date of a card face, with its Japanese era. Wiped on drop; knows no clock.

use zeroize::ZeroizeOnDrop;

/// A Gregorian date from 1873 (Japan's first Gregorian year) on. No `Debug`: a birth date is a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, ZeroizeOnDrop)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A Japanese era, public knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Era {
    /// Name in kanji.
    pub kanji: &'static str,
    /// Its letter (JIS X 0301).
    pub letter: char,
    /// Its digit in official data layouts: 1 Meiji … 5 Reiwa.
    pub digit: u8,
    first: (u16, u8, u8),
}

/// Newest first; the first day of each era is its day of proclamation.
const ERAS: [Era; 5] = [
    era("令和", 'R', 5, (2019, 5, 1)),
    era("平成", 'H', 4, (1989, 1, 8)),
    era("昭和", 'S', 3, (1926, 12, 25)),
    era("大正", 'T', 2, (1912, 7, 30)),
    era("明治", 'M', 1, (1868, 1, 1)),
];

const fn era(kanji: &'static str, letter: char, digit: u8, first: (u16, u8, u8)) -> Era {
    Era {
        kanji,
        letter,
        digit,
        first,
    }
}

impl Date {
    /// A date that exists; `None` for any other, and before 1873 or after 2999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1873..3000).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `YYYYMMDD` with or without one separator between the parts (`-`, `/` or `.`).
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let separated = bytes.len() == 10;
        if separated && !(b"-/.".contains(&bytes[4]) && bytes[4] == bytes[7]) {
            return None;
        }
        let part = |from: usize, to: usize| -> Option<u16> {
            let part = text.get(from..to)?;
            part.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
            part.parse().ok()
        };
        let (month, day) = match bytes.len() {
            8 => (part(4, 6)?, part(6, 8)?),
            10 => (part(5, 7)?, part(8, 10)?),
            _ => return None,
        };
        Self::new(part(0, 4)?, month as u8, day as u8)
    }

    /// The Gregorian year.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The month, 1 … 12.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month.
    pub fn day(&self) -> u8 {
        self.day
    }

    /// The era and the year in it, from 1.
    pub fn era(&self) -> (Era, u16) {
        let day = (self.year, self.month, self.day);
        let era = ERAS.into_iter().find(|era| era.first <= day);
        let era = era.unwrap_or(ERAS[ERAS.len() - 1]);
        (era, self.year - era.first.0 + 1)
    }
}

/// Days of a month.
pub(super) fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The eras' first and last days as proclaimed (Cabinet orders; Heisei: 政令第1号 of 1989, Reiwa: 政令第143号 of 2019).
    #[test]
    fn eras_turn_on_their_day() {
        for (text, letter, year) in [
            ("20190501", 'R', 1),
            ("2019-04-30", 'H', 31),
            ("1989/01/08", 'H', 1),
            ("1989.01.07", 'S', 64),
            ("19261225", 'S', 1),
            ("19261224", 'T', 15),
            ("19120730", 'T', 1),
            ("19120729", 'M', 45),
        ] {
            let (era, in_era) = Date::parse(text).unwrap().era();
            assert_eq!((era.letter, in_era), (letter, year));
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "20230229",
            "21000229",
            "20231301",
            "20230100",
            "2023-01/01",
            "2023",
            "+2230101",
            "昭和六",
        ] {
            assert!(Date::parse(text).is_none(), "{text}");
        }
        assert!(Date::parse("20240229").is_some());
    }
}
