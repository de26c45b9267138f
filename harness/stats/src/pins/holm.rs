//! Holm's adjustment of p values for a family of tests (Holm 1979, Scandinavian Journal of Statistics 6).

/// Adjusted p values in the given order: those at or below α are significant with the family's error at α, whatever the
/// dependence between the tests.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut largest = 0.0_f64;
    for (rank, &place) in order.iter().enumerate() {
        let left = (p.len() - rank) as f64;
        largest = largest.max((left * p[place]).min(1.0));
        adjusted[place] = largest;
    }
    adjusted
}
