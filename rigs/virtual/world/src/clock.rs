//! The bench's one clock, CLOCK_MONOTONIC; every stamp of this process is of it, so any two may be subtracted.

use rustix::time::{ClockId, clock_gettime};
use shinsa_wire::v1::{Done, Stamp};

/// Name of the clock.
const NAME: &str = "world";
/// Between an event here and the reading of the clock lie a few function calls; a preempted thread may take longer.
const HALF_WIDTH_NS: i64 = 100_000;

/// Now.
pub fn now() -> Stamp {
    Stamp {
        at_ns: monotonic_ns(),
        clock: NAME.into(),
        half_width_ns: HALF_WIDTH_NS,
    }
}

/// Done just now.
pub fn done() -> Done {
    Done { at: Some(now()) }
}

fn monotonic_ns() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
