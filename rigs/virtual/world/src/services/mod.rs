//! The bench's gRPC services: `bench` (stimuli, instrument), `sight` (screen camera, room), `library` (people), `usb`
//! (foreign devices), `bus` (the reader's cables).

mod bench;
mod bus;
mod library;
mod sight;
mod usb;

use shinsa_wire::v1::card_face_presenter_server::CardFacePresenterServer;
use shinsa_wire::v1::card_feeder_server::CardFeederServer;
use shinsa_wire::v1::environment_server::EnvironmentServer;
use shinsa_wire::v1::face_library_server::FaceLibraryServer;
use shinsa_wire::v1::face_presenter_server::FacePresenterServer;
use shinsa_wire::v1::finger_server::FingerServer;
use shinsa_wire::v1::instrument_server::InstrumentServer;
use shinsa_wire::v1::screen_camera_server::ScreenCameraServer;
use shinsa_wire::v1::usb_switch_server::UsbSwitchServer;
use tonic::transport::Server;
use tonic::transport::server::Router;
use virtual_devices::v1::eyes_server::EyesServer;
use virtual_devices::v1::panel_server::PanelServer;
use virtual_devices::v1::ports_server::PortsServer;

use super::Bench;

/// Largest message, bytes: a picture of 4K would still pass.
const LARGEST: usize = 32 << 20;

/// All of them.
pub fn router(bench: &Bench) -> Router {
    Server::builder()
        .add_service(InstrumentServer::new(bench.clone()))
        .add_service(CardFeederServer::new(bench.clone()))
        .add_service(FacePresenterServer::new(bench.clone()))
        .add_service(CardFacePresenterServer::new(bench.clone()))
        .add_service(FingerServer::new(bench.clone()))
        .add_service(FaceLibraryServer::new(bench.clone()).max_encoding_message_size(LARGEST))
        .add_service(EnvironmentServer::new(bench.clone()))
        .add_service(ScreenCameraServer::new(bench.clone()).max_encoding_message_size(LARGEST))
        .add_service(UsbSwitchServer::new(bench.clone()))
        .add_service(PortsServer::new(bench.clone()))
        .add_service(PanelServer::new(bench.clone()).max_decoding_message_size(LARGEST))
        .add_service(EyesServer::new(bench.clone()).max_encoding_message_size(LARGEST))
}
