//! The Parquet library on a file that nobody vouches for: neither its errors nor its panics end the program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use shinsa_stats::scores::Problem;

pub(super) const DAMAGED: &str =
    "the file is damaged or was cut off: write it again from its source";

pub(super) fn damaged(what: &str) -> Problem {
    Problem::whole(format!("not a sound Parquet file: {what}"), DAMAGED)
}

thread_local! {
    /// Whether a panic of this thread is only a problem of a file.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs the Parquet library on a file that nobody vouches for: its errors and its panics (there are some, in 60.1) are
/// problems of the file, told as such and in no other way.
pub(super) fn guarded<T>(work: impl FnOnce() -> parquet::errors::Result<T>) -> Result<T, Problem> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let told = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                told(panic);
            }
        }));
    });
    GUARDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    match result {
        Ok(result) => result.map_err(|error| damaged(&error.to_string())),
        Err(_) => Err(damaged("it cannot be decoded")),
    }
}
