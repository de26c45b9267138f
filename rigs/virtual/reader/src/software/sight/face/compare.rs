//! Comparing templates: correlation of blocks, each of which may lie a little off the whole's place, as a turned or
//! smiling face makes them.

use super::template::{Template, View};

/// Blocks across and down, and their size in points.
const ACROSS: usize = 4;
const DOWN: usize = 4;
const SIZE: usize = 8;
/// How far the whole may be off, and a block off the whole, in points.
const WHOLE: usize = 1;
const BLOCK: usize = 1;
pub(super) const MARGIN: usize = WHOLE + BLOCK;
/// Points of a patch: the blocks and a margin for shifts.
pub(super) const COLUMNS: usize = ACROSS * SIZE + 2 * MARGIN;
pub(super) const ROWS: usize = DOWN * SIZE + 2 * MARGIN;
/// Shifts each way, and both ways.
const PLACES: usize = 2 * MARGIN + 1;
const SHIFTS: usize = PLACES * PLACES;

/// A block's shifts against the whole's, and what is left of its product: shifts cost.
const BLOCK_SHIFTS: [(isize, f32); 9] = {
    let down = PLACES as isize;
    [
        (0, 1.0),
        (-1, STRAIGHT),
        (1, STRAIGHT),
        (-down, STRAIGHT),
        (down, STRAIGHT),
        (-down - 1, ASLANT),
        (-down + 1, ASLANT),
        (down - 1, ASLANT),
        (down + 1, ASLANT),
    ]
};
const STRAIGHT: f32 = 0.95;
const ASLANT: f32 = 0.9;
/// A norm below this is nothing to compare.
const NOTHING: f32 = 1e-3;

/// A number for each block.
pub(super) type Blocks = [f32; ACROSS * DOWN];

impl Template {
    /// How alike two faces are, −1 to 1.
    pub fn compare(&self, other: &Self) -> f32 {
        let pairs = self
            .0
            .iter()
            .flat_map(|a| other.0.iter().map(|b| a.compare(b)));
        pairs.fold(-1.0, f32::max)
    }
}

impl View {
    /// Of a patch's values.
    pub(super) fn of_patch(mut patch: Vec<f32>) -> Self {
        debug_assert_eq!(patch.len(), COLUMNS * ROWS);
        let mean = patch.iter().sum::<f32>() / patch.len() as f32;
        for value in &mut patch {
            *value -= mean;
        }
        let energy = |shift: usize| {
            blocks(|row, column| {
                let window = window(&patch, row + shift / PLACES, column + shift % PLACES);
                window.flatten().map(|value| value * value).sum()
            })
        };
        let energies = (0..SHIFTS).map(energy).collect();
        Self { patch, energies }
    }

    fn compare(&self, other: &Self) -> f32 {
        let mut products = [None; SHIFTS];
        let mut best = (0, f32::MIN);
        for row in BLOCK..PLACES - BLOCK {
            for column in BLOCK..PLACES - BLOCK {
                let shift = row * PLACES + column;
                let product = products[shift].insert(self.products(other, shift));
                let energy: f32 = other.energies[shift].iter().sum();
                let score = product.iter().sum::<f32>() / energy.sqrt().max(NOTHING);
                if score > best.1 {
                    best = (shift, score);
                }
            }
        }
        let near = BLOCK_SHIFTS.map(|(offset, kept)| {
            let shift = best.0.wrapping_add_signed(offset);
            let product = products[shift].get_or_insert_with(|| self.products(other, shift));
            (
                product.map(|product| product * kept),
                &other.energies[shift],
            )
        });
        let (mut product, mut energy) = (0.0, 0.0);
        for block in 0..ACROSS * DOWN {
            let mut best = (0.0, 0.0, f32::MIN);
            for (products, energies) in &near {
                let score = products[block] / energies[block].sqrt().max(NOTHING);
                if score > best.2 {
                    best = (products[block], energies[block], score);
                }
            }
            product += best.0;
            energy += best.1;
        }
        let mine: f32 = self.energies[SHIFTS / 2].iter().sum();
        product / (mine * energy).sqrt().max(NOTHING)
    }

    /// Products of the blocks, unshifted, with the other's, shifted.
    fn products(&self, other: &Self, shift: usize) -> Blocks {
        blocks(|row, column| {
            let mine = window(&self.patch, row + MARGIN, column + MARGIN);
            let others = window(&other.patch, row + shift / PLACES, column + shift % PLACES);
            let mut lanes = [0.0; SIZE];
            for (a, b) in mine.zip(others) {
                for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
                    *lane += a * b;
                }
            }
            lanes.iter().sum()
        })
    }
}

/// Calculates a number for each block, given its first row and column without margin.
fn blocks(number: impl Fn(usize, usize) -> f32) -> Blocks {
    std::array::from_fn(|n| number(n / ACROSS * SIZE, n % ACROSS * SIZE))
}

/// Rows of a block's window.
fn window(patch: &[f32], row: usize, column: usize) -> impl Iterator<Item = &[f32; SIZE]> {
    let rows = patch[row * COLUMNS..].chunks_exact(COLUMNS).take(SIZE);
    rows.filter_map(move |row| row[column..].first_chunk())
}
