//! Where the stacks of a process lie: by each thread's information block, whose first fields (`NT_TIB`) Microsoft documents.
//!
//! Of a 32-bit process on 64-bit Windows these are the stacks of its 64-bit side; the others count as other private memory.

use super::memory::Memory;
use super::{handle, toolhelp};
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::ptr;
use windows_sys::Wdk::System::Threading::{NtQueryInformationThread, ThreadBasicInformation};
use windows_sys::Win32::System::Threading::{OpenThread, THREAD_QUERY_INFORMATION};

/// Words of `THREAD_BASIC_INFORMATION`; the second is the block's address.
const WORDS: usize = 6;

/// The last byte of each stack that can be told.
pub(super) fn ends(pid: u32, memory: &Memory) -> Vec<u64> {
    let threads = toolhelp::threads(pid).unwrap_or_default();
    let end = |thread: u32| {
        // Behind the list of exception handlers stands where the stack begins: one byte above it, for it grows down.
        let place = block(thread)?.checked_add(size_of::<usize>() as u64)?;
        memory.word(place)?.checked_sub(1)
    };
    threads.into_iter().filter_map(end).collect()
}

fn block(thread: u32) -> Option<u64> {
    // SAFETY: takes plain numbers.
    let handle = unsafe { OpenThread(THREAD_QUERY_INFORMATION, 0, thread) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: just given to us alone.
    let thread = unsafe { OwnedHandle::from_raw_handle(handle) };
    let mut basic = [0_usize; WORDS];
    let (into, size) = (basic.as_mut_ptr().cast(), size_of_val(&basic) as u32);
    let (handle, kind) = (handle::raw(&thread), ThreadBasicInformation);
    // SAFETY: the handle is open; the system writes at most `size` bytes into `basic`.
    let status = unsafe { NtQueryInformationThread(handle, kind, into, size, ptr::null_mut()) };
    (status >= 0).then_some(basic[1] as u64)
}
