//! Rows under way to columns: indices of ids, and the checks that need all rows at once.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{Failure, Problem, Row, Scores, duplicates};

/// Ids in the order of their first appearance.
#[derive(Debug, Default)]
pub(super) struct Names {
    list: Vec<String>,
    index: HashMap<Box<[u8]>, u32, FixedState>,
    last: [u32; 2],
}

impl Names {
    /// Index of an id; `hint` 0 or 1 remembers the last one asked for by this column, which often repeats.
    pub(super) fn index(&mut self, id: &[u8], hint: usize) -> u32 {
        let last = self.last[hint];
        if self
            .list
            .get(last as usize)
            .is_some_and(|name| name.as_bytes() == id)
        {
            return last;
        }
        let index = if let Some(index) = self.index.get(id) {
            *index
        } else {
            let index = self.list.len() as u32;
            self.list.push(String::from_utf8_lossy(id).into_owned());
            self.index.insert(id.into(), index);
            index
        };
        self.last[hint] = index;
        index
    }
}

/// Rows collected so far, in the order of the file.
#[derive(Debug, Default)]
pub struct Rows {
    pub(super) subjects: Names,
    pub(super) conditions: Names,
    pub(super) compared: Vec<Row>,
    /// Failure and the number of compared rows before it.
    pub(super) failures: Vec<(Failure, usize)>,
}

/// One row as a reader meets it.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Id of the reference's owner.
    pub reference: &'a [u8],
    /// Id of the person before the camera.
    pub probe: &'a [u8],
    /// Similarity; `Err(true)` failure to enrol, `Err(false)` failure to acquire.
    pub score: Result<f32, bool>,
    /// From 1.
    pub attempt: u32,
    /// `device/condition`.
    pub condition: &'a [u8],
}

impl Rows {
    /// Takes one row whose values are sound by themselves.
    pub fn push(&mut self, given: &Given<'_>) {
        let reference = self.subjects.index(given.reference, 0);
        let probe = self.subjects.index(given.probe, 1);
        let condition = self.conditions.index(given.condition, 0);
        match given.score {
            Ok(score) => self.compared.push(Row {
                score,
                reference,
                probe,
                attempt: given.attempt,
                condition,
            }),
            Err(to_enrol) => {
                let failure = Failure {
                    reference,
                    probe,
                    attempt: given.attempt,
                    to_enrol,
                };
                self.failures.push((failure, self.compared.len()));
            }
        }
    }

    /// Appends rows of the same file's next part.
    pub(super) fn append(&mut self, other: &Self) {
        let renumber = |mine: &mut Names, theirs: &Names| -> Vec<u32> {
            theirs
                .list
                .iter()
                .map(|id| mine.index(id.as_bytes(), 0))
                .collect()
        };
        let subjects = renumber(&mut self.subjects, &other.subjects);
        let conditions = renumber(&mut self.conditions, &other.conditions);
        let before = self.compared.len();
        self.compared.extend(other.compared.iter().map(|row| Row {
            reference: subjects[row.reference as usize],
            probe: subjects[row.probe as usize],
            condition: conditions[row.condition as usize],
            ..*row
        }));
        self.failures
            .extend(other.failures.iter().map(|(failure, at)| {
                let failure = Failure {
                    reference: subjects[failure.reference as usize],
                    probe: subjects[failure.probe as usize],
                    ..*failure
                };
                (failure, at + before)
            }));
    }

    /// Columns by class.
    ///
    /// # Errors
    /// The same comparison twice; the problem's line counts rows and failures from `first_line`.
    pub fn finish(self, first_line: u64) -> Result<Scores, Problem> {
        if let Some(row) = duplicates::first(
            &self.compared,
            self.subjects.list.len(),
            self.conditions.list.len(),
        ) {
            let before = self.failures.partition_point(|(_, at)| *at <= row);
            let Row {
                reference,
                probe,
                attempt,
                ..
            } = self.compared[row];
            let name = |index: u32| &self.subjects.list[index as usize];
            return Err(Problem {
                line: first_line + (row + before) as u64,
                column: 1,
                text: String::new(),
                message: format!(
                    "the comparison of reference `{}` with probe `{}`, attempt {attempt}, is there a second time",
                    name(reference),
                    name(probe)
                ),
                todo: "give repeated presentations an `attempt` column (1, 2, …), or remove the copy",
            });
        }
        let mut scores = Scores {
            subjects: self.subjects.list,
            conditions: self.conditions.list,
            failures: self
                .failures
                .into_iter()
                .map(|(failure, _)| failure)
                .collect(),
            ..Scores::default()
        };
        let genuine = self
            .compared
            .iter()
            .filter(|row| row.reference == row.probe)
            .count();
        reserve(&mut scores.genuine, genuine);
        reserve(&mut scores.impostor, self.compared.len() - genuine);
        for row in &self.compared {
            if row.reference == row.probe {
                scores.genuine.push(row);
            } else {
                scores.impostor.push(row);
            }
        }
        Ok(scores)
    }
}

fn reserve(column: &mut super::Column, count: usize) {
    column.score.reserve_exact(count);
    column.reference.reserve_exact(count);
    column.probe.reserve_exact(count);
    column.attempt.reserve_exact(count);
    column.condition.reserve_exact(count);
}
