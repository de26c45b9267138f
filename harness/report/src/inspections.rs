//! What the inspector found, as tables: searches for residue, files written, attempts to dump memory, ways in.
//!
//! Reads observations as they stand in the journal, abandoned attempts included, and derives no verdict. Shows places and
//! canary ids; the journal holds no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;
use shinsa_model::event::{Event, Record};
use shinsa_model::plan::Plan;

use crate::clean::escape;

/// Most rows of a table; the rest is counted.
const ROWS: usize = 60;

/// Tables of one item, as HTML; empty where nothing was inspected for it.
pub(crate) fn by_criterion(plan: &Plan, records: &[Record]) -> BTreeMap<String, String> {
    let scenario_of: BTreeMap<&str, &str> = plan
        .trials
        .iter()
        .map(|trial| (trial.id.as_str(), trial.scenario.as_str()))
        .collect();
    let mut by_scenario: BTreeMap<&str, Inspections> = BTreeMap::new();
    for record in records {
        let Event::StepEnded {
            trial,
            observation: Some(observation),
            ..
        } = &record.event
        else {
            continue;
        };
        if let Some(scenario) = scenario_of.get(trial.as_str()) {
            let of = by_scenario.entry(scenario).or_default();
            of.add(&observation.value);
        }
    }
    plan.criteria
        .iter()
        .map(|criterion| {
            let serving = plan
                .scenarios
                .iter()
                .filter(|s| s.criteria.contains(&criterion.id));
            let mut all = Inspections::default();
            serving
                .filter_map(|s| by_scenario.get(s.id.as_str()))
                .for_each(|one| all.join(one));
            (criterion.id.clone(), all.html())
        })
        .collect()
}

/// Counts of equal rows.
type Rows = BTreeMap<Vec<String>, u64>;

#[derive(Default)]
struct Inspections {
    searches: u64,
    bytes: u64,
    seconds: f64,
    patterns: (u64, u64),
    left_out: BTreeSet<String>,
    findings: Rows,
    gaps: Rows,
    files: Rows,
    dumps: Rows,
    entrances: Rows,
}

impl Inspections {
    fn add(&mut self, value: &BTreeMap<String, Value>) {
        if let Some(listed) = value.get("listed") {
            self.searches += 1;
            self.bytes += number(value, "searched_bytes");
            self.seconds += value.get("search_s").and_then(Value::as_f64).unwrap_or(0.0);
            let patterns = number(value, "patterns");
            let least = if self.patterns.0 == 0 {
                patterns
            } else {
                self.patterns.0.min(patterns)
            };
            self.patterns = (least, self.patterns.1.max(patterns));
            self.left_out.extend(texts(value.get("not_searched_for")));
            count(&mut self.findings, listed, |one| {
                // Whose card it was stands in the journal; here it would only spread the rows.
                let canary = word(one, "canary");
                let datum = canary
                    .split_once('/')
                    .map_or(canary.as_str(), |(_, key)| key)
                    .to_owned();
                let chance = if one["handed_over"] == true {
                    "引き渡すデータ（申告済み）"
                } else if one["by_chance"] == true {
                    "偶然もありうる"
                } else {
                    "✗ 残存"
                };
                vec![
                    datum,
                    word(one, "encoding"),
                    word(one, "target"),
                    word(one, "region"),
                    word(one, "place"),
                    chance.into(),
                ]
            });
        }
        if let Some(missed) = value.get("places_not_searched") {
            count(&mut self.gaps, missed, |one| {
                vec![word(one, "target"), word(one, "place"), word(one, "why")]
            });
        }
        if let Some(written) = value.get("written") {
            count(&mut self.files, written, |one| {
                vec![
                    word(one, "target"),
                    word(one, "path"),
                    word(one, "change"),
                    word(one, "content"),
                ]
            });
        }
        if let Some(tried) = value.get("tried") {
            count(&mut self.dumps, tried, |one| {
                vec![
                    word(one, "way"),
                    word(one, "rights"),
                    word(one, "outcome"),
                    word(one, "detail"),
                ]
            });
        }
        if let Some(entrances) = value.get("entrances") {
            count(&mut self.entrances, entrances, |one| {
                let declared = if one["declared"] == true {
                    "✓ 申告済み"
                } else {
                    "✗ 未申告"
                };
                vec![
                    word(one, "kind"),
                    word(one, "where"),
                    word(one, "target"),
                    declared.into(),
                ]
            });
        }
    }

    fn join(&mut self, other: &Self) {
        self.searches += other.searches;
        self.bytes += other.bytes;
        self.seconds += other.seconds;
        self.patterns = match (self.patterns, other.patterns) {
            ((0, _), theirs) => theirs,
            (ours, (0, _)) => ours,
            (ours, theirs) => (ours.0.min(theirs.0), ours.1.max(theirs.1)),
        };
        self.left_out.extend(other.left_out.iter().cloned());
        for (ours, theirs) in [
            (&mut self.findings, &other.findings),
            (&mut self.gaps, &other.gaps),
            (&mut self.files, &other.files),
            (&mut self.dumps, &other.dumps),
            (&mut self.entrances, &other.entrances),
        ] {
            for (row, n) in theirs {
                *ours.entry(row.clone()).or_default() += n;
            }
        }
    }

    fn html(&self) -> String {
        let mut html = String::new();
        if self.searches > 0 {
            let _ = write!(
                html,
                "<h3>残存情報の探索 <span class=\"en\">Search for residue</span></h3><p>探索 {} 回、延べ {:.2} GB（{:.1} 秒）、1 回あたり {} … {} パターン。",
                self.searches,
                self.bytes as f64 / 1e9,
                self.seconds,
                self.patterns.0,
                self.patterns.1
            );
            if !self.left_out.is_empty() {
                let forms: Vec<&str> = self.left_out.iter().map(String::as_str).collect();
                let _ = write!(
                    html,
                    "短すぎて文字列としては探索しない形: {}。",
                    escape(&forms.join(", "))
                );
            }
            html.push_str("</p>");
            if self.findings.is_empty() {
                html.push_str("<p>発見 0 件 <span class=\"en\">(nothing found)</span></p>");
            }
        }
        table(
            &mut html,
            "発見した場所",
            "Findings",
            &["データ", "形", "対象", "領域", "場所", ""],
            &self.findings,
        );
        table(
            &mut html,
            "探索できなかった場所",
            "Not searched",
            &["対象", "場所", "理由"],
            &self.gaps,
        );
        table(
            &mut html,
            "書かれたファイル",
            "Files written",
            &["対象", "ファイル", "変化", "内容"],
            &self.files,
        );
        table(
            &mut html,
            "メモリを取り出す手段",
            "Ways to dump memory",
            &["手段", "権限", "結果", "詳細"],
            &self.dumps,
        );
        table(
            &mut html,
            "入り口",
            "Ways in",
            &["種類", "場所", "対象", "申告"],
            &self.entrances,
        );
        html
    }
}

fn count(rows: &mut Rows, list: &Value, row: impl Fn(&Value) -> Vec<String>) {
    for one in list.as_array().into_iter().flatten() {
        *rows.entry(row(one)).or_default() += 1;
    }
}

fn table(html: &mut String, ja: &str, en: &str, head: &[&str], rows: &Rows) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(
        html,
        "<h3>{ja} <span class=\"en\">{en}</span></h3><div class=\"wide\"><table><tr>"
    );
    for name in head {
        let _ = write!(html, "<th>{name}</th>");
    }
    html.push_str("<th class=\"n\">回数</th></tr>");
    for (row, n) in rows.iter().take(ROWS) {
        html.push_str("<tr>");
        for cell in row {
            let _ = write!(html, "<td>{}</td>", escape(cell));
        }
        let _ = write!(html, "<td class=\"n\">{n}</td></tr>");
    }
    html.push_str("</table></div>");
    if rows.len() > ROWS {
        let _ = write!(
            html,
            "<p><small>他 {} 行は省いた。全件は記録にある。</small></p>",
            rows.len() - ROWS
        );
    }
}

/// Names of files and sockets come from the DUT: shown, never obeyed. Control characters go with the whole page's (`clean`).
fn word(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

fn number(value: &BTreeMap<String, Value>, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> String {
        let mut all = Inspections::default();
        all.add(&serde_json::from_value(value).unwrap());
        all.html()
    }

    #[test]
    fn a_search_without_findings_says_what_was_searched() {
        let html = of(
            json!({ "listed": [], "searched_bytes": 2_000_000_000_u64, "patterns": 1200, "search_s": 0.5 }),
        );
        assert!(
            html.contains("2.00 GB") && html.contains("発見 0 件"),
            "{html}"
        );
    }

    #[test]
    fn hostile_names_stay_text() {
        let html = of(
            json!({ "written": [{ "target": "t", "path": "<script>x", "change": "new", "content": "jpeg" }] }),
        );
        assert!(
            html.contains("&lt;script&gt;x") && !html.contains("<script>"),
            "{html}"
        );
    }

    #[test]
    fn equal_findings_are_counted_in_one_row() {
        let finding = json!({ "canary": "c1/number_b", "encoding": "ascii", "target": "software", "region": "heap", "place": "[heap]", "by_chance": false });
        let html = of(json!({ "listed": [finding, finding] }));
        assert!(
            html.contains("<td>number_b</td>") && html.contains(">2</td>"),
            "{html}"
        );
    }
}
