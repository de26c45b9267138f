//! Management from the terminal (資格確認端末からの管理): one JSON object per connection to `RUN/management.sock`, one back. The
//! program's own `manage` command is its client.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot, watch};
use virtual_reader::{Defect, Defects};

use super::back_end::BackEnd;
use super::engine::Engine;
use super::flow::SelfTest;
use super::lockout::Lockout;
use super::settings::Settings;

/// Longest request, bytes.
const LONGEST: u64 = 64 << 10;
/// Longest wait for a request to arrive and for the flow to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pause before a busy reader is asked again.
const AGAIN: Duration = Duration::from_millis(100);

/// What management can reach.
#[derive(Clone)]
pub struct Manager {
    pub settings: Arc<watch::Sender<Settings>>,
    pub lockout: Arc<Mutex<Lockout>>,
    pub engine: Arc<Mutex<Engine>>,
    pub tests: mpsc::Sender<SelfTest>,
    pub back_end: BackEnd,
    pub defects: Defects,
}

/// Opens the socket and serves until the process ends.
pub fn serve(run_dir: &Path, manager: Manager) -> Result<()> {
    let path = run_dir.join("management.sock");
    // One left by a killed process; a living one holds the software's lock.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).with_context(|| path.display().to_string())?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let manager = manager.clone();
            // A client that goes away mid-request is its own loss.
            tokio::spawn(async move { manager.converse(stream).await.ok() });
        }
    });
    Ok(())
}

impl Manager {
    async fn converse(&self, stream: UnixStream) -> Result<()> {
        let (read, mut write) = stream.into_split();
        let mut line = String::new();
        let mut read = BufReader::new(read.take(LONGEST));
        tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await??;
        let answer = match serde_json::from_str::<Map<String, Value>>(&line) {
            Ok(request) => self.answer(&request).await,
            Err(_) => refuse("expected one JSON object"),
        };
        write.write_all(format!("{answer}\n").as_bytes()).await?;
        Ok(())
    }

    async fn answer(&self, request: &Map<String, Value>) -> Value {
        if self.defects.has(Defect::NoManagement) {
            return refuse("management is not supported");
        }
        match request.get("function").and_then(Value::as_str) {
            Some("version") => self.version(),
            Some("settings") => {
                let mut list = self.settings.borrow().list();
                list.insert("ok".into(), true.into());
                list.into()
            }
            Some("set") => self.set(request),
            Some("reset-lockout") => {
                self.lockout
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .reset();
                json!({ "ok": true })
            }
            Some("update") => match request.get("content") {
                Some(content) => outcome(self.engine().update(content)),
                None => refuse("update: expected content, the update file's"),
            },
            Some("roll-back") => outcome(self.engine().roll_back()),
            Some("self-test") => self.self_test(true).await,
            Some("self-test-end") => self.self_test(false).await,
            Some("connectivity") => {
                let result = if self.back_end.ping().await.is_ok() {
                    "ok"
                } else {
                    "failed"
                };
                json!({ "ok": true, "result": result })
            }
            _ => refuse(
                "expected function: version, settings, set, reset-lockout, update, roll-back, self-test, self-test-end or connectivity",
            ),
        }
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn version(&self) -> Value {
        let os = if self.defects.has(Defect::WrongOs) {
            "Windows 10 Home".to_owned()
        } else {
            // The terminal is simulated; its supervisor says which Windows it stands for.
            std::env::var("VIRTUAL_OS_EDITION").unwrap_or_else(|_| "unknown".into())
        };
        json!({
            "ok": true, "product": "reference reader (simulated)", "firmware": "1.0.0",
            "software": env!("CARGO_PKG_VERSION"), "engine": self.engine().version(), "os_edition": os, "serial": "0001"
        })
    }

    fn set(&self, request: &Map<String, Value>) -> Value {
        let (Some(key), Some(value)) = (
            request.get("key").and_then(Value::as_str),
            request.get("value"),
        ) else {
            return refuse("set: expected key and value");
        };
        let mut outcome = Ok(());
        self.settings.send_if_modified(|settings| {
            outcome = settings.set(key, value.clone());
            outcome.is_ok()
        });
        match outcome {
            Ok(()) => json!({ "ok": true }),
            Err(why) => refuse(&format!("{key}: {why}")),
        }
    }

    /// A card that was taken away just now may not have been missed yet.
    async fn self_test(&self, begin: bool) -> Value {
        let done = async {
            while !self.ask_for_test(begin).await {
                tokio::time::sleep(AGAIN).await;
            }
        };
        match tokio::time::timeout(PATIENCE, done).await {
            Ok(()) => json!({ "ok": true }),
            Err(_) => refuse("not while a patient is served"),
        }
    }

    async fn ask_for_test(&self, begin: bool) -> bool {
        let (answer, answered) = oneshot::channel();
        self.tests.send((begin, answer)).await.is_ok() && answered.await == Ok(true)
    }
}

fn outcome(done: Result<(), String>) -> Value {
    match done {
        Ok(()) => json!({ "ok": true }),
        Err(why) => refuse(&why),
    }
}

fn refuse(why: &str) -> Value {
    json!({ "ok": false, "error": why })
}

/// The client: request on stdin, answer on stdout; exit code 0 done, 1 refused.
pub fn client(run_dir: &Path) -> Result<bool> {
    use std::io::{BufRead, Write};
    let request: Map<String, Value> =
        serde_json::from_reader(std::io::stdin()).context("stdin: expected one JSON object")?;
    let path = run_dir.join("management.sock");
    let mut stream = std::os::unix::net::UnixStream::connect(&path)
        .with_context(|| format!("{}: is the software running?", path.display()))?;
    let request = Value::from(request);
    stream.write_all(format!("{request}\n").as_bytes())?;
    let mut answer = String::new();
    std::io::BufReader::new(stream).read_line(&mut answer)?;
    let answer: Value = serde_json::from_str(&answer).context("the software gave no answer")?;
    println!("{answer}");
    Ok(answer["ok"] == true)
}
