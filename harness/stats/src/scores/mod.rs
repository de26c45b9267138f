//! Score files: comparisons of an evaluation, read into columns and refused where they cannot be trusted.
//!
//! Three forms: CSV (`csv`), Parquet (read by the command line, checked by the same rules here) and the project's own
//! compact form (`compact`). Subjects are pseudonymous ids; nothing here may hold a name or a picture. Every problem is
//! told with its line; a file with one problem yields no scores at all.

pub mod compact;
pub mod csv;
mod decimal;
mod duplicates;
mod field;
mod names;
mod rows;

pub use rows::{Given, Rows};

/// Which way scores point in the file. In memory they are similarities always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Higher is more alike.
    #[default]
    Similarity,
    /// Lower is more alike: negated on reading, and the report says so.
    Distance,
}

/// Comparisons of one class, column by column; all columns have one length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Column {
    /// Similarity, finite.
    pub score: Vec<f32>,
    /// Whose reference (photo), an index of [`Scores::subjects`].
    pub reference: Vec<u32>,
    /// Who was before the camera.
    pub probe: Vec<u32>,
    /// Attempt of this pair, from 1.
    pub attempt: Vec<u32>,
    /// Index of [`Scores::conditions`].
    pub condition: Vec<u32>,
}

impl Column {
    /// Number of comparisons.
    pub fn len(&self) -> usize {
        self.score.len()
    }

    /// No comparison at all.
    pub fn is_empty(&self) -> bool {
        self.score.is_empty()
    }

    fn reserve(&mut self, count: usize) {
        self.score.reserve_exact(count);
        self.reference.reserve_exact(count);
        self.probe.reserve_exact(count);
        self.attempt.reserve_exact(count);
        self.condition.reserve_exact(count);
    }

    #[inline]
    fn push(&mut self, row: &Row) {
        self.score.push(row.score);
        self.reference.push(row.reference);
        self.probe.push(row.probe);
        self.attempt.push(row.attempt);
        self.condition.push(row.condition);
    }
}

/// One row, ids as indices.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    score: f32,
    reference: u32,
    probe: u32,
    attempt: u32,
    condition: u32,
}

/// Where nothing could be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Whose reference.
    pub reference: u32,
    /// Who tried.
    pub probe: u32,
    /// Attempt of this pair, from 1.
    pub attempt: u32,
    /// The subject could not be enrolled (FTE); else the presentation could not be acquired (FTA).
    pub to_enrol: bool,
}

/// A score file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// Pseudonymous ids, in the order of their first appearance.
    pub subjects: Vec<String>,
    /// Device and condition, as `device/condition`; empty parts where the file has no such column.
    pub conditions: Vec<String>,
    /// Comparisons of a person with the own reference.
    pub genuine: Column,
    /// All others.
    pub impostor: Column,
    /// Failures to acquire and to enrol; none of them is in the columns above.
    pub failures: Vec<Failure>,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1; 0 where the file as a whole is meant.
    pub line: u64,
    /// Byte of the line, from 1.
    pub column: usize,
    /// The line, cut after 120 bytes.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What was expected and what to do.
    pub todo: &'static str,
}

impl Problem {
    /// Of the whole file.
    pub fn whole(message: impl Into<String>, todo: &'static str) -> Self {
        Self {
            line: 0,
            column: 0,
            text: String::new(),
            message: message.into(),
            todo,
        }
    }
}

/// Problems shown before the rest is only counted.
pub const MOST_PROBLEMS: usize = 20;

/// Both classes must be there before anything is estimated.
///
/// # Errors
/// One class only.
pub fn both_classes(scores: &Scores) -> Result<(), Problem> {
    let missing = match (scores.genuine.is_empty(), scores.impostor.is_empty()) {
        (false, false) => return Ok(()),
        (true, true) => "no comparison",
        (true, false) => "no genuine comparison (reference equal to probe)",
        (false, true) => "no impostor comparison (reference other than probe)",
    };
    Err(Problem::whole(
        format!("the file has {missing}"),
        "error rates need both classes: give the whole score matrix in one file, or several files at once",
    ))
}
