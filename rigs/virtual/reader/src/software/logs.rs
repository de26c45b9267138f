//! Operation log and error log (操作ログ, エラーログ), UTF-8, without personal data: never a name, a date of birth, a PIN, a
//! number of a card. Each line: RFC 3339 time, kind, message. A file that has grown is kept once under `.1`.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use virtual_reader::{Defect, Defects};

/// A file is rotated from this size on, bytes.
const ROTATE: u64 = 8 << 20;

/// Kinds of the operation log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Start,
    Stop,
    Connect,
    Identity,
    Operation,
    Result,
    Rate,
    Disconnect,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Start => "起動",
            Self::Stop => "終了",
            Self::Connect => "接続",
            Self::Identity => "識別",
            Self::Operation => "操作",
            Self::Result => "認証結果",
            Self::Rate => "認証率",
            Self::Disconnect => "切断",
        }
    }
}

/// Both logs.
#[derive(Clone)]
pub struct Logs {
    folder: PathBuf,
    defects: Defects,
}

impl Logs {
    /// In `RUN/terminal/log`.
    pub fn open(terminal: &Path, defects: &Defects) -> Result<Self> {
        let folder = terminal.join("log");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self {
            folder,
            defects: defects.clone(),
        })
    }

    /// A line of the operation log.
    pub fn operation(&self, kind: Kind, message: &str) {
        if kind == Kind::Rate && self.defects.has(Defect::MissingLogKind) {
            return;
        }
        self.append("operation.log", kind.word(), message);
    }

    /// A line of the error log.
    pub fn error(&self, message: &str) {
        if !self.defects.has(Defect::NoErrorLog) {
            self.append("error.log", "エラー", message);
        }
    }

    /// A log that cannot be written must not stop the counter's work; the cause goes to stderr.
    fn append(&self, file: &str, kind: &str, message: &str) {
        let line = format!("{} {kind} {message}\n", now());
        if let Err(error) = self.write(file, &line) {
            eprintln!("{file}: {error}");
        }
    }

    fn write(&self, name: &str, line: &str) -> std::io::Result<()> {
        let path = self.folder.join(name);
        if std::fs::metadata(&path).is_ok_and(|found| found.len() > ROTATE) {
            std::fs::rename(&path, path.with_extension("1.log"))?;
        }
        let mut file: File = OpenOptions::new().create(true).append(true).open(path)?;
        if self.defects.has(Defect::ShiftJisLog) {
            return file.write_all(&encoding_rs::SHIFT_JIS.encode(line).0);
        }
        file.write_all(line.as_bytes())
    }
}

/// Now, in Japan.
pub fn now() -> String {
    let japan = TimeZone::fixed(jiff::tz::offset(9));
    let now = Timestamp::now().to_zoned(japan);
    now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
