//! One part of a CSV file, line by line.

use super::super::field::{Layout, MOST_FIELDS, Reader, Span, Wrong};
use super::super::{Column, Direction, Failure, MOST_PROBLEMS, Problem};
use super::marks::Marks;
use super::shown;

/// What a part holds; ids numbered by the part.
pub(super) struct Part {
    pub(super) reader: Reader,
    pub(super) genuine: Column,
    pub(super) impostor: Column,
    pub(super) failures: Vec<Failure>,
    pub(super) lines: u64,
    pub(super) problems: Vec<Problem>,
}

/// Reads a part into columns.
pub(super) fn part(bytes: &[u8], layout: Layout, direction: Direction) -> Part {
    let mut reader = Reader::new(layout, direction);
    let (mut genuine, mut impostor) = (Column::default(), Column::default());
    let mut failures = Vec::new();
    // A guess at the length of a line saves most growing.
    impostor.reserve(bytes.len() / 24);
    let (lines, problems) = lines(bytes, layout, |fields| {
        match reader.row(bytes, fields)? {
            Ok(row) if row.reference == row.probe => genuine.push(&row),
            Ok(row) => impostor.push(&row),
            Err(failure) => failures.push(failure),
        }
        Ok(())
    });
    Part {
        reader,
        genuine,
        impostor,
        failures,
        lines,
        problems,
    }
}

/// Gives the fields of each line; tells how many lines there are, and the problems of the first wrong ones.
pub(super) fn lines(
    bytes: &[u8],
    layout: Layout,
    mut take: impl FnMut(&[Span]) -> Result<(), Wrong>,
) -> (u64, Vec<Problem>) {
    let mut marks = Marks::new(bytes, layout.separator);
    let mut fields = [(0, 0); MOST_FIELDS];
    let (mut line, mut lines, mut problems) = (0, 0, Vec::new());
    while line < bytes.len() {
        let (mut count, mut start) = (0, line);
        let end = loop {
            let end = marks.next().unwrap_or(bytes.len());
            if let Some(field) = fields.get_mut(count) {
                *field = (start, end);
            }
            count += 1;
            start = end + 1;
            if bytes.get(end) != Some(&layout.separator) {
                break end;
            }
        };
        if let Some(last) = fields.get_mut(count - 1)
            && bytes[last.0..end].last() == Some(&b'\r')
        {
            last.1 -= 1;
        }
        let result = if count == layout.fields {
            take(&fields[..count])
        } else {
            Err(Wrong::of_line(count, layout.fields))
        };
        if let Err(wrong) = result
            && problems.len() <= MOST_PROBLEMS
        {
            problems.push(Problem {
                line: lines,
                column: fields[wrong.field].0 - line + 1,
                text: shown(&bytes[line..end]),
                message: wrong.message,
                todo: wrong.todo,
            });
        }
        line = end + 1;
        lines += 1;
    }
    (lines, problems)
}
