//! A scan's outcome as text for people.

use std::fmt::Write as _;

use super::outcome::{Found, Missed, Outcome};
use super::pins::Standing;
use crate::exit::{FAIL, PASS};

/// Things of one reason listed unless all are wanted.
const FIRST: usize = 3;
/// A PIN that stands among this share of the most frequent ones is worth a line.
const FREQUENT: usize = 100;

/// The whole text, ending with a line break.
pub fn text(outcome: &Outcome, all_not_searched: bool) -> String {
    let mut out = String::new();
    findings(&mut out, outcome);
    rules(&mut out, outcome);
    pins(&mut out, &outcome.pins);
    not_searched(&mut out, outcome, all_not_searched);
    for note in &outcome.notes {
        line(&mut out, &format!("note: {note}"));
    }
    if !outcome.left_out.is_empty() {
        let forms = outcome.left_out.join(", ");
        line(
            &mut out,
            &format!(
                "not looked for ({} forms, too short, too plain or too large): {forms}",
                outcome.left_out.len()
            ),
        );
    }
    let bytes = &outcome.bytes;
    line(
        &mut out,
        &format!(
            "{} forms and {} bytes of pictures in {} bytes searched, {} bytes known to be zero",
            outcome.forms, outcome.picture_bytes, bytes.searched, bytes.zeros
        ),
    );
    line(&mut out, &verdict(outcome));
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn findings(out: &mut String, outcome: &Outcome) {
    let rows: Vec<[String; 5]> = outcome.findings.iter().map(row).collect();
    if rows.is_empty() {
        return;
    }
    let head = ["where", "position", "bytes", "encoding", "canary"].map(str::to_owned);
    let widths: [usize; 5] = std::array::from_fn(|column| {
        let cells = rows
            .iter()
            .chain([&head])
            .map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    });
    for row in [&head].into_iter().chain(&rows) {
        let mut text = String::new();
        for (column, cell) in row.iter().enumerate() {
            let fill = widths[column] - cell.chars().count();
            // Numbers to the right; the last column ends the line.
            let (before, after) = match column {
                1 | 2 => (fill, 2),
                4 => (0, 0),
                _ => (0, fill + 2),
            };
            text += &" ".repeat(before);
            text += cell;
            text += &" ".repeat(after);
        }
        line(out, &text);
    }
    if outcome.more > 0 {
        line(out, &format!("… and {} more", outcome.more));
    }
    line(out, "");
}

fn rules(out: &mut String, outcome: &Outcome) {
    for one in &outcome.rules {
        line(
            out,
            &format!(
                "rule {} ${} at {} in {}, {} bytes",
                one.rule, one.string, one.position, one.place, one.length
            ),
        );
    }
}

fn row(found: &Found) -> [String; 5] {
    let sign = if found.controlled { "*" } else { "" };
    let position = if found.place.starts_with("process ") {
        format!("{:#x}", found.position)
    } else {
        found.position.to_string()
    };
    [
        format!("{} ({})", found.place, found.region.to_lowercase()),
        position,
        found.length.to_string(),
        format!("{}{sign}", found.encoding),
        found.canary.clone(),
    ]
}

fn pins(out: &mut String, standings: &[Standing]) {
    if standings.is_empty() {
        return;
    }
    line(out, "PINs: how often, beside all 10,000");
    let told = |one: &&Standing| one.count > 0 && one.rank <= FREQUENT;
    for one in standings.iter().filter(told) {
        line(
            out,
            &format!(
                "  {} as {} in {}: {} times, rank {} (mean {:.2})",
                one.canary,
                one.cell,
                one.region.to_lowercase(),
                one.count,
                one.rank,
                one.mean
            ),
        );
    }
    let rest = standings.len() - standings.iter().filter(told).count();
    line(
        out,
        &format!("  {rest} other counts are not among the {FREQUENT} highest"),
    );
    line(
        out,
        "  One scan proves nothing about four digits: a verdict needs repeated authentications with fresh PINs.",
    );
    line(out, "");
}

fn not_searched(out: &mut String, outcome: &Outcome, all: bool) {
    let mut reasons: Vec<(&str, bool, Vec<&Missed>)> = Vec::new();
    for one in &outcome.not_searched {
        match reasons
            .iter_mut()
            .find(|reason| (reason.0, reason.1) == (one.why.as_str(), one.counts))
        {
            Some(reason) => reason.2.push(one),
            None => reasons.push((&one.why, one.counts, vec![one])),
        }
    }
    reasons.sort_by_key(|reason| !reason.1);
    for (why, counts, list) in &reasons {
        let remark = if *counts {
            ""
        } else {
            " (the search is complete without)"
        };
        line(
            out,
            &format!("not searched: {} × {why}{remark}", list.len()),
        );
        let shown = if all { list.len() } else { FIRST };
        for one in list.iter().take(shown) {
            let range = one
                .range
                .map(|[start, end]| format!(" {start:#x}-{end:#x}"));
            let _ = writeln!(out, "  {}{}", one.place, range.unwrap_or_default());
        }
        if list.len() > shown {
            line(
                out,
                &format!(
                    "  … and {} more: --not-searched lists all",
                    list.len() - shown
                ),
            );
        }
    }
    if outcome.not_listed > 0 {
        line(
            out,
            &format!(
                "not searched: {} more, which are not listed",
                outcome.not_listed
            ),
        );
    }
}

fn verdict(outcome: &Outcome) -> String {
    let by_chance = match outcome.by_chance {
        0 => String::new(),
        hits => {
            format!("; {hits} hits say nothing, for values nobody typed were met in the same form")
        }
    };
    let starred = outcome.findings.iter().any(|one| one.controlled);
    let star = if starred {
        " (* none of 100 control values was met in this form)"
    } else {
        ""
    };
    let found = (outcome.findings.len() + outcome.rules.len()) as u64 + outcome.more;
    match outcome.code {
        FAIL => format!("FOUND: {found} places{star}{by_chance}"),
        PASS => {
            format!("nothing found in the forms looked for, everything was searched{by_chance}")
        }
        _ => format!(
            "nothing found, but this does not say it is clean: see what was not searched{by_chance}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Bytes;
    use super::*;

    fn found(place: &str, position: u64, encoding: &str, controlled: bool) -> Found {
        Found {
            source: "given".into(),
            place: place.into(),
            region: "Heap".into(),
            position,
            length: 14,
            encoding: encoding.into(),
            canary: "c1/number_b".into(),
            controlled,
        }
    }

    fn missed(place: &str, why: &str, counts: bool) -> Missed {
        Missed {
            source: "given".into(),
            place: place.into(),
            range: Some([4096, 8192]),
            why: why.into(),
            counts,
        }
    }

    #[test]
    fn a_table_with_everything() {
        let outcome = Outcome {
            seed: String::new(),
            forms: 1234,
            picture_bytes: 0,
            left_out: vec![
                "date/u32-le".into(),
                "picture/thinned".into(),
                "pin/bcd".into(),
            ],
            findings: vec![
                found("process 12 [heap]", 0x5555_0010, "utf-16le", false),
                found("/var/log/app.gz > gzip", 70, "verify", true),
            ],
            more: 2,
            by_chance: 3,
            rules: Vec::new(),
            pins: vec![Standing {
                canary: "c1/auth_pin".into(),
                cell: "Utf16Le".into(),
                region: "Heap".into(),
                count: 11,
                rank: 1,
                mean: 0.25,
            }],
            bytes: Bytes {
                searched: 4096,
                zeros: 0,
            },
            not_searched: vec![
                missed("process 12 [vvar]", "kernel's pages", false),
                missed("/a", "permission denied", true),
                missed("/b", "permission denied", true),
                missed("/c", "permission denied", true),
                missed("/d", "permission denied", true),
                missed("/e", "link to /f", true),
            ],
            not_listed: 0,
            notes: vec!["/g: grew from 1 to 2 bytes while it was read".into()],
            code: FAIL,
        };
        insta::assert_snapshot!(text(&outcome, false));
        // Aligned where people read, and complete where they ask.
        assert_eq!(
            text(&outcome, true)
                .lines()
                .filter(|line| line.starts_with("  /"))
                .count(),
            5
        );
    }
}
