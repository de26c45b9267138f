//! The blocking side of the PC/SC driver: context, card handle, transactions. Runs on the worker thread only.

use std::ffi::CString;
use std::time::{Duration, Instant};

use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};
use shinsa_model::event::{Fault, FaultKind};
use shinsa_model::scenario::PinKind;

use crate::apdu;
use crate::fault::{fault, harness, unreachable};

/// State of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardState {
    /// Does PC/SC list the rig's reader?
    pub listed: bool,
    /// All readers that match.
    pub readers: usize,
    /// Is a card on it? `None` where no reader is listed.
    pub present: Option<bool>,
    /// Answer to reset; empty without a card.
    pub atr: Vec<u8>,
}

/// An answer of the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status word.
    pub sw: [u8; 2],
    /// Bytes before the status word. Never stored: the caller keeps its length only.
    pub data: Vec<u8>,
    /// Time of the last command, from our call to its return.
    pub took: Duration,
    /// SELECT commands sent anew before it.
    pub replayed: usize,
}

/// Context and card of one worker.
pub struct Session {
    pattern: Option<String>,
    context: Option<Context>,
    card: Option<Card>,
    /// SELECT commands that led to the harness's current file.
    path: Vec<Vec<u8>>,
}

impl Session {
    pub fn new(pattern: Option<String>) -> Self {
        Self {
            pattern,
            context: None,
            card: None,
            path: Vec::new(),
        }
    }

    /// Leaves the card as it is; the crate's own drop would reset it under the reader's feet.
    pub fn close(&mut self) {
        if let Some(card) = self.card.take() {
            let _ = card.disconnect(Disposition::LeaveCard);
        }
        self.context = None;
    }

    pub fn readers(&mut self) -> Result<Vec<CString>, Fault> {
        let context = self.context()?;
        let names = match context.list_readers_owned() {
            Ok(names) => names,
            Err(Error::NoReadersAvailable) => Vec::new(),
            Err(error) => return Err(self.failed("list the PC/SC readers", error)),
        };
        let matches = |name: &CString| {
            self.pattern
                .as_ref()
                .is_none_or(|pattern| name.to_string_lossy().contains(pattern.as_str()))
        };
        Ok(names.into_iter().filter(matches).collect())
    }

    pub fn state(&mut self, until: Option<bool>, deadline: Instant) -> Result<CardState, Fault> {
        loop {
            let names = self.readers()?;
            let context = self.context()?;
            let Some(name) = names.first() else {
                let state = CardState {
                    listed: false,
                    readers: 0,
                    present: None,
                    atr: Vec::new(),
                };
                if until.is_none() || !self.wait_for_reader(&context, deadline)? {
                    return Ok(state);
                }
                continue;
            };
            let mut reader = [ReaderState::new(name.clone(), State::UNAWARE)];
            self.change(&context, Duration::ZERO, &mut reader)?;
            loop {
                let event = reader[0].event_state();
                if event.intersects(State::UNKNOWN | State::UNAVAILABLE) {
                    break;
                }
                let present = event.contains(State::PRESENT) && !event.contains(State::MUTE);
                let left = deadline.saturating_duration_since(Instant::now());
                if until.is_none_or(|wanted| wanted == present) || left.is_zero() {
                    if !present {
                        self.forget_card();
                    }
                    return Ok(CardState {
                        listed: true,
                        readers: names.len(),
                        present: Some(present),
                        atr: if present {
                            reader[0].atr().to_vec()
                        } else {
                            Vec::new()
                        },
                    });
                }
                reader[0].sync_current_state();
                self.change(&context, left, &mut reader)?;
            }
            if Instant::now() >= deadline {
                return Err(unreachable(
                    "the PC/SC reader vanished while its state was read",
                    "look at the reader's cable and driver",
                ));
            }
        }
    }

    /// `true`: the list of readers changed; `false`: the deadline is over.
    fn wait_for_reader(&mut self, context: &Context, deadline: Instant) -> Result<bool, Fault> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let mut all = [ReaderState::new(pcsc::PNP_NOTIFICATION(), State::UNAWARE)];
        self.change(context, left, &mut all)?;
        Ok(Instant::now() < deadline)
    }

    fn change(
        &mut self,
        context: &Context,
        within: Duration,
        readers: &mut [ReaderState],
    ) -> Result<(), Fault> {
        match context.get_status_change(within, readers) {
            Ok(()) | Err(Error::Timeout | Error::UnknownReader) => Ok(()),
            Err(error) => Err(self.failed("read the PC/SC status", error)),
        }
    }

    pub fn transmit(&mut self, command: &[u8]) -> Result<Reply, Fault> {
        let selects = apdu::selects(command);
        let before = match selects {
            Some(true) => Vec::new(),
            Some(false) => self.path.first().cloned().into_iter().collect(),
            None => self.path.clone(),
        };
        let reply = self.sequence(&before, command)?;
        if selects.is_some() && reply.sw == [0x90, 0x00] {
            self.path = before;
            self.path.push(command.to_vec());
        }
        Ok(reply)
    }

    pub fn retry_counter(&mut self, pin: PinKind) -> Result<Reply, Fault> {
        let (application, file) = apdu::pin_file(pin);
        let before = [
            apdu::select_application(application),
            apdu::select_file(file),
        ];
        self.sequence(&before, &apdu::EMPTY_VERIFY)
    }

    /// Sends `before`, then `command`, in one transaction. A command of `before` that the card refuses ends the
    /// sequence with that answer.
    fn sequence(&mut self, before: &[Vec<u8>], command: &[u8]) -> Result<Reply, Fault> {
        // Twice: the handle may be of a card that was taken away or reset meanwhile.
        for again in [true, false] {
            let mut card = self.connect()?;
            let result = in_transaction(&mut card, before, command);
            match result {
                Ok(reply) => {
                    self.card = Some(card);
                    return Ok(reply);
                }
                Err(Error::ResetCard) if again => {
                    let anew =
                        card.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard);
                    if anew.is_ok() {
                        self.card = Some(card);
                    }
                }
                Err(Error::RemovedCard | Error::InvalidHandle) if again => {
                    let _ = card.disconnect(Disposition::LeaveCard);
                    self.path.clear();
                }
                Err(error) => {
                    let _ = card.disconnect(Disposition::LeaveCard);
                    return Err(self.failed("send an APDU", error));
                }
            }
        }
        Err(harness("PC/SC: no second try was made"))
    }

    fn connect(&mut self) -> Result<Card, Fault> {
        if let Some(card) = self.card.take() {
            return Ok(card);
        }
        self.path.clear();
        let names = self.readers()?;
        let Some(name) = names.first() else {
            return Err(unreachable(
                "PC/SC lists no reader of this rig",
                "look at the reader's cable, its driver and pcscd; `reader:` in the rig file must be part of its name",
            ));
        };
        let context = self.context()?;
        context
            .connect(name, ShareMode::Shared, Protocols::ANY)
            .map_err(|error| self.failed("connect to the card", error))
    }

    fn context(&mut self) -> Result<Context, Fault> {
        if let Some(context) = &self.context {
            return Ok(context.clone());
        }
        let context =
            Context::establish(Scope::User).map_err(|error| self.failed("reach pcscd", error))?;
        self.context = Some(context.clone());
        Ok(context)
    }

    fn forget_card(&mut self) {
        self.path.clear();
        if let Some(card) = self.card.take() {
            let _ = card.disconnect(Disposition::LeaveCard);
        }
    }

    fn failed(&mut self, what: &str, error: Error) -> Fault {
        self.forget_card();
        match error {
            Error::NoSmartcard
            | Error::RemovedCard
            | Error::UnpoweredCard
            | Error::UnresponsiveCard
            | Error::NotTransacted
            | Error::CommError => fault(
                FaultKind::Device,
                format!("{what}: no card answers on the reader ({error})"),
                "look whether the card lies on the reader until the step ends",
            ),
            Error::SharingViolation => fault(
                FaultKind::Device,
                format!("{what}: another program holds the card exclusively"),
                "stop the other program, or make the reader's software use shared mode",
            ),
            _ => {
                // The context is of a pcscd that is gone or broken: the next call begins anew.
                self.context = None;
                unreachable(
                    format!("{what}: {error}"),
                    "is pcscd running, and is `socket:` in the rig file its socket? (systemctl status pcscd, shinsa rig probe)",
                )
            }
        }
    }
}

fn in_transaction(card: &mut Card, before: &[Vec<u8>], command: &[u8]) -> Result<Reply, Error> {
    let transaction = card.transaction()?;
    let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
    let mut result = Ok(None);
    for (replayed, earlier) in before.iter().enumerate() {
        match exchange(&transaction, earlier, &mut buffer) {
            Ok(mut reply) if reply.sw != [0x90, 0x00] => {
                reply.replayed = replayed;
                result = Ok(Some(reply));
                break;
            }
            Ok(_) => {}
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    let result = match result {
        Ok(Some(reply)) => Ok(reply),
        Ok(None) => exchange(&transaction, command, &mut buffer).map(|mut reply| {
            reply.replayed = before.len();
            reply
        }),
        Err(error) => Err(error),
    };
    let ended = transaction.end(Disposition::LeaveCard);
    match (result, ended) {
        (Ok(reply), _) => Ok(reply),
        (Err(error), _) => Err(error),
    }
}

/// A card pulled in mid-command gives Ok with 0 bytes: fewer than 2 are an error.
fn exchange(card: &Card, command: &[u8], buffer: &mut [u8]) -> Result<Reply, Error> {
    let start = Instant::now();
    let answer = card.transmit(command, buffer)?;
    let took = start.elapsed();
    match answer {
        [data @ .., high, low] => Ok(Reply {
            sw: [*high, *low],
            data: data.to_vec(),
            took,
            replayed: 0,
        }),
        _ => Err(Error::CommError),
    }
}
