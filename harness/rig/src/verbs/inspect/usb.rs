//! `attach_usb`, `detach_usb`: foreign devices at the reader's ports. `usb_cable`: the reader's own.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::scenario::{AttachUsb, UsbCable};
use shinsa_wire::v1;
use shinsa_wire::v1::usb_switch_client::UsbSwitchClient;

use super::super::{Values, observed, values};
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::wire::{Wire, timed};

pub async fn attach(bench: &Bench, verb: &AttachUsb, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("usb_switch")?;
    let request = v1::AttachUsbRequest {
        device: verb.device.clone(),
    };
    let mut client = UsbSwitchClient::new(wire.channel.clone());
    let call = client.attach(timed(request, within));
    let done = wire.call("attach USB device", within, call).await?;
    let at = stamp("attach USB device", done.at.as_ref())?;
    let readings = values([("device", verb.device.clone().into())]);
    Ok(observed(&wire.name, at, readings))
}

pub async fn detach(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    let wire = bench.need_wire("usb_switch")?;
    let mut client = UsbSwitchClient::new(wire.channel.clone());
    let call = client.detach(timed(v1::DetachUsbRequest::default(), within));
    let done = wire.call("detach USB devices", within, call).await?;
    let at = stamp("detach USB devices", done.at.as_ref())?;
    Ok(observed(&wire.name, at, Values::new()))
}

pub async fn set_cable(
    bench: &Bench,
    verb: &UsbCable,
    within: Duration,
) -> Result<Performed, Fault> {
    let wire = bench.need_wire("usb_switch")?;
    let request = v1::SetUsbCableRequest {
        plugged: verb.plugged,
    };
    let mut client = UsbSwitchClient::new(wire.channel.clone());
    let call = client.set_cable(timed(request, within));
    let done = wire.call("set USB cable", within, call).await?;
    let at = stamp("set USB cable", done.at.as_ref())?;
    let readings = values([("plugged", verb.plugged.into())]);
    Ok(observed(&wire.name, at, readings))
}

/// Does the switch answer?
pub async fn probe(wire: &Wire, within: Duration) -> Result<(), Fault> {
    let mut client = UsbSwitchClient::new(wire.channel.clone());
    let call = client.list_devices(timed(v1::ListUsbDevicesRequest {}, within));
    wire.call("list USB devices", within, call)
        .await
        .map(|_| ())
}
