//! 暗証番号: the keypad, and the PIN's way to the card. The PIN stands in one buffer that is wiped.

use virtual_reader::Defect;
use zeroize::Zeroizing;

use super::{Patient, Problem, Reader, Step};
use crate::card::jpki::{self, Signed};
use crate::logs::Kind;
use crate::ui::Touch;

/// Digits of the PIN for user authentication (利用者証明用暗証番号).
const LENGTH: usize = 4;

impl Reader {
    pub(super) async fn by_pin(&mut self, patient: &Patient) -> Result<Step, Problem> {
        match self.on_card(jpki::tries).await? {
            None => return Ok(Step::End("pin-unavailable")),
            Some(0) => return Ok(Step::End("pin-blocked")),
            Some(_) => {}
        }
        loop {
            let pin = match self.typed().await {
                Ok(pin) => pin,
                Err(step) => return Ok(step),
            };
            self.ui.show("processing");
            let nonce = self.back_end.challenge().await.map_err(Problem::Network)?;
            let to_sign = nonce.clone();
            let signed = self
                .on_card(move |card| jpki::sign_with_pin(card, &pin, to_sign.as_bytes()))
                .await?;
            match signed {
                Signed::Signature(signature) => {
                    return self.confirm(patient, Some((nonce, signature)), "pin").await;
                }
                Signed::Blocked => {
                    self.logs
                        .operation(Kind::Result, "失敗 方法=pin 理由=ロック");
                    return Ok(Step::End("pin-blocked"));
                }
                Signed::Wrong => {
                    self.logs
                        .operation(Kind::Result, "失敗 方法=pin 理由=不一致");
                    self.ui.show("pin-wrong");
                    match self.touched().await {
                        Some(Touch::Button("again")) => {}
                        Some(_) => return Ok(Step::Choose),
                        None => return Ok(Step::End("timeout")),
                    }
                }
            }
        }
    }

    /// Four digits, or where to go instead.
    async fn typed(&mut self) -> Result<Zeroizing<Vec<u8>>, Step> {
        self.ui.show("pin");
        let mut pin = Zeroizing::new(Vec::with_capacity(LENGTH));
        loop {
            match self.touched().await {
                Some(Touch::Digit(digit)) if pin.len() < LENGTH => {
                    pin.push(b'0' + digit);
                    if pin.len() == LENGTH {
                        self.slips.pin(&pin);
                    }
                }
                Some(Touch::Digit(_)) => {}
                Some(Touch::Button("clear")) => pin.clear(),
                Some(Touch::Button("confirm")) => {
                    if pin.len() == LENGTH || self.defects.has(Defect::ShortPin) {
                        return Ok(pin);
                    }
                }
                Some(Touch::Button(_)) => {
                    self.slips.cancelled_pin(&pin);
                    return Err(Step::Choose);
                }
                None => return Err(Step::End("timeout")),
            }
            self.ui.typed(pin.len());
        }
    }
}
