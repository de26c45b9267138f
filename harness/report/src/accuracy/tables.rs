//! Tables of an evaluation: what was compared, rates with every bound, retries, groups, the worst pairs.

use std::fmt::Write;

use shinsa_stats::study::{Pair, Study};

use super::{count, percent};
use crate::clean::escape;

/// What was compared, how many.
pub(super) fn compared(study: &Study) -> String {
    format!(
        "<table class=\"facts\"><tr><th>評価の種類 <span class=\"en\">Kind</span></th><td>技術評価（照合エンジン単体、1:1） technology evaluation</td></tr>\n<tr><th>被験者 <span class=\"en\">Subjects</span></th><td>{} 人（仮名）</td></tr>\n<tr><th>照合 <span class=\"en\">Comparisons</span></th><td>本人 {} 件、他人 {} 件</td></tr>\n<tr><th>取得失敗・登録失敗 <span class=\"en\">FTA, FTE</span></th><td>{} 件、{} 人</td></tr>\n<tr><th>等価エラー率 <span class=\"en\">EER</span></th><td>{}</td></tr></table>\n",
        count(study.subjects),
        count(study.genuine),
        count(study.impostors),
        count(study.failures_to_acquire),
        count(study.failures_to_enrol),
        percent(study.equal_error_rate)
    )
}

/// FNMR and its bounds at each FMR; where the data do not reach, the number they would have to reach.
pub(super) fn operating(study: &Study) -> String {
    let confidence = percent(study.settings.confidence);
    let mut html = format!(
        "<h3>誤合致率ごとの誤非合致率 <span class=\"en\">FNMR at fixed FMR; upper bounds one-sided {confidence}</span></h3><div class=\"wide\"><table><tr><th class=\"n\">FMR</th><th class=\"n\">しきい値</th><th class=\"n\">誤合致</th><th class=\"n\">FMR の上限</th><th class=\"n\">誤非合致</th><th class=\"n\">FNMR</th><th class=\"n\">Clopper–Pearson</th><th class=\"n\">同・群補正</th><th class=\"n\">ブートストラップ</th><th class=\"n\">Wilson</th><th class=\"n\">Jeffreys</th><th class=\"n\">判定に用いる上限</th></tr>\n"
    );
    for one in &study.operating {
        let mark = if one.is_at(study.settings.deciding_fmr) {
            " ◀"
        } else {
            ""
        };
        let _ = write!(
            html,
            "<tr><td class=\"n\">{}{mark}</td>",
            percent(one.target_fmr)
        );
        let (Some(rates), Some(missed), Some(matched)) = (one.rates, one.fnmr, one.fmr) else {
            let needed = one.needed.map_or_else(|| "—".to_owned(), count);
            let _ = writeln!(
                html,
                "<td colspan=\"11\">この件数では見えない（他人照合が少なくとも {needed} 件要る）。 Not resolvable: needs {needed} impostor comparisons.</td></tr>"
            );
            continue;
        };
        let upper = missed.upper;
        let _ = write!(
            html,
            "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}/{}</td>",
            crate::words::number(f64::from(rates.threshold)),
            count(rates.false_matches),
            percent(matched.upper.deciding()),
            count(rates.false_non_matches),
            count(rates.genuine)
        );
        for share in [
            rates.fnmr(),
            upper.independent,
            upper.deflated,
            upper.bootstrap,
            upper.wilson,
            upper.jeffreys,
        ] {
            let _ = write!(html, "<td class=\"n\">{}</td>", percent(share));
        }
        let _ = writeln!(
            html,
            "<td class=\"n\"><b>{}</b></td></tr>",
            percent(upper.deciding())
        );
    }
    html += "</table></div><p><small>同点は不利な側に数える（しきい値は誤合致率が目標以下となる最低の値）。判定には、Clopper–Pearson、被験者内相関で補正した同法、被験者ブートストラップ（両側再抽出、しきい値も再推定）のうち最大の上限を用いる。</small></p>\n";
    html
}

/// What retries do at the deciding threshold.
pub(super) fn policies(study: &Study) -> String {
    if study.policies.is_empty() {
        return String::new();
    }
    let mut html = "<h3>リトライの効果 <span class=\"en\">Transactions by attempts allowed</span></h3><div class=\"wide\"><table><tr><th class=\"n\">試行回数</th><th class=\"n\">本人の取引</th><th class=\"n\">本人拒否</th><th class=\"n\">FRR</th><th class=\"n\">GFRR</th><th class=\"n\">他人の取引</th><th class=\"n\">他人受入</th><th class=\"n\">FAR</th><th class=\"n\">GFAR</th></tr>\n".to_owned();
    for one in &study.policies {
        let share = |k: u64, n: u64| {
            if n == 0 {
                "—".to_owned()
            } else {
                percent(k as f64 / n as f64)
            }
        };
        let general = one.generalised(study.failures_to_enrol, study.subjects);
        let cells = [
            one.attempts.to_string(),
            count(one.genuine),
            count(one.false_rejects),
            share(one.false_rejects, one.genuine),
            share(general.false_rejects, general.genuine),
            count(one.impostor),
            count(one.false_accepts),
            share(one.false_accepts, one.impostor),
            share(general.false_accepts, general.impostor),
        ];
        let cells = cells.map(|cell| format!("<td class=\"n\">{cell}</td>"));
        let _ = writeln!(html, "<tr>{}</tr>", cells.concat());
    }
    html + "</table></div><p><small>取得失敗は不合致の試行、登録失敗（GFRR・GFAR）は拒否された取引として数える（ISO/IEC 19795-1）。</small></p>\n"
}

/// Groups at the common threshold.
pub(super) fn strata(study: &Study) -> String {
    if study.strata.is_empty() {
        return String::new();
    }
    let confidence = percent(study.settings.confidence);
    let mut html = format!(
        "<h3>群ごとの誤非合致 <span class=\"en\">Differential performance (ISO/IEC 19795-10), one common threshold; two-sided {confidence}</span></h3><div class=\"wide\"><table><tr><th>群</th><th class=\"n\">誤非合致</th><th class=\"n\">照合</th><th class=\"n\">FNMR</th><th class=\"n\">信頼区間</th></tr>\n"
    );
    for one in &study.strata {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{} … {}</td></tr>",
            escape(&one.name),
            count(one.errors),
            count(one.trials),
            percent(one.errors as f64 / one.trials as f64),
            percent(one.interval.0),
            percent(one.interval.1)
        );
    }
    html + "</table></div>\n"
}

/// Whom the engine does not know and whom it confuses.
pub(super) fn pairs(study: &Study) -> String {
    let list = |pairs: &[Pair]| -> String {
        let rows = pairs.iter().take(5).map(|pair| {
            format!(
                "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
                escape(&pair.reference),
                escape(&pair.probe),
                crate::words::number(f64::from(pair.score))
            )
        });
        rows.collect::<Vec<_>>().concat()
    };
    format!(
        "<details class=\"ledger\"><summary>最も低い本人・最も高い他人の照合 <span class=\"en\">worst pairs</span></summary><table><tr><th>登録側</th><th>提示側</th><th class=\"n\">得点</th></tr>{}{}</table></details>\n",
        list(&study.worst_genuine),
        list(&study.worst_impostor)
    )
}
