//! Reading a journal: line by line, so that a journal of any size needs memory for its records only.
//!
//! A last line without newline was torn by a crash: it is left out and its length told. Anything else that does not
//! fit the chain is refused with its line number.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use shinsa_model::event::Record;

use crate::chain;

/// Longest line that is read; a longer one is no journal line. Artefacts are stored beside, so lines are short.
const LONGEST_LINE: u64 = 16 << 20;

/// A journal that holds together.
#[derive(Debug)]
pub struct Journal {
    /// In order.
    pub records: Vec<Record>,
    /// Sum of the last line; [`chain::START`] when there is none.
    pub head: String,
    /// Bytes of a torn last line.
    pub torn_bytes: u64,
    /// Bytes of all whole lines: where a writer goes on.
    pub whole_bytes: u64,
}

/// Why a journal is not evidence.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It cannot be read at all.
    #[error("{path}: {source}")]
    Unreadable {
        /// File.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line does not fit.
    #[error(
        "{path}:{line}: {why}; the evidence is broken from here on, restore the file from a copy"
    )]
    Line {
        /// File.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
}

/// Reads and checks a journal file.
pub fn read(path: &Path) -> Result<Journal, Broken> {
    let unreadable = |source| Broken::Unreadable {
        path: path.into(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut journal = Journal {
        records: Vec::new(),
        head: chain::START.into(),
        torn_bytes: 0,
        whole_bytes: 0,
    };
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let length = (&mut file)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(unreadable)? as u64;
        if length == 0 {
            break;
        }
        if bytes.pop_if(|last| *last == b'\n').is_none() {
            if length == LONGEST_LINE {
                let why = format!("longer than {LONGEST_LINE} bytes: no journal line");
                return Err(Broken::Line {
                    path: path.into(),
                    line,
                    why,
                });
            }
            journal.torn_bytes = length + rest(&mut file).map_err(unreadable)?;
            break;
        }
        let broken = |why: String| Broken::Line {
            path: path.into(),
            line,
            why,
        };
        let (sum, body) = chain::open(&journal.head, &bytes).map_err(|why| broken(why.into()))?;
        let object = [body, b"}"].concat();
        let record: Record = serde_json::from_slice(&object)
            .map_err(|why| broken(format!("not a record of this version: {why}")))?;
        if record.seq != line - 1 {
            return Err(broken(format!(
                "has number {} where {} is due",
                record.seq,
                line - 1
            )));
        }
        journal.records.push(record);
        journal.head = sum;
        journal.whole_bytes += length;
    }
    Ok(journal)
}

fn rest(file: &mut impl Read) -> std::io::Result<u64> {
    std::io::copy(file, &mut std::io::sink())
}
