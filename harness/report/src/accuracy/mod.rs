//! A technology evaluation as pictures and tables: DET curve, score distributions, rates with their bounds, retries,
//! groups. Numbers and pseudonyms only; every pseudonym is escaped. Computes nothing but places on paper.
//! Called by the report of a run and by `shinsa stats accuracy --html`.

mod det;
mod distributions;
mod tables;

use std::fmt::Write;

use shinsa_model::accuracy::{count, percent, sentence};
use shinsa_stats::study::{Decision, Study};

use crate::clean::escape;

/// A page of its own: Japanese first, as everything that the fund reads.
pub fn page(
    title: &str,
    source: &str,
    study: &Study,
    decision: Option<(&Decision, f64)>,
) -> String {
    let (title, source) = (escape(title), escape(source));
    let body = fragment(study, decision);
    let style = include_str!("../../../../reports/templates/style.css");
    format!(
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body><main>\n<header class=\"top\"><div><small>Shinsa — technology evaluation (ISO/IEC 19795-2)</small><h1>{title}</h1></div><div><small>得点ファイル Scores</small><br>{source}</div></header>\n{body}\n</main></body></html>\n"
    )
}

/// The evaluation within a page: decision, curve, distributions, tables.
pub fn fragment(study: &Study, decision: Option<(&Decision, f64)>) -> String {
    let limit = decision.map(|(_, limit)| limit);
    let mut html = String::new();
    if let Some((decision, limit)) = decision {
        let words = sentence(study, decision, limit);
        let key = match decision.standing {
            shinsa_stats::sequential::Standing::Within => "pass",
            shinsa_stats::sequential::Standing::Beyond => "fail",
            _ => "inconclusive",
        };
        let _ = writeln!(
            html,
            "<p class=\"reason v-{key}\">{}<br><span class=\"en\">{}</span></p>",
            escape(&words.ja),
            escape(&words.en)
        );
    }
    html += &tables::compared(study);
    html += "<div class=\"plots\">";
    html += &det::curve(study, limit);
    html += &distributions::histogram(study);
    html += "</div>\n";
    html += &tables::operating(study);
    html += &tables::policies(study);
    html += &tables::strata(study);
    html += &tables::pairs(study);
    html
}

#[cfg(test)]
mod tests;
