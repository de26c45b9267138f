//! Dates of birth in a line: those of the canaries in any notation, and any date that can only be one.
//!
//! A log is full of honest dates (its own time stamps, versions). A date of nobody known therefore counts only where the line speaks
//! of birth, or where it is written with the name of an era before 令和. Called by the search of a line.

use std::sync::LazyLock;

use regex::Regex;

use super::Span;
use super::folded::fold;
use crate::secrets::Canary;

/// Year, month, day.
type Date = (u32, u32, u32);

/// Separators as found in logs; the first group of each alternative tells the notation.
static DATES: LazyLock<Regex> = LazyLock::new(|| {
    let era = "(?P<era>明治|大正|昭和|平成|令和|(?-u:\\b)[mtshr])[ .]?(?P<y>元|\\d{1,2})(?:年|[-/.])(?P<m>\\d{1,2})(?:月|[-/.])(?P<d>\\d{1,2})";
    let year = "(?-u:\\b)(?P<y2>(?:18|19|20)\\d{2})(?:年|[-/.])(?P<m2>\\d{1,2})(?:月|[-/.])(?P<d2>\\d{1,2})";
    let digits = "(?-u:\\b)(?P<y3>(?:18|19|20)\\d{2})(?P<m3>\\d{2})(?P<d3>\\d{2})(?-u:\\b)";
    Regex::new(&format!("{era}|{year}|{digits}")).expect("constant")
});

static SPEAKS_OF_BIRTH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("生年月日|誕生|生まれ|birth|(?-u:\\bdob\\b)").expect("constant"));

/// The canaries' dates of birth.
pub struct Births<'a>(Vec<(&'a str, Date)>);

struct Found {
    date: Date,
    /// Written with the name of an era that ended before such devices were built; a letter alone may be a version's.
    old: bool,
    span: Span,
}

impl<'a> Births<'a> {
    /// Those of canaries whose id says birth.
    pub fn of(canaries: &'a [Canary]) -> Self {
        let births = canaries.iter().filter(|one| one.id.contains("birth"));
        let dates = births.filter_map(|one| {
            let found = dates(one.value.reveal()).into_iter().next()?;
            Some((one.id.as_str(), found.date))
        });
        Self(dates.collect())
    }

    /// Dates of birth in a line: whose, where that is known.
    pub fn find(&self, line: &str) -> Vec<(Option<&'a str>, Span)> {
        let folded: String = line.chars().map(fold).collect();
        let speaks = SPEAKS_OF_BIRTH.is_match(&folded);
        let mut births = Vec::new();
        for found in dates(line) {
            let before = births.len();
            let known = self.0.iter().filter(|(_, date)| *date == found.date);
            births.extend(known.map(|(id, _)| (Some(*id), found.span)));
            // A line begins with its own time stamp.
            let stamp = found.span.0 == 0 && !found.old;
            if births.len() == before && (found.old || speaks && !stamp) {
                births.push((None, found.span));
            }
        }
        births
    }
}

/// All dates in a line that the calendar may have.
fn dates(line: &str) -> Vec<Found> {
    let folded: String = line.chars().map(fold).collect();
    let place = |byte: usize| folded[..byte].chars().count();
    let read = DATES.captures_iter(&folded).filter_map(|found| {
        let number = |names: [&str; 3]| -> Option<u32> {
            let text = names.iter().find_map(|name| found.name(name))?.as_str();
            if text == "元" {
                Some(1)
            } else {
                text.parse().ok()
            }
        };
        let era = found.name("era").map(|era| era.as_str());
        let first = match era {
            None => 0,
            Some("明治" | "m") => 1867,
            Some("大正" | "t") => 1911,
            Some("昭和" | "s") => 1925,
            Some("平成" | "h") => 1988,
            Some(_) => 2018,
        };
        let date = (
            first + number(["y", "y2", "y3"])?,
            number(["m", "m2", "m3"])?,
            number(["d", "d2", "d3"])?,
        );
        let whole = found.get(0)?;
        let after = folded[whole.end()..].chars().next();
        // 1.2.3.4 is a version, 2-9901 no day.
        let goes_on =
            after.is_some_and(|c| c.is_ascii_digit()) || (era.is_some() && after == Some('.'));
        let real = (1..=12).contains(&date.1) && (1..=31).contains(&date.2) && !goes_on;
        real.then(|| Found {
            date,
            old: era.is_some_and(|era| matches!(era, "明治" | "大正" | "昭和" | "平成")),
            span: (place(whole.start()), place(whole.end())),
        })
    });
    read.collect()
}
