//! `present_face`, `withdraw_face`.

use std::time::Duration;

use shinsa_model::event::Fault;
use shinsa_model::scenario::PresentFace;
use shinsa_wire::v1;
use shinsa_wire::v1::face_presenter_client::FacePresenterClient;

use super::inspect::Witness;
use super::{Values, by_hand, observed, values};
use crate::bench::{Bench, Performed, TrialContext};
use crate::clock::stamp;
use crate::fault::incapable;
use crate::wire::{Wire, timed};

pub async fn present(
    bench: &Bench,
    verb: &PresentFace,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let presented = {
        let mut trial = bench.lock_trial()?;
        trial.presented += 1;
        trial
            .witnesses
            .insert(verb.subject.clone(), Witness::default());
        trial.real_person |= !bench.rig.synthetic(&verb.subject);
        trial.presented
    };
    let seed = variation(context.seed, presented);
    let presentation = verb.presentation.as_deref().unwrap_or("bona-fide");
    if let Some(person) = bench.by_hand("face_presenter") {
        return by_hand::present_them(bench, person, &verb.subject, presentation, within).await;
    }
    let wire = bench.need_wire("face_presenter")?;
    // Whoever stands there already is taken for the scene, and no face is told from it then: an error, and no verdict.
    if presented == 1 {
        let nobody = Witness::taken(bench, wire, within).await?;
        bench.lock_trial()?.nobody = nobody;
    }
    let mut client = FacePresenterClient::new(wire.channel.clone());
    let request = v1::PresentFaceRequest {
        subject: verb.subject.clone(),
        presentation: presentation.into(),
        variation_seed: seed,
        distance_mm: 0.0,
    };
    let call = client.present(timed(request, within));
    let done = wire.call("present face", within, call).await?;
    let at = stamp("present face", done.at.as_ref())?;
    let witness = Witness::taken(bench, wire, within).await?;
    bench
        .lock_trial()?
        .witnesses
        .insert(verb.subject.clone(), witness);
    let readings = values([
        ("subject", verb.subject.clone().into()),
        ("presentation", presentation.into()),
        ("seed", seed.into()),
    ]);
    Ok(observed(&wire.name, at, readings))
}

pub async fn withdraw(bench: &Bench, within: Duration) -> Result<Performed, Fault> {
    if let Some(person) = bench.by_hand("face_presenter") {
        return by_hand::do_it(bench, person, by_hand::withdraw(), Values::new(), within).await;
    }
    let wire = bench.need_wire("face_presenter")?;
    let mut client = FacePresenterClient::new(wire.channel.clone());
    let call = client.withdraw(timed(v1::WithdrawFaceRequest {}, within));
    let done = wire.call("withdraw face", within, call).await?;
    let at = stamp("withdraw face", done.at.as_ref())?;
    Ok(observed(&wire.name, at, Values::new()))
}

/// Every subject of the rig file must be one that the presenter has.
pub async fn probe(bench: &Bench, wire: &Wire, within: Duration) -> Result<(), Fault> {
    let mut client = FacePresenterClient::new(wire.channel.clone());
    let call = client.list_subjects(timed(v1::ListSubjectsRequest {}, within));
    let known = wire.call("list subjects", within, call).await?.subjects;
    let absent = bench
        .rig
        .subjects
        .iter()
        .find(|subject| !known.contains(subject));
    absent.map_or(Ok(()), |subject| {
        Err(incapable(
            format!("the face presenter has no subject {subject}"),
            "add it there, or take it out of `subjects:` in the rig file",
        ))
    })
}

/// Seed of the trial's n-th presentation: the same trial presents the same again (SplitMix64's finaliser).
fn variation(trial: u64, presented: u64) -> u64 {
    let mut z = trial.wrapping_add(presented.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
