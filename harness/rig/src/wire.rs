//! Driver `wire`: gRPC services of `shinsa.v1`, whoever offers them.
//!
//! One connection per driver, re-made by itself when the other side comes back; a deadline for every call, told to
//! the server too. Must not retry: a stimulus may have happened.

use std::path::Path;
use std::time::{Duration, Instant};

use shinsa_model::event::{ClockOffset, EquipmentRecord, Fault, FaultKind};
use shinsa_model::rig;
use shinsa_wire::address::{Address, TlsFiles};
use shinsa_wire::v1::instrument_client::InstrumentClient;
use shinsa_wire::{PROTOCOL_MINOR, v1};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::clock::{HarnessClock, stamp};
use crate::fault::{fault, garbage, incapable, timeout, unreachable};

/// Calls of ReadClock from which the one with the shortest round trip is taken.
const PINGS: usize = 25;
/// Largest message, bytes: a frame of 4K RGB has 25 MB.
pub const LARGEST_MESSAGE: usize = 64 << 20;

/// The driver.
#[derive(Clone)]
pub struct Wire {
    /// Driver's name in the rig file.
    pub name: String,
    /// As in the rig file.
    pub address: String,
    /// Deadline of calls that have no step.
    pub deadline: Duration,
    /// The connection.
    pub channel: Channel,
}

impl Wire {
    /// Connects; fails at once where nobody listens.
    pub async fn open(
        name: &str,
        driver: &rig::Driver,
        rig_folder: &Path,
        run_dir: &Path,
        deadline: Duration,
    ) -> Result<Self, Fault> {
        let text = driver.address.clone().ok_or_else(|| {
            incapable(
                format!("driver {name} has no address"),
                "add `address: unix:…`, `http://127.0.0.1:…` or `https://…` in the rig file",
            )
        })?;
        let address = Address::parse(&text, run_dir).map_err(|error| {
            incapable(format!("driver {name}: {error}"), "correct the rig file")
        })?;
        let tls = driver.tls.as_ref().map(|tls| TlsFiles {
            authority: rig_folder.join(&tls.authority),
            certificate: rig_folder.join(&tls.certificate),
            key: rig_folder.join(&tls.key),
        });
        let gone = |why: String| {
            unreachable(
                format!("driver {name} at {text}: {why}"),
                "is the rig up? (`shinsa rig up`, or `run --up`); is the address in the rig file right?",
            )
        };
        let channel = tokio::time::timeout(deadline, address.connect(tls.as_ref()))
            .await
            .map_err(|_| timeout(&format!("connect driver {name} at {text}"), deadline))?
            .map_err(|error| gone(error.to_string()))?;
        Ok(Self {
            name: name.into(),
            address: text,
            deadline,
            channel,
        })
    }

    /// Awaits a call with its deadline and makes faults of statuses.
    pub async fn call<T>(
        &self,
        what: &str,
        within: Duration,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, Fault> {
        match tokio::time::timeout(within, call).await {
            Ok(Ok(reply)) => Ok(reply.into_inner()),
            Ok(Err(status)) => Err(self.failed(what, within, &status)),
            Err(_) => Err(timeout(&format!("{what} ({})", self.name), within)),
        }
    }

    /// A status as a fault.
    pub fn failed(&self, what: &str, within: Duration, status: &Status) -> Fault {
        let message = format!("{what} ({}): {}", self.name, status.message());
        match status.code() {
            Code::DeadlineExceeded | Code::Cancelled => {
                timeout(&format!("{what} ({})", self.name), within)
            }
            Code::Unavailable | Code::Unknown => unreachable(
                message,
                "the process behind this driver is gone or hangs: look at its trace, bring the rig up again, then `shinsa resume`",
            ),
            Code::Unimplemented => incapable(
                message,
                "the driver does not offer this service: correct `provides:` in the rig file",
            ),
            Code::NotFound | Code::InvalidArgument => incapable(
                message,
                "the rig does not know what the step names: compare the scenario with the rig's cards and subjects",
            ),
            Code::Internal | Code::DataLoss | Code::OutOfRange => garbage(message),
            _ => fault(
                FaultKind::Device,
                message,
                "look at the device and its trace",
            ),
        }
    }

    /// Who is there; checks the protocol version.
    pub async fn describe(&self) -> Result<Vec<EquipmentRecord>, Fault> {
        let request = v1::DescribeRequest {
            protocol_minor: PROTOCOL_MINOR,
        };
        let mut client = InstrumentClient::new(self.channel.clone());
        let within = self.deadline.min(Duration::from_secs(2));
        let reply = self
            .call("Describe", within, client.describe(timed(request, within)))
            .await?;
        if reply.protocol_minor == 0 {
            return Err(garbage(format!(
                "driver {}: Describe names no protocol version; expected shinsa.v1 minor 1 or newer",
                self.name
            )));
        }
        Ok(reply.equipment.into_iter().map(record).collect())
    }

    /// The other side's version of shinsa.v1 compared with ours, for people; `None`: the same.
    pub async fn version_note(&self) -> Option<String> {
        let request = v1::DescribeRequest {
            protocol_minor: PROTOCOL_MINOR,
        };
        let mut client = InstrumentClient::new(self.channel.clone());
        let within = self.deadline.min(Duration::from_secs(2));
        let reply = self
            .call("Describe", within, client.describe(timed(request, within)))
            .await
            .ok()?;
        let theirs = reply.protocol_minor;
        (theirs != PROTOCOL_MINOR).then(|| {
            format!("speaks shinsa.v1 minor {theirs}, this shinsa minor {PROTOCOL_MINOR}; common fields are used")
        })
    }

    /// Offset of the driver's clock against ours: from many calls, the one with the shortest round trip.
    pub async fn clock(&self, harness: HarnessClock) -> Result<ClockOffset, Fault> {
        let mut client = InstrumentClient::new(self.channel.clone());
        let mut best: Option<(i64, ClockOffset)> = None;
        let until = Instant::now() + self.deadline;
        for _ in 0..PINGS {
            let before = harness.ns();
            let within = until.saturating_duration_since(Instant::now());
            let call = client.read_clock(timed(v1::ReadClockRequest {}, within));
            let reply = self.call("ReadClock", within, call).await?;
            let after = harness.ns();
            let now = stamp("ReadClock", reply.now.as_ref())?;
            let trip = after - before;
            if best.as_ref().is_none_or(|(shortest, _)| trip < *shortest) {
                let at = harness.now();
                let offset = ClockOffset {
                    clock: now.clock,
                    offset_ns: now.ns - (before + trip / 2),
                    half_width_ns: (trip + 1) / 2 + now.half_width_ns,
                    at,
                };
                best = Some((trip, offset));
            }
        }
        best.map(|best| best.1)
            .ok_or_else(|| garbage("ReadClock was never answered"))
    }

    /// A sign of life.
    pub async fn alive(&self, within: Duration) -> Result<(), Fault> {
        let mut client = InstrumentClient::new(self.channel.clone());
        let call = client.read_clock(timed(v1::ReadClockRequest {}, within));
        self.call("ReadClock", within, call).await.map(|_| ())
    }

    /// Brings everything behind the driver to its safe state.
    pub async fn make_safe(&self, within: Duration) -> Result<(), Fault> {
        let mut client = InstrumentClient::new(self.channel.clone());
        let call = client.make_safe(timed(v1::MakeSafeRequest {}, within));
        self.call("MakeSafe", within, call).await.map(|_| ())
    }
}

/// A request that carries its deadline.
pub fn timed<T>(message: T, within: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(within);
    request
}

fn record(equipment: v1::Equipment) -> EquipmentRecord {
    EquipmentRecord {
        service: equipment.service,
        make: equipment.make,
        model: equipment.model,
        serial: equipment.serial,
        firmware: equipment.firmware,
        calibration_due: equipment.calibration_due,
        simulated: equipment.simulated,
    }
}
