//! Documents: what the entries of the document store contribute to a criterion.
//!
//! Pure: the entries were read and hashed by the harness and stand in the journal. Called by `decide`. Does not read
//! the documents' contents; a person with a role does, and the index says what they found.

use serde_json::Value;

use crate::criterion::{Criterion, DocumentDue};
use crate::event::{DocumentRecord, Event, Record};
use crate::measure::ledger::Ledger;
use crate::plan::Plan;
use crate::text::Bilingual;
use crate::verdict::{DocumentFinding, Verdict};

/// Findings on one document due. The last one (latest date of issue) counts; earlier editions are kept in sight.
/// Never empty: a missing document is a finding too.
pub fn findings(
    due: &DocumentDue,
    criterion: &Criterion,
    records: &[Record],
    read: &Versions,
) -> Vec<DocumentFinding> {
    let mut found: Vec<(&DocumentRecord, u64)> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Document(document) => Some((document, record.seq)),
            _ => None,
        })
        .filter(|(document, _)| {
            document.document_kind == due.kind && document.criteria.contains(&criterion.id)
        })
        .collect();
    found.sort_by(|(a, a_seq), (b, b_seq)| (&a.issued, a_seq).cmp(&(&b.issued, b_seq)));
    if found.is_empty() {
        return vec![DocumentFinding {
            kind: due.kind.clone(),
            file: String::new(),
            sha256: String::new(),
            verdict: Verdict::Inconclusive,
            reason: words(
                &format!("書類「{}」（{}）が提出されていない", due.title.ja, due.kind),
                &format!("document missing: {} ({})", due.title.en, due.kind),
            ),
            evidence: Vec::new(),
        }];
    }
    found
        .into_iter()
        .map(|(document, seq)| finding(due, document, seq, read))
        .collect()
}

fn finding(
    due: &DocumentDue,
    document: &DocumentRecord,
    seq: u64,
    read: &Versions,
) -> DocumentFinding {
    let mut evidence = vec![seq];
    let (verdict, reason) = examine(due, document, read, &mut evidence);
    DocumentFinding {
        kind: due.kind.clone(),
        file: document.file.clone(),
        sha256: document.sha256_found.clone(),
        verdict,
        reason,
        evidence,
    }
}

/// A rejection is final; then the file, its dates and its version must be right before a review counts.
fn examine(
    due: &DocumentDue,
    document: &DocumentRecord,
    read: &Versions,
    evidence: &mut Vec<u64>,
) -> (Verdict, Bilingual) {
    let file = &document.file;
    let open = |ja: String, en: String| (Verdict::Inconclusive, words(&ja, &en));
    if document.review == "rejected" {
        return (
            Verdict::Fail,
            words(
                &format!("{file}：審査（{}）で不受理とされた", document.reviewer),
                &format!("{file}: rejected by {}", document.reviewer),
            ),
        );
    }
    if document.sha256_found.is_empty() {
        return open(
            format!("{file}：ファイルを読み取れない"),
            format!("{file}: the file cannot be read"),
        );
    }
    if !document
        .sha256_found
        .eq_ignore_ascii_case(&document.sha256_index)
    {
        return open(
            format!("{file}：ハッシュ値が目録と一致しない（目録作成後に変更された）"),
            format!("{file}: SHA-256 differs from the index (changed since)"),
        );
    }
    if let Err(finding) = in_time(document) {
        return open(
            format!("{file}：{}", finding.ja),
            format!("{file}: {}", finding.en),
        );
    }
    if let Some(name) = &due.version_of {
        evidence.extend(read.lines(name));
        if let Err(finding) = read.same(name, &document.version) {
            return open(
                format!("{file}：{}", finding.ja),
                format!("{file}: {}", finding.en),
            );
        }
    }
    if document.review == "accepted" && !document.reviewer.is_empty() {
        let by = &document.reviewer;
        (
            Verdict::Reviewed,
            words(
                &format!("{file}：審査済（{by}）"),
                &format!("{file}: reviewed ({by})"),
            ),
        )
    } else {
        (
            Verdict::Submitted,
            words(
                &format!("{file}：提出済、未審査"),
                &format!("{file}: submitted, not reviewed"),
            ),
        )
    }
}

/// Issued not after, and expiring not before, the day of the run.
fn in_time(document: &DocumentRecord) -> Result<(), Bilingual> {
    let date = |text: &str| {
        text.parse::<jiff::civil::Date>().map_err(|_| {
            words(
                &format!("日付「{text}」を解釈できない"),
                &format!("date {text:?} is not YYYY-MM-DD"),
            )
        })
    };
    let today = date(&document.today)?;
    if date(&document.issued)? > today {
        return Err(words(
            &format!("発行日 {} が試験日 {today} より後である", document.issued),
            &format!(
                "issued {} after the day of the run, {today}",
                document.issued
            ),
        ));
    }
    if !document.expires.is_empty() && date(&document.expires)? < today {
        return Err(words(
            &format!(
                "有効期限 {} が試験日 {today} に切れている",
                document.expires
            ),
            &format!(
                "expired on {}, before the day of the run, {today}",
                document.expires
            ),
        ));
    }
    Ok(())
}

/// Versions that the DUT said of itself (`manage: version`) in this run.
#[derive(Debug, Default)]
pub struct Versions {
    read: Vec<(String, String, u64)>,
}

impl Versions {
    /// Collects every text reading of every `manage: version` step of the counting attempts.
    pub fn new(plan: &Plan, ledger: &Ledger) -> Self {
        let mut read = Vec::new();
        for trial in &plan.trials {
            let Some(facts) = ledger.counted(&trial.id) else {
                continue;
            };
            for planned in &trial.steps {
                let asks = planned
                    .step
                    .manage
                    .as_ref()
                    .is_some_and(|manage| manage.function == "version");
                let end = facts
                    .step(&planned.path, planned.occurrence)
                    .filter(|_| asks);
                let Some((seq, observation)) =
                    end.and_then(|end| Some((end.seq, end.observation?)))
                else {
                    continue;
                };
                for (name, value) in &observation.value {
                    if let Value::String(text) = value {
                        read.push((name.clone(), text.clone(), seq));
                    }
                }
            }
        }
        Self { read }
    }

    fn lines(&self, name: &str) -> Vec<u64> {
        self.read
            .iter()
            .filter(|reading| reading.0 == name)
            .map(|reading| reading.2)
            .collect()
    }

    /// Does the DUT's version equal the document's, in every reading?
    fn same(&self, name: &str, documented: &str) -> Result<(), Bilingual> {
        let mut readings = self
            .read
            .iter()
            .filter(|reading| reading.0 == name)
            .peekable();
        if readings.peek().is_none() {
            return Err(words(
                &format!("この試験で機器から版（{name}）が読み取られていない"),
                &format!("the version of {name} was not read from the DUT in this run"),
            ));
        }
        match readings.find(|reading| documented.is_empty() || reading.1 != documented) {
            None => Ok(()),
            Some((_, found, _)) => Err(words(
                &format!("書類の版「{documented}」が機器の版「{found}」（{name}）と一致しない"),
                &format!(
                    "version {documented:?} of the document is not the DUT's {name} {found:?}"
                ),
            )),
        }
    }
}

fn words(ja: &str, en: &str) -> Bilingual {
    Bilingual {
        ja: ja.into(),
        en: en.into(),
    }
}
