//! Whose rights are in effect: elevation, privileges, another process's user.

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_NOT_ALL_ASSIGNED, GetLastError, HANDLE, LUID};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, CreateRestrictedToken, DISABLE_MAX_PRIVILEGE, GetTokenInformation,
    ImpersonateLoggedOnUser, LUID_AND_ATTRIBUTES, LookupPrivilegeValueW, SE_PRIVILEGE_ENABLED,
    TOKEN_ADJUST_PRIVILEGES, TOKEN_DUPLICATE, TOKEN_ELEVATION, TOKEN_IMPERSONATE, TOKEN_PRIVILEGES,
    TOKEN_QUERY, TokenElevation,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::{done, wide};

/// The privilege to open every process that is not protected.
const DEBUG: &str = "SeDebugPrivilege";

/// Whether the own token is elevated: that of an administrator who has said yes, or of a service.
pub fn is_elevated() -> bool {
    // SAFETY: a constant of the system, never closed.
    let own = unsafe { GetCurrentProcess() };
    let Ok(token) = token(own, TOKEN_QUERY) else {
        return false;
    };
    let mut elevation = TOKEN_ELEVATION::default();
    let size = size_of::<TOKEN_ELEVATION>() as u32;
    let (handle, into) = (token.as_raw_handle(), (&raw mut elevation).cast());
    let mut written = 0;
    // SAFETY: the token is open; the system writes at most `size` bytes into the structure of this very question.
    let told = unsafe { GetTokenInformation(handle, TokenElevation, into, size, &raw mut written) };
    told != 0 && elevation.TokenIsElevated != 0
}

/// Takes the debug privilege into effect for this process, where its token has it.
///
/// # Errors
/// It has not.
pub fn enable_debug() -> io::Result<()> {
    // SAFETY: a constant of the system, never closed.
    let own = unsafe { GetCurrentProcess() };
    let token = token(own, TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY)?;
    let (name, mut luid) = (wide(DEBUG), LUID::default());
    // SAFETY: the name ends with 0, the place is ours.
    done(unsafe { LookupPrivilegeValueW(ptr::null(), name.as_ptr(), &raw mut luid) })?;
    let wanted = TOKEN_PRIVILEGES {
        PrivilegeCount: 1,
        Privileges: [LUID_AND_ATTRIBUTES {
            Luid: luid,
            Attributes: SE_PRIVILEGE_ENABLED,
        }],
    };
    let (handle, nothing) = (token.as_raw_handle(), ptr::null_mut());
    // SAFETY: the token is open, the list holds as many as it says, no earlier state is asked for.
    let (answer, error) = unsafe {
        let answer =
            AdjustTokenPrivileges(handle, 0, &raw const wanted, 0, nothing, ptr::null_mut());
        (answer, GetLastError())
    };
    done(answer)?;
    // It answers yes also when it did nothing.
    if error == ERROR_NOT_ALL_ASSIGNED {
        return Err(io::Error::from_raw_os_error(error.cast_signed()));
    }
    Ok(())
}

/// From here on this thread acts as the user of `process`, with that token's groups and none of its privileges.
///
/// # Errors
/// The token is not given to us, or may not be used.
pub fn become_user_of(process: &OwnedHandle) -> io::Result<()> {
    let access = TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_IMPERSONATE;
    let theirs = token(process.as_raw_handle(), access)?;
    let (handle, none, mut bare) = (theirs.as_raw_handle(), ptr::null(), ptr::null_mut());
    // SAFETY: the token is open; no group is to be disabled, so no list is read; the place is ours.
    done(unsafe {
        let (nothing, nobody) = (ptr::null(), ptr::null());
        CreateRestrictedToken(
            handle,
            DISABLE_MAX_PRIVILEGE,
            0,
            none,
            0,
            nothing,
            0,
            nobody,
            &raw mut bare,
        )
    })?;
    // SAFETY: just given to us alone.
    let bare = unsafe { OwnedHandle::from_raw_handle(bare) };
    // SAFETY: the token is open.
    done(unsafe { ImpersonateLoggedOnUser(bare.as_raw_handle()) })
}

fn token(process: HANDLE, access: u32) -> io::Result<OwnedHandle> {
    let mut token = ptr::null_mut();
    // SAFETY: the process's handle is open, the place is ours.
    done(unsafe { OpenProcessToken(process, access, &raw mut token) })?;
    // SAFETY: just given to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(token) })
}
