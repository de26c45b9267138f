//! Ways in of Windows: socket tables, serial ports, USB devices, and switches that make Windows start a debugger.
//!
//! Named pipes are not listed: Windows names the process behind one only to whoever connects to it.

mod holders;
mod serial;
mod sockets;
mod switches;
mod usb;

pub use holders::Holders;
pub use serial::tell as serial;
pub use sockets::tell as sockets;
pub use switches::tell as switches;
pub use usb::tell as usb;

/// A PC has no device side of the debug bridge.
pub const ADB_FILES: [&str; 0] = [];
