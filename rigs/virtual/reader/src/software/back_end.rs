//! The eligibility system's client (オンライン資格確認等システム), HTTPS and JSON: `rigs/virtual/eligibility/API.md`.
//!
//! Errors say what kind of failure it was, never what was sent or answered.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(6);

/// Where the system is.
#[derive(Clone)]
pub struct BackEnd {
    run_dir: PathBuf,
}

/// Answer to an eligibility check or a first registration.
#[derive(Deserialize)]
pub struct Eligibility {
    pub result: String,
    pub session: String,
    #[serde(default)]
    pub consents: Vec<String>,
    #[serde(default)]
    pub insurance: Value,
}

impl BackEnd {
    /// Of this rig.
    pub fn new(run_dir: &Path) -> Self {
        Self {
            run_dir: run_dir.into(),
        }
    }

    /// 疎通確認.
    pub async fn ping(&self) -> Result<()> {
        self.call(|link| link.get("/v1/ping")).await.map(drop)
    }

    /// A fresh nonce to sign, 64 characters.
    pub async fn challenge(&self) -> Result<String> {
        let answer = self
            .call(|link| link.post("/v1/challenge", &json!({})))
            .await?;
        let nonce = answer["nonce"].as_str().context("no nonce")?;
        Ok(nonce.to_owned())
    }

    /// 資格確認. `signature` is left out for 目視.
    pub async fn eligibility(
        &self,
        nonce: &str,
        certificate: &[u8],
        signature: Option<&[u8]>,
        method: &'static str,
    ) -> Result<Eligibility> {
        let mut body = json!({
            "nonce": nonce, "certificate": BASE64.encode(certificate), "method": method
        });
        if let Some(signature) = signature {
            body["signature"] = BASE64.encode(signature).into();
        }
        let answer = self
            .call(move |link| link.post("/v1/eligibility", &body))
            .await?;
        serde_json::from_value(answer).context("answer without its fields")
    }

    /// 初回登録.
    pub async fn register(&self, session: &str) -> Result<Eligibility> {
        let body = json!({ "session": session });
        let answer = self
            .call(move |link| link.post("/v1/registration", &body))
            .await?;
        serde_json::from_value(answer).context("answer without its fields")
    }

    /// 同意.
    pub async fn consent(&self, session: &str, items: &[String]) -> Result<()> {
        let body = json!({ "session": session, "items": items });
        self.call(move |link| link.post("/v1/consent", &body))
            .await
            .map(drop)
    }

    async fn call(
        &self,
        request: impl FnOnce(&Link) -> Result<Value> + Send + 'static,
    ) -> Result<Value> {
        let run_dir = self.run_dir.clone();
        tokio::task::spawn_blocking(move || request(&Link::open(&run_dir)?))
            .await
            .context("the request broke off")?
    }
}

/// A connection's settings; the system may have come up anew with another port and authority.
struct Link {
    agent: Agent,
    base: String,
}

impl Link {
    fn open(run_dir: &Path) -> Result<Self> {
        let port = std::fs::read_to_string(run_dir.join("eligibility.port"))
            .context("the eligibility system's port is not known")?;
        let authority = std::fs::read(run_dir.join("eligibility-ca.pem"))
            .context("the eligibility system's authority is not known")?;
        let root = Certificate::from_pem(&authority)?;
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(vec![root])))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build();
        Ok(Self {
            agent: config.into(),
            base: format!("https://localhost:{}", port.trim()),
        })
    }

    fn get(&self, path: &str) -> Result<Value> {
        let answer = self.agent.get(format!("{}{path}", self.base)).call();
        read(path, answer)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self
            .agent
            .post(format!("{}{path}", self.base))
            .send_json(body);
        read(path, answer)
    }
}

fn read(
    path: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Value> {
    let mut answer = answer.with_context(|| format!("{path}: no answer"))?;
    let status = answer.status();
    if !status.is_success() {
        bail!("{path}: HTTP {}", status.as_u16());
    }
    // The parser's own words could quote the answer.
    answer
        .body_mut()
        .read_json()
        .map_err(|_| anyhow::anyhow!("{path}: the answer is no JSON"))
}
