//! `insert_card`, `remove_card`, `card_status`, `send_apdu`, `read_retry_counter`.

use std::time::{Duration, Instant};

use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::scenario::{CardStatus, InsertCard, ReadRetryCounter, SendApdu};
use shinsa_wire::v1;
use shinsa_wire::v1::card_feeder_client::CardFeederClient;

use super::{Values, by_hand, observed, values};
use crate::apdu;
use crate::bench::{Bench, Performed};
use crate::clock::stamp;
use crate::fault::{fault, incapable};
use crate::pcsc::Reply;
use crate::wire::{Wire, timed};

pub async fn insert(
    bench: &Bench,
    verb: &InsertCard,
    within: Duration,
) -> Result<Performed, Fault> {
    let mut readings = values([("card", verb.card.clone().into())]);
    let mut cards = bench.rig.cards.iter();
    if let Some(card) = cards.find(|card| card.id == verb.card) {
        readings.insert("subject".into(), card.subject.clone().into());
    }
    if let Some(person) = bench.by_hand("card_feeder") {
        return by_hand::do_it(bench, person, by_hand::insert(&verb.card), readings, within).await;
    }
    let wire = bench.need_wire("card_feeder")?;
    let mut client = CardFeederClient::new(wire.channel.clone());
    let request = v1::InsertRequest {
        card: verb.card.clone(),
    };
    let call = client.insert(timed(request, within));
    let done = wire.call("insert card", within, call).await?;
    let at = stamp("insert card", done.at.as_ref())?;
    Ok(observed(&wire.name, at, readings))
}

pub async fn remove(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    if let Some(person) = bench.by_hand("card_feeder") {
        return by_hand::do_it(bench, person, by_hand::remove(), Values::new(), within).await;
    }
    let wire = bench.need_wire("card_feeder")?;
    let mut client = CardFeederClient::new(wire.channel.clone());
    let call = client.remove(timed(v1::RemoveRequest {}, within));
    let done = wire.call("remove card", within, call).await?;
    let at = stamp("remove card", done.at.as_ref())?;
    bench.lock_trial()?.taken_away = Some(Instant::now());
    Ok(observed(&wire.name, at, Values::new()))
}

/// Every card of the rig file must be one that the feeder has.
pub async fn probe(bench: &Bench, wire: &Wire, within: Duration) -> Result<(), Fault> {
    let mut client = CardFeederClient::new(wire.channel.clone());
    let call = client.list_cards(timed(v1::ListCardsRequest {}, within));
    let known = wire.call("list cards", within, call).await?.cards;
    let absent = bench
        .rig
        .cards
        .iter()
        .find(|card| !known.contains(&card.id));
    absent.map_or(Ok(()), |card| {
        Err(incapable(
            format!("the card feeder has no card {}", card.id),
            "load it, or take it out of `cards:` in the rig file",
        ))
    })
}

/// Card that lies in the slot by the feeder; `None` where the rig has no feeder.
pub async fn in_slot(bench: &Bench, within: Duration) -> Result<Option<String>, Fault> {
    let Some(wire) = bench.wire_of("card_feeder") else {
        return Ok(None);
    };
    let mut client = CardFeederClient::new(wire.channel.clone());
    let call = client.slot(timed(v1::SlotRequest {}, within));
    Ok(Some(wire.call("slot", within, call).await?.card))
}

pub async fn status(
    bench: &Bench,
    verb: &CardStatus,
    within: Duration,
) -> Result<Performed, Fault> {
    let pcsc = bench.need_pcsc()?;
    let state = pcsc.state(verb.until_present, within).await?;
    let mut readings = values([
        ("listed", state.listed.into()),
        ("readers", state.readers.into()),
    ]);
    if let Some(present) = state.present {
        readings.insert("card_present".into(), present.into());
        readings.insert("atr".into(), hex::encode_upper(&state.atr).into());
        readings.insert("atr_form".into(), apdu::atr_form(&state.atr).into());
    }
    Ok(observed(&pcsc.name, bench.now(), readings))
}

pub async fn send(bench: &Bench, verb: &SendApdu, within: Duration) -> Result<Performed, Fault> {
    let pcsc = bench.need_pcsc()?;
    let command = hex::decode(&verb.command).map_err(|_| {
        incapable(
            "the command is not hexadecimal",
            "write it as pairs of hexadecimal digits without spaces",
        )
    })?;
    if let Some(why) = apdu::refusal(&command) {
        return Err(fault(
            FaultKind::Interlock,
            format!("send_apdu refuses {why}; nothing was sent"),
            "type PINs on the reader with `enter_pin`, read counters with `read_retry_counter`",
        ));
    }
    let reply = pcsc.transmit(command, within).await?;
    let mut readings = answer(&reply);
    readings.insert("length".into(), reply.data.len().into());
    readings.insert("micros".into(), (reply.took.as_secs_f64() * 1e6).into());
    readings.insert("selected_anew".into(), reply.replayed.into());
    Ok(observed(&pcsc.name, bench.now(), readings))
}

pub async fn retry_counter(
    bench: &Bench,
    verb: &ReadRetryCounter,
    within: Duration,
) -> Result<Performed, Fault> {
    let pcsc = bench.need_pcsc()?;
    let reply = pcsc.retry_counter(verb.pin, within).await?;
    let mut readings = answer(&reply);
    if let Some(left) = apdu::tries_left(reply.sw) {
        readings.insert("tries_left".into(), left.into());
    }
    Ok(observed(&pcsc.name, bench.now(), readings))
}

fn answer(reply: &Reply) -> Values {
    values([("sw", hex::encode_upper(reply.sw).into())])
}
