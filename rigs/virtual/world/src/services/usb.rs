//! `UsbSwitch`: foreign USB devices come and go.

use shinsa_wire::v1::usb_switch_server::UsbSwitch;
use shinsa_wire::v1::{
    AttachUsbRequest, DetachUsbRequest, Done, ListUsbDevicesReply, ListUsbDevicesRequest,
    SetUsbCableRequest,
};
use tonic::{Request, Response, Status};

use super::bench::{Answer, done, internal};
use crate::Bench;
use crate::usb::DEVICES;

#[tonic::async_trait]
impl UsbSwitch for Bench {
    async fn list_devices(&self, _: Request<ListUsbDevicesRequest>) -> Answer<ListUsbDevicesReply> {
        Ok(Response::new(ListUsbDevicesReply {
            devices: DEVICES.map(str::to_owned).into(),
        }))
    }

    async fn attach(&self, request: Request<AttachUsbRequest>) -> Answer<Done> {
        let device = request.into_inner().device;
        if self.usb.attach(&device) {
            return Ok(done());
        }
        Err(Status::not_found(format!(
            "no USB device {device:?}: this bench has {}",
            DEVICES.join(", ")
        )))
    }

    async fn set_cable(&self, request: Request<SetUsbCableRequest>) -> Answer<Done> {
        let plugged = request.into_inner().plugged;
        self.plug(plugged).await.map_err(|error| internal(&error))?;
        Ok(done())
    }

    async fn detach(&self, request: Request<DetachUsbRequest>) -> Answer<Done> {
        self.usb.detach(&request.into_inner().device);
        Ok(done())
    }
}
