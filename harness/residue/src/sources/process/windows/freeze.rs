//! Hold a process still while it is searched.
//!
//! Every thread is suspended, until a fresh list names none that is not: a thread made just before its maker stopped is in the next
//! list. Suspensions count: a thread that somebody else suspended stays so afterwards. If the harness itself is killed meanwhile, the
//! process stays stopped. Called by the agent around a walk or a snapshot.

use super::super::FreezeError;
use super::handle::raw;
use super::{Identity, toolhelp};
use std::collections::BTreeMap;
use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::time::{Duration, Instant};
use windows_sys::Win32::Foundation::{ERROR_INVALID_PARAMETER, STILL_ACTIVE};
use windows_sys::Win32::System::Diagnostics::Debug::{
    CONTEXT, CONTEXT_CONTROL_AMD64, CONTEXT_CONTROL_ARM64, GetThreadContext,
};
use windows_sys::Win32::System::Threading::{
    GetExitCodeThread, GetProcessIdOfThread, OpenThread, ResumeThread, SuspendThread,
    THREAD_GET_CONTEXT, THREAD_QUERY_LIMITED_INFORMATION, THREAD_SUSPEND_RESUME,
};

/// What `SuspendThread` says when it did nothing.
const FAILED: u32 = u32::MAX;

/// A process whose threads are all suspended. Dropping it lets them go on, unless they were suspended before.
#[derive(Debug)]
pub struct Frozen {
    /// By number; none for one that had ended.
    threads: BTreeMap<u32, Option<OwnedHandle>>,
    /// Keeps the number from being given to another process.
    _process: OwnedHandle,
}

impl Frozen {
    /// Suspend every thread of `process`, at most for `patience`.
    ///
    /// # Errors
    /// The process is gone or not ours, or kept making threads; it then goes on running.
    pub fn freeze(process: Identity, patience: Duration) -> Result<Self, FreezeError> {
        let mut frozen = Self {
            _process: process.open(0)?,
            threads: BTreeMap::new(),
        };
        let patience = Instant::now() + patience;
        loop {
            let mut fresh = toolhelp::threads(process.pid()).map_err(refused)?;
            fresh.retain(|thread| !frozen.threads.contains_key(thread));
            process.check()?;
            if fresh.is_empty() {
                return Ok(frozen);
            }
            if Instant::now() >= patience {
                return Err(FreezeError::Running(fresh));
            }
            for thread in fresh {
                let handle = suspended(thread, process.pid())?;
                frozen.threads.insert(thread, handle);
            }
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        for thread in self.threads.values().flatten() {
            // SAFETY: the handle is open. It may have been killed meanwhile: then there is nothing left to do.
            unsafe { ResumeThread(raw(thread)) };
        }
    }
}

/// Suspends a thread of process `pid`; none when it has ended meanwhile.
fn suspended(thread: u32, pid: u32) -> Result<Option<OwnedHandle>, FreezeError> {
    let access = THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_QUERY_LIMITED_INFORMATION;
    // SAFETY: takes plain numbers.
    let handle = unsafe { OpenThread(access, 0, thread) };
    if handle.is_null() {
        let error = io::Error::last_os_error();
        return match error.raw_os_error().map(i32::cast_unsigned) {
            Some(ERROR_INVALID_PARAMETER) => Ok(None),
            _ => Err(refused(error)),
        };
    }
    // SAFETY: just given to us alone.
    let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
    // Numbers of threads are given again too.
    // SAFETY: the handle is open.
    if unsafe { GetProcessIdOfThread(raw(&handle)) } != pid {
        return Ok(None);
    }
    // SAFETY: the handle is open.
    if unsafe { SuspendThread(raw(&handle)) } == FAILED {
        let error = io::Error::last_os_error();
        // An ended thread may be in lists as long as somebody holds it, and refuses.
        return if ended(&handle) {
            Ok(None)
        } else {
            Err(refused(error))
        };
    }
    stand(&handle);
    Ok(Some(handle))
}

/// A thread that ended with the code 259 counts as running, and then is told as refused.
fn ended(thread: &OwnedHandle) -> bool {
    let mut code = 0;
    // SAFETY: the handle is open, the place is ours.
    let done = unsafe { GetExitCodeThread(raw(thread), &raw mut code) };
    done != 0 && code != STILL_ACTIVE.cast_unsigned()
}

/// The system wants it at a multiple of 16.
#[repr(align(16))]
struct Aligned(CONTEXT);

/// Waits until a suspended thread stands: suspending is but asked for, and registers can be told only then.
fn stand(thread: &OwnedHandle) {
    let flags = if cfg!(target_arch = "aarch64") {
        CONTEXT_CONTROL_ARM64
    } else {
        CONTEXT_CONTROL_AMD64
    };
    let mut context = Aligned(CONTEXT {
        ContextFlags: flags,
        ..Default::default()
    });
    // SAFETY: the handle is open; the context is ours, aligned, and says which part of it is wanted. Refused, there is no thread to
    // wait for any more.
    unsafe { GetThreadContext(raw(thread), &raw mut context.0) };
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn refused(error: io::Error) -> FreezeError {
    FreezeError::Signal(error.to_string())
}
