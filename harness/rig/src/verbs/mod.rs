//! Scenario verbs: each takes its arguments, uses the driver that provides the capability, and gives readings.
//!
//! Readings that were not taken are left out. Called by [`Bench::perform`](crate::Bench::perform) and preflight.

pub mod back_end;
mod by_hand;
mod card;
pub mod collect;
mod face;
mod inspect;
mod manage;
mod matcher;
mod pin;
mod room;
mod screen;
mod terminal;
mod touch;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use shinsa_model::event::Fault;
use shinsa_model::observation::{Observation, Stamp};
use shinsa_model::scenario::Step;

use crate::bench::{Bench, DEADLINE, Performed, TrialContext};
use crate::fault::incapable;
use crate::wire::Wire;

pub use inspect::{Following, Witness};

/// Readings by name.
type Values = BTreeMap<String, Value>;

/// Performs the step's verb.
pub async fn perform(
    bench: &Bench,
    step: &Step,
    context: &TrialContext,
) -> Result<Performed, Fault> {
    let within = step.within.map_or(DEADLINE, |time| time.duration());
    if let Some(verb) = &step.insert_card {
        card::insert(bench, verb, within).await
    } else if step.remove_card.is_some() {
        card::remove(bench, within).await
    } else if let Some(verb) = &step.present_face {
        face::present(bench, verb, context, within).await
    } else if step.withdraw_face.is_some() {
        face::withdraw(bench, within).await
    } else if let Some(verb) = &step.touch {
        touch::touch(bench, verb, within).await
    } else if let Some(verb) = &step.enter_pin {
        pin::enter(bench, verb, context, within).await
    } else if let Some(verb) = &step.wait_screen {
        screen::wait(bench, verb, within).await
    } else if let Some(verb) = &step.stay_on_screen {
        screen::stay(bench, verb, within).await
    } else if let Some(verb) = &step.capture_screen {
        screen::capture(bench, verb, within).await
    } else if let Some(verb) = &step.read_text {
        screen::read_text(bench, verb, within).await
    } else if step.read_keypad.is_some() {
        screen::read_keypad(bench, within).await
    } else if let Some(verb) = &step.card_status {
        card::status(bench, verb, within).await
    } else if let Some(verb) = &step.send_apdu {
        card::send(bench, verb, within).await
    } else if let Some(verb) = &step.read_retry_counter {
        card::retry_counter(bench, verb, within).await
    } else {
        perform_other(bench, step, context, within).await
    }
}

/// Verbs that do not touch the patient's side.
async fn perform_other(
    bench: &Bench,
    step: &Step,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    if let Some(verb) = &step.software {
        terminal::software(bench, verb, within).await
    } else if step.read_platform.is_some() {
        terminal::platform(bench, within).await
    } else if let Some(verb) = &step.collect {
        collect::collect(bench, verb, within).await
    } else if let Some(verb) = &step.manage {
        manage::manage(bench, verb, within).await
    } else if let Some(verb) = &step.set_back_end {
        back_end::set(bench, verb, within).await
    } else if step.read_back_end.is_some() {
        back_end::read(bench, within).await
    } else if let Some(verb) = &step.ask {
        room::ask(bench, verb, within).await
    } else if let Some(verb) = &step.consent {
        by_hand::consent(bench, verb, within).await
    } else if let Some(verb) = &step.power {
        room::power(bench, verb, within).await
    } else if let Some(verb) = &step.evaluate_matcher {
        matcher::evaluate(bench, verb, context, within).await
    } else if step.read_environment.is_some() {
        room::environment(bench, within).await
    } else if let Some(performed) = inspect::perform(bench, step, context, within).await {
        performed
    } else if let Some(verb) = &step.pause {
        let duration = verb.duration.duration();
        // A timer of zero still waits for the next tick, 1 ms.
        if !duration.is_zero() {
            tokio::time::sleep(duration).await;
        }
        Ok(Performed::default())
    } else {
        Err(incapable(
            "the step has no verb that this shinsa performs",
            "`shinsa check` tells which verbs there are; `use` must have been expanded by the plan",
        ))
    }
}

/// Does a service answer? Asks something that changes nothing; used by preflight.
pub async fn probe(bench: &Bench, wire: &Wire, capability: &str) -> Result<(), Fault> {
    let within = wire.deadline;
    match capability {
        "card_feeder" => card::probe(bench, wire, within).await,
        "face_presenter" => face::probe(bench, wire, within).await,
        "screen" => screen::probe(wire, within).await,
        "environment" => room::read(wire, within).await.map(|_| ()),
        "terminal" => terminal::probe(wire, within).await,
        "back_end" => back_end::transactions(wire, u64::MAX, within)
            .await
            .map(|_| ()),
        "matcher" => matcher::probe_matcher(bench, wire, within).await,
        "face_library" => matcher::probe_library(bench, wire, within).await,
        "inspector" => inspect::probe(wire, within).await,
        "usb_switch" => inspect::probe_usb(wire, within).await,
        // Their every call moves something: the description must do.
        _ => Ok(()),
    }
}

/// An observation without files.
fn observed(instrument: &str, at: Stamp, value: Values) -> Performed {
    Performed {
        observation: Some(Observation {
            instrument: instrument.into(),
            at,
            value,
            artefacts: Vec::new(),
        }),
        files: Vec::new(),
    }
}

/// Readings from pairs.
fn values<const N: usize>(pairs: [(&str, Value); N]) -> Values {
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}
