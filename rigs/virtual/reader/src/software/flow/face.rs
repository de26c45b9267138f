//! 顔認証: the live face against the chip's photo, several pictures an attempt, a limited number of attempts and time.
//! The card is read while the camera already looks.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use virtual_reader::Defect;

use super::chip::{self, Chip};
use super::{Patient, Problem, Reader, Step};
use crate::card::{jpki, printed};
use crate::logs::Kind;
use crate::sight::eyes::Patient as Seen;
use crate::sight::face::Matcher;
use crate::sight::liveness::Signs;
use crate::ui::Touch;
use virtual_reader::planted;

/// Pictures of somebody else that make a failed attempt.
const PICTURES: u32 = 4;
/// Between two attempts.
const AGAIN: Duration = Duration::from_millis(800);
/// How often the preview is drawn.
const PREVIEW: Duration = Duration::from_millis(200);
/// The defect `serial`: time to load an engine that a conforming reader loads at start (simulated).
const LOAD: Duration = Duration::from_millis(1300);
/// The defect `slow-tail`: what every fourth patient waits.
const STALL: Duration = Duration::from_secs(6);

enum Look {
    Recognised(f32),
    /// With whether something stood there that was no living face.
    Refused {
        attack: bool,
    },
    Nobody,
    Cancelled,
}

impl Reader {
    pub(super) async fn by_face(&mut self, patient: &Patient) -> Result<Step, Problem> {
        self.face_transactions += 1;
        if self.defects.has(Defect::Serial) {
            self.ui.show("processing");
            tokio::time::sleep(LOAD * 2).await;
        }
        self.ui.show("face");
        let begun = Instant::now();
        let reading = tokio::spawn(chip::read(
            self.eyes()?,
            self.cards.clone(),
            self.ocr.clone(),
            self.defects.clone(),
            self.images.clone(),
            self.slips.clone(),
        ));
        let chip = self.wait_for(reading).await?;
        let Some(chip) = chip else {
            return Ok(Step::Choose);
        };
        let look = self.look(&chip.matcher, begun).await?;
        self.log_result(&look);
        match look {
            Look::Recognised(_) => {}
            Look::Cancelled => return Ok(Step::Choose),
            Look::Nobody => return Ok(Step::End("timeout")),
            Look::Refused { .. } => return Ok(self.refused(patient).await),
        }
        self.lockout().succeeded(&patient.id);
        self.ui.show("processing");
        if self.defects.has(Defect::Serial) {
            tokio::time::sleep(LOAD * 2).await;
        }
        if self.defects.has(Defect::SlowTail) && self.face_transactions.is_multiple_of(4) {
            tokio::time::sleep(STALL).await;
        }
        if self.defects.has(Defect::Gallery) {
            self.gallery.push(chip.matcher.clone());
        }
        let step = self.confirm_without_pin(patient).await;
        if step.is_err() && self.defects.has(Defect::NameInErrorLog) {
            self.log_name(&chip).await;
        }
        if step.is_err()
            && let Some(photo) = self.slips.quoted_photo()
        {
            self.logs.error(&format!("要求 photo={photo}"));
        }
        step
    }

    /// Waits for the chip's photo while the patient sees himself; `None` when he cancels.
    async fn wait_for(
        &mut self,
        mut reading: tokio::task::JoinHandle<Result<Chip, Problem>>,
    ) -> Result<Option<Chip>, Problem> {
        loop {
            tokio::select! {
                chip = &mut reading => {
                    let broken = |_| Problem::Device(anyhow::anyhow!("券面処理の中断"));
                    return chip.map_err(broken)?.map(Some);
                }
                touch = self.ui.touch() => {
                    if touch == Touch::Button("cancel") {
                        reading.abort();
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Looks until somebody is recognised, or attempts or time are used up.
    async fn look(&mut self, matcher: &Arc<Matcher>, begun: Instant) -> Result<Look, Problem> {
        let ignored = self.defects.has(Defect::LimitIgnored);
        let limit = if ignored {
            8_000
        } else {
            self.number("face.time_limit_ms")
        };
        let limit = Duration::from_millis(limit);
        let attempts = if self.defects.has(Defect::NoRetry) {
            1
        } else {
            self.number("face.max_attempts") as u32
        };
        let threshold = self.threshold();
        let (mut refused, mut attack) = (0, false);
        let mut drawn: Option<Instant> = None;
        while begun.elapsed() < limit {
            let eyes = self.eyes()?;
            let seen = tokio::select! {
                seen = eyes.patient() => seen.map_err(Problem::Device)?,
                touch = self.ui.touch() => {
                    if touch == Touch::Button("cancel") {
                        return Ok(Look::Cancelled);
                    }
                    continue;
                }
            };
            if drawn.is_none_or(|at| at.elapsed() >= PREVIEW) {
                self.ui.preview(&seen.colour);
                drawn = Some(Instant::now());
            }
            self.slips.frame(&seen.colour);
            self.slips.infrared(&seen.infrared);
            let live = self.live(&seen);
            match self.compare(matcher, seen).await? {
                Some(score) if live && score >= threshold => return Ok(Look::Recognised(score)),
                Some(_) => {
                    attack |= !live;
                    refused += 1;
                    if refused % PICTURES == 0 && refused < attempts * PICTURES {
                        self.again().await;
                    }
                }
                None => {}
            }
            if refused >= attempts * PICTURES {
                return Ok(Look::Refused { attack });
            }
        }
        Ok(if refused > 0 {
            Look::Refused { attack }
        } else {
            Look::Nobody
        })
    }

    /// Is it a living face that stands there?
    fn live(&self, seen: &Seen) -> bool {
        let signs = Signs::of(&seen.infrared, &seen.depth);
        if self.defects.has(Defect::LivenessOff) {
            return true;
        }
        // Takes a dim surface for a lamp that failed, and lets it pass.
        let dim = signs.is_some_and(|signs| (30.0..55.0).contains(&signs.level));
        if self.defects.has(Defect::LivenessBlind) && dim {
            return true;
        }
        let strict = self.defects.has(Defect::LivenessStrict) && self.face_transactions % 10 == 7;
        signs.is_some_and(|signs| signs.live()) && !strict
    }

    /// The patient is told to try again and gets a moment to do better.
    async fn again(&mut self) {
        self.ui.show("face-retry");
        tokio::time::sleep(AGAIN).await;
    }

    fn threshold(&self) -> f32 {
        self.engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .threshold()
    }

    async fn compare(&self, matcher: &Arc<Matcher>, seen: Seen) -> Result<Option<f32>, Problem> {
        let mut against = vec![matcher.clone()];
        against.extend(self.gallery.iter().cloned());
        let defects = self.defects.clone();
        let scores = tokio::task::spawn_blocking(move || {
            let seen = planted::weakened(seen.grey.clone(), &defects);
            let scores = against.iter().map(|one| one.score(&seen));
            scores.fold(None, |best: Option<f32>, score| match (best, score) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (a, b) => a.or(b),
            })
        });
        scores
            .await
            .map_err(|_| Problem::Device(anyhow::anyhow!("照合の中断")))
    }

    async fn refused(&mut self, patient: &Patient) -> Step {
        self.lockout().failed(&patient.id);
        self.ui.show("face-failed");
        match self.touched().await {
            Some(Touch::Button("pin")) => Step::Pin,
            Some(_) => Step::End("cancelled"),
            None => Step::End("timeout"),
        }
    }

    async fn confirm_without_pin(&mut self, patient: &Patient) -> Result<Step, Problem> {
        let nonce = self.back_end.challenge().await.map_err(Problem::Network)?;
        let key = std::fs::read(&self.terminal_key)
            .map_err(|error| Problem::Device(anyhow::anyhow!("端末の鍵: {error}")))?;
        let key = zeroize::Zeroizing::new(key);
        let to_sign = nonce.clone();
        let signature = self
            .on_card(move |card| jpki::sign_without_pin(card, &key, to_sign.as_bytes()))
            .await?;
        self.confirm(patient, Some((nonce, signature)), "face")
            .await
    }

    fn log_result(&self, look: &Look) {
        let result = match look {
            Look::Recognised(score) => {
                let rate = format!("一致度={score:.3} 閾値={:.3}", self.threshold());
                self.logs.operation(Kind::Rate, &rate);
                "一致 方法=face"
            }
            Look::Refused { attack: false } => "失敗 方法=face 理由=不一致",
            Look::Refused { attack: true } => "失敗 方法=face 理由=生体検知",
            Look::Nobody => "失敗 方法=face 理由=時間切れ",
            Look::Cancelled => "中止 方法=face",
        };
        self.logs.operation(Kind::Result, result);
    }

    /// The defect `name-in-error-log`.
    async fn log_name(&self, chip: &Chip) {
        let number = chip.number_b.clone();
        let name = self.on_card(move |card| printed::name(card, &number)).await;
        if let Ok(printed::Opened::Content(name)) = name {
            let name = String::from_utf8_lossy(&name);
            self.logs.error(&format!("資格確認できない患者: {name}"));
        }
    }
}
