//! How numbers spread: what a template has that other memory has not.
//!
//! A recogniser's numbers are sums of many: near a normal distribution around a mean near zero, as many negative as positive. Bounds are wide,
//! for a real one is only roughly so: kurtosis 1.3 (beyond uniform numbers' 1.8, short of two values' 1) to 8 (normal: 3).

use zeroize::Zeroizing;

/// Least and most kurtosis.
const KURTOSIS: std::ops::RangeInclusive<f64> = 1.3..=8.0;
/// A mean is at most so many standard deviations from zero.
const MEAN: f64 = 0.5;
/// Least share of numbers of either sign.
const SIGNS: f64 = 0.2;
/// Standard deviations of quantised numbers: 127 stands for three to fifteen of them. Uniform bytes have 74.
const DEVIATIONS: std::ops::RangeInclusive<f64> = 8.0..=60.0;
/// Most zeros among quantised numbers: at the least deviation a normal distribution has one in 20.
const ZEROS: f64 = 0.08;

/// Most correlation of numbers with those up to [`NEAR`] behind: of 128 independent ones it is beyond this once in 20,000 times, of a picture's
/// pixels, grey or in up to four channels, it hardly ever is below.
const NEIGHBOURS: f64 = 0.35;
const NEAR: usize = 4;

/// Moments of a run.
pub(super) struct Spread {
    mean: f64,
    deviation: f64,
    kurtosis: f64,
    negative: f64,
    positive: f64,
}

impl Spread {
    /// None where all numbers are alike.
    pub fn of(run: &[f32]) -> Option<Self> {
        let count = run.len() as f64;
        let mean = run.iter().copied().map(f64::from).sum::<f64>() / count;
        let (mut squares, mut fourths) = (0.0, 0.0);
        let (mut negative, mut positive) = (0_u32, 0_u32);
        for number in run {
            let square = (f64::from(*number) - mean).powi(2);
            squares += square;
            fourths += square * square;
            negative += u32::from(*number < 0.0);
            positive += u32::from(*number > 0.0);
        }
        (squares > 0.0).then(|| Self {
            mean,
            deviation: (squares / count).sqrt(),
            kurtosis: fourths * count / (squares * squares),
            negative: f64::from(negative) / count,
            positive: f64::from(positive) / count,
        })
    }

    /// Like a template of floating-point numbers.
    pub fn of_floats(&self) -> bool {
        self.mean.abs() <= MEAN * self.deviation
            && KURTOSIS.contains(&self.kurtosis)
            && self.negative >= SIGNS
            && self.positive >= SIGNS
    }

    /// Numbers are not like those near them, as pixels are.
    pub fn restless(&self, run: &[f32]) -> bool {
        let centred = |number: &f32| f64::from(*number) - self.mean;
        (1..=NEAR).all(|lag| {
            let pairs = run.iter().zip(&run[lag.min(run.len())..]);
            let products: f64 = pairs.map(|(a, b)| centred(a) * centred(b)).sum();
            products.abs() <= NEIGHBOURS * self.deviation.powi(2) * run.len() as f64
        })
    }

    /// Like a quantised template.
    pub fn of_bytes(&self) -> bool {
        self.of_floats()
            && DEVIATIONS.contains(&self.deviation)
            && self.negative + self.positive >= 1.0 - ZEROS
    }
}

/// At least half of the numbers differ from zero, and at least half from each other.
pub(super) fn varied(run: &[f32]) -> bool {
    let zeros = run.iter().filter(|number| **number == 0.0).count();
    let mut sorted: Zeroizing<Vec<u32>> = Zeroizing::new(Vec::with_capacity(run.len()));
    sorted.extend(run.iter().map(|number| number.to_bits()));
    sorted.sort_unstable();
    let equal = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
    zeros * 2 <= run.len() && equal * 2 <= run.len()
}
