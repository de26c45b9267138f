//! Asks the processor to fetch what will be read soon. Called by `fragment` and the kernels, whose look-ups miss every cache.
#![allow(unsafe_code)]

/// Begins to fetch a value into the cache; does nothing where there is no such instruction.
#[inline]
pub(super) fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint for an address that is there; nothing is read or written. Every x86-64 processor has it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
