//! `Matcher`: templates under opaque ids, and scores of any reference with any probe.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::time::{ClockId, clock_gettime};
use shinsa_wire::v1::extract_request::Role;
use shinsa_wire::v1::instrument_server::Instrument;
use shinsa_wire::v1::matcher_server::Matcher;
use shinsa_wire::v1::{
    CompareReply, CompareRequest, DescribeEngineReply, DescribeEngineRequest, DescribeReply,
    DescribeRequest, Equipment, ExtractReply, ExtractRequest, ForgetReply, ForgetRequest,
    MakeSafeReply, MakeSafeRequest, ReadClockReply, ReadClockRequest, ScoreRow, Stamp,
};
use tonic::{Request, Response, Status};
use virtual_reader::Defects;
use virtual_reader::planted::{threshold, weakened};
use virtual_reader::sight::face::Template;

use super::pictures;

type Answer<T> = Result<Response<T>, Status>;

/// The engine with what it was given.
#[derive(Clone)]
pub struct Engine {
    defects: Defects,
    templates: Arc<Mutex<HashMap<String, Arc<Template>>>>,
}

impl Engine {
    /// Without any template.
    pub fn new(defects: Defects) -> Self {
        Self {
            defects,
            templates: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Template>>> {
        self.templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn named(&self, id: &str) -> Result<Arc<Template>, Status> {
        self.lock()
            .get(id)
            .cloned()
            .ok_or_else(|| Status::not_found(format!("no template {id:?}")))
    }
}

#[tonic::async_trait]
impl Matcher for Engine {
    async fn describe_engine(
        &self,
        _: Request<DescribeEngineRequest>,
    ) -> Answer<DescribeEngineReply> {
        Ok(Response::new(DescribeEngineReply {
            name: "reference reader's face engine (simulated)".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            distance: false,
            threshold: Some(f64::from(threshold(&self.defects))),
        }))
    }

    async fn extract(&self, request: Request<ExtractRequest>) -> Answer<ExtractReply> {
        let request = request.into_inner();
        let role = request.role();
        let picture = request
            .picture
            .ok_or_else(|| Status::invalid_argument("no picture"))?;
        let defects = self.defects.clone();
        let template = tokio::task::spawn_blocking(move || {
            let grey = pictures::grey(&picture.media, &picture.data)
                .map_err(|error| Status::invalid_argument(format!("{error:#}")))?;
            match role {
                Role::Reference => Ok(Some(Template::of_photo(&grey))),
                Role::Probe => Ok(Template::of_live(&weakened(grey, &defects))),
                Role::Unspecified => Err(Status::invalid_argument("no role")),
            }
        });
        let template = template
            .await
            .map_err(|error| Status::internal(error.to_string()))??;
        let extracted = template.is_some();
        if let Some(template) = template {
            self.lock().insert(request.id, Arc::new(template));
        }
        Ok(Response::new(ExtractReply { extracted }))
    }

    async fn compare(&self, request: Request<CompareRequest>) -> Answer<CompareReply> {
        let request = request.into_inner();
        let named = |ids: &[String]| {
            ids.iter()
                .map(|id| self.named(id))
                .collect::<Result<Vec<_>, _>>()
        };
        let (references, probes) = (named(&request.references)?, named(&request.probes)?);
        let rows = tokio::task::spawn_blocking(move || {
            let rows = request.references.into_iter().zip(&references);
            rows.map(|(reference, template)| ScoreRow {
                reference,
                scores: row(template, &probes),
            })
            .collect()
        });
        let rows = rows
            .await
            .map_err(|error| Status::internal(error.to_string()))?;
        Ok(Response::new(CompareReply { rows }))
    }

    async fn forget(&self, _: Request<ForgetRequest>) -> Answer<ForgetReply> {
        self.lock().clear();
        Ok(Response::new(ForgetReply { done: Some(now()) }))
    }
}

/// Scores of one reference, on as many threads as there are processors.
fn row(reference: &Template, probes: &[Arc<Template>]) -> Vec<f32> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = probes.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = probes
            .chunks(part)
            .map(|some| {
                scope.spawn(|| {
                    some.iter()
                        .map(|probe| reference.compare(probe))
                        .collect::<Vec<f32>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_default())
            .collect()
    })
}

#[tonic::async_trait]
impl Instrument for Engine {
    async fn describe(&self, _: Request<DescribeRequest>) -> Answer<DescribeReply> {
        let equipment = Equipment {
            service: "Matcher".into(),
            make: "Shinsa project".into(),
            model: "reference reader's face engine".into(),
            serial: "0001".into(),
            firmware: env!("CARGO_PKG_VERSION").into(),
            calibration_due: String::new(),
            simulated: true,
        };
        Ok(Response::new(DescribeReply {
            protocol_minor: shinsa_wire::PROTOCOL_MINOR,
            equipment: vec![equipment],
        }))
    }

    async fn read_clock(&self, _: Request<ReadClockRequest>) -> Answer<ReadClockReply> {
        Ok(Response::new(ReadClockReply { now: Some(now()) }))
    }

    async fn make_safe(&self, _: Request<MakeSafeRequest>) -> Answer<MakeSafeReply> {
        self.lock().clear();
        Ok(Response::new(MakeSafeReply { done: Some(now()) }))
    }
}

fn now() -> Stamp {
    let time = clock_gettime(ClockId::Monotonic);
    Stamp {
        at_ns: time.tv_sec * 1_000_000_000 + time.tv_nsec,
        clock: "matcher".into(),
        half_width_ns: 100_000,
    }
}
