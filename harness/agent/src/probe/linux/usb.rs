//! USB interfaces that are there, from `/sys`. Talks to no device.

use std::fs;
use std::path::Path;

use crate::config::Declared;
use crate::probe::Probe;

const DEVICES: &str = "/sys/bus/usb/devices";
/// Vendor of the host controllers that Linux shows as hubs; they are no way in.
const LINUX: &str = "1d6b";

/// Tells each interface with device, class and vendor:product.
pub fn tell(probe: &mut Probe<'_>) {
    if !probe.everything() {
        probe.out_of_scope("USB interfaces");
        return;
    }
    let entries = match fs::read_dir(DEVICES) {
        Ok(entries) => entries,
        Err(error) => {
            probe.not_probed(format!("USB interfaces: {DEVICES}: {error}"));
            return;
        }
    };
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut interfaces: Vec<String> = names.filter(|name| name.contains(':')).collect();
    interfaces.sort_unstable();
    for interface in interfaces {
        let Some((device, _)) = interface.split_once(':') else {
            continue;
        };
        let of_device = |file| value(&Path::new(DEVICES).join(device).join(file));
        let (vendor, product) = (of_device("idVendor"), of_device("idProduct"));
        if vendor == LINUX {
            continue;
        }
        let id = format!("{vendor}:{product}");
        let class = value(&Path::new(DEVICES).join(&interface).join("bInterfaceClass"));
        let declared = probe.is_declared(|way| matches!(way, Declared::Usb(known) if *known == id));
        probe.tell(
            "usb",
            &format!("{interface} class {class} device {id}"),
            "",
            declared,
        );
    }
}

fn value(file: &Path) -> String {
    fs::read_to_string(file).map_or_else(|_| "?".into(), |text| text.trim().to_ascii_lowercase())
}
