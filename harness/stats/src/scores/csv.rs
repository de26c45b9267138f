//! Score files as CSV: a header, then one comparison per line.
//!
//! Columns, in any order: `reference`, `probe`, `score` (needed); `attempt`, `kind`, `device`, `condition`. Separator:
//! comma, semicolon or tab, as the header has it. The file is cut into parts at line ends, parsed side by side.

mod join;
mod marks;
mod part;

use super::field::{Layout, MOST_FIELDS, Reader};
use super::rows::Rows;
use super::{Direction, MOST_PROBLEMS, Problem, Scores, duplicates};

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
    let threads = threads.clamp(1, 64);
    let mut parts: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = cut(body, threads)
            .into_iter()
            .map(|bytes| scope.spawn(move || part::part(bytes, layout, direction)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("parsing does not panic"))
            .collect()
    });
    let mut problems = Vec::new();
    let mut lines = 2;
    for part in &mut parts {
        problems.extend(part.problems.drain(..).map(|problem| Problem {
            line: problem.line + lines,
            ..problem
        }));
        lines += part.lines;
    }
    if problems.is_empty() {
        let scores = join::join(parts, threads);
        let (subjects, conditions) = (scores.subjects.len(), scores.conditions.len());
        let columns = [&scores.genuine, &scores.impostor];
        return match duplicates::there(columns, subjects, conditions, threads) {
            Some(false) => Ok(scores),
            _ => in_order(body, layout, direction)
                .finish(2)
                .map_err(|problem| vec![with_text(bytes, problem)]),
        };
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

/// All rows in the order of the file: what it takes to name the line of a comparison that is there twice.
fn in_order(body: &[u8], layout: Layout, direction: Direction) -> Rows {
    let mut reader = Reader::new(layout, direction);
    let mut rows = Rows::default();
    part::lines(body, layout, |fields| {
        rows.take(reader.row(body, fields)?);
        Ok(())
    });
    Rows {
        subjects: reader.subjects,
        conditions: reader.conditions,
        ..rows
    }
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
