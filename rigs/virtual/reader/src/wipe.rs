//! Memory that is given back is overwritten first, whoever gives it back: this stands before the C library's `free` and
//! `realloc`, which Rust's allocator calls as much as every C library in the process (PC/SC, OpenSSL, OpenJPEG).
//!
//! Each program of the reader has it (`mod wipe;`): a definition in the program goes before the C library's. Does not reach what is still held, and
//! not stacks (`stack`).

#![allow(
    unsafe_code,
    reason = "stands in for free and realloc, with their contracts, on blocks of the C library's malloc"
)]

use std::ffi::c_void;

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_free(block: *mut c_void);
}

/// As free(3), after overwriting the whole block.
///
/// # Safety
/// As free(3): null, or a block of malloc that was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: by the caller's promise the block is malloc's and ours until it is given back.
    unsafe {
        if !block.is_null() {
            // Unlike a plain memset, never optimised away.
            libc::explicit_bzero(block, libc::malloc_usable_size(block));
        }
        __libc_free(block);
    }
}

/// As realloc(3); a block that has to move is overwritten where it was, one that shrinks behind its new end.
///
/// # Safety
/// As realloc(3): null, or a block of malloc that was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: as above; copies stay inside both blocks.
    unsafe {
        if block.is_null() {
            return __libc_malloc(size);
        }
        if size == 0 {
            free(block);
            return std::ptr::null_mut();
        }
        let held = libc::malloc_usable_size(block);
        if size <= held && size > held / 2 {
            libc::explicit_bzero(block.byte_add(size), held - size);
            return block;
        }
        let moved = __libc_malloc(size);
        if !moved.is_null() {
            std::ptr::copy_nonoverlapping::<u8>(block.cast(), moved.cast(), held.min(size));
            free(block);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    const MARK: [u8; 16] = *b"\xA7wiped-or-not?\xA7\xA7";

    /// Does a mark stand anywhere in what a block was? Read through the kernel: the block is no longer ours.
    fn left(at: usize, size: usize) -> bool {
        let memory = std::fs::File::open("/proc/self/mem").unwrap();
        let mut bytes = vec![0; size];
        // A large block is no longer there at all.
        memory.read_exact_at(&mut bytes, at as u64).is_ok()
            && bytes.windows(MARK.len()).any(|window| window == MARK)
    }

    fn marked(size: usize) -> Vec<u8> {
        MARK.iter().copied().cycle().take(size).collect()
    }

    #[test]
    fn blocks_are_overwritten_when_they_are_given_back() {
        for size in [64, 1_000, 20_000, 100_000, 3_000_000] {
            let block = marked(size);
            let at = block.as_ptr() as usize;
            assert!(left(at, size), "the look itself");
            drop(block);
            assert!(!left(at, size), "{size}");
        }
    }

    #[test]
    fn growing_and_shrinking_leave_nothing_behind() {
        for (size, other) in [
            (1_000, 90_000),
            (20_000, 20_100),
            (50_000, 30_000),
            (90_000, 100),
        ] {
            let mut block = marked(size);
            let at = block.as_ptr() as usize;
            if other > size {
                block.reserve_exact(other - size);
            } else {
                block.truncate(other);
                block.shrink_to_fit();
            }
            assert!(
                block.starts_with(&MARK[..])
                    && block.ends_with(&marked(block.len())[block.len() - 8..])
            );
            if block.as_ptr() as usize == at {
                assert!(
                    !left(at + block.len(), size.saturating_sub(block.len())),
                    "{size} to {other}"
                );
            } else {
                assert!(!left(at, size), "{size} to {other}");
            }
        }
    }

    /// What C libraries call is the same.
    #[test]
    fn c_libraries_give_back_through_us() {
        let look = |wiping: bool| unsafe {
            let block = libc::malloc(5_000);
            std::ptr::copy_nonoverlapping(marked(5_000).as_ptr(), block.cast(), 5_000);
            let at = block as usize;
            if wiping {
                let name = c"free";
                let free = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr());
                let free: unsafe extern "C" fn(*mut c_void) = std::mem::transmute(free);
                free(block);
            } else {
                __libc_free(block);
            }
            left(at, 5_000)
        };
        assert!(!look(true));
        assert!(
            look(false),
            "planted fault: the C library's own free keeps the bytes"
        );
    }
}
