//! The ways a date is written in Japan, and its binary forms.

use std::fmt::{self, Write as _};

use super::form::List;
use super::{digits, text, transport, variants};
use crate::canary::{Date, SecretText};

type Write = fn(&mut SecretText, &Date) -> fmt::Result;

/// Gregorian ways. The first is a canary's own.
const GREGORIAN: [(&str, Write); 9] = [
    ("yyyymmdd", |out, d| {
        write!(out, "{:04}{:02}{:02}", d.year(), d.month(), d.day())
    }),
    ("yymmdd", |out, d| {
        write!(out, "{:02}{:02}{:02}", d.year() % 100, d.month(), d.day())
    }),
    ("yyyy-mm-dd", |out, d| {
        write!(out, "{:04}-{:02}-{:02}", d.year(), d.month(), d.day())
    }),
    ("yyyy/mm/dd", |out, d| {
        write!(out, "{:04}/{:02}/{:02}", d.year(), d.month(), d.day())
    }),
    ("yyyy.mm.dd", |out, d| {
        write!(out, "{:04}.{:02}.{:02}", d.year(), d.month(), d.day())
    }),
    ("yyyy/m/d", |out, d| {
        write!(out, "{}/{}/{}", d.year(), d.month(), d.day())
    }),
    ("yy/mm/dd", |out, d| {
        write!(out, "{:02}/{:02}/{:02}", d.year() % 100, d.month(), d.day())
    }),
    ("yyyy年m月d日", |out, d| {
        write!(out, "{}年{}月{}日", d.year(), d.month(), d.day())
    }),
    ("yyyy年mm月dd日", |out, d| {
        write!(out, "{}年{:02}月{:02}日", d.year(), d.month(), d.day())
    }),
];

/// Ways of the Japanese era; JIS X 0301 for the letters.
const ERA: [(&str, Write); 8] = [
    // As in 照合番号B.
    ("era-yymmdd", |out, d| {
        write!(out, "{:02}{:02}{:02}", d.era().1, d.month(), d.day())
    }),
    ("era-digit", |out, d| {
        let (era, year) = d.era();
        write!(out, "{}{year:02}{:02}{:02}", era.digit, d.month(), d.day())
    }),
    ("era-letter", |out, d| {
        let (era, year) = d.era();
        write!(out, "{}{year:02}{:02}{:02}", era.letter, d.month(), d.day())
    }),
    ("era-letter-dots", |out, d| {
        let (era, year) = d.era();
        write!(
            out,
            "{}{year:02}.{:02}.{:02}",
            era.letter,
            d.month(),
            d.day()
        )
    }),
    ("era-letter-short", |out, d| {
        let (era, year) = d.era();
        write!(out, "{}{year}.{}.{}", era.letter, d.month(), d.day())
    }),
    ("era-letter-slashes", |out, d| {
        let (era, year) = d.era();
        write!(
            out,
            "{}{year:02}/{:02}/{:02}",
            era.letter,
            d.month(),
            d.day()
        )
    }),
    ("era-kanji", |out, d| {
        let (era, year) = d.era();
        out.write_str(era.kanji)?;
        era_year(out, year)?;
        write!(out, "年{}月{}日", d.month(), d.day())
    }),
    ("era-kanji-padded", |out, d| {
        let (era, year) = d.era();
        write!(
            out,
            "{}{year:02}年{:02}月{:02}日",
            era.kanji,
            d.month(),
            d.day()
        )
    }),
];

/// The first year of an era is written 元.
fn era_year(out: &mut SecretText, year: u16) -> fmt::Result {
    match year {
        1 => out.write_char('元'),
        year => write!(out, "{year}"),
    }
}

/// Adds every form of `date`.
pub(super) fn add(date: &Date, list: &mut List) {
    for (name, write) in GREGORIAN.into_iter().chain(ERA) {
        let written = SecretText::written(|out| write(out, date));
        text::add(name, written.reveal(), list);
        let wide = variants::full_width(written.reveal());
        text::add(&format!("{name}>full-width"), wide.reveal(), list);
        if name == "yyyymmdd" {
            digits::add(written.reveal(), list);
        }
        if matches!(name, "yyyymmdd" | "yyyy-mm-dd") {
            transport::add(name, written.reveal().as_bytes(), list);
        }
    }
}
