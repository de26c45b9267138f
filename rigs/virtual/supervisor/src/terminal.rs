//! Stands for the terminal PC (資格確認端末) and the bench's supply switch: `TerminalAgent`, `Power`, `Instrument`. Simulated, and says so.

use std::path::PathBuf;
use std::sync::Arc;

use rustix::process::Signal;
use rustix::time::{ClockId, clock_gettime};
use shinsa_wire::v1::instrument_server::{Instrument, InstrumentServer};
use shinsa_wire::v1::power_server::{Power, PowerServer};
use shinsa_wire::v1::terminal_agent_server::{TerminalAgent, TerminalAgentServer};
use shinsa_wire::v1::{
    CollectRequest, DescribeReply, DescribeRequest, Done, Equipment, FileChunk, ListFoldersReply,
    ListFoldersRequest, MakeSafeReply, MakeSafeRequest, PlatformReply, PlatformRequest,
    ReadClockReply, ReadClockRequest, SetPowerRequest, SetSoftwareReply, SetSoftwareRequest,
    SoftwareAction, SoftwareStateReply, SoftwareStateRequest, Stamp,
};
use tokio::sync::Mutex;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic::{Request, Response, Status};

use super::files;
use super::software::{OS_EDITION, Software};

/// Folders that may be collected, below `RUN/terminal`.
const FOLDERS: [&str; 2] = ["log", "result"];

type Answer<T> = Result<Response<T>, Status>;

/// The terminal.
#[derive(Clone)]
pub struct Terminal {
    pub software: Arc<Mutex<Software>>,
    pub folder: PathBuf,
}

impl Terminal {
    /// Its services.
    pub fn router(&self) -> Router {
        Server::builder()
            .add_service(InstrumentServer::new(self.clone()))
            .add_service(TerminalAgentServer::new(self.clone()))
            .add_service(PowerServer::new(self.clone()))
    }
}

fn now() -> Stamp {
    let time = clock_gettime(ClockId::Monotonic);
    Stamp {
        at_ns: time.tv_sec * 1_000_000_000 + time.tv_nsec,
        clock: "terminal".into(),
        half_width_ns: 100_000,
    }
}

fn internal(error: &anyhow::Error) -> Status {
    Status::internal(format!("{error:#}"))
}

#[tonic::async_trait]
impl TerminalAgent for Terminal {
    async fn platform(&self, _: Request<PlatformRequest>) -> Answer<PlatformReply> {
        Ok(Response::new(PlatformReply {
            os_edition: OS_EDITION.into(),
            os_build: "17763".into(),
            architecture: "x86_64".into(),
        }))
    }

    async fn software_state(&self, _: Request<SoftwareStateRequest>) -> Answer<SoftwareStateReply> {
        let software = self.software.lock().await;
        Ok(Response::new(SoftwareStateReply {
            running: software.is_running(),
            last_exit: software.last_exit(),
        }))
    }

    async fn set_software(&self, request: Request<SetSoftwareRequest>) -> Answer<SetSoftwareReply> {
        let mut software = self.software.lock().await;
        let outcome = match request.into_inner().action() {
            SoftwareAction::Start => software.start().await,
            SoftwareAction::Stop => software.end(Signal::TERM).await,
            SoftwareAction::Kill => software.end(Signal::KILL).await,
            SoftwareAction::Unspecified => {
                return Err(Status::invalid_argument("expected an action"));
            }
        };
        outcome.map_err(|error| internal(&error))?;
        Ok(Response::new(SetSoftwareReply { at: Some(now()) }))
    }

    async fn list_folders(&self, _: Request<ListFoldersRequest>) -> Answer<ListFoldersReply> {
        Ok(Response::new(ListFoldersReply {
            folders: FOLDERS.map(str::to_owned).into(),
        }))
    }

    type CollectStream = ReceiverStream<Result<FileChunk, Status>>;

    async fn collect(&self, request: Request<CollectRequest>) -> Answer<Self::CollectStream> {
        let name = request.into_inner().folder;
        if !FOLDERS.contains(&name.as_str()) {
            return Err(Status::not_found(format!(
                "folder {name:?}: expected {}",
                FOLDERS.join(", ")
            )));
        }
        let folder = self.folder.join(name);
        let (send, receive) = tokio::sync::mpsc::channel(4);
        tokio::task::spawn_blocking(move || {
            let outcome = files::stream(&folder, |chunk| send.blocking_send(Ok(chunk)).is_ok());
            if let Err(error) = outcome {
                // Whoever asked may have gone.
                let _ = send.blocking_send(Err(internal(&error)));
            }
        });
        Ok(Response::new(ReceiverStream::new(receive)))
    }
}

#[tonic::async_trait]
impl Power for Terminal {
    async fn set(&self, request: Request<SetPowerRequest>) -> Answer<Done> {
        let mut software = self.software.lock().await;
        let outcome = software.power(request.into_inner().on).await;
        outcome.map_err(|error| internal(&error))?;
        Ok(Response::new(Done { at: Some(now()) }))
    }
}

#[tonic::async_trait]
impl Instrument for Terminal {
    async fn describe(&self, _: Request<DescribeRequest>) -> Answer<DescribeReply> {
        let equipment = ["TerminalAgent", "Power"].map(|service| Equipment {
            service: service.into(),
            make: "Shinsa project".into(),
            model: "virtual terminal".into(),
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
        Ok(Response::new(ReadClockReply { now: Some(now()) }))
    }

    /// Nothing moves here; the software keeps its state.
    async fn make_safe(&self, _: Request<MakeSafeRequest>) -> Answer<MakeSafeReply> {
        Ok(Response::new(MakeSafeReply { done: Some(now()) }))
    }
}
