//! The services `Inspector` and `Instrument`: from requests to the modules that do the work, and stamps around it.
//!
//! Work that reads or waits runs on threads of its own; searches, crashes and dump attempts one at a time, for they get into each
//! other's way. Holds no policy and opens no path that a request names. Called by `serve`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use shinsa_wire::v1::inspector_server::{Inspector, InspectorServer};
use shinsa_wire::v1::instrument_server::{Instrument, InstrumentServer};
use shinsa_wire::v1::{self, Stamp};
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic::{Request, Response, Status};

use crate::config::Config;
use crate::files::Marks;
use crate::freezer::Freezer;
use crate::keys::Keys;
use crate::refused::Refused;
use crate::vectors::{self, Vectors};
use crate::{clock, crash, dumps, identify, probe, processes, resources, search};

/// Largest message, bytes: a set with many pictures comes, counts of all PINs go. As the harness's.
const LARGEST_MESSAGE: usize = 64 << 20;

type Answer<T> = Result<Response<T>, Status>;

/// The agent.
#[derive(Clone)]
pub struct Agent(Arc<State>);

struct State {
    config: Config,
    keys: Mutex<Keys>,
    marks: Mutex<Marks>,
    vectors: Mutex<Vectors>,
    freezer: Freezer,
    /// Held by whoever works on targets.
    busy: tokio::sync::Mutex<()>,
}

impl Agent {
    /// An agent for these targets; nothing is searched yet.
    pub fn new(config: Config) -> Self {
        Self(Arc::new(State {
            config,
            keys: Mutex::default(),
            marks: Mutex::default(),
            vectors: Mutex::default(),
            freezer: Freezer::default(),
            busy: tokio::sync::Mutex::default(),
        }))
    }

    /// Its services, on `server`.
    pub fn router(&self, mut server: Server) -> Router {
        let inspector = InspectorServer::new(self.clone())
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE);
        server
            .add_service(InstrumentServer::new(self.clone()))
            .add_service(inspector)
    }

    /// Lets everything go on that stands still; says how many.
    pub fn thaw_all(&self) -> usize {
        self.0.freezer.thaw_all()
    }

    /// The same for good, before the agent ends.
    pub fn close(&self) {
        self.0.freezer.close();
    }

    /// Does work that may take long on a thread for it.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&State) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Status> {
        let state = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&state)).await;
        // A panic is a defect of the agent; it must not look like an answer.
        let done =
            done.map_err(|_| Status::internal("the agent failed; see its standard error"))?;
        Ok(done?)
    }

    /// The same, while nobody else works on targets. In a task of its own: a caller who hangs up must not let the next one in while
    /// the work goes on.
    async fn work_alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&State) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Status> {
        let agent = self.clone();
        let task = tokio::spawn(async move {
            let _alone = agent.0.busy.lock().await;
            agent.work(work).await
        });
        task.await
            .map_err(|_| Status::internal("the agent failed; see its standard error"))?
    }
}

fn now() -> Stamp {
    Stamp {
        at_ns: clock::monotonic_ns(),
        clock: "agent".into(),
        half_width_ns: 100_000,
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[tonic::async_trait]
impl Inspector for Agent {
    async fn identify(&self, _: Request<v1::IdentifyRequest>) -> Answer<v1::IdentifyReply> {
        let reply = self
            .work(|state| identify::identify(&state.config, now()))
            .await?;
        Ok(Response::new(reply))
    }

    async fn list_processes(
        &self,
        _: Request<v1::ListProcessesRequest>,
    ) -> Answer<v1::ListProcessesReply> {
        let reply = self.work(|state| processes::list(&state.config)).await?;
        Ok(Response::new(reply))
    }

    async fn open_search(&self, _: Request<v1::OpenSearchRequest>) -> Answer<v1::OpenSearchReply> {
        let (search, public_key) = locked(&self.0.keys).open(Instant::now())?;
        Ok(Response::new(v1::OpenSearchReply {
            search: search.into(),
            public_key: public_key.into(),
        }))
    }

    async fn search(&self, request: Request<v1::SearchRequest>) -> Answer<v1::SearchReply> {
        let request = request.into_inner();
        // Its minute ends when it is asked for, not when its turn comes.
        let key = locked(&self.0.keys).take(&request.search, Instant::now())?;
        let search = move |state: &State| {
            let begun = now();
            let vectors = locked(&state.vectors);
            let since = vectors.since(&request.changed_since)?;
            let reply = search::search(&state.config, &state.freezer, since, key, &request)?;
            Ok(v1::SearchReply {
                begun: Some(begun),
                ended: Some(now()),
                ..reply
            })
        };
        Ok(Response::new(self.work_alone(search).await?))
    }

    async fn mark_files(
        &self,
        request: Request<v1::MarkFilesRequest>,
    ) -> Answer<v1::MarkFilesReply> {
        let name = request.into_inner().mark;
        let mark = move |state: &State| {
            let at = Some(now());
            let reply = locked(&state.marks).mark(&state.config, &name)?;
            Ok(v1::MarkFilesReply { at, ..reply })
        };
        Ok(Response::new(self.work(mark).await?))
    }

    async fn changed_files(
        &self,
        request: Request<v1::ChangedFilesRequest>,
    ) -> Answer<v1::ChangedFilesReply> {
        let name = request.into_inner().mark;
        let changed = move |state: &State| {
            let at = Some(now());
            let reply = locked(&state.marks).changed(&state.config, &name)?;
            Ok(v1::ChangedFilesReply { at, ..reply })
        };
        Ok(Response::new(self.work(changed).await?))
    }

    async fn snapshot_pages(
        &self,
        request: Request<v1::SnapshotPagesRequest>,
    ) -> Answer<v1::SnapshotPagesReply> {
        let request = request.into_inner();
        let snapshot = move |state: &State| {
            let at = Some(now());
            let mut vectors = locked(&state.vectors);
            let reply = vectors::snapshot(&state.config, &state.freezer, &mut vectors, &request)?;
            Ok(v1::SnapshotPagesReply { at, ..reply })
        };
        Ok(Response::new(self.work_alone(snapshot).await?))
    }

    async fn collect_vectors(
        &self,
        request: Request<v1::CollectVectorsRequest>,
    ) -> Answer<v1::CollectVectorsReply> {
        let request = request.into_inner();
        let collect = move |state: &State| {
            let begun = Some(now());
            let mut vectors = locked(&state.vectors);
            let reply = vectors::collect(&state.config, &state.freezer, &mut vectors, &request)?;
            Ok(v1::CollectVectorsReply {
                begun,
                ended: Some(now()),
                ..reply
            })
        };
        Ok(Response::new(self.work_alone(collect).await?))
    }

    async fn resources(
        &self,
        request: Request<v1::ResourcesRequest>,
    ) -> Answer<v1::ResourcesReply> {
        let target = request.into_inner().target;
        let read = move |state: &State| {
            let at = Some(now());
            let reply = resources::read(&state.config, &target)?;
            Ok(v1::ResourcesReply { at, ..reply })
        };
        Ok(Response::new(self.work(read).await?))
    }

    async fn try_dumps(&self, request: Request<v1::TryDumpsRequest>) -> Answer<v1::TryDumpsReply> {
        let target = request.into_inner().target;
        let tried = move |state: &State| dumps::try_all(&state.config, &target);
        Ok(Response::new(self.work_alone(tried).await?))
    }

    async fn crash(&self, request: Request<v1::CrashRequest>) -> Answer<v1::CrashReply> {
        let target = request.into_inner().target;
        let crash = move |state: &State| {
            let at = Some(now());
            let reply = crash::crash(&state.config, &target)?;
            Ok(v1::CrashReply { at, ..reply })
        };
        Ok(Response::new(self.work_alone(crash).await?))
    }

    async fn probe(&self, _: Request<v1::ProbeRequest>) -> Answer<v1::ProbeReply> {
        let probe = move |state: &State| {
            let at = Some(now());
            let reply = probe::probe(&state.config)?;
            Ok(v1::ProbeReply { at, ..reply })
        };
        Ok(Response::new(self.work(probe).await?))
    }
}

#[tonic::async_trait]
impl Instrument for Agent {
    async fn describe(&self, _: Request<v1::DescribeRequest>) -> Answer<v1::DescribeReply> {
        let equipment = v1::Equipment {
            service: "Inspector".into(),
            make: "Shinsa project".into(),
            model: "shinsa-agent".into(),
            serial: String::new(),
            firmware: env!("CARGO_PKG_VERSION").into(),
            calibration_due: String::new(),
            simulated: false,
        };
        Ok(Response::new(v1::DescribeReply {
            protocol_minor: shinsa_wire::PROTOCOL_MINOR,
            equipment: vec![equipment],
        }))
    }

    async fn read_clock(&self, _: Request<v1::ReadClockRequest>) -> Answer<v1::ReadClockReply> {
        Ok(Response::new(v1::ReadClockReply { now: Some(now()) }))
    }

    /// Nothing moves here; what stands still is let go.
    async fn make_safe(&self, _: Request<v1::MakeSafeRequest>) -> Answer<v1::MakeSafeReply> {
        self.thaw_all();
        Ok(Response::new(v1::MakeSafeReply { done: Some(now()) }))
    }
}
