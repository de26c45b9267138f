//! The API as its client meets it: the real process, HTTPS with its own authority, certificates and signatures by openssl.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use serde_json::{Value, json};
use shinsa_wire::address::Address;
use shinsa_wire::v1::back_end_client::BackEndClient;
use shinsa_wire::v1::{SetBackEndStateRequest, TransactionsRequest};
use tonic::transport::Channel;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const LIST: &str = "../cards.yaml";

/// A running system with a store of certificates that share one key.
struct System {
    process: Child,
    folder: tempfile::TempDir,
    key: PKey<Private>,
}

impl System {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let store = folder.path().join("store");
        let authority = certificate("AUTHORITY", &key, &key);
        std::fs::create_dir(&store).unwrap();
        std::fs::write(store.join("ca.der"), authority.to_der().unwrap()).unwrap();
        for card in fixture_people::cards::load(Path::new(LIST)).unwrap() {
            let name = format!("AUTH {}", card.id);
            let der = certificate(&name, &key, &key).to_der().unwrap();
            std::fs::create_dir(store.join(&card.id)).unwrap();
            std::fs::write(store.join(&card.id).join("auth-certificate.der"), der).unwrap();
        }
        let process = Command::new(env!("CARGO_BIN_EXE_virtual-eligibility"))
            .args(["--cards", LIST, "--run-dir"])
            .arg(folder.path())
            .arg("--store")
            .arg(&store)
            .spawn()
            .unwrap();
        let system = Self {
            process,
            folder,
            key,
        };
        // The socket comes last; a file has no event of its own.
        while system.try_bench().await.is_none() {
            tokio::task::yield_now().await;
        }
        system
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn try_bench(&self) -> Option<BackEndClient<Channel>> {
        let address = Address::Unix(self.path("eligibility.sock"));
        address.connect(None).await.ok().map(BackEndClient::new)
    }

    async fn set(&self, request: SetBackEndStateRequest) {
        let mut bench = self.try_bench().await.unwrap();
        bench.set_state(request).await.unwrap();
    }

    async fn transactions(&self) -> Vec<String> {
        let mut bench = self.try_bench().await.unwrap();
        let reply = bench.transactions(TransactionsRequest { after: 0 }).await;
        let told = |t: &shinsa_wire::v1::Transaction| {
            format!("{}/{}/{}/{}", t.kind, t.method, t.card, t.result)
        };
        reply
            .unwrap()
            .into_inner()
            .transactions
            .iter()
            .map(told)
            .collect()
    }

    /// HTTP status and body; `Err` where there was no connection.
    fn post(&self, path: &str, body: &Value) -> Result<(u16, String), ureq::Error> {
        let port = std::fs::read_to_string(self.path("eligibility.port")).unwrap();
        let authority = std::fs::read(self.path("eligibility-ca.pem")).unwrap();
        let roots = Arc::new(vec![Certificate::from_pem(&authority).unwrap()]);
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(roots))
            .build();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .build()
            .into();
        let mut answer = agent
            .post(format!("https://localhost:{port}{path}"))
            .send_json(body)?;
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), text))
    }

    fn json(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self.post(path, body).unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    fn nonce(&self) -> String {
        let (_, answer) = self.json("/v1/challenge", &json!({}));
        answer["nonce"].as_str().unwrap().to_owned()
    }

    /// An eligibility check; `signed` is what the card signs.
    fn check(&self, card: &str, nonce: &str, signed: &str) -> (u16, Value) {
        let der =
            std::fs::read(self.path("store").join(card).join("auth-certificate.der")).unwrap();
        let mut by = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        let signature = by.sign_oneshot_to_vec(signed.as_bytes()).unwrap();
        let body = json!({
            "nonce": nonce, "method": "pin",
            "certificate": BASE64.encode(der), "signature": BASE64.encode(signature)
        });
        self.json("/v1/eligibility", &body)
    }
}

impl Drop for System {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn certificate(name: &str, key: &PKey<Private>, issuer: &PKey<Private>) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(1).unwrap())
        .unwrap();
    builder.sign(issuer, MessageDigest::sha256()).unwrap();
    builder.build()
}

#[tokio::test]
async fn a_signature_opens_a_session_once_and_nothing_else_does() {
    let system = System::start().await;
    let nonce = system.nonce();
    let (status, answer) = system.check("p001-regular", &nonce, &nonce);
    assert_eq!((status, answer["result"].as_str()), (200, Some("valid")));
    assert_eq!(answer["consents"], json!(["medical", "checkup", "limit"]));
    let again = system.check("p001-regular", &nonce, &nonce);
    assert_eq!(again, (403, json!({ "error": "nonce" })));
    let forged = system.check("p001-regular", &system.nonce(), "something else");
    assert_eq!(forged, (403, json!({ "error": "signature" })));

    let stranger = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let der = certificate("AUTH p001-regular", &stranger, &stranger)
        .to_der()
        .unwrap();
    let body = json!({
        "nonce": system.nonce(), "method": "visual", "certificate": BASE64.encode(der)
    });
    let refused = system.json("/v1/eligibility", &body);
    assert_eq!(refused, (403, json!({ "error": "certificate" })));

    let session = &answer["session"];
    let early = system.json("/v1/registration", &json!({ "session": session }));
    assert_eq!(early, (403, json!({ "error": "session" })));
    assert_eq!(
        system.transactions().await,
        [
            "eligibility/pin/p001-regular/valid",
            "eligibility/pin//refused:nonce",
            "eligibility/pin//refused:signature",
            "eligibility/visual//refused:certificate",
            "registration///refused:session",
        ]
    );
}

#[tokio::test]
async fn the_unregistered_are_registered_and_consent_only_to_what_was_asked() {
    let system = System::start().await;
    let consents = vec!["checkup".to_owned()];
    system
        .set(SetBackEndStateRequest {
            consents,
            ..Default::default()
        })
        .await;
    let nonce = system.nonce();
    let (_, answer) = system.check("p004-unregistered", &nonce, &nonce);
    assert_eq!(answer["result"], "unregistered");
    assert_eq!(answer["insurance"], Value::Null);
    let body = json!({ "session": answer["session"] });
    let (_, registered) = system.json("/v1/registration", &body);
    assert_eq!(registered["result"], "registered");
    assert_eq!(registered["consents"], json!(["checkup"]));
    let too_much = json!({ "session": registered["session"], "items": ["medical"] });
    assert_eq!(system.json("/v1/consent", &too_much).0, 403);
}

#[tokio::test]
async fn every_mode_is_what_it_says() {
    let system = System::start().await;
    let mode = |mode: &str| SetBackEndStateRequest {
        mode: mode.into(),
        ..Default::default()
    };
    system.set(mode("error")).await;
    assert_eq!(system.post("/v1/challenge", &json!({})).unwrap().0, 500);
    system.set(mode("garbage")).await;
    let (status, text) = system.post("/v1/challenge", &json!({})).unwrap();
    assert_eq!(status, 200);
    assert!(serde_json::from_str::<Value>(&text).is_err());
    system.set(mode("down")).await;
    // The listener closes a moment after the setting.
    while system.post("/v1/challenge", &json!({})).is_ok() {
        tokio::task::yield_now().await;
    }
    system.set(mode("up")).await;
    while system.post("/v1/challenge", &json!({})).is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(system.nonce().len(), 64);
}
