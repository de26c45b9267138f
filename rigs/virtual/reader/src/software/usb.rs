//! Foreign USB devices: are there any beside the reader's own parts? Watched for as long as the software runs; the flow refuses
//! patients meanwhile.

use std::time::Duration;

use tokio::sync::watch;
use tonic::transport::Channel;
use virtual_devices::v1::PortsRequest;
use virtual_devices::v1::ports_client::PortsClient;
use virtual_reader::{Defect, Defects};

/// Pause before the ports are asked again.
const AGAIN: Duration = Duration::from_millis(300);

/// Begins to watch; `true` while a foreign device is plugged in. What cannot be asked counts as before.
pub fn watch(bus: &Channel, defects: &Defects) -> watch::Receiver<bool> {
    let (tell, foreign) = watch::channel(false);
    let mut ports = PortsClient::new(bus.clone());
    let ignored = defects.has(Defect::ForeignDeviceIgnored);
    tokio::spawn(async move {
        while !tell.is_closed() {
            if let Ok(answer) = ports.watch(PortsRequest {}).await {
                let mut changes = answer.into_inner();
                while let Ok(Some(plugged)) = changes.message().await {
                    let there = !plugged.foreign.is_empty() && !ignored;
                    tell.send_if_modified(|now| std::mem::replace(now, there) != there);
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    });
    foreign
}
