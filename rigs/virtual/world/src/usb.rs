//! Foreign USB devices (the reader's own parts are not among them): which the bench has, which are plugged in; and the reader's own
//! cable. Simulated: a device is no more than its name. Set by `UsbSwitch`, watched by the reader over the device bus.

use std::collections::BTreeSet;

use tokio::sync::watch;

/// Devices that the bench can plug in.
pub const DEVICES: [&str; 2] = ["keyboard", "mass-storage"];

/// Names of what is plugged in.
pub type Attached = BTreeSet<&'static str>;

/// The switch.
pub struct Usb {
    attached: watch::Sender<Attached>,
    cable: watch::Sender<bool>,
}

impl Usb {
    /// No foreign device is plugged in; the reader is.
    pub fn new() -> Self {
        Self {
            attached: watch::channel(Attached::new()).0,
            cable: watch::channel(true).0,
        }
    }

    /// Pulls the reader's own cable, or plugs it in.
    pub fn set_cable(&self, plugged: bool) {
        self.cable.send_replace(plugged);
    }

    /// Whether the reader's own cable is plugged in, now and after each change.
    pub fn cable(&self) -> watch::Receiver<bool> {
        self.cable.subscribe()
    }

    /// Plugs a device in; `false` where the bench has none of that name. No-op when it is plugged in.
    pub fn attach(&self, device: &str) -> bool {
        let Some(known) = DEVICES.iter().find(|known| **known == device) else {
            return false;
        };
        self.attached
            .send_if_modified(|attached| attached.insert(known));
        true
    }

    /// Pulls a device out; empty: all.
    pub fn detach(&self, device: &str) {
        self.attached.send_if_modified(|attached| {
            let before = attached.len();
            attached.retain(|one| !device.is_empty() && *one != device);
            attached.len() != before
        });
    }

    /// What is plugged in, now and after each change.
    pub fn attached(&self) -> watch::Receiver<Attached> {
        self.attached.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugged_in_by_name_and_pulled_out_one_or_all() {
        let usb = Usb::new();
        let now = |usb: &Usb| Vec::from_iter(usb.attached().borrow().clone());
        assert!(usb.attach("keyboard") && usb.attach("keyboard") && usb.attach("mass-storage"));
        assert!(!usb.attach("mouse"));
        usb.detach("mouse");
        assert_eq!(now(&usb), DEVICES);
        usb.detach("keyboard");
        assert_eq!(now(&usb), ["mass-storage"]);
        usb.detach("");
        assert!(now(&usb).is_empty());
    }
}
