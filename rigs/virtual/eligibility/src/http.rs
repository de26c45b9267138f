//! The API for the reader: `API.md`. Every request is noted, the refused ones too.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::certificates::{Certificates, signed};
use crate::state::{Mode, Session, State};
use crate::tls::Connections;

/// Largest request body, bytes.
const LARGEST_BODY: usize = 64 << 10;

#[derive(Clone)]
struct Service {
    state: Arc<State>,
    certificates: Arc<Certificates>,
}

/// Why a request is refused: HTTP status and reason.
type Refusal = (StatusCode, &'static str);

#[derive(Deserialize)]
struct EligibilityRequest {
    nonce: String,
    certificate: String,
    signature: Option<String>,
    method: String,
}

#[derive(Deserialize)]
struct SessionRequest {
    session: String,
}

#[derive(Deserialize)]
struct ConsentRequest {
    session: String,
    items: Vec<String>,
}

/// Starts serving.
pub async fn serve(run_dir: &Path, state: Arc<State>, certificates: Certificates) -> Result<()> {
    let (open, opened) = watch::channel(true);
    let mut setting = state.setting();
    tokio::spawn(async move {
        while setting.changed().await.is_ok() {
            let mode = setting.borrow_and_update().mode;
            open.send_replace(mode != Mode::Down);
        }
    });
    let connections = Connections::listen(run_dir, opened).await?;
    let service = Service {
        state,
        certificates: Arc::new(certificates),
    };
    let router = Router::new()
        .route("/v1/ping", get(ping))
        .route("/v1/challenge", post(challenge))
        .route("/v1/eligibility", post(eligibility))
        .route("/v1/registration", post(registration))
        .route("/v1/consent", post(consent))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(service);
    tokio::spawn(async move { axum::serve(connections, router).await });
    Ok(())
}

impl Service {
    /// Behaves as the bench set it; the answer where that replaces the real one.
    async fn behave(&self, kind: &str) -> Option<Response> {
        let mut setting = self.state.setting();
        let (mode, latency) = {
            let now = setting.borrow_and_update();
            (now.mode, now.latency)
        };
        tokio::time::sleep(latency).await;
        if mode != Mode::Up && !kind.is_empty() {
            self.state.note(kind, "", "", "refused:mode", &[]);
        }
        match mode {
            Mode::Up => None,
            Mode::Down => Some(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            Mode::Error => Some(refuse((StatusCode::INTERNAL_SERVER_ERROR, "internal"))),
            Mode::Garbage => Some("\u{1}\u{2}{{garbage".into_response()),
            Mode::Silent => {
                // Until the bench says otherwise; the sender lives as long as the process.
                let _ = setting.wait_for(|now| now.mode != Mode::Silent).await;
                Some(refuse((StatusCode::GATEWAY_TIMEOUT, "silent")))
            }
        }
    }

    fn check(&self, request: &EligibilityRequest) -> Result<String, Refusal> {
        let forbidden = |why| (StatusCode::FORBIDDEN, why);
        if !["pin", "face", "visual"].contains(&request.method.as_str()) {
            return Err((StatusCode::BAD_REQUEST, "method"));
        }
        if !self.state.use_up(&request.nonce) {
            return Err(forbidden("nonce"));
        }
        let der = BASE64
            .decode(&request.certificate)
            .map_err(|_| forbidden("certificate"))?;
        let card = self
            .certificates
            .card(&der)
            .ok_or(forbidden("certificate"))?;
        // 目視: staff has compared face and card; nothing was signed.
        if request.method != "visual" {
            let signature = request.signature.as_deref().unwrap_or_default();
            let signature = BASE64
                .decode(signature)
                .map_err(|_| forbidden("signature"))?;
            if !signed(&der, request.nonce.as_bytes(), &signature) {
                return Err(forbidden("signature"));
            }
        }
        Ok(card)
    }

    fn answer(&self, result: &str, session: Session) -> Value {
        let id = random();
        let insured = ["valid", "lapsed-new", "registered"].contains(&result);
        let insurance = if insured {
            self.insurance(&session.card)
        } else {
            Value::Null
        };
        let answer = json!({
            "result": result, "session": id, "consents": session.asked, "insurance": insurance
        });
        self.state.open(id, session);
        answer
    }

    /// Synthetic; the digits come from the card's id.
    fn insurance(&self, card: &str) -> Value {
        let digest = openssl::sha::sha256(card.as_bytes());
        let digits = |from: usize, count: usize| -> String {
            digest[from..from + count]
                .iter()
                .map(|byte| char::from(b'0' + byte % 10))
                .collect()
        };
        json!({
            "insurer_number": format!("99{}", digits(0, 6)), "symbol": "見本", "number": digits(6, 5),
            "branch": digits(11, 2), "name": self.state.persona(card).map(|person| person.kanji.as_str())
        })
    }

    fn asked(&self) -> Vec<String> {
        self.state.setting().borrow().consents.clone()
    }
}

async fn ping(Shared(service): Shared<Service>) -> Response {
    if let Some(instead) = service.behave("ping").await {
        return instead;
    }
    service.state.note("ping", "", "", "ok", &[]);
    Json(json!({ "status": "ok" })).into_response()
}

async fn challenge(Shared(service): Shared<Service>) -> Response {
    if let Some(instead) = service.behave("").await {
        return instead;
    }
    let nonce = random();
    service.state.issue(nonce.clone());
    Json(json!({ "nonce": nonce })).into_response()
}

async fn eligibility(Shared(service): Shared<Service>, body: Bytes) -> Response {
    if let Some(instead) = service.behave("eligibility").await {
        return instead;
    }
    let request: EligibilityRequest = match parse(&body) {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal),
    };
    let state = &service.state;
    let card = match service.check(&request) {
        Ok(card) => card,
        Err(refusal) => {
            let result = format!("refused:{}", refusal.1);
            state.note("eligibility", &request.method, "", &result, &[]);
            return refuse(refusal);
        }
    };
    let result = state.insurance(&card);
    state.note("eligibility", &request.method, &card, &result, &[]);
    let valid = result == "valid";
    let session = Session {
        card,
        method: request.method,
        unregistered: result == "unregistered",
        asked: if valid { service.asked() } else { Vec::new() },
    };
    Json(service.answer(&result, session)).into_response()
}

async fn registration(Shared(service): Shared<Service>, body: Bytes) -> Response {
    if let Some(instead) = service.behave("registration").await {
        return instead;
    }
    let request: SessionRequest = match parse(&body) {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal),
    };
    let state = &service.state;
    let open = state.close(&request.session);
    let Some(session) = open.filter(|session| session.unregistered) else {
        state.note("registration", "", "", "refused:session", &[]);
        return refuse((StatusCode::FORBIDDEN, "session"));
    };
    state.register(&session.card);
    state.note(
        "registration",
        &session.method,
        &session.card,
        "registered",
        &[],
    );
    let session = Session {
        unregistered: false,
        asked: service.asked(),
        ..session
    };
    Json(service.answer("registered", session)).into_response()
}

async fn consent(Shared(service): Shared<Service>, body: Bytes) -> Response {
    if let Some(instead) = service.behave("consent").await {
        return instead;
    }
    let request: ConsentRequest = match parse(&body) {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal),
    };
    let state = &service.state;
    let asked = |session: &Session| {
        request
            .items
            .iter()
            .all(|item| session.asked.contains(item))
    };
    let Some(session) = state.close(&request.session).filter(asked) else {
        state.note("consent", "", "", "refused:session", &[]);
        return refuse((StatusCode::FORBIDDEN, "session"));
    };
    let (method, card) = (&session.method, &session.card);
    state.note("consent", method, card, "ok", &request.items);
    Json(json!({ "result": "ok" })).into_response()
}

/// The parser's own words could quote what was sent.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| (StatusCode::BAD_REQUEST, "body"))
}

fn refuse((status, why): Refusal) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

/// 64 hex digits.
fn random() -> String {
    let mut bytes = [0; 32];
    // Without randomness no nonce is safe: an empty one is refused by every check.
    match openssl::rand::rand_bytes(&mut bytes) {
        Ok(()) => hex::encode(bytes),
        Err(_) => String::new(),
    }
}
