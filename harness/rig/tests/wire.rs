//! The wire driver against services that are well, late, senseless or gone.

use std::path::Path;
use std::time::{Duration, Instant};

use shinsa_model::event::FaultKind;
use shinsa_model::rig::{Driver, DriverKind};
use shinsa_rig::clock::HarnessClock;
use shinsa_rig::wire::Wire;
use shinsa_wire::v1;
use shinsa_wire::v1::instrument_server::{Instrument, InstrumentServer};
use tokio::runtime::Runtime;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

#[derive(Clone, Copy)]
enum Behaviour {
    Well,
    Silent,
    Senseless,
}

struct Fake(Behaviour, Instant);

#[tonic::async_trait]
impl Instrument for Fake {
    async fn describe(
        &self,
        _: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeReply>, Status> {
        match self.0 {
            Behaviour::Silent => std::future::pending().await,
            Behaviour::Senseless => Ok(Response::new(v1::DescribeReply::default())),
            Behaviour::Well => Ok(Response::new(v1::DescribeReply {
                protocol_minor: 2,
                equipment: vec![v1::Equipment {
                    service: "Finger".into(),
                    ..Default::default()
                }],
            })),
        }
    }

    async fn read_clock(
        &self,
        _: Request<v1::ReadClockRequest>,
    ) -> Result<Response<v1::ReadClockReply>, Status> {
        let now = v1::Stamp {
            at_ns: self.1.elapsed().as_nanos() as i64 + 5_000_000_000,
            clock: "fake".into(),
            half_width_ns: 0,
        };
        let now = (!matches!(self.0, Behaviour::Senseless)).then_some(now);
        Ok(Response::new(v1::ReadClockReply { now }))
    }

    async fn make_safe(
        &self,
        _: Request<v1::MakeSafeRequest>,
    ) -> Result<Response<v1::MakeSafeReply>, Status> {
        Err(Status::failed_precondition("jammed"))
    }
}

/// A service in a runtime of its own: dropping the runtime ends it as a kill does, open connections included.
struct Rig {
    folder: tempfile::TempDir,
    runtime: Option<Runtime>,
    origin: Instant,
}

impl Rig {
    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime must not be waited for on another's thread; and unwaited for, it may still accept a connection.
            std::thread::spawn(move || runtime.shutdown_timeout(Duration::from_secs(10)))
                .join()
                .unwrap();
        }
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(behaviour: Behaviour) -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let origin = Instant::now();
    let service = InstrumentServer::new(Fake(behaviour, origin));
    let listener = {
        let _inside = runtime.enter();
        tokio::net::UnixListener::bind(folder.path().join("fake.sock")).unwrap()
    };
    runtime.spawn(async move {
        let incoming = tokio_stream::wrappers::UnixListenerStream::new(listener);
        Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming)
            .await
    });
    Rig {
        folder,
        runtime: Some(runtime),
        origin,
    }
}

fn driver(address: &str) -> Driver {
    Driver {
        driver: DriverKind::Wire,
        provides: vec!["finger".into()],
        address: Some(address.into()),
        tls: None,
        socket: None,
        reader: None,
        commands: std::collections::BTreeMap::new(),
        deadline: None,
    }
}

async fn open(folder: &Path, within: Duration) -> Result<Wire, shinsa_model::event::Fault> {
    Wire::open("fake", &driver("unix:fake.sock"), folder, folder, within).await
}

#[tokio::test]
async fn a_service_is_described_and_its_clock_measured() {
    let rig = serve(Behaviour::Well);
    let wire = open(rig.folder.path(), Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(wire.describe().await.unwrap()[0].service, "Finger");
    assert!(wire.version_note().await.unwrap().contains("minor 2"));
    let offset = wire.clock(HarnessClock::new(rig.origin)).await.unwrap();
    let error = (offset.offset_ns - 5_000_000_000).abs();
    assert!(
        error <= offset.half_width_ns,
        "{error} ns off, bound {}",
        offset.half_width_ns
    );
    let fault = wire.make_safe(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Device);
}

#[tokio::test]
async fn a_late_service_is_a_timeout() {
    let rig = serve(Behaviour::Silent);
    let wire = open(rig.folder.path(), Duration::from_millis(300))
        .await
        .unwrap();
    assert_eq!(wire.describe().await.unwrap_err().kind, FaultKind::Timeout);
}

#[tokio::test]
async fn senseless_answers_are_garbage() {
    let rig = serve(Behaviour::Senseless);
    let wire = open(rig.folder.path(), Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(wire.describe().await.unwrap_err().kind, FaultKind::Garbage);
    let clock = wire.clock(HarnessClock::new(rig.origin)).await;
    assert_eq!(clock.unwrap_err().kind, FaultKind::Garbage);
}

#[tokio::test]
async fn a_killed_service_is_unreachable() {
    let mut rig = serve(Behaviour::Well);
    let wire = open(rig.folder.path(), Duration::from_secs(30))
        .await
        .unwrap();
    wire.describe().await.unwrap();
    rig.kill();
    let fault = wire.describe().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    let again = open(rig.folder.path(), Duration::from_secs(30)).await;
    assert_eq!(again.err().unwrap().kind, FaultKind::Unreachable);
}
