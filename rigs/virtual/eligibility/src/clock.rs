//! This process's clock, CLOCK_MONOTONIC.

use shinsa_wire::v1::Stamp;

/// Now; between an event and the reading of the clock lie a few function calls.
pub fn now() -> Stamp {
    Stamp {
        at_ns: monotonic_ns(),
        clock: "eligibility".into(),
        half_width_ns: 100_000,
    }
}

#[allow(unsafe_code, reason = "clock_gettime fills a valid timespec")]
fn monotonic_ns() -> i64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
