//! The vendor's engine behind its adapter: templates, and rows of scores that are checked before they are believed.

use std::time::{Duration, Instant};

use shinsa_model::event::Fault;
use shinsa_wire::v1;
use shinsa_wire::v1::extract_request::Role;
use shinsa_wire::v1::matcher_client::MatcherClient;

use crate::bench::Bench;
use crate::fault::garbage;
use crate::wire::{LARGEST_MESSAGE, Wire, timed};

/// Probes of one call.
const BATCH: usize = 4096;

/// The adapter.
#[derive(Clone)]
pub(super) struct Engine {
    wire: Wire,
    client: MatcherClient<tonic::transport::Channel>,
}

/// What the engine says of itself.
pub(super) struct Described {
    pub name: String,
    pub version: String,
    pub distance: bool,
    pub threshold: Option<f64>,
}

impl Engine {
    pub(super) fn new(wire: &Wire) -> Self {
        let client = MatcherClient::new(wire.channel.clone());
        Self {
            wire: wire.clone(),
            client: client.max_decoding_message_size(LARGEST_MESSAGE),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.wire.name
    }

    pub(super) async fn describe(&self) -> Result<Described, Fault> {
        let within = self.wire.deadline;
        let mut client = self.client.clone();
        let call = client.describe_engine(timed(v1::DescribeEngineRequest {}, within));
        let reply = self.wire.call("describe engine", within, call).await?;
        if reply.threshold.is_some_and(|value| !value.is_finite()) {
            return Err(garbage("the engine's threshold is not a finite number"));
        }
        Ok(Described {
            name: reply.name,
            version: reply.version,
            distance: reply.distance,
            threshold: reply.threshold,
        })
    }

    /// Waits until the adapter answers again; `Err` when it does not by then (at most a minute).
    pub(super) async fn back_again(&self, until: Instant) -> Result<(), ()> {
        let until = until.min(Instant::now() + Duration::from_secs(60));
        while Instant::now() < until {
            if self.describe().await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err(())
    }

    pub(super) async fn forget(&self) -> Result<(), Fault> {
        let within = self.wire.deadline;
        let mut client = self.client.clone();
        let call = client.forget(timed(v1::ForgetRequest {}, within));
        self.wire
            .call("forget templates", within, call)
            .await
            .map(|_| ())
    }

    /// `attempt` 0: the reference photo. `false`: no usable face.
    pub(super) async fn extract(
        &self,
        subject: &str,
        attempt: u32,
        picture: v1::Picture,
    ) -> Result<bool, Fault> {
        let role = if attempt == 0 {
            Role::Reference
        } else {
            Role::Probe
        };
        let request = v1::ExtractRequest {
            id: id(subject, attempt),
            role: role.into(),
            picture: Some(picture),
        };
        let within = self.wire.deadline;
        let mut client = self.client.clone();
        let call = client.extract(timed(request, within));
        Ok(self.wire.call("extract", within, call).await?.extracted)
    }

    /// Scores of one reference with all probes, in their order.
    pub(super) async fn compare(
        &self,
        subjects: &[String],
        reference: u32,
        probes: &[(u32, u32)],
    ) -> Result<Vec<f32>, Fault> {
        let within = self.wire.deadline;
        let reference = id(&subjects[reference as usize], 0);
        let mut scores = Vec::with_capacity(probes.len());
        for batch in probes.chunks(BATCH) {
            let request = v1::CompareRequest {
                references: vec![reference.clone()],
                probes: batch
                    .iter()
                    .map(|(subject, attempt)| id(&subjects[*subject as usize], *attempt))
                    .collect(),
            };
            let mut client = self.client.clone();
            let call = client.compare(timed(request, within));
            let reply = self.wire.call("compare", within, call).await?;
            scores.extend(checked(reply, &reference, batch.len())?);
        }
        Ok(scores)
    }
}

/// Exactly the row that was asked for, whole, every score a number.
fn checked(reply: v1::CompareReply, reference: &str, wanted: usize) -> Result<Vec<f32>, Fault> {
    let count = reply.rows.len();
    let mut rows = reply.rows.into_iter();
    let (Some(row), None) = (rows.next(), rows.next()) else {
        return Err(garbage(format!(
            "compare: asked for one reference, got {count} rows"
        )));
    };
    if row.reference != reference {
        return Err(garbage(format!(
            "compare: asked for {reference}, got {}",
            row.reference
        )));
    }
    if row.scores.len() != wanted {
        return Err(garbage(format!(
            "compare: {} scores for {wanted} probes",
            row.scores.len()
        )));
    }
    if let Some(place) = row.scores.iter().position(|score| !score.is_finite()) {
        return Err(garbage(format!(
            "compare: score {place} of {reference} is not finite"
        )));
    }
    Ok(row.scores)
}

/// Id of a template at the adapter.
fn id(subject: &str, attempt: u32) -> String {
    format!("{subject}/{attempt}")
}

/// The engine must say who it is.
pub async fn probe(_: &Bench, wire: &Wire, _: Duration) -> Result<(), Fault> {
    Engine::new(wire).describe().await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(rows: &[(&str, &[f32])]) -> v1::CompareReply {
        let row = |(reference, scores): &(&str, &[f32])| v1::ScoreRow {
            reference: (*reference).into(),
            scores: scores.to_vec(),
        };
        v1::CompareReply {
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn only_the_row_that_was_asked_for_is_believed() {
        assert_eq!(
            checked(reply(&[("a", &[0.1, 0.2])]), "a", 2).unwrap(),
            [0.1, 0.2]
        );
        for (wrong, words) in [
            (reply(&[]), "got 0 rows"),
            (
                reply(&[("a", &[0.1, 0.2]), ("a", &[0.1, 0.2])]),
                "got 2 rows",
            ),
            (reply(&[("b", &[0.1, 0.2])]), "got b"),
            (reply(&[("a", &[0.1])]), "1 scores for 2 probes"),
            (
                reply(&[("a", &[0.1, f32::NAN])]),
                "score 1 of a is not finite",
            ),
        ] {
            let fault = checked(wrong, "a", 2).unwrap_err();
            assert!(fault.message.contains(words), "{}", fault.message);
        }
    }
}
