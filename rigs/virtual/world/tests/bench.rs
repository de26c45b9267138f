//! The bench as its two sides meet it: stimuli from the harness, cables to the reader. The card's program is a stand-in that
//! writes down how it was called and stays.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command};

use shinsa_wire::address::Address;
use shinsa_wire::v1::card_feeder_client::CardFeederClient;
use shinsa_wire::v1::face_presenter_client::FacePresenterClient;
use shinsa_wire::v1::finger_client::FingerClient;
use shinsa_wire::v1::screen_camera_client::ScreenCameraClient;
use shinsa_wire::v1::touch_request::At;
use shinsa_wire::v1::usb_switch_client::UsbSwitchClient;
use shinsa_wire::v1::{
    AttachUsbRequest, DetachUsbRequest, InsertRequest, Point, PresentFaceRequest, RemoveRequest,
    SlotRequest, TouchRequest, WatchRequest,
};
use tonic::Code;
use tonic::transport::Channel;
use virtual_devices::v1::eyes_client::EyesClient;
use virtual_devices::v1::panel_client::PanelClient;
use virtual_devices::v1::ports_client::PortsClient;
use virtual_devices::v1::{Camera, GrabRequest, Picture, PortsRequest, TouchesRequest};

struct World {
    process: Child,
    folder: tempfile::TempDir,
    channel: Channel,
}

impl World {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let card = folder.path().join("card");
        std::fs::write(
            &card,
            "#!/bin/sh\necho \"$@\" >> \"$0.calls\"\nexec sleep 600\n",
        )
        .unwrap();
        std::fs::set_permissions(&card, std::fs::Permissions::from_mode(0o700)).unwrap();
        let store = folder.path().join("cards");
        for made in ["p001-regular", "p002-regular"] {
            std::fs::create_dir_all(store.join(made)).unwrap();
        }
        let process = Command::new(env!("CARGO_BIN_EXE_virtual-world"))
            .args(["--cards", "../cards.yaml", "--run-dir"])
            .arg(folder.path())
            .arg("--store")
            .arg(&store)
            .arg("--card-binary")
            .arg(&card)
            .spawn()
            .unwrap();
        let address = Address::Unix(folder.path().join("world.sock"));
        // A socket file has no event of its own.
        let channel = loop {
            match address.connect(None).await {
                Ok(channel) => break channel,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        Self {
            process,
            folder,
            channel,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_card_lies_in_the_slot_until_it_is_taken_out() {
    let world = World::start().await;
    let mut feeder = CardFeederClient::new(world.channel.clone());
    let insert = |card: &str| InsertRequest { card: card.into() };
    let unknown = feeder.insert(insert("p999")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    feeder.insert(insert("p001-regular")).await.unwrap();
    let second = feeder.insert(insert("p002-regular")).await.unwrap_err();
    assert_eq!(second.code(), Code::FailedPrecondition);
    let calls = loop {
        match std::fs::read_to_string(world.path("card.calls")) {
            Ok(calls) if calls.ends_with('\n') => break calls,
            _ => tokio::task::yield_now().await,
        }
    };
    assert!(
        calls.contains("--card p001-regular --connect unix:"),
        "{calls}"
    );
    feeder.remove(RemoveRequest {}).await.unwrap();
    feeder.remove(RemoveRequest {}).await.unwrap();
    let slot = feeder.slot(SlotRequest {}).await.unwrap().into_inner();
    assert_eq!(slot.card, "");
}

#[tokio::test]
async fn the_camera_sees_what_the_reader_draws_and_the_reader_feels_the_finger() {
    let world = World::start().await;
    let mut panel = PanelClient::new(world.channel.clone());
    let mut camera =
        ScreenCameraClient::new(world.channel.clone()).max_decoding_message_size(16 << 20);
    let mut frames = camera.watch(WatchRequest {}).await.unwrap().into_inner();
    let dark = frames.message().await.unwrap().unwrap();
    assert!(dark.rgb.iter().all(|level| *level == 0));
    let mut touches = panel.touches(TouchesRequest {}).await.unwrap().into_inner();
    let (show, pictures) = tokio::sync::mpsc::channel(1);
    let stream = tokio_stream::wrappers::ReceiverStream::new(pictures);
    let mut shown = panel.show(stream).await.unwrap().into_inner();
    let rgb = vec![200; 40 * 30 * 3];
    show.send(Picture {
        width: 40,
        height: 30,
        rgb,
        number: 7,
    })
    .await
    .unwrap();
    assert_eq!(shown.message().await.unwrap().unwrap().number, 7);
    let lit = frames.message().await.unwrap().unwrap();
    assert_eq!((lit.width, lit.height, lit.rgb[0]), (40, 30, 200));
    assert!(lit.number > dark.number);

    let mut finger = FingerClient::new(world.channel.clone());
    let touch = |x, y| TouchRequest {
        at: Some(At::Px(Point { x, y })),
        hold_ms: 0,
    };
    let outside = finger.touch(touch(41.0, 1.0)).await.unwrap_err();
    assert_eq!(outside.code(), Code::InvalidArgument);
    finger.touch(touch(12.0, 7.0)).await.unwrap();
    let felt = touches.message().await.unwrap().unwrap();
    assert!((felt.x_px - 12.0).abs() < 1e-9 && (felt.y_px - 7.0).abs() < 1e-9);

    // While somebody else draws, the picture stands.
    let (other, pictures) = tokio::sync::mpsc::channel(1);
    let stream = tokio_stream::wrappers::ReceiverStream::new(pictures);
    let others = panel.show(stream).await.unwrap();
    drop(show);
    assert!(shown.message().await.unwrap().is_none());
    let mut screen = camera.clone();
    let mut standing = screen.watch(WatchRequest {}).await.unwrap().into_inner();
    let stands = standing.message().await.unwrap().unwrap();
    assert_eq!((stands.width, stands.rgb[0]), (40, 200));

    // The reader ends: its panel goes dark.
    drop((other, others));
    let dark = frames.message().await.unwrap().unwrap();
    assert!(dark.rgb.iter().all(|level| *level == 0));
}

#[tokio::test]
async fn each_exposure_is_another_and_shows_who_is_there() {
    let world = World::start().await;
    let mut eyes = EyesClient::new(world.channel.clone()).max_decoding_message_size(16 << 20);
    let mut people = FacePresenterClient::new(world.channel.clone());
    let patient = GrabRequest {
        camera: Camera::Patient.into(),
    };
    let mut grab = async || eyes.grab(patient).await.unwrap().into_inner().pixels;
    let (room, again) = (grab().await, grab().await);
    assert_ne!(room, again);
    let present = |presentation: &str| PresentFaceRequest {
        subject: "p001".into(),
        presentation: presentation.into(),
        variation_seed: 3,
        distance_mm: 0.0,
    };
    let attack = people.present(present("print")).await.unwrap_err();
    assert_eq!(attack.code(), Code::InvalidArgument);
    people.present(present("bona-fide")).await.unwrap();
    let face = grab().await;
    let difference = |a: &[u8], b: &[u8]| -> u64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum()
    };
    assert!(difference(&room, &face) > 10 * difference(&room, &again));
}

#[tokio::test]
async fn the_reader_learns_which_foreign_devices_are_plugged_in() {
    let world = World::start().await;
    let mut switch = UsbSwitchClient::new(world.channel.clone());
    let mut ports = PortsClient::new(world.channel.clone());
    let mut plugged = ports.watch(PortsRequest {}).await.unwrap().into_inner();
    let mut foreign = async || plugged.message().await.unwrap().unwrap().foreign;
    assert!(foreign().await.is_empty());
    let attach = |device: &str| AttachUsbRequest {
        device: device.into(),
    };
    let unknown = switch.attach(attach("mouse")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    switch.attach(attach("keyboard")).await.unwrap();
    assert_eq!(foreign().await, ["keyboard"]);
    switch.detach(DetachUsbRequest::default()).await.unwrap();
    assert!(foreign().await.is_empty());
}
