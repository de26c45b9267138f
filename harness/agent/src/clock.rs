//! The clock that stamps are of: monotonic, with an origin of its own. Read by `service`.
#![cfg_attr(windows, allow(unsafe_code))]

/// Nanoseconds since some moment before the agent's start.
#[cfg(target_os = "linux")]
pub fn monotonic_ns() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Nanoseconds since some moment before the agent's start. Both calls never fail since Windows XP.
#[cfg(windows)]
pub fn monotonic_ns() -> i64 {
    use windows_sys::Win32::System::Performance::{
        QueryPerformanceCounter, QueryPerformanceFrequency,
    };
    let (mut count, mut frequency) = (0_i64, 0_i64);
    // SAFETY: both places are ours.
    unsafe {
        QueryPerformanceCounter(&raw mut count);
        QueryPerformanceFrequency(&raw mut frequency);
    }
    let ns = i128::from(count) * 1_000_000_000 / i128::from(frequency.max(1));
    ns as i64
}
