//! Memory of the test itself with chosen mappings: the one place of the tests that maps by hand.
#![allow(unsafe_code)]

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use std::fs::File;
use std::ops::Range;
use std::ptr::null_mut;

/// A mapping that ends with its owner.
pub(in crate::sources) struct Mapped {
    start: *mut std::ffi::c_void,
    length: usize,
}

impl Mapped {
    pub(in crate::sources) fn anonymous(length: usize) -> Self {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel chooses an address nothing else uses.
        let start = unsafe { mmap_anonymous(null_mut(), length, protection, MapFlags::PRIVATE) };
        Self {
            start: start.unwrap(),
            length,
        }
    }

    pub(in crate::sources) fn of(file: &File, length: usize, flags: MapFlags) -> Self {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel chooses an address nothing else uses.
        let start = unsafe { mmap(null_mut(), length, protection, flags, file, 0) };
        Self {
            start: start.unwrap(),
            length,
        }
    }

    pub(in crate::sources) fn write(&mut self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.length);
        // SAFETY: inside the mapping, which nobody else holds.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                self.start.cast::<u8>().add(at),
                bytes.len(),
            );
        }
    }

    /// Take every right from `length` bytes at `at`.
    pub(in crate::sources) fn forbid(&mut self, at: usize, length: usize) {
        assert!(at + length <= self.length);
        // SAFETY: inside the mapping, which nobody else holds and no reference points into.
        unsafe { mprotect(self.start.byte_add(at), length, MprotectFlags::empty()) }.unwrap();
    }

    pub(in crate::sources) fn addresses(&self) -> Range<u64> {
        let start = self.start as u64;
        start..start + self.length as u64
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: mapped by us with this length, and no reference points into it.
        unsafe { munmap(self.start, self.length) }.unwrap();
    }
}
