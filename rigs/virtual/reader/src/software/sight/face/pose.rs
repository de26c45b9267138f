//! Where a head is in a picture.

/// Where a face's eyes come to lie, in half head widths from the head's centre.
pub(super) const EYE: [f32; 2] = [0.42, -0.1];

/// A head: its centre and half width in px, its turn in rad.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    pub centre: [f32; 2],
    pub half: f32,
    pub turn: f32,
}

impl Pose {
    /// Where a point of the face lies in the picture.
    pub fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (sin, cos) = self.turn.sin_cos();
        (
            self.centre[0] + (x * cos - y * sin) * self.half,
            self.centre[1] + (x * sin + y * cos) * self.half,
        )
    }

    /// The pose in a picture `factor` times smaller.
    pub fn reduced(&self, factor: f32) -> Self {
        Self {
            centre: self.centre.map(|c| (c + 0.5) / factor - 0.5),
            half: self.half / factor,
            turn: self.turn,
        }
    }

    /// The pose by which these places are the eyes'.
    pub fn with_eyes(&self, left: [f32; 2], right: [f32; 2]) -> Self {
        let across = [right[0] - left[0], right[1] - left[1]];
        let scale = across[0].hypot(across[1]) / (2.0 * EYE[0]);
        let turn = across[1].atan2(across[0]);
        // The centre lies below the middle between the eyes.
        let (sin, cos) = turn.sin_cos();
        let down = -EYE[1] * scale;
        let middle = [left[0].midpoint(right[0]), left[1].midpoint(right[1])];
        let (x, y) = self.place(middle[0] - down * sin, middle[1] + down * cos);
        Self {
            centre: [x, y],
            half: self.half * scale,
            turn: self.turn + turn,
        }
    }
}
