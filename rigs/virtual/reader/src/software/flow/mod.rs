//! The reader's flow, from one patient to the next: start → card → method → confirmation → card removed.
//!
//! Sequential code for one patient at a time; a card that leaves ends it wherever it stands.

mod chip;
mod confirm;
mod face;
mod pin;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openssl::sha::sha256;
use tokio::sync::{mpsc, oneshot, watch};
use virtual_reader::{Defect, Defects};

use super::back_end::BackEnd;
use super::card::{CardError, Cards, jpki};
use super::engine::Engine;
use super::lockout::Lockout;
use super::logs::{Kind, Logs};
use super::results::Results;
use super::settings::Settings;
use super::sight::eyes::Eyes;
use super::sight::face::Matcher;
use super::sight::ocr::Ocr;
use super::ui::{Touch, Ui};

/// A card that does not answer for so long is taken for broken.
const CARD_PATIENCE: Duration = Duration::from_secs(5);
/// How long the notice of a card that was removed too early stands.
const NOTICE: Duration = Duration::from_millis(1200);
/// A self test that nobody ends.
const SELF_TEST: Duration = Duration::from_secs(120);

/// Asks the flow for a self test (`true`) or its end; answered with whether that was possible.
pub type SelfTest = (bool, oneshot::Sender<bool>);

/// The reader, with everything a transaction needs.
pub struct Reader {
    pub ui: Ui,
    pub cards: Cards,
    pub eyes: Eyes,
    pub ocr: Arc<Ocr>,
    pub back_end: BackEnd,
    pub logs: Logs,
    pub results: Results,
    pub lockout: Arc<Mutex<Lockout>>,
    pub engine: Arc<Mutex<Engine>>,
    pub settings: watch::Receiver<Settings>,
    pub tests: mpsc::Receiver<SelfTest>,
    pub terminal_key: PathBuf,
    pub defects: Defects,
    /// Only the defect `gallery` keeps anything here.
    pub gallery: Vec<Arc<Matcher>>,
    pub face_transactions: u64,
}

/// The patient's card.
struct Patient {
    certificate: Vec<u8>,
    /// SHA-256 of the certificate, hex.
    id: String,
}

/// Why a transaction cannot go on.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("カード: {0}")]
    Card(#[from] CardError),
    #[error("カード: 応答なし")]
    Silent,
    #[error("券面: 読み取れない")]
    Unreadable,
    #[error("通信: {0:#}")]
    Network(anyhow::Error),
    #[error("装置: {0:#}")]
    Device(anyhow::Error),
}

/// Id of the screen that ends a transaction, or back to the choice of method.
enum Step {
    End(&'static str),
    Choose,
    Pin,
}

impl Reader {
    /// Serves patients until told to stop.
    pub async fn serve(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                () = self.patient() => {}
            }
        }
    }

    /// From the start screen until the card is taken away.
    async fn patient(&mut self) {
        self.ui.show("start");
        let mut cards = self.cards.clone();
        loop {
            tokio::select! {
                () = cards.until(true) => break,
                // The texts may have changed.
                Ok(()) = self.settings.changed() => self.ui.show("start"),
                Some((begin, answer)) = self.tests.recv() => {
                    // Whoever asked may have gone.
                    let _ = answer.send(true);
                    if begin {
                        self.self_test().await;
                        self.ui.show("start");
                    }
                }
            }
        }
        self.logs.operation(Kind::Connect, "ICカード");
        let ended = tokio::select! {
            end = self.transaction() => Some(end),
            () = cards.until(false) => None,
        };
        if let Some(end) = ended {
            self.ui.show(end);
            self.refuse_tests_until_removed(&mut cards).await;
        } else {
            self.logs.error("カード: 途中で外された");
            self.ui.show("card-removed-early");
            tokio::time::sleep(NOTICE).await;
        }
        self.logs.operation(Kind::Disconnect, "ICカード");
    }

    async fn refuse_tests_until_removed(&mut self, cards: &mut Cards) {
        loop {
            tokio::select! {
                () = cards.until(false) => return,
                Some((_, answer)) = self.tests.recv() => { let _ = answer.send(false); }
            }
        }
    }

    async fn self_test(&mut self) {
        self.ui.show("colour-test");
        let mut cards = self.cards.clone();
        tokio::select! {
            () = cards.until(true) => {}
            () = tokio::time::sleep(SELF_TEST) => {}
            Some((begin, answer)) = self.tests.recv() => { let _ = answer.send(!begin); }
        }
    }

    async fn transaction(&mut self) -> &'static str {
        match self.serve_patient().await {
            Ok(end) => end,
            Err(problem) => {
                self.logs.error(&problem.to_string());
                match problem {
                    Problem::Card(_) | Problem::Silent => "card-error",
                    Problem::Unreadable => "card-unreadable",
                    Problem::Network(_) => "network-error",
                    Problem::Device(_) => "out-of-service",
                }
            }
        }
    }

    async fn serve_patient(&mut self) -> Result<&'static str, Problem> {
        let certificate = self.on_card(jpki::certificate).await?;
        let patient = Patient {
            id: hex::encode(sha256(&certificate)),
            certificate,
        };
        if self.is_locked_out(&patient) {
            self.logs.error("顔認証: エラー超過のカード");
            return Ok("locked-out");
        }
        let mut step = Step::Choose;
        loop {
            step = match step {
                Step::End(screen) => return Ok(screen),
                Step::Pin => self.by_pin(&patient).await?,
                Step::Choose => self.choose(&patient).await?,
            };
        }
    }

    async fn choose(&mut self, patient: &Patient) -> Result<Step, Problem> {
        self.ui.show("choose-method");
        match self.touched().await {
            Some(Touch::Button("face")) => self.by_face(patient).await,
            Some(Touch::Button("pin")) => Ok(Step::Pin),
            Some(Touch::Button("visual")) => {
                self.ui.show("processing");
                self.confirm(patient, None, "visual").await
            }
            Some(_) => Ok(Step::End("cancelled")),
            None => Ok(Step::End("timeout")),
        }
    }

    /// A touch within the site's time limit. What was touched is logged, digits as no more than that.
    async fn touched(&mut self) -> Option<Touch> {
        let limit = Duration::from_millis(self.number("idle.time_limit_ms"));
        let touch = self.ui.touch_within(limit).await;
        let what = match touch {
            Some(Touch::Button(id)) => id,
            Some(Touch::Digit(_)) => "数字",
            None => "時間切れ",
        };
        let message = format!("画面={} 操作={what}", self.ui.now());
        self.logs.operation(Kind::Operation, &message);
        touch
    }

    fn is_locked_out(&self, patient: &Patient) -> bool {
        let limit = self.number("face.lockout_failures");
        !self.defects.has(Defect::NoLockout) && self.lockout().failures(&patient.id) >= limit
    }

    fn lockout(&self) -> std::sync::MutexGuard<'_, Lockout> {
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self, key: &str) -> u64 {
        self.settings.borrow().number(key)
    }

    /// Runs an operation on the card, within the card's patience.
    async fn on_card<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut super::card::apdu::Card) -> Result<T, CardError> + Send + 'static,
    ) -> Result<T, Problem> {
        match tokio::time::timeout(CARD_PATIENCE, self.cards.operate(operation)).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(Problem::Silent),
        }
    }
}
