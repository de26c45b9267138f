//! Strip plot of a measurement's values with its limit, as SVG. Numbers only: no text from files enters it.

use std::fmt::Write;

use shinsa_model::criterion::Limit;

const WIDTH: f64 = 360.0;
const POINTS: usize = 400;

/// SVG, or nothing where there is nothing to see. Limits in `unit`; more than 400 values are thinned evenly.
pub(crate) fn strip(values: &[f64], unit: &str, limit: Option<&Limit>) -> String {
    let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    if finite.len() < 2 {
        return String::new();
    }
    let limits: Vec<f64> = limit
        .iter()
        .flat_map(|l| [l.at_most, l.at_least])
        .flatten()
        .filter_map(|q| {
            // one unit of the plot's axis in base units
            let one = shinsa_model::quantity::Quantity::new(1.0, unit)?;
            Some(q.base() / one.base())
        })
        .collect();
    let all = || finite.iter().chain(&limits).copied();
    let (low, high) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    );
    let pad = if high > low { (high - low) * 0.05 } else { 1.0 };
    let x = |v: f64| 10.0 + (v - low + pad) / (high - low + 2.0 * pad) * (WIDTH - 20.0);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} 62\" width=\"{WIDTH}\" height=\"62\" role=\"img\" aria-label=\"{} 件の値と限度\"><line x1=\"10\" y1=\"44\" x2=\"350\" y2=\"44\" stroke=\"#667\"/>",
        finite.len()
    );
    for (i, v) in finite
        .iter()
        .step_by(finite.len().div_ceil(POINTS))
        .enumerate()
    {
        // three rows, so that equal values stay countable
        let y = 20 + (i % 3) * 8;
        let _ = write!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{y}\" r=\"3\" fill=\"#1d5fa8\" fill-opacity=\".6\"/>",
            x(*v)
        );
    }
    for v in limits {
        let _ = write!(
            svg,
            "<line x1=\"{0:.1}\" y1=\"12\" x2=\"{0:.1}\" y2=\"48\" stroke=\"#a3161a\" stroke-width=\"2\" stroke-dasharray=\"4 2\"/><text x=\"{0:.1}\" y=\"10\" font-size=\"10\" text-anchor=\"middle\" fill=\"#a3161a\">{1}</text>",
            x(v),
            crate::words::number(v)
        );
    }
    let least = finite.iter().copied().fold(f64::INFINITY, f64::min);
    let most = finite.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Values that are all equal have one place on the axis, and one label.
    let ends = if least < most {
        vec![(least, "start"), (most, "end")]
    } else {
        vec![(least, "middle")]
    };
    for (v, anchor) in ends {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"58\" font-size=\"10\" text-anchor=\"{anchor}\" fill=\"#334\">{}</text>",
            x(v),
            crate::words::number(v)
        );
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::strip;

    /// Texts below the axis.
    fn labels(values: &[f64]) -> Vec<String> {
        let svg = strip(values, "count", None);
        let texts = svg.split("y=\"58\"").skip(1);
        texts
            .filter_map(|text| Some(text.split_once('>')?.1.split_once('<')?.0.to_owned()))
            .collect()
    }

    #[test]
    fn equal_values_are_labelled_once() {
        assert_eq!(labels(&[0.0, 0.0, 0.0]), ["0"]);
        assert_eq!(labels(&[2.0, 0.5, 1.0]), ["0.5", "2"]);
        assert!(labels(&[1.0]).is_empty());
    }
}
