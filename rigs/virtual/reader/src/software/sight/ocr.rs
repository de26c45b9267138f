//! Reads 照合番号B off a card's front: date of birth in its era (6 digits), year of expiry (4), security code (4).
//!
//! Character by character with NCC against the typeface, each place knowing which characters can stand there. A
//! character that is not clear makes the whole card unreadable: a wrong number costs one of ten tries.

use ab_glyph::FontVec;
use zeroize::Zeroizing;

use super::grey::Grey;
use super::letters::Letters;

/// Smallest NCC of a character.
const CLEAR: f32 = 0.72;
/// Smallest lead over the next best character.
const LEAD: f32 = 0.03;
const DIGITS: &str = "0123456789";
/// First days of the eras: 令和, 平成, 昭和, 大正, 明治.
const ERAS: [(u32, u32, u32); 5] = [
    (2019, 5, 1),
    (1989, 1, 8),
    (1926, 12, 25),
    (1912, 7, 30),
    (1868, 1, 25),
];

/// Where a line begins on the card (1280x808 px for 85.60x53.98 mm) and its height.
struct Line {
    left: f32,
    top: f32,
    size: usize,
}

const BIRTH: Line = Line {
    left: 420.0,
    top: 250.0,
    size: 0,
};
const EXPIRY: Line = Line {
    left: 420.0,
    top: 350.0,
    size: 1,
};
const CODE: Line = Line {
    left: 105.0,
    top: 700.0,
    size: 2,
};
const SIZES: [f32; 3] = [48.0, 40.0, 56.0];

/// The reader's OCR engine.
pub struct Ocr(Vec<Letters>);

impl Ocr {
    /// Prepares the characters in the card's three sizes.
    pub fn load(font: &FontVec) -> Self {
        Self(SIZES.iter().map(|size| Letters::new(font, *size)).collect())
    }

    /// 照合番号B, 14 ASCII digits; `None` where any character is not clear.
    pub fn number_b(&self, card: &Grey) -> Option<Zeroizing<Vec<u8>>> {
        let birth = self.line(card, &BIRTH, date_may_go_on)?;
        let expiry = self.line(card, &EXPIRY, |text| {
            if text.chars().count() < 4 { DIGITS } else { "" }
        })?;
        let code = self.line(card, &CODE, |text| {
            if text.chars().count() < 4 { DIGITS } else { "" }
        })?;
        let birth = era_digits(&birth)?;
        let number = [birth.as_bytes(), expiry.as_bytes(), code.as_bytes()].concat();
        Some(Zeroizing::new(number))
    }

    /// Reads a line from left to right; `next` says which characters may follow a text, none at its end.
    fn line(
        &self,
        card: &Grey,
        line: &Line,
        next: impl Fn(&str) -> &'static str,
    ) -> Option<Zeroizing<String>> {
        let letters = &self.0[line.size].letters;
        let mut text = Zeroizing::new(String::with_capacity(64));
        let (mut pen, mut top) = (line.left, line.top as isize);
        // Where the card lies is known only roughly until its first character is found.
        let (mut across, mut down) = (8, 6);
        loop {
            let allowed = next(&text);
            if allowed.is_empty() {
                return Some(text);
            }
            let mut found: Vec<(f32, usize, isize, isize)> = letters
                .iter()
                .enumerate()
                .filter(|(_, letter)| allowed.contains(letter.character))
                .filter_map(|(n, letter)| {
                    best_place(
                        card,
                        &letter.picture,
                        pen.round() as isize,
                        top,
                        across,
                        down,
                    )
                    .map(|(score, x, y)| (score, n, x, y))
                })
                .collect();
            found.sort_by(|a, b| b.0.total_cmp(&a.0));
            let &(score, n, x, y) = found.first()?;
            let second = found.get(1).map_or(-1.0, |other| other.0);
            if score < CLEAR || score - second < LEAD {
                return None;
            }
            text.push(letters[n].character);
            // The pen keeps its fraction; only a clear displacement moves it.
            if (x as f32 - pen).abs() > 1.0 {
                pen = x as f32;
            }
            pen += letters[n].advance;
            top = y;
            (across, down) = (2, 1);
        }
    }
}

fn best_place(
    card: &Grey,
    letter: &Grey,
    left: isize,
    top: isize,
    across: isize,
    down: isize,
) -> Option<(f32, isize, isize)> {
    let places = (-down..=down).flat_map(|dy| (-across..=across).map(move |dx| (dx, dy)));
    places
        .filter_map(|(dx, dy)| {
            let (x, y) = (left + dx, top + dy);
            card.ncc(letter, x, y).map(|score| (score, x, y))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
}

/// Which characters may follow in `昭和33年4月12日` or `1985年6月5日`.
fn date_may_go_on(text: &str) -> &'static str {
    let count = text.chars().count();
    let last = text.chars().last();
    let run = text.chars().rev().take_while(char::is_ascii_digit).count();
    match last {
        None => "明大昭平令12",
        Some('明') => "治",
        Some('大') => "正",
        Some('昭' | '令') => "和",
        Some('平') => "成",
        Some('治' | '正' | '和' | '成') => "0123456789元",
        Some('元') => "年",
        Some('年' | '月') => DIGITS,
        Some('日') => "",
        Some(_) if text.contains('月') => {
            if run < 2 {
                "0123456789日"
            } else {
                "日"
            }
        }
        Some(_) if text.contains('年') => {
            if run < 2 {
                "0123456789月"
            } else {
                "月"
            }
        }
        // A year: four digits in the western calendar, one or two in an era.
        Some(_) if run == count => {
            if run < 4 {
                DIGITS
            } else {
                "年"
            }
        }
        Some(_) => {
            if run < 2 {
                "0123456789年"
            } else {
                "年"
            }
        }
    }
}

/// YYMMDD with the era's year; 元年 is 01.
fn era_digits(date: &str) -> Option<Zeroizing<String>> {
    let (year, rest) = date.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, _) = rest.split_once('日')?;
    let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if let Ok(western) = year.parse::<u32>() {
        let date = (western, month, day);
        let (first, ..) = ERAS.iter().find(|start| **start <= date)?;
        western - first + 1
    } else {
        let number: String = year.chars().skip(2).collect();
        if number == "元" {
            1
        } else {
            number.parse().ok()?
        }
    };
    Some(Zeroizing::new(format!("{year:02}{month:02}{day:02}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_date() {
        let digits = |date| era_digits(date).map(|digits| digits.to_string());
        assert_eq!(digits("昭和33年4月12日").as_deref(), Some("330412"));
        assert_eq!(digits("平成元年1月8日").as_deref(), Some("010108"));
        assert_eq!(digits("1989年1月8日").as_deref(), Some("010108"));
        assert_eq!(digits("1989年1月7日").as_deref(), Some("640107"));
        assert_eq!(digits("1985年6月5日").as_deref(), Some("600605"));
        assert_eq!(digits("2019年4月30日").as_deref(), Some("310430"));
        assert_eq!(digits("昭和33年13月1日"), None);
    }

    /// Every shipped card, with a sensor's noise.
    #[test]
    fn cards_are_read_from_their_pixels() {
        let font = crate::screens::canvas::typeface().unwrap();
        let ocr = Ocr::load(&font);
        let list = std::path::Path::new("../cards.yaml");
        for card in fixture_people::cards::load(list).unwrap() {
            let picture = fixture_people::card_face::front(&card).unwrap();
            let noisy: Vec<u8> = picture
                .as_raw()
                .iter()
                .enumerate()
                .map(|(n, v)| v.saturating_add((n.wrapping_mul(2_654_435_761) >> 7 & 7) as u8))
                .collect();
            let grey = Grey::of(1280, 808, 1, &noisy).unwrap();
            let read = ocr
                .number_b(&grey)
                .map(|n| String::from_utf8(n.to_vec()).unwrap());
            assert_eq!(read, Some(card.persona.number_b()), "{}", card.id);
        }
        let empty = Grey::of(1280, 808, 1, &vec![25; 1280 * 808]).unwrap();
        assert!(ocr.number_b(&empty).is_none());
    }
}
