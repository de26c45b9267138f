//! The reader's flow, from one patient to the next: start → card → method → confirmation → card removed.
//!
//! Sequential code for one patient at a time; a card that leaves ends it wherever it stands. `visit` gives each patient a
//! place of his own, which is gone before the start screen stands again.

mod chip;
mod confirm;
mod face;
mod pin;
mod visit;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openssl::sha::sha256;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tonic::transport::Endpoint;
use virtual_reader::{Defect, Defects};

use super::back_end::BackEnd;
use super::card::{CardError, Cards, jpki};
use super::engine::Engine;
use super::image_heap::ImageHeap;
use super::lockout::Lockout;
use super::logs::{Kind, Logs};
use super::results::Results;
use super::settings::Settings;
use super::sight::eyes::Eyes;
use super::sight::face::Matcher;
use super::sight::ocr::Ocr;
use super::slips::Slips;
use super::ui::{Touch, Ui};
use visit::End;

/// A card that does not answer for so long is taken for broken.
const CARD_PATIENCE: Duration = Duration::from_secs(5);
/// How long the notice of a card that was removed too early stands.
const NOTICE: Duration = Duration::from_millis(1200);
/// A self test that nobody ends.
const SELF_TEST: Duration = Duration::from_secs(120);
/// Longest wait for what still works on a card that is gone.
const IDLE: Duration = Duration::from_secs(3);

/// Asks the flow for a self test (`true`) or its end; answered with whether that was possible.
pub type SelfTest = (bool, oneshot::Sender<bool>);

/// The reader, with everything a transaction needs.
pub struct Reader {
    pub ui: Ui,
    pub cards: Cards,
    /// Where cameras and panel hang; plugged in anew for each patient.
    pub bus: Endpoint,
    /// The cameras, while a patient is there.
    pub eyes: Option<Eyes>,
    /// Is a foreign USB device plugged in?
    pub foreign: watch::Receiver<bool>,
    pub images: ImageHeap,
    pub slips: Slips,
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
    /// Serves patients until told to stop. Blocks; `standing` carries what is not a patient's.
    pub fn serve(mut self, standing: &Handle, mut stop: watch::Receiver<bool>) {
        while standing.block_on(self.card_comes(&mut stop)) {
            self.logs.operation(Kind::Connect, "ICカード");
            let end = self.visit(&stop);
            standing.block_on(self.until_gone(end, &mut stop));
            self.logs.operation(Kind::Disconnect, "ICカード");
            if self.defects.has(Defect::LogRepeats) {
                self.logs.operation(Kind::Disconnect, "ICカード");
            }
        }
    }

    /// From the start screen until a card lies there; `false`: told to stop.
    async fn card_comes(&mut self, stop: &mut watch::Receiver<bool>) -> bool {
        let (mut cards, mut foreign) = (self.cards.clone(), self.foreign.clone());
        loop {
            let refused = *foreign.borrow_and_update();
            self.ui
                .show(if refused { "foreign-device" } else { "start" });
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return false,
                Ok(()) = foreign.changed() => {}
                () = cards.until(true), if !refused => return true,
                // The texts may have changed.
                Ok(()) = self.settings.changed() => {}
                Some((begin, answer)) = self.tests.recv() => {
                    // Whoever asked may have gone.
                    let _ = answer.send(!refused);
                    if begin && !refused {
                        self.self_test().await;
                    }
                }
            }
        }
    }

    /// Until the card is taken away and nothing of the visit runs any more.
    async fn until_gone(&mut self, end: End, stop: &mut watch::Receiver<bool>) {
        let mut cards = self.cards.clone();
        match end {
            End::Shown(_) => loop {
                tokio::select! {
                    biased;
                    _ = stop.wait_for(|stop| *stop) => return,
                    () = cards.until(false) => break,
                    Ok(_) = self.foreign.wait_for(|foreign| *foreign) => break,
                    Some((_, answer)) = self.tests.recv() => { let _ = answer.send(false); }
                }
            },
            End::Removed => tokio::time::sleep(NOTICE).await,
            End::Foreign | End::Stopped => {}
        }
        let _ = tokio::time::timeout(IDLE, self.cards.idle()).await;
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

    fn eyes(&self) -> Result<Eyes, Problem> {
        let eyes = self.eyes.clone();
        eyes.ok_or_else(|| Problem::Device(anyhow::anyhow!("カメラ")))
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
