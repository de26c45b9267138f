//! The DET curve on normal-deviate axes (Martin et al. 1997; ISO/IEC 19795-1), with the pointwise band of FNMR and the
//! corner that the requirement names.

use std::fmt::Write;

use shinsa_stats::study::Study;

use super::percent;

const LEFT: f64 = 62.0;
const TOP: f64 = 26.0;
const SIDE: f64 = 340.0;
/// Rates that an axis can show; 0 is drawn at the edge.
const LOWEST: f64 = 1e-6;
const HIGHEST: f64 = 0.6;
const TICKS: [f64; 10] = [1e-6, 1e-5, 1e-4, 1e-3, 6e-3, 0.02, 0.05, 0.1, 0.2, 0.4];

/// Normal deviate of a rate within the axis.
fn deviate(rate: f64) -> f64 {
    shinsa_stats::interval::normal_deviate(rate.clamp(LOWEST, HIGHEST))
}

fn place(rate: f64) -> f64 {
    let (low, high) = (deviate(LOWEST), deviate(HIGHEST));
    (deviate(rate) - low) / (high - low) * SIDE
}

fn x(fmr: f64) -> f64 {
    LEFT + place(fmr)
}

fn y(fnmr: f64) -> f64 {
    TOP + SIDE - place(fnmr)
}

/// SVG of the curve; `limit` marks the corner of the deciding FMR and this FNMR.
pub(super) fn curve(study: &Study, limit: Option<f64>) -> String {
    let (width, height) = (LEFT + SIDE + 18.0, TOP + SIDE + 46.0);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"DET 曲線\" font-size=\"11\"><text x=\"{LEFT}\" y=\"14\" font-weight=\"600\">DET 曲線（正規偏差軸）</text>"
    );
    for tick in TICKS {
        let (at, up) = (x(tick), y(tick));
        let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
        let label = percent(tick);
        let _ = write!(
            svg,
            "<path d=\"M{at:.1} {TOP}V{bottom}M{LEFT} {up:.1}H{right}\" stroke=\"#d5dbe4\" fill=\"none\"/><text x=\"{0:.1}\" y=\"{up:.1}\" text-anchor=\"end\" dominant-baseline=\"middle\" fill=\"#4b5768\">{label}</text><text transform=\"translate({at:.1} {1:.1}) rotate(-40)\" text-anchor=\"end\" fill=\"#4b5768\">{label}</text>",
            LEFT - 5.0,
            bottom + 11.0
        );
    }
    svg += &band(study);
    svg += &staircase(study);
    if let Some(limit) = limit {
        let (at, up) = (x(study.settings.deciding_fmr), y(limit));
        let bottom = TOP + SIDE;
        let _ = write!(
            svg,
            "<path d=\"M{LEFT} {up:.1}H{at:.1}V{bottom}\" stroke=\"#a3161a\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\" fill=\"none\"/><circle cx=\"{at:.1}\" cy=\"{up:.1}\" r=\"4\" fill=\"#a3161a\"/><text x=\"{0:.1}\" y=\"{1:.1}\" fill=\"#a3161a\">FMR {2} で FNMR {3}</text>",
            at + 7.0,
            up - 6.0,
            percent(study.settings.deciding_fmr),
            percent(limit)
        );
    }
    let _ = write!(
        svg,
        "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#17202e\"/><text x=\"{0:.1}\" y=\"{1:.1}\" text-anchor=\"end\">FMR 誤合致率 →</text><text x=\"{2:.1}\" y=\"{3:.1}\" fill=\"#17202e\" transform=\"rotate(-90 {2:.1} {3:.1})\" text-anchor=\"end\">FNMR 誤非合致率 →</text></svg>",
        LEFT + SIDE,
        height - 3.0,
        12.0,
        TOP
    );
    svg
}

/// The measured staircase: FNMR holds between two false match rates.
fn staircase(study: &Study) -> String {
    let mut path = String::new();
    for (number, (fmr, fnmr)) in study.curve.iter().enumerate() {
        let (at, up) = (x(*fmr), y(*fnmr));
        if number == 0 {
            let _ = write!(path, "M{at:.1} {up:.1}");
        } else {
            let _ = write!(path, "H{at:.1}V{up:.1}");
        }
    }
    format!("<path d=\"{path}\" stroke=\"#124f91\" stroke-width=\"2\" fill=\"none\"/>")
}

/// Bounds of FNMR at the false match rates that were evaluated.
fn band(study: &Study) -> String {
    let known: Vec<_> = study
        .operating
        .iter()
        .filter_map(|one| Some((one.target_fmr, one.fnmr?)))
        .collect();
    let Some((first, _)) = known.first() else {
        return String::new();
    };
    let mut path = format!("M{:.1} {:.1}", x(*first), y(known[0].1.lower));
    for (fmr, bounds) in &known {
        let _ = write!(path, "L{:.1} {:.1}", x(*fmr), y(bounds.upper.deciding()));
    }
    for (fmr, bounds) in known.iter().rev() {
        let _ = write!(path, "L{:.1} {:.1}", x(*fmr), y(bounds.lower));
    }
    format!("<path d=\"{path}Z\" fill=\"#124f91\" fill-opacity=\".13\"/>")
}
