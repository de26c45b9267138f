//! Rows under way to columns: indices of ids, and the checks that need all rows at once.

use super::names::Names;
use super::{Failure, Problem, Row, Scores, duplicates};

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
        self.take(match given.score {
            Ok(score) => Ok(Row {
                score,
                reference,
                probe,
                attempt: given.attempt,
                condition,
            }),
            Err(to_enrol) => Err(Failure {
                reference,
                probe,
                attempt: given.attempt,
                to_enrol,
            }),
        });
    }

    /// Takes one row whose ids have their indices.
    pub(super) fn take(&mut self, row: Result<Row, Failure>) {
        match row {
            Ok(row) => self.compared.push(row),
            Err(failure) => self.failures.push((failure, self.compared.len())),
        }
    }

    /// Columns by class.
    ///
    /// # Errors
    /// The same comparison twice; the problem's line counts rows and failures from `first_line`.
    pub fn finish(self, first_line: u64) -> Result<Scores, Problem> {
        let row = duplicates::first(&self.compared, self.subjects.len(), self.conditions.len());
        if let Some(row) = row {
            return Err(self.repeated(row, first_line));
        }
        let mut scores = Scores {
            subjects: self.subjects.into_list(),
            conditions: self.conditions.into_list(),
            failures: self
                .failures
                .into_iter()
                .map(|(failure, _)| failure)
                .collect(),
            ..Scores::default()
        };
        let own = |row: &&Row| row.reference == row.probe;
        let genuine = self.compared.iter().filter(own).count();
        scores.genuine.reserve(genuine);
        scores.impostor.reserve(self.compared.len() - genuine);
        for row in &self.compared {
            if row.reference == row.probe {
                scores.genuine.push(row);
            } else {
                scores.impostor.push(row);
            }
        }
        Ok(scores)
    }

    fn repeated(&self, row: usize, first_line: u64) -> Problem {
        let before = self.failures.partition_point(|(_, at)| *at <= row);
        let Row {
            reference,
            probe,
            attempt,
            ..
        } = self.compared[row];
        Problem {
            line: first_line + (row + before) as u64,
            column: 1,
            text: String::new(),
            message: format!(
                "the comparison of reference `{}` with probe `{}`, attempt {attempt}, is there a second time",
                self.subjects.name(reference),
                self.subjects.name(probe)
            ),
            todo: "give repeated presentations an `attempt` column (1, 2, …), or remove the copy",
        }
    }
}
