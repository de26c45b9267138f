//! This process's clock, CLOCK_MONOTONIC.

use rustix::time::{ClockId, clock_gettime};
use shinsa_wire::v1::Stamp;

/// Now; between an event and the reading of the clock lie a few function calls.
pub fn now() -> Stamp {
    Stamp {
        at_ns: monotonic_ns(),
        clock: "eligibility".into(),
        half_width_ns: 100_000,
    }
}

fn monotonic_ns() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
