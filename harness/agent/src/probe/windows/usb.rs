//! USB devices and interfaces that are there, by SetupAPI. Talks to no device.
#![allow(unsafe_code)]

use std::io;
use std::ptr;

use windows_sys::Win32::Devices::DeviceAndDriverInstallation::{
    DIGCF_ALLCLASSES, DIGCF_PRESENT, HDEVINFO, SP_DEVINFO_DATA, SPDRP_COMPATIBLEIDS,
    SetupDiDestroyDeviceInfoList, SetupDiEnumDeviceInfo, SetupDiGetClassDevsW,
    SetupDiGetDeviceInstanceIdW, SetupDiGetDeviceRegistryPropertyW,
};
use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;

use crate::config::Declared;
use crate::probe::Probe;
use crate::windows::{narrow, wide};

/// Longest name or list of compatible kinds, in UTF-16 units; a device's name has at most 200.
const LONGEST: usize = 2048;

/// A list that is given back when dropped.
struct List(HDEVINFO);

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: given by `SetupDiGetClassDevsW`, given back here alone.
        unsafe { SetupDiDestroyDeviceInfoList(self.0) };
    }
}

/// Tells each with class and vendor:product.
pub fn tell(probe: &mut Probe<'_>) {
    if !probe.everything() {
        probe.out_of_scope("USB interfaces");
        return;
    }
    let devices = match devices() {
        Ok(devices) => devices,
        Err(error) => {
            probe.not_probed(format!("USB interfaces: {error}"));
            return;
        }
    };
    for (name, kinds) in devices {
        // Hubs of the host controllers have no such number; they are no way in.
        let Some(id) = id(&name) else { continue };
        let declared = probe.is_declared(|way| matches!(way, Declared::Usb(known) if *known == id));
        let class = class(&kinds).unwrap_or_else(|| "?".into());
        probe.tell(
            "usb",
            &format!("{name} class {class} device {id}"),
            "",
            declared,
        );
    }
}

/// Names of devices, and the first of the kinds that each is compatible with.
fn devices() -> io::Result<Vec<(String, String)>> {
    let bus = wide("USB");
    let which = DIGCF_PRESENT | DIGCF_ALLCLASSES;
    // SAFETY: no class, a name that ends with 0, no window.
    let list = unsafe { SetupDiGetClassDevsW(ptr::null(), bus.as_ptr(), ptr::null_mut(), which) };
    if list == INVALID_HANDLE_VALUE as HDEVINFO {
        return Err(io::Error::last_os_error());
    }
    let list = List(list);
    let mut devices = Vec::new();
    for place in 0.. {
        let mut device = SP_DEVINFO_DATA {
            cbSize: size_of::<SP_DEVINFO_DATA>() as u32,
            ..Default::default()
        };
        // SAFETY: the list is open; the device is ours and says its size.
        if unsafe { SetupDiEnumDeviceInfo(list.0, place, &raw mut device) } == 0 {
            break;
        }
        let (mut name, mut kinds) = (vec![0_u16; LONGEST], vec![0_u16; LONGEST]);
        let (into, longest) = (name.as_mut_ptr(), LONGEST as u32);
        let (none, nothing) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: list and device are as above; the system writes at most `longest` units into `name`, and twice as many bytes into
        // `kinds`, which has them.
        unsafe {
            SetupDiGetDeviceInstanceIdW(list.0, &raw const device, into, longest, none);
            let (property, into) = (SPDRP_COMPATIBLEIDS, kinds.as_mut_ptr().cast());
            let device = &raw const device;
            SetupDiGetDeviceRegistryPropertyW(
                list.0,
                device,
                property,
                nothing,
                into,
                2 * longest,
                none,
            );
        }
        devices.push((narrow(&name), narrow(&kinds)));
    }
    Ok(devices)
}

/// "04e6:5116" of `USB\VID_04E6&PID_5116&MI_00\6&1A…`.
fn id(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let number = |mark: &str| {
        let rest = &upper[upper.find(mark)? + mark.len()..];
        let number = rest.get(..4)?;
        number
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then(|| number.to_ascii_lowercase())
    };
    Some(format!("{}:{}", number("VID_")?, number("PID_")?))
}

/// "08" of `USB\Class_08&SubClass_06&Prot_50`.
fn class(kinds: &str) -> Option<String> {
    let (_, rest) = kinds.split_once("Class_")?;
    Some(rest.get(..2)?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_names() {
        let id = |name: &str| id(name);
        assert_eq!(id(r"USB\VID_04E6&PID_5116\5&1"), Some("04e6:5116".into()));
        assert_eq!(
            id(r"USB\VID_04e6&PID_5116&MI_01\5&1"),
            Some("04e6:5116".into())
        );
        assert_eq!(id(r"USB\ROOT_HUB30\4&2"), None);
        assert_eq!(id(r"USB\VID_04E6&PID_51"), None);
        assert_eq!(class(r"USB\Class_0b&SubClass_00"), Some("0b".into()));
        assert_eq!(class("x"), None);
    }
}
