//! `search_residue`: seals a card's canaries for one search of the agent, and reads what it found.

use std::time::{Duration, Instant};

use serde_json::json;
use shinsa_model::event::Fault;
use shinsa_model::residue::READING;
use shinsa_model::scenario::{Keeper, PinCount, SearchResidue};
use shinsa_wire::sealed::{Opened, seal};
use shinsa_wire::v1;

use super::super::{observed, values};
use super::listed::{Found, is_process, readings};
use super::{canaries, client, identify, pins};
use crate::bench::{Bench, Performed, TrialContext};
use crate::clock::stamp;
use crate::fault::{harness, incapable};
use crate::wire::{Wire, timed};

/// What is asked of the agent.
struct Ask {
    targets: Vec<String>,
    count_pins: bool,
    seed_form: String,
}

pub async fn search(
    bench: &Bench,
    verb: &SearchResidue,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let deadline = Instant::now() + within;
    let left = || deadline.saturating_duration_since(Instant::now());
    let wire = bench.need_wire("inspector")?;
    let known = identify(wire, left()).await?.targets;
    let ask = Ask {
        targets: chosen(&known, verb.within)?,
        count_pins: verb.pins.is_some(),
        seed_form: String::new(),
    };
    if verb.pins == Some(PinCount::Seeded) {
        return seeded(bench, ask, context, left()).await;
    }
    let set = match verb.pins {
        // Counts alone: before, the card may not have been made yet; in mid-authentication its data may be there.
        Some(PinCount::Before | PinCount::Live) => Opened::new(v1::CanarySet::default()),
        _ => canaries::of_card(bench, &verb.card)?,
    };
    let taken_away = bench.lock_trial()?.taken_away;
    let age = taken_away.map(|at| at.elapsed());
    let reply = one(wire, &ask, &set, left()).await?;
    drop(set);
    let at = stamp("search", reply.begun.as_ref())?;
    let mut found = readings(&reply, &Found::of(&reply, &known, &bench.handed_over), age);
    if matches!(verb.pins, Some(PinCount::Before | PinCount::Live)) {
        found.retain(|name, _| !name.ends_with("findings") && name != "storage_pictures");
    }
    match verb.pins {
        None | Some(PinCount::Seeded) => {}
        Some(PinCount::Before) => {
            found.insert("counted_in".into(), reply.pin_counts.len().into());
            bench.lock_trial()?.pin_counts = Some(reply.pin_counts);
        }
        Some(what @ (PinCount::Live | PinCount::After)) => {
            let before = bench
                .lock_trial()?
                .pin_counts
                .clone()
                .ok_or_else(no_before)?;
            let secrets = bench.secrets_of(&verb.card)?;
            let pin = secrets.pin(&verb.card).ok_or_else(|| {
                incapable(
                    format!("no PIN of card {} in the rig's secrets file", verb.card),
                    "PINs are counted for cards whose PIN is known",
                )
            })?;
            let drawn = match what {
                PinCount::After => pins::DRAWN,
                _ => 0,
            };
            let changes = pins::changes(&before, &reply.pin_counts, pin.reveal(), drawn)?;
            found.insert(READING.into(), json!(changes));
        }
    }
    Ok(observed(&wire.name, at, found))
}

fn no_before() -> Fault {
    incapable(
        "PINs were not counted before this authentication",
        "put a `search_residue` with `pins: before` before the card is inserted",
    )
}

/// A search with a leak that the agent plants of a PIN that nobody has, compared with the trial's counts before.
async fn seeded(
    bench: &Bench,
    mut ask: Ask,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let deadline = Instant::now() + within;
    let left = || deadline.saturating_duration_since(Instant::now());
    let wire = bench.need_wire("inspector")?;
    let pin = pins::drawn()?;
    let set = Opened::new(v1::CanarySet {
        canaries: vec![canaries::pin_of("planted", &pin)],
        pictures: Vec::new(),
    });
    let before = bench
        .lock_trial()?
        .pin_counts
        .clone()
        .ok_or_else(no_before)?;
    ask.seed_form = pins::FORMS[context.seed as usize % pins::FORMS.len()].into();
    let after = one(wire, &ask, &set, left()).await?;
    let at = stamp("search", after.begun.as_ref())?;
    let mut changes = pins::changes(&before, &after.pin_counts, &pin, 0)?;
    changes.planted = pins::planted(&changes, &ask.seed_form);
    if changes.planted.is_none() {
        return Err(harness(format!(
            "the agent counted nothing in the form {} that it was asked to plant",
            ask.seed_form
        )));
    }
    let readings = values([("planted", ask.seed_form.into()), (READING, json!(changes))]);
    Ok(observed(&wire.name, at, readings))
}

/// Targets by what keeps data; all of a kind.
fn chosen(known: &[v1::Target], within: Option<Keeper>) -> Result<Vec<String>, Fault> {
    let wanted = |target: &&v1::Target| match within {
        None => true,
        Some(Keeper::Memory) => is_process(known, &target.name),
        Some(Keeper::Storage) => !is_process(known, &target.name),
    };
    let targets: Vec<String> = known
        .iter()
        .filter(wanted)
        .map(|target| target.name.clone())
        .collect();
    if targets.is_empty() {
        return Err(incapable(
            "the agent has no target of this kind",
            "name the DUT's processes and storage in the agent's configuration",
        ));
    }
    Ok(targets)
}

async fn one(
    wire: &Wire,
    ask: &Ask,
    set: &Opened,
    within: Duration,
) -> Result<v1::SearchReply, Fault> {
    let deadline = Instant::now() + within;
    let left = || deadline.saturating_duration_since(Instant::now());
    let mut client = client(wire);
    let call = client.open_search(timed(v1::OpenSearchRequest {}, left()));
    let opened = wire.call("open search", left(), call).await?;
    let sealed = seal(set, &opened.search, &opened.public_key)
        .map_err(|why| harness(format!("canaries: {why}")))?;
    let request = v1::SearchRequest {
        search: opened.search,
        sealed,
        targets: ask.targets.clone(),
        count_pins: ask.count_pins,
        freeze: true,
        seed_form: ask.seed_form.clone(),
        changed_since: String::new(),
    };
    let call = client.search(timed(request, left()));
    wire.call("search", left(), call).await
}
