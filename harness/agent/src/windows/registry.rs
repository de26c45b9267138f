//! Keys and values of the registry, read.

use std::ptr;

use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_LOCAL_MACHINE, KEY_CREATE_SUB_KEY, KEY_READ, KEY_SET_VALUE, KEY_WOW64_64KEY,
    REG_EXPAND_SZ, REG_MULTI_SZ, REG_SZ, RRF_NOEXPAND, RRF_RT_REG_DWORD, RRF_RT_REG_EXPAND_SZ,
    RRF_RT_REG_MULTI_SZ, RRF_RT_REG_SZ, RegCloseKey, RegEnumValueW, RegGetValueW, RegOpenKeyExW,
};

use super::{narrow, wide};

/// Longest text asked for, in UTF-16 units; longer ones count as missing.
const LONGEST: usize = 16 << 10;

/// An open key.
#[derive(Debug)]
pub struct Key(HKEY);

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: opened by us, closed here alone.
        unsafe { RegCloseKey(self.0) };
    }
}

impl Key {
    /// A key of the machine, for reading; none when it is not there or hidden from us.
    pub fn machine(path: &str) -> Option<Self> {
        open(HKEY_LOCAL_MACHINE, path, KEY_READ)
    }

    /// Whether the rights in effect could write values and keys there, or where a missing key would be made. Writes nothing.
    pub fn machine_writable(path: &str) -> bool {
        let mut path = path;
        loop {
            if open(HKEY_LOCAL_MACHINE, path, KEY_SET_VALUE | KEY_CREATE_SUB_KEY).is_some() {
                return true;
            }
            // There, but not for us; or missing: then its parent decides.
            match path.rsplit_once('\\') {
                Some((parent, _)) if open(HKEY_LOCAL_MACHINE, path, KEY_READ).is_none() => {
                    path = parent;
                }
                _ => return false,
            }
        }
    }

    /// A text; also the first of a list.
    pub fn text(&self, name: &str) -> Option<String> {
        let kinds = RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_RT_REG_MULTI_SZ | RRF_NOEXPAND;
        let mut data = vec![0_u16; LONGEST];
        let mut size = (LONGEST * 2) as u32;
        let (name, into) = (wide(name), data.as_mut_ptr().cast());
        // SAFETY: the key is open, the name ends with 0, the system writes at most `size` bytes into `data`.
        let answer = unsafe {
            let kind = ptr::null_mut();
            RegGetValueW(
                self.0,
                ptr::null(),
                name.as_ptr(),
                kinds,
                kind,
                into,
                &raw mut size,
            )
        };
        (answer == ERROR_SUCCESS).then(|| narrow(&data))
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<u32> {
        let (mut number, mut size) = (0_u32, size_of::<u32>() as u32);
        let (name, into) = (wide(name), (&raw mut number).cast());
        // SAFETY: the key is open, the name ends with 0, a DWORD fits into `number`.
        let answer = unsafe {
            let kind = ptr::null_mut();
            RegGetValueW(
                self.0,
                ptr::null(),
                name.as_ptr(),
                RRF_RT_REG_DWORD,
                kind,
                into,
                &raw mut size,
            )
        };
        (answer == ERROR_SUCCESS).then_some(number)
    }

    /// Names and texts of all its values that are texts.
    pub fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for place in 0.. {
            let (mut name, mut length) = (vec![0_u16; LONGEST], LONGEST as u32);
            let mut kind = 0;
            let (into, into_kind) = (name.as_mut_ptr(), &raw mut kind);
            let (none, nothing) = (ptr::null_mut(), ptr::null_mut());
            // SAFETY: the key is open; the system writes at most `length` units into `name`, and no data.
            let answer = unsafe {
                let length = &raw mut length;
                RegEnumValueW(
                    self.0,
                    place,
                    into,
                    length,
                    ptr::null(),
                    into_kind,
                    none,
                    nothing,
                )
            };
            if answer != ERROR_SUCCESS {
                break;
            }
            let name = narrow(&name);
            if let (REG_SZ | REG_EXPAND_SZ | REG_MULTI_SZ, Some(text)) = (kind, self.text(&name)) {
                texts.push((name, text));
            }
        }
        texts
    }
}

fn open(root: HKEY, path: &str, access: u32) -> Option<Key> {
    let path = wide(path);
    let mut key = ptr::null_mut();
    // SAFETY: the root is one of the system's own, the path ends with 0, the place is ours.
    let answer = unsafe {
        RegOpenKeyExW(
            root,
            path.as_ptr(),
            0,
            access | KEY_WOW64_64KEY,
            &raw mut key,
        )
    };
    (answer == ERROR_SUCCESS).then_some(Key(key))
}
