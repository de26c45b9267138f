//! Ways in of Linux, from `/proc` and `/sys`.

mod holders;
mod serial;
mod sockets;
mod usb;

pub use holders::Holders;
pub use serial::tell as serial;
pub use sockets::tell as sockets;
pub use usb::tell as usb;

use super::Probe;
use crate::processes::Running;

/// Where a device's debug bridge shows.
pub const ADB_FILES: [&str; 2] = ["/dev/android_adb", "/dev/usb-ffs/adb"];

/// Linux has no debug switches but those of a process's own start.
pub fn switches(_probe: &mut Probe<'_>, _running: &[(String, Running)]) {}
