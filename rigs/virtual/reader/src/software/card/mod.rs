//! The card over PC/SC: presence, and one operation at a time in an exclusive transaction. Each operation connects anew
//! and selects its application anew: others may use the card between two of them.

pub mod apdu;
pub mod jpki;
pub mod printed;

use std::sync::Arc;
use std::time::Duration;

use pcsc::{Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};
use tokio::sync::{Mutex, watch};

/// How long a change of the reader is waited for before everything is looked at again.
const LOOK: Duration = Duration::from_secs(2);
/// Pause while PC/SC cannot be reached.
const AGAIN: Duration = Duration::from_millis(300);

/// Why an operation on a card failed.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// PC/SC: the card left, or the stack is ill.
    #[error("PC/SC: {0}")]
    Pcsc(#[from] pcsc::Error),
    /// The card refused.
    #[error("{what}: SW {sw:04X}")]
    Refused { what: &'static str, sw: u16 },
    /// The card answered something that is none.
    #[error("{0}")]
    Garbage(&'static str),
}

/// The card reader as the software sees it.
#[derive(Clone)]
pub struct Cards {
    presence: watch::Receiver<bool>,
    one_at_a_time: Arc<Mutex<()>>,
}

impl Cards {
    /// Begins to watch the reader, on a thread of its own that lives as long as the process.
    pub fn watch() -> Self {
        let (tell, presence) = watch::channel(false);
        std::thread::spawn(move || {
            loop {
                // PC/SC may come later or come again.
                let _ = watch_presence(&tell);
                tell.send_replace(false);
                std::thread::sleep(AGAIN);
            }
        });
        Self {
            presence,
            one_at_a_time: Arc::default(),
        }
    }

    /// Waits until a card lies there, or none.
    pub async fn until(&mut self, present: bool) {
        // The sender lives as long as the process.
        let _ = self.presence.wait_for(|now| *now == present).await;
    }

    /// Waits until no operation runs.
    pub async fn idle(&self) {
        drop(self.one_at_a_time.lock().await);
    }

    /// Runs an operation. Dropping the future leaves it to end by itself; the next one waits for it.
    pub async fn operate<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut apdu::Card) -> Result<T, CardError> + Send + 'static,
    ) -> Result<T, CardError> {
        let guard = self.one_at_a_time.clone().lock_owned().await;
        let work = tokio::task::spawn_blocking(move || {
            let _guard = guard;
            let context = Context::establish(Scope::User)?;
            let reader = reader_name(&context)?.ok_or(pcsc::Error::NoReadersAvailable)?;
            let mut card = context.connect(&reader, ShareMode::Shared, Protocols::ANY)?;
            let transaction = card.transaction()?;
            let outcome = operation(&mut apdu::Card::new(&transaction));
            // The card may be gone by now.
            let _ = transaction.end(Disposition::LeaveCard);
            let _ = card.disconnect(Disposition::LeaveCard);
            outcome
        });
        work.await
            .unwrap_or(Err(CardError::Garbage("the card's operation broke off")))
    }
}

/// First reader: the device has one slot; vpcd shows a second, empty one.
fn reader_name(context: &Context) -> Result<Option<std::ffi::CString>, pcsc::Error> {
    Ok(context.list_readers_owned()?.into_iter().min())
}

fn watch_presence(tell: &watch::Sender<bool>) -> Result<(), pcsc::Error> {
    let context = Context::establish(Scope::User)?;
    let Some(reader) = reader_name(&context)? else {
        return Ok(());
    };
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    loop {
        match context.get_status_change(LOOK, &mut states) {
            Ok(()) => {}
            Err(pcsc::Error::Timeout) => continue,
            Err(error) => return Err(error),
        }
        let state = states[0].event_state();
        if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
            return Ok(());
        }
        // A mute card is one that cannot be talked to: the flow says so when it tries.
        let present = state.contains(State::PRESENT);
        tell.send_if_modified(|now| std::mem::replace(now, present) != present);
        states[0].sync_current_state();
    }
}
