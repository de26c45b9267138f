//! Stimuli: cards, faces, card faces, finger. And the instrument's own data.

use shinsa_wire::v1::card_face_presenter_server::CardFacePresenter;
use shinsa_wire::v1::card_feeder_server::CardFeeder;
use shinsa_wire::v1::face_presenter_server::FacePresenter;
use shinsa_wire::v1::finger_server::Finger;
use shinsa_wire::v1::instrument_server::Instrument;
use shinsa_wire::v1::touch_request::At;
use shinsa_wire::v1::{
    ClearCardFaceRequest, DescribeReply, DescribeRequest, Done, Equipment, InsertRequest,
    ListCardsReply, ListCardsRequest, ListSubjectsReply, ListSubjectsRequest, MakeSafeReply,
    MakeSafeRequest, PixelRectangle, PresentFaceRequest, ReadClockReply, ReadClockRequest,
    RemoveRequest, ShowCardFaceRequest, SlotReply, SlotRequest, TouchRequest, WithdrawFaceRequest,
    WitnessReply, WitnessRequest,
};
use tonic::{Request, Response, Status};

use fixture_people::attack::{SPECIES, Species};
use fixture_people::face;

use crate::panel::MM;
use crate::{Bench, Witness, clock};

/// Highest wear of a card face.
const WORST: u32 = 4;
const SERVICES: [&str; 8] = [
    "CardFeeder",
    "FacePresenter",
    "CardFacePresenter",
    "Finger",
    "ScreenCamera",
    "Environment",
    "FaceLibrary",
    "UsbSwitch",
];

pub(super) type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl Instrument for Bench {
    async fn describe(&self, _: Request<DescribeRequest>) -> Answer<DescribeReply> {
        let equipment = SERVICES.map(|service| Equipment {
            service: service.into(),
            make: "Shinsa project".into(),
            model: "virtual world".into(),
            serial: "0001".into(),
            firmware: env!("CARGO_PKG_VERSION").into(),
            calibration_due: String::new(),
            simulated: true,
        });
        Ok(Response::new(DescribeReply {
            protocol_minor: shinsa_wire::PROTOCOL_MINOR,
            equipment: equipment.into(),
        }))
    }

    async fn read_clock(&self, _: Request<ReadClockRequest>) -> Answer<ReadClockReply> {
        Ok(Response::new(ReadClockReply {
            now: Some(clock::now()),
        }))
    }

    async fn make_safe(&self, _: Request<MakeSafeRequest>) -> Answer<MakeSafeReply> {
        self.slot.remove().await.map_err(|error| internal(&error))?;
        self.scene.withdraw();
        self.scene.clear();
        self.usb.detach("");
        self.plug(true).await.map_err(|error| internal(&error))?;
        Ok(Response::new(MakeSafeReply {
            done: Some(clock::now()),
        }))
    }
}

/// A PAI species by its name in `fixtures/attacks/species.yaml`.
fn species(name: &str) -> Result<Species, Status> {
    let known = SPECIES.iter().find(|(known, _)| *known == name);
    known.map(|(_, species)| *species).ok_or_else(|| {
        let names: Vec<&str> = SPECIES.iter().map(|(name, _)| *name).collect();
        Status::invalid_argument(format!(
            "presentation {name:?}: this bench has bona-fide, {}",
            names.join(", ")
        ))
    })
}

#[tonic::async_trait]
impl CardFeeder for Bench {
    async fn list_cards(&self, _: Request<ListCardsRequest>) -> Answer<ListCardsReply> {
        Ok(Response::new(ListCardsReply {
            cards: self.scene.cards(),
        }))
    }

    async fn insert(&self, request: Request<InsertRequest>) -> Answer<Done> {
        let card = request.into_inner().card;
        self.must_know(&card)?;
        match self.slot.insert(&card).await {
            Ok(true) => Ok(done()),
            Ok(false) => Err(Status::failed_precondition(
                "a card lies in the slot: remove it first",
            )),
            Err(error) => Err(internal(&error)),
        }
    }

    async fn remove(&self, _: Request<RemoveRequest>) -> Answer<Done> {
        self.slot.remove().await.map_err(|error| internal(&error))?;
        Ok(done())
    }

    async fn slot(&self, _: Request<SlotRequest>) -> Answer<SlotReply> {
        Ok(Response::new(SlotReply {
            card: self.slot.card().unwrap_or_default(),
        }))
    }
}

#[tonic::async_trait]
impl FacePresenter for Bench {
    async fn list_subjects(&self, _: Request<ListSubjectsRequest>) -> Answer<ListSubjectsReply> {
        Ok(Response::new(ListSubjectsReply {
            subjects: self.scene.people(),
        }))
    }

    async fn present(&self, request: Request<PresentFaceRequest>) -> Answer<Done> {
        let PresentFaceRequest {
            subject,
            presentation,
            variation_seed,
            distance_mm,
        } = request.into_inner();
        let species = match presentation.as_str() {
            "" | "bona-fide" => None,
            name => Some(species(name)?),
        };
        if distance_mm != 0.0 {
            return Err(Status::invalid_argument(
                "this bench has one distance: leave distance_mm 0",
            ));
        }
        let scene = self.scene.clone();
        let name = subject.clone();
        // Drawing a face takes milliseconds of computing.
        let there =
            tokio::task::spawn_blocking(move || scene.present(&name, species, variation_seed));
        if there.await.unwrap_or(false) {
            Ok(done())
        } else {
            Err(Status::not_found(format!("no subject {subject:?}")))
        }
    }

    async fn withdraw(&self, _: Request<WithdrawFaceRequest>) -> Answer<Done> {
        self.scene.withdraw();
        Ok(done())
    }

    /// An exposure of its own: with other noise than any that the reader gets.
    async fn witness(&self, _: Request<WitnessRequest>) -> Answer<WitnessReply> {
        let (seen, infrared) = match self.witness {
            Witness::Whole => (self.scene.patient(), self.scene.infrared().pixels),
            Witness::Visible => (self.scene.patient(), Vec::new()),
            Witness::Portrait => (self.scene.portrait(), Vec::new()),
            Witness::None => {
                return Err(Status::unimplemented(
                    "no camera stands beside the presenter",
                ));
            }
        };
        Ok(Response::new(WitnessReply {
            at: Some(clock::now()),
            width: seen.width,
            height: seen.height,
            rgb: seen.pixels,
            infrared,
            face: Some(PixelRectangle {
                left: face::INNER[0],
                top: face::INNER[1],
                width: face::INNER[2],
                height: face::INNER[3],
            }),
        }))
    }
}

#[tonic::async_trait]
impl CardFacePresenter for Bench {
    async fn show(&self, request: Request<ShowCardFaceRequest>) -> Answer<Done> {
        let ShowCardFaceRequest { card, wear } = request.into_inner();
        self.must_know(&card)?;
        if wear > WORST {
            return Err(Status::invalid_argument(format!(
                "wear {wear}: expected 0 to {WORST}"
            )));
        }
        self.scene.show(&card, wear);
        Ok(done())
    }

    async fn clear(&self, _: Request<ClearCardFaceRequest>) -> Answer<Done> {
        self.scene.clear();
        Ok(done())
    }
}

#[tonic::async_trait]
impl Finger for Bench {
    async fn touch(&self, request: Request<TouchRequest>) -> Answer<Done> {
        let picture = self.panel.picture();
        let size = (f64::from(picture.width), f64::from(picture.height));
        let (x, y) = match request.into_inner().at {
            Some(At::Px(at)) => (at.x, at.y),
            Some(At::Mm(at)) => (at.x * size.0 / MM.0, at.y * size.1 / MM.1),
            None => return Err(Status::invalid_argument("expected mm or px")),
        };
        if !((0.0..size.0).contains(&x) && (0.0..size.1).contains(&y)) {
            return Err(Status::invalid_argument(format!(
                "({x:.1}, {y:.1}) px lies outside the panel of {} x {} px",
                size.0, size.1
            )));
        }
        let contact = clock::now();
        self.panel.touch(x, y);
        Ok(Response::new(Done { at: Some(contact) }))
    }
}

impl Bench {
    fn must_know(&self, card: &str) -> Result<(), Status> {
        if self.scene.knows(card) {
            Ok(())
        } else {
            Err(Status::not_found(format!(
                "no card {card:?}: this bench has {}",
                self.scene.cards().join(", ")
            )))
        }
    }
}

pub(super) fn done() -> Response<Done> {
    Response::new(clock::done())
}

pub(super) fn internal(error: &anyhow::Error) -> Status {
    Status::internal(format!("{error:#}"))
}
