//! Where encoded pictures lie while they are decoded: blocks of the C library that are kept and used again, as image
//! libraries keep them. A block is overwritten when its picture is done with; the wiping `free` never sees it then.

#![allow(
    unsafe_code,
    reason = "blocks of malloc, each owned by one Held or by the list of free ones"
)]

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// Free blocks that are kept.
const KEPT: usize = 4;
/// A block's size, bytes; larger pictures get as much as they need.
const BLOCK: usize = 64 << 10;

struct Block {
    at: *mut u8,
    size: usize,
}

// SAFETY: a block is plain memory that its owner alone uses.
unsafe impl Send for Block {}
// SAFETY: shared use only reads.
unsafe impl Sync for Block {}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: malloc's, given back once.
        unsafe { libc::free(self.at.cast()) }
    }
}

/// The heap.
#[derive(Clone)]
pub struct ImageHeap {
    free: Arc<Mutex<Vec<Block>>>,
    wipes: bool,
}

/// A picture on the heap.
pub struct Held {
    heap: ImageHeap,
    block: Option<Block>,
    length: usize,
}

impl ImageHeap {
    /// Empty. `wipes: false` is the defect `photo-not-overwritten`.
    pub fn new(wipes: bool) -> Self {
        Self {
            free: Arc::default(),
            wipes,
        }
    }

    /// Copies a picture onto the heap; `None` when memory is out.
    pub fn hold(&self, picture: &[u8]) -> Option<Held> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = free.iter().position(|block| block.size >= picture.len());
        let block = if let Some(fits) = fits {
            free.swap_remove(fits)
        } else {
            let size = picture.len().max(BLOCK);
            // SAFETY: any size may be asked for.
            let at: *mut u8 = unsafe { libc::malloc(size) }.cast();
            if at.is_null() {
                return None;
            }
            Block { at, size }
        };
        // SAFETY: the block is at least as long, and ours.
        unsafe { std::ptr::copy_nonoverlapping(picture.as_ptr(), block.at, picture.len()) };
        Some(Held {
            heap: self.clone(),
            block: Some(block),
            length: picture.len(),
        })
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.block {
            // SAFETY: `length` bytes were written by `hold`.
            Some(block) => unsafe { std::slice::from_raw_parts(block.at, self.length) },
            None => &[],
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(block) = self.block.take() else {
            return;
        };
        if self.heap.wipes {
            // SAFETY: inside the block.
            unsafe { libc::explicit_bzero(block.at.cast(), self.length) };
        }
        let mut free = self
            .heap
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_used_again_and_is_empty_then_unless_the_defect_is_on() {
        for (wipes, expected) in [(true, 0), (false, 7)] {
            let heap = ImageHeap::new(wipes);
            let at = {
                let held = heap.hold(&[7; 5000]).unwrap();
                assert_eq!(held[..], [7; 5000]);
                held.as_ptr()
            };
            let again = heap.hold(&[1]).unwrap();
            assert_eq!(again.as_ptr(), at);
            // SAFETY: inside the block of 64 KiB.
            assert_eq!(unsafe { *at.add(4000) }, expected);
        }
    }
}
