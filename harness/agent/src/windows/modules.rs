//! Files that a process has loaded as code.

use std::os::windows::io::AsRawHandle;
use std::ptr;

use shinsa_residue::sources::process::Identity;
use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::ProcessStatus::{
    K32EnumProcessModulesEx, K32GetModuleFileNameExW, LIST_MODULES_ALL,
};
use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_VM_READ};

use super::narrow;

/// Modules told at most.
const MOST: usize = 4096;
/// Longest path, in UTF-16 units.
const LONGEST: usize = 4096;

/// Their paths; none where the rights do not reach.
pub fn of(process: Identity) -> Option<Vec<String>> {
    let access = PROCESS_QUERY_INFORMATION | PROCESS_VM_READ;
    let process = process.open(access).ok()?;
    let handle = process.as_raw_handle();
    let mut modules: Vec<HMODULE> = vec![ptr::null_mut(); MOST];
    let (into, size) = (modules.as_mut_ptr(), size_of_val(modules.as_slice()) as u32);
    let mut needed = 0;
    // SAFETY: the handle is open; the system writes at most `size` bytes into `modules`.
    let told =
        unsafe { K32EnumProcessModulesEx(handle, into, size, &raw mut needed, LIST_MODULES_ALL) };
    if told == 0 {
        return None;
    }
    modules.truncate(needed as usize / size_of::<HMODULE>());
    let path = |module: &HMODULE| {
        let mut name = vec![0_u16; LONGEST];
        let (into, longest) = (name.as_mut_ptr(), LONGEST as u32);
        // SAFETY: the handle is open; the system writes at most `longest` units into `name`. The module is only looked up there.
        let length = unsafe { K32GetModuleFileNameExW(handle, *module, into, longest) };
        (length > 0).then(|| narrow(&name))
    };
    Some(modules.iter().filter_map(path).collect())
}
