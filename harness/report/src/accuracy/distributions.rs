//! Score distributions of both classes: each scaled to its own height, the deciding threshold marked.

use std::fmt::Write;

use shinsa_stats::study::Study;

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 366.0;
const BASE: f64 = 330.0;
const TOP: f64 = 26.0;

/// SVG of the histograms, logarithmic in height so that single outliers are seen.
pub(super) fn histogram(study: &Study) -> String {
    let histogram = &study.histogram;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"得点の分布\" font-size=\"11\"><text x=\"8\" y=\"14\" font-weight=\"600\">得点の分布（高さは対数）</text>"
    );
    let most = histogram.genuine.iter().chain(&histogram.impostor).max();
    let tallest = (*most.unwrap_or(&1) as f64).ln_1p().max(1.0);
    let step = (WIDTH - 16.0) / histogram.genuine.len().max(1) as f64;
    for (bins, colour) in [
        (&histogram.impostor, "#7a4a00"),
        (&histogram.genuine, "#11622e"),
    ] {
        let mut path = format!("M8 {BASE}");
        for (number, bin) in bins.iter().enumerate() {
            let up = BASE - (*bin as f64).ln_1p() / tallest * (BASE - TOP);
            let _ = write!(path, "V{up:.1}H{:.1}", 8.0 + (number + 1) as f64 * step);
        }
        let _ = write!(
            svg,
            "<path d=\"{path}V{BASE}Z\" fill=\"{colour}\" fill-opacity=\".3\" stroke=\"{colour}\"/>"
        );
    }
    let span = f64::from(histogram.high - histogram.low).max(f64::MIN_POSITIVE);
    let decided = study
        .operating
        .iter()
        .find(|one| one.is_at(study.settings.deciding_fmr));
    if let Some(rates) = decided.and_then(|one| one.rates) {
        let at = 8.0 + f64::from(rates.threshold - histogram.low) / span * (WIDTH - 16.0);
        let _ = write!(
            svg,
            "<path d=\"M{at:.1} {TOP}V{BASE}\" stroke=\"#a3161a\" stroke-dasharray=\"5 3\" stroke-width=\"1.5\"/><text x=\"{0:.1}\" y=\"{TOP}\" fill=\"#a3161a\">しきい値 {1}</text>",
            at + 4.0,
            crate::words::number(f64::from(rates.threshold))
        );
    }
    let _ = write!(
        svg,
        "<path d=\"M8 {BASE}H{0}\" stroke=\"#17202e\"/><text x=\"8\" y=\"{1}\">{2}</text><text x=\"{0}\" y=\"{1}\" text-anchor=\"end\">{3}</text><text x=\"8\" y=\"{4}\" fill=\"#7a4a00\">■ 他人 impostor</text><text x=\"150\" y=\"{4}\" fill=\"#11622e\">■ 本人 genuine</text></svg>",
        WIDTH - 8.0,
        BASE + 14.0,
        crate::words::number(f64::from(histogram.low)),
        crate::words::number(f64::from(histogram.high)),
        BASE + 30.0
    );
    svg
}
