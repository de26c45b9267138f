//! `manage`: a management function of the DUT through the rig's command `manage`.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::scenario::Manage;

use super::{observed, values};
use crate::bench::{Bench, Performed};

/// `ok` is what the program says, else whether it accepted (exit code 0); other answers are readings as they are.
pub async fn manage(bench: &Bench, verb: &Manage, within: Duration) -> Result<Performed, Fault> {
    let command = bench.need_command("management")?;
    let mut request: serde_json::Map<_, _> = verb.arguments.clone().into_iter().collect();
    request.insert("function".into(), verb.function.clone().into());
    let answer = command.call("manage", &request, within).await?;
    let said = answer.values.get("ok").and_then(serde_json::Value::as_bool);
    let mut readings = values([]);
    readings.extend(answer.values);
    let ok = answer.accepted && said.unwrap_or(true);
    readings.insert("ok".into(), ok.into());
    Ok(observed(&command.name, bench.now(), readings))
}
