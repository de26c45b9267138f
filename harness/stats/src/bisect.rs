//! Root of a monotone function by halving, down to neighbouring doubles. Slower than Newton's method and never wrong.

/// The point in `[low, high]` where `below` turns from true to false. The upper neighbour of the true root is returned,
/// which errs to the safe side for upper bounds by at most one unit in the last place.
pub(crate) fn turn(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_the_square_root_of_two() {
        let root = super::turn(0.0, 2.0, |x| x * x < 2.0);
        assert!((root - std::f64::consts::SQRT_2).abs() < 1e-15);
    }
}
