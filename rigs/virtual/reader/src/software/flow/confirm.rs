//! 資格確認, first registration (利用登録) and consents (同意), whatever the way of authentication was.

use virtual_reader::Defect;

use super::{Patient, Problem, Reader, Step};
use crate::back_end::Eligibility;
use crate::logs::Kind;
use crate::ui::Touch;

impl Reader {
    /// `signed`: nonce and signature; none for 目視.
    pub(super) async fn confirm(
        &mut self,
        patient: &Patient,
        signed: Option<(String, Vec<u8>)>,
        method: &'static str,
    ) -> Result<Step, Problem> {
        let (nonce, signature) = match signed {
            Some((nonce, signature)) => (nonce, Some(signature)),
            None => (
                self.back_end.challenge().await.map_err(Problem::Network)?,
                None,
            ),
        };
        let answer = self
            .back_end
            .eligibility(&nonce, &patient.certificate, signature.as_deref(), method)
            .await
            .map_err(Problem::Network)?;
        let mut message = format!("成功 方法={method} 資格={}", known(&answer.result));
        if self.defects.has(Defect::NameInOperationLog) {
            message += " 患者=";
            message += answer.insurance["name"].as_str().unwrap_or("-");
        }
        self.logs.operation(Kind::Result, &message);
        match answer.result.as_str() {
            "valid" => self.finish(answer, method).await,
            "lapsed" => Ok(Step::End("lapsed")),
            "lapsed-new" => {
                self.hand_over(&answer, method, &[])?;
                Ok(Step::End("lapsed-new"))
            }
            "unregistered" => self.register(answer, method).await,
            _ => Err(Problem::Network(anyhow::anyhow!("知らない資格状態"))),
        }
    }

    async fn register(
        &mut self,
        answer: Eligibility,
        method: &'static str,
    ) -> Result<Step, Problem> {
        if method == "visual" && self.defects.has(Defect::NoVisualRegistration) {
            return Ok(Step::End("lapsed"));
        }
        self.ui.show("register");
        match self.touched().await {
            Some(Touch::Button("register")) => {}
            Some(_) => return Ok(Step::End("cancelled")),
            None => return Ok(Step::End("timeout")),
        }
        self.ui.show("processing");
        let registered = self
            .back_end
            .register(&answer.session)
            .await
            .map_err(Problem::Network)?;
        self.logs
            .operation(Kind::Result, &format!("登録 方法={method}"));
        self.finish(registered, method).await
    }

    async fn finish(&mut self, answer: Eligibility, method: &'static str) -> Result<Step, Problem> {
        let mut asked = answer.consents.clone();
        if self.defects.has(Defect::WrongOrder) {
            asked.reverse();
        }
        let mut given = Vec::new();
        for item in &asked {
            let screen = match item.as_str() {
                "medical" => "consent-medical",
                "checkup" => "consent-checkup",
                "limit" => "consent-limit",
                _ => return Err(Problem::Network(anyhow::anyhow!("知らない同意項目"))),
            };
            self.ui.show(screen);
            match self.touched().await {
                Some(Touch::Button("agree")) => given.push(item.clone()),
                Some(_) => {}
                None => return Ok(Step::End("timeout")),
            }
        }
        if !asked.is_empty() {
            self.back_end
                .consent(&answer.session, &given)
                .await
                .map_err(Problem::Network)?;
        }
        self.hand_over(&answer, method, &given)?;
        Ok(Step::End("done"))
    }

    fn hand_over(
        &mut self,
        answer: &Eligibility,
        method: &str,
        given: &[String],
    ) -> Result<(), Problem> {
        self.results
            .write(method, &answer.insurance, given)
            .map_err(|error| Problem::Device(error.context("結果ファイル")))
    }
}

/// A word of ours for the log: what the other side said is not copied into it.
fn known(result: &str) -> &'static str {
    match result {
        "valid" => "有効",
        "lapsed" => "喪失",
        "lapsed-new" => "変更",
        "unregistered" => "未登録",
        _ => "不明",
    }
}
