//! How alike two authentications are at a place: the highest cosine between any two of their vectors.
//!
//! Vectors whose like appears after more authentications than any subject has are left out first: weights, tables and
//! pictures of the screen, which would agree with themselves everywhere. The rule does not look at who was there, so that a
//! permutation of the subjects would leave out the same vectors and the test stays exact.

use super::Candidate;

/// Cosine from which on two vectors count as the same thing seen again.
pub(super) const SAME: f32 = 0.98;

/// Vectors of one authentication.
pub(super) type Vectors<'a> = Vec<&'a Candidate>;

/// A sketch made ready: of length 1, so that a product is a cosine.
struct Ready {
    of: usize,
    numbers: Vec<f32>,
}

/// Takes out the vectors whose like stands after more than `most` of `authentications`; says how many.
pub(super) fn leave_out_common(authentications: &mut [Vectors<'_>], most: usize) -> u64 {
    let count = authentications.len();
    let ready = all(authentications);
    let rows = nearest(&ready, count);
    let mut rows = rows.chunks_exact(count);
    let mut left_out = 0;
    for vectors in authentications {
        vectors.retain(|_| {
            let alike = rows
                .next()
                .map(|row| row.iter().filter(|best| **best >= SAME).count());
            let common = alike.is_some_and(|alike| alike > most);
            left_out += u64::from(common);
            !common
        });
    }
    left_out
}

/// Highest cosine between every two authentications, as a square table row by row.
pub(super) fn table(authentications: &[Vectors<'_>]) -> Vec<f32> {
    let count = authentications.len();
    let ready = all(authentications);
    let mut table = vec![-1.0_f32; count * count];
    for (one, row) in ready.iter().zip(nearest(&ready, count).chunks_exact(count)) {
        let pairs = &mut table[one.of * count..][..count];
        for (pair, best) in pairs.iter_mut().zip(row) {
            *pair = pair.max(*best);
        }
    }
    table
}

fn all(authentications: &[Vectors<'_>]) -> Vec<Ready> {
    let numbered = authentications.iter().enumerate();
    numbered
        .flat_map(|(of, vectors)| {
            let ready = move |candidate: &&super::Candidate| Ready {
                of,
                numbers: ready(&candidate.sketch),
            };
            vectors.iter().map(ready)
        })
        .collect()
}

/// For each vector the highest cosine with a vector of each authentication, row by row; with its own authentication 1.
fn nearest(all: &[Ready], authentications: usize) -> Vec<f32> {
    let mut rows = vec![-1.0_f32; all.len() * authentications];
    for (n, one) in all.iter().enumerate() {
        rows[n * authentications + one.of] = 1.0;
        for (m, other) in all.iter().enumerate().skip(n + 1) {
            if one.of == other.of {
                continue;
            }
            let cosine = product(&one.numbers, &other.numbers);
            let (there, back) = (n * authentications + other.of, m * authentications + one.of);
            rows[there] = rows[there].max(cosine);
            rows[back] = rows[back].max(cosine);
        }
    }
    rows
}

fn ready(sketch: &[i8]) -> Vec<f32> {
    let squares: i32 = sketch.iter().map(|&n| i32::from(n) * i32::from(n)).sum();
    let scale = if squares > 0 {
        (squares as f32).sqrt().recip()
    } else {
        0.0
    };
    sketch.iter().map(|&n| f32::from(n) * scale).collect()
}

/// Summed in eight lanes of a fixed order: the same figure on every machine, and quick.
fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a
        .remainder()
        .iter()
        .zip(b.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (a, b) in a.zip(b) {
        for (lane, (x, y)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f32>() + rest
}
