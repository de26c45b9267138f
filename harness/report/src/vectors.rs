//! Vectors that stay in memory: what was compared and what it says, in a few sentences and a table of places.
//!
//! Never says "none": only that none was found, of which kind of vector, by a test that found the planted ones or did not.

use std::fmt::Write as _;

use shinsa_model::verdict::{VectorFinding, VectorPlace};

/// HTML of one measurement's vectors.
pub(crate) fn fragment(found: &VectorFinding) -> String {
    let planted: Vec<String> = found.planted.iter().map(ToString::to_string).collect();
    let formats = text(&found.formats.join(", "));
    let mut html = format!(
        "<p>{formats} の数 64～1,024 個のベクトルについて: {} 名・認証 {} 件の後に現れた {} 個を比べた（{} 箇所を検定、最小 p = {:.2e}（Holm）、順列の種 {}）。\
         どの対象者の認証回数よりも多くの認証に共通なもの {} 個と、少数の認証にしか現れない長さのもの {} 個は比べていない。\
         植え付けた {} 種（各形式で長さ {}）のうち {} 種を検出。採取できなかったもの {} 個、探索できなかった場所 {} 箇所。\
         <span class=\"en\">For vectors of 64 to 1,024 numbers ({formats}): {} that appeared after {} authentications of {} subjects were compared at {} places.</span></p>",
        found.subjects,
        found.authentications,
        found.candidates,
        found.tested,
        found.smallest_p,
        found.seed,
        found.common,
        found.rare,
        found.planted.len() * found.formats.len(),
        planted.join(", "),
        found.planted_found,
        found.dropped,
        found.unsearched,
        found.candidates,
        found.authentications,
        found.subjects,
        found.tested,
    );
    if found.places.is_empty() {
        html.push_str(
            "<p>人を見分けるベクトルは見つからなかった <span class=\"en\">(no vector was found that tells subjects apart)</span></p>",
        );
        return html;
    }
    html.push_str(
        "<div class=\"wide\"><table><tr><th>形式</th><th class=\"n\">長さ</th><th>場所</th><th class=\"n\">同一人の一致</th><th class=\"n\">他人との一致</th><th class=\"n\">p (Holm)</th></tr>",
    );
    for place in &found.places {
        let _ = write!(
            html,
            "<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{:.2}</td><td class=\"n\">{:.2}</td><td class=\"n\">{:.1e}</td></tr>",
            text(&place.format),
            place.length,
            where_it_is(place),
            place.within,
            place.between,
            place.p
        );
    }
    html.push_str("</table></div>");
    html
}

/// Regions are named by the agent's configuration, which is the lab's own; shown as text all the same.
fn where_it_is(place: &VectorPlace) -> String {
    if place.region.is_empty() {
        return "どこか <span class=\"en\">(anywhere)</span>".into();
    }
    format!("{} {:#x}", text(&place.region), place.address)
}

fn text(given: &str) -> String {
    given.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(places: Vec<VectorPlace>) -> VectorFinding {
        VectorFinding {
            formats: vec!["f32".into(), "i8".into()],
            authentications: 15,
            subjects: 5,
            candidates: 120,
            common: 30,
            rare: 7,
            tested: 4,
            smallest_p: 0.25,
            places,
            planted: vec![128, 512],
            planted_found: 4,
            dropped: 0,
            unsearched: 0,
            seed: 3,
        }
    }

    #[test]
    fn nothing_found_is_not_called_none() {
        let html = fragment(&finding(Vec::new()));
        assert!(html.contains("120 that appeared after 15 authentications of 5 subjects"));
        assert!(html.contains("64 to 1,024 numbers (f32, i8)") && html.contains("植え付けた 4 種"));
        assert!(html.contains("no vector was found") && !html.contains("<table"));
    }

    #[test]
    fn places_are_text() {
        let place = |region: &str| VectorPlace {
            format: "i8".into(),
            length: 512,
            region: region.into(),
            address: 0x7f10,
            within: 0.8,
            between: 0.1,
            p: 0.0002,
        };
        let html = fragment(&finding(vec![place(""), place("<b>/heap")]));
        assert!(html.contains("(anywhere)") && html.contains("&lt;b>/heap 0x7f10"));
    }
}
