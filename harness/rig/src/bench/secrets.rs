//! The bench's hold on the lab's secrets: read when asked for, forgotten before every search. Must not print one.

use std::collections::BTreeSet;
use std::sync::Arc;

use shinsa_model::event::Fault;
use shinsa_model::plan::Trial;

use super::Bench;
use crate::fault::harness;
use crate::secrets::Secrets;

impl Bench {
    /// Refuses trials that count a card's PIN where another card has the same: asked before a run, when it costs nothing, and again before each
    /// trial, for cards may be made while a run goes on.
    ///
    /// # Errors
    /// See [`Secrets::unshared_pin`]; the secrets file cannot be read.
    pub fn pins_tell_cards<'a>(
        &self,
        trials: impl IntoIterator<Item = &'a Trial>,
    ) -> Result<(), Fault> {
        let steps = trials.into_iter().flat_map(|trial| &trial.steps);
        let searches = steps.filter_map(|planned| planned.step.search_residue.as_ref());
        let counted = searches.filter(|search| search.pins.is_some());
        let cards: BTreeSet<&str> = counted.map(|search| search.card.as_str()).collect();
        if cards.is_empty() {
            return Ok(());
        }
        let secrets = self.read_secrets()?;
        cards
            .into_iter()
            .try_for_each(|card| secrets.unshared_pin(card))
    }

    /// Reads the secrets file again: cards may be made while a run goes on.
    pub(crate) fn read_secrets(&self) -> Result<Arc<Secrets>, Fault> {
        let mut held = self.lock_secrets()?;
        if let Some(file) = &self.rig.secrets {
            *held = Arc::new(Secrets::load(&self.options.run_dir.join(file))?);
        }
        Ok(held.clone())
    }

    /// Wipes the secrets; whoever asks for them next reads the file again. Done before every search: a copy in this process must not be what it finds.
    pub(crate) fn forget_secrets(&self) -> Result<(), Fault> {
        *self.lock_secrets()? = Arc::default();
        Ok(())
    }

    /// The secrets, with this card's where the file has them.
    pub(crate) fn secrets_of(&self, card: &str) -> Result<Arc<Secrets>, Fault> {
        let held = self.lock_secrets()?.clone();
        if held.knows(card) {
            return Ok(held);
        }
        self.read_secrets()
    }

    fn lock_secrets(&self) -> Result<std::sync::MutexGuard<'_, Arc<Secrets>>, Fault> {
        self.secrets
            .lock()
            .map_err(|_| harness("secrets: lock poisoned"))
    }
}
