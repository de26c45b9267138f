//! gRPC for the bench: how the system shall behave, what has reached it.

use std::sync::Arc;
use std::time::Duration;

use shinsa_wire::v1::back_end_server::{BackEnd, BackEndServer};
use shinsa_wire::v1::instrument_server::{Instrument, InstrumentServer};
use shinsa_wire::v1::{
    DescribeReply, DescribeRequest, Equipment, MakeSafeReply, MakeSafeRequest, ReadClockReply,
    ReadClockRequest, SetBackEndStateReply, SetBackEndStateRequest, TransactionsReply,
    TransactionsRequest,
};
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic::{Request, Response, Status};

use crate::clock;
use crate::state::{CONSENTS, Mode, Setting, State};

const INSURANCE: [&str; 4] = ["valid", "lapsed", "lapsed-new", "unregistered"];

#[derive(Clone)]
struct Bench(Arc<State>);

/// The services.
pub fn router(state: Arc<State>) -> Router {
    let bench = Bench(state);
    Server::builder()
        .add_service(InstrumentServer::new(bench.clone()))
        .add_service(BackEndServer::new(bench))
}

impl Bench {
    /// Checks everything before anything changes.
    fn setting(&self, request: SetBackEndStateRequest) -> Result<Setting, Status> {
        let mode = match request.mode.as_str() {
            "" | "up" => Mode::Up,
            "down" => Mode::Down,
            "error" => Mode::Error,
            "garbage" => Mode::Garbage,
            "silent" => Mode::Silent,
            other => {
                return Err(Status::invalid_argument(format!(
                    "mode {other:?}: expected up, down, error, garbage or silent"
                )));
            }
        };
        if let Some(other) = request
            .consents
            .iter()
            .find(|item| !CONSENTS.contains(&item.as_str()))
        {
            return Err(Status::invalid_argument(format!(
                "consent {other:?}: expected medical, checkup or limit"
            )));
        }
        if request.no_consents && !request.consents.is_empty() {
            return Err(Status::invalid_argument("no_consents with consents"));
        }
        let mut setting = Setting {
            mode,
            latency: Duration::from_millis(request.latency_ms.into()),
            ..Setting::default()
        };
        if request.no_consents || !request.consents.is_empty() {
            setting.consents = request.consents;
        }
        for entry in request.insurance {
            if !self.0.knows(&entry.card) {
                return Err(Status::not_found(format!("no card {:?}", entry.card)));
            }
            if !INSURANCE.contains(&entry.state.as_str()) {
                return Err(Status::invalid_argument(format!(
                    "insurance {:?}: expected {}",
                    entry.state,
                    INSURANCE.join(", ")
                )));
            }
            setting.insurance.insert(entry.card, entry.state);
        }
        Ok(setting)
    }
}

#[tonic::async_trait]
impl BackEnd for Bench {
    async fn set_state(
        &self,
        request: Request<SetBackEndStateRequest>,
    ) -> Result<Response<SetBackEndStateReply>, Status> {
        let setting = self.setting(request.into_inner())?;
        self.0.set(setting);
        Ok(Response::new(SetBackEndStateReply {
            at: Some(clock::now()),
        }))
    }

    async fn transactions(
        &self,
        request: Request<TransactionsRequest>,
    ) -> Result<Response<TransactionsReply>, Status> {
        Ok(Response::new(TransactionsReply {
            transactions: self.0.transactions(request.into_inner().after),
        }))
    }
}

#[tonic::async_trait]
impl Instrument for Bench {
    async fn describe(
        &self,
        _: Request<DescribeRequest>,
    ) -> Result<Response<DescribeReply>, Status> {
        Ok(Response::new(DescribeReply {
            protocol_minor: shinsa_wire::PROTOCOL_MINOR,
            equipment: vec![Equipment {
                service: "BackEnd".into(),
                make: "Shinsa project".into(),
                model: "virtual eligibility system".into(),
                serial: "0001".into(),
                firmware: env!("CARGO_PKG_VERSION").into(),
                calibration_due: String::new(),
                simulated: true,
            }],
        }))
    }

    async fn read_clock(
        &self,
        _: Request<ReadClockRequest>,
    ) -> Result<Response<ReadClockReply>, Status> {
        Ok(Response::new(ReadClockReply {
            now: Some(clock::now()),
        }))
    }

    async fn make_safe(
        &self,
        _: Request<MakeSafeRequest>,
    ) -> Result<Response<MakeSafeReply>, Status> {
        self.0.set(Setting::default());
        Ok(Response::new(MakeSafeReply {
            done: Some(clock::now()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_changes_nothing_and_no_consents_is_none() {
        let list = std::path::Path::new("../cards.yaml");
        let bench = Bench(Arc::new(State::new(
            fixture_people::cards::load(list).unwrap(),
        )));
        let request = SetBackEndStateRequest::default;
        let all = bench.setting(request()).unwrap();
        assert_eq!(all.consents, CONSENTS);
        let none = SetBackEndStateRequest {
            no_consents: true,
            ..request()
        };
        assert!(bench.setting(none).unwrap().consents.is_empty());
        let odd = SetBackEndStateRequest {
            mode: "upp".into(),
            ..request()
        };
        assert!(bench.setting(odd).is_err());
    }
}
