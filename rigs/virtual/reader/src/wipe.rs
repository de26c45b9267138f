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

    /// Looks through the kernel at what a block was: it is no longer ours.
    struct Look {
        memory: std::fs::File,
        /// Taken before the block is given back: taken later, it could be that very block.
        bytes: Vec<u8>,
    }

    impl Look {
        fn new(size: usize) -> Self {
            Self {
                memory: std::fs::File::open("/proc/self/mem").unwrap(),
                bytes: vec![1; size],
            }
        }

        /// Does a mark stand in these bytes of memory?
        fn left(&mut self, at: usize, size: usize) -> bool {
            let bytes = &mut self.bytes[..size];
            // A large block is no longer there at all.
            self.memory.read_exact_at(bytes, at as u64).is_ok()
                && bytes.windows(MARK.len()).any(|window| window == MARK)
        }
    }

    fn marked(size: usize) -> Vec<u8> {
        MARK.iter().copied().cycle().take(size).collect()
    }

    #[test]
    fn blocks_are_overwritten_when_they_are_given_back() {
        for size in [64, 1_000, 20_000, 100_000, 3_000_000] {
            let mut look = Look::new(size);
            let block = marked(size);
            let at = block.as_ptr() as usize;
            assert!(look.left(at, size), "the look itself");
            drop(block);
            assert!(!look.left(at, size), "{size}");
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
            let (mut look, expected) = (Look::new(size), marked(other.min(size)));
            let mut block = marked(size);
            let at = block.as_ptr() as usize;
            if other > size {
                block.reserve_exact(other - size);
            } else {
                block.truncate(other);
                block.shrink_to_fit();
            }
            assert!(block == expected, "{size} to {other}: contents");
            // What stays in place is still held up to its end.
            let held = if block.as_ptr() as usize == at {
                block.len()
            } else {
                0
            };
            assert!(!look.left(at + held, size - held), "{size} to {other}");
        }
    }

    /// What C libraries call is the same; and the look finds what a `free` that does not overwrite leaves.
    #[test]
    fn c_libraries_give_back_through_us() {
        const SIZE: usize = 5_000;
        let mut look = Look::new(SIZE);
        let marks = marked(SIZE);
        // SAFETY: dlsym gives the function that libraries would call; blocks are malloc's and given back once.
        let libraries: unsafe extern "C" fn(*mut c_void) = unsafe {
            let free = libc::dlsym(libc::RTLD_DEFAULT, c"free".as_ptr());
            std::mem::transmute(free)
        };
        for (give_back, expected) in [(libraries, false), (__libc_free, true)] {
            // SAFETY: as above.
            let at = unsafe {
                let block = libc::malloc(SIZE);
                std::ptr::copy_nonoverlapping(marks.as_ptr(), block.cast(), SIZE);
                give_back(block);
                block as usize
            };
            assert_eq!(look.left(at, SIZE), expected);
        }
    }
}
