//! Names that a watch saw appear, and where it may have missed some. Holds names only.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// Names remembered at most.
const MOST: usize = 100_000;

/// What was seen so far.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Names that appeared, below the root; whether they are still there is another question.
    pub came: BTreeSet<PathBuf>,
    /// Where names may have been missed, and why.
    pub missed: Vec<(PathBuf, String)>,
}

impl Seen {
    /// A name appeared.
    pub fn came(&mut self, below: PathBuf) {
        if self.came.len() < MOST {
            self.came.insert(below);
        } else if self.came.len() == MOST && !self.came.contains(&below) {
            self.came.insert(below);
            let why = format!("more than {MOST} files came; later short-lived ones are not told");
            self.missed.push((PathBuf::new(), why));
        }
    }

    /// Names below a folder may have been missed.
    pub fn miss(&mut self, below: PathBuf, error: &dyn std::error::Error) {
        let why = format!("short-lived files are not seen here: {error}");
        self.missed.push((below, why));
    }

    /// The system dropped some.
    pub fn dropped(&mut self) {
        let why = "the system dropped events: more files came than could be told";
        self.missed.push((PathBuf::new(), why.into()));
    }
}
