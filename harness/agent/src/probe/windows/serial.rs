//! Serial ports that drivers have announced. Opens none of them.

use std::path::Path;

use crate::config::Declared;
use crate::probe::Probe;
use crate::processes::Running;
use crate::windows::registry::Key;

/// Where drivers write the ports they serve.
const PORTS: &str = r"HARDWARE\DEVICEMAP\SERIALCOMM";

/// Tells them.
pub fn tell(probe: &mut Probe<'_>, _running: &[(String, Running)]) {
    if !probe.everything() {
        probe.out_of_scope("serial ports of others");
        let why = "serial lines that a target has open: Windows tells them to drivers alone";
        probe.not_probed(why.into());
        return;
    }
    // Without a port there is no key.
    let Some(ports) = Key::machine(PORTS) else {
        return;
    };
    for (device, port) in ports.texts() {
        let is =
            |way: &Declared| matches!(way, Declared::Serial(known) if known == Path::new(&port));
        let declared = probe.is_declared(is);
        probe.tell("serial", &format!("{port} (port {device})"), "", declared);
    }
}
