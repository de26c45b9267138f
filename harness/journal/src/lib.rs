//! The journal of a run and the artefacts beside it.
//!
//! The only code that writes evidence. It appends, never changes: one JSON object a line, chained by SHA-256, flushed
//! when the runner asks. It knows no clock and judges nothing. Called by the runner (write), and by `judge`, `report`,
//! `verify` and `resume` (read).
//!
//! ```text
//! reports/runs/<id>/plan.json  journal.jsonl  artefacts/ab/abcdef…  verdicts.json  junit.xml  index.html
//! ```

pub mod artefact;
pub mod chain;
pub mod folder;
pub mod read;
pub mod write;

pub use folder::RunFolder;
pub use read::{Broken, Journal, read};
pub use write::{WriteError, Writer};
