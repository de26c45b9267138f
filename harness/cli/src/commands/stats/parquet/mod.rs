//! Score files as Parquet: the same columns and refusals as CSV, rows counted from 1 where CSV counts lines.
//!
//! Columns: `reference`, `probe` (text or whole numbers), `score` (float or double; rounded to float); where there are
//! such: `attempt` (whole numbers), `kind`, `device`, `condition` (text). No value may be null: failures to acquire or
//! to enrol go into CSV. [`read`] holds all scores; [`summary`] only what rates and curve need, for files of 10⁹ rows.
//! Page checksums are checked where the writer left any. Called by `stats accuracy`.

mod column;
mod columns;
mod guard;
mod summary;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::Path;

use parquet::data_type::ByteArray;
use parquet::file::reader::{FileReader, SerializedFileReader};
use shinsa_stats::scores::{Direction, Given, Problem, Rows, Scores};

use column::{Batch, Ids, Source, same};
use columns::{Layout, Place};
use guard::{damaged, guarded};
pub use summary::{Summary, summary};

/// Rows read at once.
const BATCH: usize = 1 << 16;

/// Whether bytes begin as Parquet does.
pub fn recognised(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PAR1")
}

/// Reads a whole file.
///
/// # Errors
/// The first problem found; its line is the row, from 1.
pub fn read(path: &Path, direction: Direction) -> Result<Scores, Problem> {
    let mut rows = Rows::default();
    let (mut reference, mut probe) = (Vec::new(), Vec::new());
    let mut condition = Vec::new();
    stream(path, direction, |block| {
        for (row, &score) in block.score.iter().enumerate() {
            block.reference.write(row, &mut reference);
            block.probe.write(row, &mut probe);
            condition.clear();
            condition.extend(block.device.get(row).map_or(&b""[..], ByteArray::data));
            if !block.device.is_empty() && !block.condition.is_empty() {
                condition.push(b'/');
            }
            condition.extend(block.condition.get(row).map_or(&b""[..], ByteArray::data));
            rows.push(&Given {
                reference: &reference,
                probe: &probe,
                score: Ok(score),
                attempt: block.attempt.get(row).copied().unwrap_or(1),
                condition: &condition,
            });
        }
    })?;
    rows.finish(1)
}

/// Some rows of a file, checked.
pub struct Block<'a> {
    /// Similarities, finite.
    pub score: &'a [f32],
    /// Whether reference and probe are one id.
    pub genuine: &'a [bool],
    /// From 1; empty where the file has no such column.
    pub attempt: &'a [u32],
    reference: &'a Ids,
    probe: &'a Ids,
    device: &'a [ByteArray],
    condition: &'a [ByteArray],
}

/// Gives all rows, block by block, in the order of the file. Repeated comparisons are not looked for.
///
/// # Errors
/// As [`read`], repetition apart.
pub fn stream(
    path: &Path,
    direction: Direction,
    mut on_block: impl FnMut(Block),
) -> Result<(), Problem> {
    let file = Opened::open(path)?;
    (0..file.starts.len()).try_for_each(|group| file.group(group, direction, &mut on_block))
}

/// A file whose columns are known.
struct Opened {
    file: SerializedFileReader<File>,
    layout: Layout,
    /// Number of the first row of each group, from 1.
    starts: Vec<u64>,
    rows: u64,
}

impl Opened {
    fn open(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path).map_err(|error| {
            Problem::whole(
                format!("cannot be read: {error}"),
                "name a file that is there",
            )
        })?;
        let file = guarded(|| SerializedFileReader::new(file))?;
        let metadata = file.metadata();
        let layout = Layout::of(metadata.file_metadata().schema_descr())?;
        let mut rows = 0_u64;
        let mut starts = Vec::new();
        for group in metadata.row_groups() {
            starts.push(rows + 1);
            let more = u64::try_from(group.num_rows()).ok();
            rows = more
                .and_then(|more| rows.checked_add(more).filter(|sum| *sum < 1 << 48))
                .ok_or_else(|| damaged("an impossible number of rows"))?;
        }
        Ok(Self {
            file,
            layout,
            starts,
            rows,
        })
    }

    /// One row group, batch by batch.
    fn group(
        &self,
        group: usize,
        direction: Direction,
        on_block: &mut impl FnMut(Block),
    ) -> Result<(), Problem> {
        let layout = &self.layout;
        let reader = guarded(|| self.file.get_row_group(group))?;
        let open = |place: Place| Source::open(reader.as_ref(), place);
        let optional = |place: Option<Place>| place.map(open).transpose();
        let (mut reference, mut probe) = (open(layout.reference)?, open(layout.probe)?);
        let mut score = open(layout.score)?;
        let mut attempt = optional(layout.attempt)?;
        let mut kind = optional(layout.kind)?;
        let mut device = optional(layout.device)?;
        let mut condition = optional(layout.condition)?;
        let end = self
            .starts
            .get(group + 1)
            .map_or(self.rows + 1, |next| *next);
        let mut first = self.starts[group];
        while first < end {
            let batch = Batch {
                first,
                count: (end - first).min(BATCH as u64) as usize,
            };
            let reference = reference.ids(&batch, layout.ids)?;
            let probe = probe.ids(&batch, layout.ids)?;
            let genuine = same(&reference, &probe);
            let score = score.scores(&batch, direction)?;
            let attempt = match &mut attempt {
                Some(source) => source.attempts(&batch)?,
                None => Vec::new(),
            };
            if let Some(source) = &mut kind {
                source.kinds(&batch, &genuine)?;
            }
            let labels = |source: &mut Option<Source>| match source {
                Some(source) => source.labels(&batch),
                None => Ok(Vec::new()),
            };
            on_block(Block {
                score: &score,
                genuine: &genuine,
                attempt: &attempt,
                reference: &reference,
                probe: &probe,
                device: &labels(&mut device)?,
                condition: &labels(&mut condition)?,
            });
            first += batch.count as u64;
        }
        Ok(())
    }
}
