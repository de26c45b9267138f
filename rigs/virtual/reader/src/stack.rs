//! Overwrites a thread's unused stack: what deeper calls left there. For threads that handled a patient's data, when they
//! are done; never for the main thread, whose stack has no fixed end.

#![allow(
    unsafe_code,
    reason = "writes below the running frame, inside the thread's own stack as the C library reports it"
)]

use std::hint::black_box;

/// Left alone below the running frame for the call that overwrites.
const NEAR: usize = 16 << 10;

/// Overwrites everything below the caller's frame. Call it from a frame that holds no secret itself.
#[inline(never)]
pub fn scrub() {
    let here = black_box(0_u8);
    let here = std::ptr::from_ref(&here) as usize;
    if let Some(end) = end() {
        let top = here.saturating_sub(NEAR / 2);
        if end < top && top - end < (64 << 20) {
            // SAFETY: between the stack's end and this frame with what its calls need, nothing is in use.
            unsafe { libc::explicit_bzero(end as *mut _, top - end) };
        }
    }
    near();
}

/// The part that the first call had to leave alone.
#[inline(never)]
fn near() {
    let mut frame = [0_u8; NEAR];
    // SAFETY: an array of our own.
    unsafe { libc::explicit_bzero(frame.as_mut_ptr().cast(), NEAR) };
    black_box(&frame);
}

/// Lowest address that may be written to.
fn end() -> Option<usize> {
    // SAFETY: the calls get a valid place each, and the attributes are given back.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) != 0 {
            return None;
        }
        let (mut at, mut size, mut guard) = (std::ptr::null_mut(), 0, 0);
        let known = libc::pthread_attr_getstack(&raw const attributes, &raw mut at, &raw mut size)
            == 0
            && libc::pthread_attr_getguardsize(&raw const attributes, &raw mut guard) == 0;
        libc::pthread_attr_destroy(&raw mut attributes);
        // Some versions count the guard in.
        known.then(|| at as usize + guard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(never)]
    fn deep(depth: usize) -> u8 {
        let frame = black_box([0xA5_u8; 4096]);
        if depth == 0 {
            return frame[17];
        }
        deep(depth - 1) ^ black_box(frame)[depth % 4096]
    }

    /// Bytes of the pattern in the unused stack.
    #[inline(never)]
    fn left() -> usize {
        let here = black_box(0_u8);
        let end = end().unwrap();
        let unused = std::ptr::from_ref(&here) as usize - 4096 - end;
        // SAFETY: inside this thread's stack.
        let unused = unsafe { std::slice::from_raw_parts(end as *const u8, unused) };
        unused.iter().map(|byte| usize::from(*byte == 0xA5)).sum()
    }

    #[test]
    fn what_deeper_calls_left_is_overwritten() {
        let looks = std::thread::spawn(|| {
            black_box(deep(40));
            let before = left();
            scrub();
            (before, left())
        });
        let (before, after) = looks.join().unwrap();
        assert!(before > 30 * 4096, "the look itself: {before}");
        assert!(after < 64, "{after}");
    }
}
