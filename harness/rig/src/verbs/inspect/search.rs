//! `search_residue`: seals a card's canaries for one search of the agent, and reads what it found.

use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use serde_json::json;
use shinsa_model::event::Fault;
use shinsa_model::residue::{CONTROLS, PinChanges, READING};
use shinsa_model::scenario::{Keeper, PinCount, SearchResidue};
use shinsa_wire::sealed::{Opened, seal};
use shinsa_wire::v1;

use super::super::{Values, observed, values};
use super::following::Following;
use super::listed::{Found, is_process, readings};
use super::{canaries, client, identify, pins};
use crate::bench::{Bench, Performed, TrialContext};
use crate::clock::stamp;
use crate::fault::{harness, incapable};
use crate::texts::personal::Searcher;
use crate::wire::{Wire, timed};

/// What is asked of the agent.
struct Ask {
    targets: Vec<String>,
    count_pins: bool,
    seed_form: String,
}

/// A search under way.
struct Searching<'a> {
    bench: &'a Bench,
    wire: &'a Wire,
    /// All targets of the agent.
    known: Vec<v1::Target>,
    ask: Ask,
    trial: &'a str,
    deadline: Instant,
}

pub async fn search(
    bench: &Bench,
    verb: &SearchResidue,
    context: &TrialContext,
    within: Duration,
) -> Result<Performed, Fault> {
    let deadline = Instant::now() + within;
    let wire = bench.need_wire("inspector")?;
    let known = identify(wire, within).await?.targets;
    let ask = Ask {
        targets: chosen(&known, verb.within)?,
        count_pins: verb.pins.is_some(),
        seed_form: String::new(),
    };
    let searching = Searching {
        bench,
        wire,
        known,
        ask,
        trial: &context.trial,
        deadline,
    };
    match verb.pins {
        None => searching.data(&verb.card).await,
        Some(PinCount::After) => searching.after(&verb.card).await,
        Some(PinCount::Before) => searching.before().await,
        Some(PinCount::Live) => searching.live(&verb.card).await,
        Some(PinCount::Seeded) => searching.seeded(context).await,
    }
}

impl Searching<'_> {
    /// What of the card's data is left.
    async fn data(&self, card: &str) -> Result<Performed, Fault> {
        let (readings, reply) = self.of_patient(card, false).await?;
        self.observed(&reply, readings)
    }

    /// The same, and how PINs' counts changed since before the authentication.
    async fn after(&self, card: &str) -> Result<Performed, Fault> {
        let before = self.counts_before()?;
        let (mut readings, reply) = self.of_patient(card, true).await?;
        let mut changes = self.changes(card, &before, &reply, pins::DRAWN)?;
        let mut following = self.following()?;
        if following.is_first(card, self.trial) {
            following.take(&reply, &mut changes)?;
        }
        readings.insert(READING.into(), json!(changes));
        self.observed(&reply, readings)
    }

    /// Counts before the authentication; the card may not have been made yet.
    async fn before(&self) -> Result<Performed, Fault> {
        let (mut readings, reply) = self.count().await?;
        readings.insert("counted_in".into(), reply.pin_counts.len().into());
        let performed = self.observed(&reply, readings);
        self.bench.lock_trial()?.pin_counts = Some(reply.pin_counts);
        performed
    }

    /// How counts changed up to now, in mid-authentication; the card's data may be there.
    async fn live(&self, card: &str) -> Result<Performed, Fault> {
        let before = self.counts_before()?;
        let (mut readings, reply) = self.count().await?;
        let changes = self.changes(card, &before, &reply, 0)?;
        readings.insert(READING.into(), json!(changes));
        self.observed(&reply, readings)
    }

    /// A search with a leak that the agent plants of a PIN that nobody has, compared with the trial's counts before.
    async fn seeded(mut self, context: &TrialContext) -> Result<Performed, Fault> {
        let pin = pins::drawn()?;
        let set = Opened::new(v1::CanarySet {
            canaries: vec![canaries::pin_of("planted", &pin)],
            ..Default::default()
        });
        let before = self.counts_before()?;
        let form = pins::FORMS[context.seed as usize % pins::FORMS.len()];
        self.ask.seed_form = form.into();
        let after = self.ask(set).await?;
        let mut changes = pins::changes(&before, &after.pin_counts, &pin, 0)?;
        changes.planted = pins::planted(&changes, form);
        if changes.planted.is_none() {
            return Err(harness(format!(
                "the agent counted nothing in the form {form} that it was asked to plant"
            )));
        }
        let readings = values([("planted", form.into()), (READING, json!(changes))]);
        self.observed(&after, readings)
    }

    /// What is left of a card (its PIN too?) and of everybody who was presented in this trial.
    async fn of_patient(&self, card: &str, pin: bool) -> Result<(Values, v1::SearchReply), Fault> {
        let (witnesses, nobody) = {
            let trial = self.bench.lock_trial()?;
            (trial.witnesses.clone(), trial.nobody.clone())
        };
        let (mut faces, mut unseen) = (Vec::new(), Vec::new());
        for (subject, witness) in &witnesses {
            faces.extend(witness.canaries(subject, &nobody));
            unseen.extend(witness.not_looked_for(subject, &self.bench.patient_cameras));
        }
        let mut set = canaries::of_card(self.bench, card, faces, pin)?;
        if pin {
            set.add(|set| self.following()?.ask(set))?;
        }
        let sharing = canaries::sharing(&set.reveal().canaries);
        let (mut readings, reply) = self.read(set, unseen).await?;
        readings.insert(CONTROLS.into(), (reply.controls as usize / sharing).into());
        Ok((readings, reply))
    }

    /// Searches; `unseen` is what could not be looked for at all.
    async fn read(
        &self,
        set: Opened,
        unseen: Vec<v1::NotSearched>,
    ) -> Result<(Values, v1::SearchReply), Fault> {
        let taken_away = self.bench.lock_trial()?.taken_away;
        let age = taken_away.map(|at| at.elapsed());
        let mut reply = self.ask(set).await?;
        reply.not_searched.extend(unseen);
        let found = Found::of(&reply, &self.known, &self.bench.handed_over);
        let secrets = self.bench.read_secrets()?;
        let searcher = Searcher::new(secrets.canaries());
        Ok((readings(&reply, &found, age, &searcher), reply))
    }

    /// PINs alone; that nothing else was found says nothing, for nothing else was looked for.
    async fn count(&self) -> Result<(Values, v1::SearchReply), Fault> {
        let (mut readings, reply) = self
            .read(Opened::new(v1::CanarySet::default()), Vec::new())
            .await?;
        readings.retain(|name, _| !name.ends_with("findings") && name != "storage_pictures");
        Ok((readings, reply))
    }

    fn following(&self) -> Result<MutexGuard<'_, Following>, Fault> {
        let following = self.bench.following.lock();
        following.map_err(|_| harness("places of PINs: lock poisoned"))
    }

    fn counts_before(&self) -> Result<Vec<v1::PinCounts>, Fault> {
        let counts = self.bench.lock_trial()?.pin_counts.clone();
        counts.ok_or_else(|| {
            incapable(
                "PINs were not counted before this authentication",
                "put a `search_residue` with `pins: before` before the card is inserted",
            )
        })
    }

    fn changes(
        &self,
        card: &str,
        before: &[v1::PinCounts],
        reply: &v1::SearchReply,
        drawn: usize,
    ) -> Result<PinChanges, Fault> {
        let secrets = self.bench.secrets_of(card)?;
        let pin = secrets.pin(card).ok_or_else(|| {
            incapable(
                format!("no PIN of card {card} in the rig's secrets file"),
                "PINs are counted for cards whose PIN is known",
            )
        })?;
        pins::changes(before, &reply.pin_counts, pin.reveal(), drawn)
    }

    fn observed(&self, reply: &v1::SearchReply, readings: Values) -> Result<Performed, Fault> {
        let at = stamp("search", reply.begun.as_ref())?;
        Ok(observed(&self.wire.name, at, readings))
    }

    /// Seals the set and lets it search; while it does, no plain copy of the set or of a secret is here.
    async fn ask(&self, set: Opened) -> Result<v1::SearchReply, Fault> {
        let left = || self.deadline.saturating_duration_since(Instant::now());
        let mut client = client(self.wire);
        let call = client.open_search(timed(v1::OpenSearchRequest {}, left()));
        let opened = self.wire.call("open search", left(), call).await?;
        let sealed = seal(&set, &opened.search, &opened.public_key)
            .map_err(|why| harness(format!("canaries: {why}")))?;
        drop(set);
        self.bench.forget_secrets()?;
        let request = v1::SearchRequest {
            search: opened.search,
            sealed,
            targets: self.ask.targets.clone(),
            count_pins: self.ask.count_pins,
            freeze: true,
            seed_form: self.ask.seed_form.clone(),
            changed_since: String::new(),
        };
        let call = client.search(timed(request, left()));
        self.wire.call("search", left(), call).await
    }
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
