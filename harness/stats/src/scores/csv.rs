//! Score files as CSV: a header, then one comparison per line.
//!
//! Columns, in any order: `reference`, `probe`, `score` (needed); `attempt`, `kind`, `device`, `condition`. Separator:
//! comma, semicolon or tab, as the header has it. The file is cut into parts at line ends, parsed side by side.

use super::field::{Layout, MOST_FIELDS, row};
use super::rows::Rows;
use super::{Direction, MOST_PROBLEMS, Problem, Scores};

const HEADER: &str = "the first line names the columns: reference, probe, score; and where there are such: attempt, kind, device, condition";

/// Reads a whole file; `threads` parts at once.
///
/// # Errors
/// All problems of the file, at most [`MOST_PROBLEMS`] of them.
pub fn read(bytes: &[u8], direction: Direction, threads: usize) -> Result<Scores, Vec<Problem>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let header = trim(&bytes[..end]);
    let layout = layout(header).map_err(|problem| vec![problem])?;
    let body = bytes.get(end + 1..).unwrap_or_default();
    let parts = cut(body, threads.clamp(1, 64));
    let read: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = parts
            .iter()
            .map(|part| scope.spawn(|| part_rows(part, &layout, direction)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("parsing does not panic"))
            .collect()
    });
    let mut problems = Vec::new();
    let mut all: Option<Rows> = None;
    let mut lines = 2;
    for part in read {
        problems.extend(part.problems.into_iter().map(|mut problem| {
            problem.line += lines;
            problem
        }));
        lines += part.lines;
        match &mut all {
            None => all = Some(part.rows),
            Some(rows) => rows.append(&part.rows),
        }
    }
    if problems.is_empty() {
        let scores = all
            .unwrap_or_default()
            .finish(2)
            .map_err(|problem| vec![with_text(bytes, problem)]);
        return scores;
    }
    let hidden = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if hidden > 0 {
        let todo = "mend these first";
        problems.push(Problem::whole(
            format!("and at least {hidden} more problems"),
            todo,
        ));
    }
    Err(problems)
}

fn trim(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn layout(header: &[u8]) -> Result<Layout, Problem> {
    let wrong = |column: usize, message: String| Problem {
        line: 1,
        column,
        text: shown(header),
        message,
        todo: HEADER,
    };
    let separator = [b',', b';', b'\t']
        .into_iter()
        .find(|byte| header.contains(byte))
        .ok_or_else(|| wrong(1, "not the header of a score file".to_owned()))?;
    let names: Vec<_> = header.split(|byte| *byte == separator).collect();
    if names.len() > MOST_FIELDS {
        return Err(wrong(1, format!("{} columns", names.len())));
    }
    let mut places = [const { None::<usize> }; 7];
    let known: [&[u8]; 7] = [
        b"reference",
        b"probe",
        b"score",
        b"attempt",
        b"kind",
        b"device",
        b"condition",
    ];
    let mut column = 1;
    for (place, name) in names.iter().enumerate() {
        let Some(number) = known.iter().position(|known| known == name) else {
            return Err(wrong(column, format!("unknown column `{}`", shown(name))));
        };
        if places[number].replace(place).is_some() {
            return Err(wrong(column, format!("column `{}` twice", shown(name))));
        }
        column += name.len() + 1;
    }
    let needed = |number: usize| {
        places[number].ok_or_else(|| wrong(1, format!("no column `{}`", shown(known[number]))))
    };
    Ok(Layout {
        separator,
        fields: names.len(),
        reference: needed(0)?,
        probe: needed(1)?,
        score: needed(2)?,
        attempt: places[3],
        kind: places[4],
        device: places[5],
        condition: places[6],
    })
}

/// Parts of about equal length that end at line ends.
fn cut(body: &[u8], parts: usize) -> Vec<&[u8]> {
    let mut list = Vec::with_capacity(parts);
    let mut rest = body;
    for left in (1..=parts).rev() {
        let at = (rest.len() / left).min(rest.len());
        let end = match left {
            1 => rest.len(),
            _ => memchr::memchr(b'\n', &rest[at..]).map_or(rest.len(), |n| at + n + 1),
        };
        list.push(&rest[..end]);
        rest = &rest[end..];
    }
    list
}

struct Part {
    rows: Rows,
    lines: u64,
    problems: Vec<Problem>,
}

fn part_rows(part: &[u8], layout: &Layout, direction: Direction) -> Part {
    let mut read = Part {
        rows: Rows::default(),
        lines: 0,
        problems: Vec::new(),
    };
    // A guess at the length of a line saves most growing.
    read.rows.compared.reserve(part.len() / 24);
    let mut condition = Vec::new();
    let mut fields: [&[u8]; MOST_FIELDS] = [&[]; MOST_FIELDS];
    let mut rest = part;
    while !rest.is_empty() {
        // Separators and line end are found in one walk: fields are short.
        let (mut count, mut start, mut at) = (0, 0, 0);
        while at < rest.len() && rest[at] != b'\n' {
            if rest[at] == layout.separator {
                if count < MOST_FIELDS {
                    fields[count] = &rest[start..at];
                }
                count += 1;
                start = at + 1;
            }
            at += 1;
        }
        if count < MOST_FIELDS {
            fields[count] = trim(&rest[start..at]);
        }
        count += 1;
        let line = &rest[..at];
        rest = rest.get(at + 1..).unwrap_or_default();
        let result = if count == layout.fields {
            row(layout, &fields[..count], direction, &mut condition)
                .map(|given| read.rows.push(&given))
        } else {
            let todo = "every line has as many fields as the header; no empty lines";
            Err((
                0,
                format!("{count} fields where the header has {}", layout.fields),
                todo,
            ))
        };
        if let Err((field, message, todo)) = result
            && read.problems.len() <= MOST_PROBLEMS
        {
            let before: usize = line
                .split(|b| *b == layout.separator)
                .take(field)
                .map(|f| f.len() + 1)
                .sum();
            read.problems.push(Problem {
                line: read.lines,
                column: before + 1,
                text: shown(line),
                message,
                todo,
            });
        }
        read.lines += 1;
    }
    read
}

/// A line as a person may read it.
fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(&trim(line)[..trim(line).len().min(120)]).into_owned()
}

fn with_text(bytes: &[u8], problem: Problem) -> Problem {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .nth(problem.line.saturating_sub(1) as usize);
    Problem {
        text: line.map(shown).unwrap_or_default(),
        ..problem
    }
}

#[cfg(test)]
mod tests;
