//! What the system knows and is told: how it behaves, who is insured, what has reached it. All of it bounded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fixture_people::cards::Card;
use fixture_people::persona::Persona;
use shinsa_wire::v1::Transaction;
use tokio::sync::watch;

use crate::clock;

/// Consents in the order in which they are asked.
pub const CONSENTS: [&str; 3] = ["medical", "checkup", "limit"];
/// Open nonces and sessions that are remembered.
const OPEN: usize = 4096;
/// Transactions that are remembered.
const REMEMBERED: usize = 100_000;

/// How the system behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// As it should.
    #[default]
    Up,
    /// Connections are refused.
    Down,
    /// HTTP 500.
    Error,
    /// Answers that are no JSON.
    Garbage,
    /// Never answers.
    Silent,
}

/// What the bench sets.
#[derive(Debug, Clone)]
pub struct Setting {
    pub mode: Mode,
    pub latency: Duration,
    pub consents: Vec<String>,
    /// Insurance state by card, where it differs from the card's own.
    pub insurance: BTreeMap<String, String>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            mode: Mode::Up,
            latency: Duration::ZERO,
            consents: CONSENTS.map(str::to_owned).into(),
            insurance: BTreeMap::new(),
        }
    }
}

/// A patient's session after an eligibility check.
#[derive(Debug, Clone)]
pub struct Session {
    pub card: String,
    pub method: String,
    pub unregistered: bool,
    pub asked: Vec<String>,
}

#[derive(Default)]
struct Inner {
    registered: BTreeSet<String>,
    nonces: VecDeque<String>,
    sessions: VecDeque<(String, Session)>,
    transactions: VecDeque<Transaction>,
    sequence: u64,
}

/// The system's state.
pub struct State {
    cards: BTreeMap<String, Card>,
    setting: watch::Sender<Setting>,
    inner: Mutex<Inner>,
}

impl State {
    /// As the cards were made, up, asking for every consent.
    pub fn new(cards: Vec<Card>) -> Self {
        Self {
            cards: cards
                .into_iter()
                .map(|card| (card.id.clone(), card))
                .collect(),
            setting: watch::channel(Setting::default()).0,
            inner: Mutex::default(),
        }
    }

    /// Is there such a card?
    pub fn knows(&self, card: &str) -> bool {
        self.cards.contains_key(card)
    }

    /// Replaces the setting; registrations since the last one are undone.
    pub fn set(&self, setting: Setting) {
        self.inner().registered.clear();
        self.setting.send_replace(setting);
    }

    /// The setting, and its changes.
    pub fn setting(&self) -> watch::Receiver<Setting> {
        self.setting.subscribe()
    }

    /// Insurance state of a card: `valid`, `lapsed`, `lapsed-new`, `unregistered`.
    pub fn insurance(&self, card: &str) -> String {
        let own = self.cards.get(card).map(|card| card.insurance.clone());
        let set = self.setting.borrow().insurance.get(card).cloned();
        let state = set.or(own).unwrap_or_default();
        if state == "unregistered" && self.inner().registered.contains(card) {
            "valid".into()
        } else {
            state
        }
    }

    /// Whose card it is.
    pub fn persona(&self, card: &str) -> Option<&Persona> {
        self.cards.get(card).map(|card| &card.persona)
    }

    /// First registration.
    pub fn register(&self, card: &str) {
        self.inner().registered.insert(card.into());
    }

    /// Remembers a nonce.
    pub fn issue(&self, nonce: String) {
        let mut inner = self.inner();
        if inner.nonces.len() >= OPEN {
            inner.nonces.pop_front();
        }
        inner.nonces.push_back(nonce);
    }

    /// Uses a nonce up; `false` when it is not open.
    pub fn use_up(&self, nonce: &str) -> bool {
        let mut inner = self.inner();
        let at = inner.nonces.iter().position(|open| open == nonce);
        at.is_some_and(|at| inner.nonces.remove(at).is_some())
    }

    /// Opens a session.
    pub fn open(&self, id: String, session: Session) {
        let mut inner = self.inner();
        if inner.sessions.len() >= OPEN {
            inner.sessions.pop_front();
        }
        inner.sessions.push_back((id, session));
    }

    /// Ends a session and gives it.
    pub fn close(&self, id: &str) -> Option<Session> {
        let mut inner = self.inner();
        let at = inner.sessions.iter().position(|(open, _)| open == id)?;
        inner.sessions.remove(at).map(|(_, session)| session)
    }

    /// Notes what reached the system. No name ever stands in it.
    pub fn note(&self, kind: &str, method: &str, card: &str, result: &str, consents: &[String]) {
        let mut inner = self.inner();
        inner.sequence += 1;
        let transaction = Transaction {
            sequence: inner.sequence,
            at: Some(clock::now()),
            kind: kind.into(),
            method: method.into(),
            card: card.into(),
            result: result.into(),
            consents: consents.to_vec(),
        };
        if inner.transactions.len() >= REMEMBERED {
            inner.transactions.pop_front();
        }
        inner.transactions.push_back(transaction);
    }

    /// What reached the system after a sequence number.
    pub fn transactions(&self, after: u64) -> Vec<Transaction> {
        let inner = self.inner();
        let newer = |transaction: &&Transaction| transaction.sequence > after;
        inner.transactions.iter().filter(newer).cloned().collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let list = std::path::Path::new("../cards.yaml");
        State::new(fixture_people::cards::load(list).unwrap())
    }

    #[test]
    fn a_nonce_is_good_once_and_old_ones_go() {
        let state = state();
        state.issue("a".into());
        assert!(state.use_up("a") && !state.use_up("a"));
        state.issue("b".into());
        for n in 0..OPEN {
            state.issue(n.to_string());
        }
        assert!(!state.use_up("b"));
    }

    #[test]
    fn registration_lasts_until_the_next_setting() {
        let state = state();
        assert_eq!(state.insurance("p004-unregistered"), "unregistered");
        state.register("p004-unregistered");
        assert_eq!(state.insurance("p004-unregistered"), "valid");
        state.set(Setting::default());
        assert_eq!(state.insurance("p004-unregistered"), "unregistered");
    }

    #[test]
    fn transactions_are_given_from_a_point_on() {
        let state = state();
        state.note("ping", "", "", "ok", &[]);
        state.note("eligibility", "pin", "p001-regular", "valid", &[]);
        let newer = state.transactions(1);
        assert_eq!(newer.len(), 1);
        assert_eq!(newer[0].kind, "eligibility");
    }
}
